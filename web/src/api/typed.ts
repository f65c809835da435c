// Requests and answers as the documents in docs tell them, which follow from the code: a path, what it takes and what
// it answers are checked when the pages are built.

export type Method = 'get' | 'post' | 'delete';

type Json<R> = R extends { content: { 'application/json': infer T } } ? T : never;
type Responses<O> = O extends { responses: infer R } ? R : never;
type Parameters<O> = O extends { parameters: infer P } ? P : never;

// What a path does by a method.
export type Operation<Paths, P extends keyof Paths, M extends Method> =
  Paths[P] extends { [key in M]: infer O } ? O : never;

// The paths that take a method.
export type PathOf<Paths, M extends Method> = {
  [P in keyof Paths]: Paths[P] extends { [key in M]: { responses: unknown } } ? P : never;
}[keyof Paths] & string;

// The JSON that a success answers.
export type Success<O> = {
  [S in keyof Responses<O>]: S extends 200 | 201 | 202 ? Json<Responses<O>[S]> : never;
}[keyof Responses<O>];

type Part<O, K extends string> = K extends keyof Parameters<O> ? NonNullable<Parameters<O>[K]> : never;
// What may be left out is left out where it is empty or not known.
type Loose<T> = { [K in keyof T]: T[K] | undefined };

export interface Asked<O> {
  path?: Part<O, 'path'>;
  query?: Loose<Part<O, 'query'>>;
}

type Values = Record<string, string | number | boolean | undefined>;

// The address of a request: names in braces are filled in, what is empty is left out of the query.
export function address(path: string, asked: { path?: object; query?: object } = {}): string {
  const parts = (asked.path ?? {}) as Values;
  const filled = path.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parts[name];
    return value === undefined ? whole : encodeURIComponent(value);
  });
  const given = Object.entries((asked.query ?? {}) as Values).filter(([, value]) => value !== undefined && value !== '');
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query === '' ? filled : `${filled}${filled.includes('?') ? '&' : '?'}${query}`;
}
