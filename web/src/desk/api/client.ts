// Asks the admin API. Who asks is told by a cookie (with a token against forged requests), or by a token that was typed
// in and is kept for this tab alone.

import type { paths } from '../../../api/admin';
import { address, type Asked, type Method, type Operation, type PathOf, type Success } from '../../api/typed';

// What a path of the admin API takes and answers.
export type GetPath = PathOf<paths, 'get'>;
export type Params<P extends GetPath> = Asked<Operation<paths, P, 'get'>>;
export type Got<P extends GetPath> = Success<Operation<paths, P, 'get'>>;
type ActPath<M extends Method> = PathOf<paths, M>;
type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : undefined;

export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export interface Answer<T = unknown> { status: number; text: string; json: T | undefined }

const TOKEN = 'desk-token';

let csrf = '';
let onLoggedOut: () => void = () => undefined;

export function setCsrf(token: string): void {
  csrf = token;
}

export function hearLoggedOut(listener: () => void): void {
  onLoggedOut = listener;
}

export const typedToken = (): string => sessionStorage.getItem(TOKEN) ?? '';

export function typeToken(token: string): void {
  if (token === '') sessionStorage.removeItem(TOKEN);
  else sessionStorage.setItem(TOKEN, token);
}

export function headers(method: string, hasBody: boolean): Headers {
  const all = new Headers();
  if (typedToken() !== '') all.set('Authorization', `Bearer ${typedToken()}`);
  if (csrf !== '' && method !== 'GET') all.set('X-Csrf-Token', csrf);
  if (hasBody) all.set('Content-Type', 'application/json');
  return all;
}

// Sends a request; answers whatever came back, also a refusal. Nothing reached is status 0.
export async function send(method: string, path: string, body?: unknown): Promise<Answer> {
  const options: RequestInit = { method, headers: headers(method, body !== undefined), cache: 'no-store' };
  if (body !== undefined) options.body = JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(path, options);
  } catch {
    return { status: 0, text: 'The service does not answer.', json: undefined };
  }
  const text = (await response.text()).trim();
  if (response.status === 401 && path !== '/api/session') onLoggedOut();
  const isJson = response.headers.get('Content-Type')?.includes('json') ?? false;
  return { status: response.status, text, json: isJson ? parsed(text) : undefined };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// What a path answers; anything but a success is an error with the API's own words.
export async function get<P extends GetPath>(path: P, asked?: Params<P>): Promise<Got<P>> {
  return getAt<Got<P>>(address(path, asked));
}

// The same of a path that the API itself named.
export async function getAt<T>(at: string): Promise<T> {
  const answer = await send('GET', at);
  if (answer.status !== 200) throw new ApiError(answer.status, words(answer));
  return answer.json as T;
}

// Does something that the document knows by its path.
export async function act<M extends 'post' | 'delete', P extends ActPath<M>>(
  method: M, path: P, asked: Asked<Operation<paths, P, M>> & { body?: Body<Operation<paths, P, M>> } = {},
): Promise<Answer<Success<Operation<paths, P, M>>>> {
  const answer = await send(method.toUpperCase(), address(path, asked), asked.body);
  return answer as Answer<Success<Operation<paths, P, M>>>;
}

export const isDone = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;

// What an answer says to a person, be it text or a described problem.
export function words(answer: Answer): string {
  const { json } = answer;
  if (typeof json === 'object' && json !== null) {
    const { detail, title, words: said } = json as { detail?: string; title?: string; words?: string };
    const told = said ?? detail ?? title;
    if (told !== undefined) return told;
  }
  return answer.text === '' ? `The service answered ${answer.status}.` : answer.text;
}

// A file, by whatever lets somebody in: a link cannot carry a token.
export async function download<P extends GetPath>(path: P, asked: Params<P>, name: string): Promise<void> {
  const response = await fetch(address(path, asked), { headers: headers('GET', false), cache: 'no-store' });
  if (!response.ok) throw new ApiError(response.status, (await response.text()).trim());
  const told = /filename="?([^";]+)/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = told ?? name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
