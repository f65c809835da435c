// Where somebody is: what stands behind the `#` of the address, as in `#/deposits/17?status=done`.
import { useEffect, useState } from 'preact/hooks';

export interface Route {
  // "deposits", then "17".
  parts: string[];
  params: URLSearchParams;
}

export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const parts = path.split('/').filter((part) => part !== '').map(decoded);
  return { parts, params: new URLSearchParams(query) };
}

// A malformed escape is a text like any other.
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function href(parts: (string | number)[], params: Record<string, string> = {}): string {
  const given = Object.entries(params).filter(([, value]) => value !== '');
  const query = new URLSearchParams(given).toString();
  return `#/${parts.map((part) => encodeURIComponent(part)).join('/')}${query === '' ? '' : `?${query}`}`;
}

export function go(parts: (string | number)[], params: Record<string, string> = {}): void {
  location.hash = href(parts, params);
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return parse(hash);
}
