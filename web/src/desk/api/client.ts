// Asks the admin API. Who asks is told by a cookie (with a token against forged requests), or by a token that was typed
// in and is kept for this tab alone.

export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export interface Answer { status: number; text: string; json: unknown }

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

function headers(method: string, hasBody: boolean): Headers {
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
export async function get<T>(path: string): Promise<T> {
  const answer = await send('GET', path);
  if (answer.status !== 200) throw new ApiError(answer.status, words(answer));
  return answer.json as T;
}

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
export async function download(path: string, name: string): Promise<void> {
  const response = await fetch(path, { headers: headers('GET', false), cache: 'no-store' });
  if (!response.ok) throw new ApiError(response.status, (await response.text()).trim());
  const told = /filename="?([^";]+)/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = told ?? name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
