// Who is at the desk, and how they got in.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { act, hearLoggedOut, send, setCsrf, typeToken, typedToken, words } from './client';
import { changed } from './resource';
import type { Session } from './types';

export interface Who {
  // Not known yet, nobody, or somebody.
  state: 'asking' | 'out' | 'in';
  session: Session | undefined;
  // Whether there are people with passwords, or a token alone.
  hasPeople: boolean;
  logIn: (name: string, password: string, code: string) => Promise<string | undefined>;
  useToken: (token: string) => Promise<string | undefined>;
  logOut: () => Promise<void>;
  again: () => Promise<void>;
}

interface Seen { state: Who['state']; session: Session | undefined; hasPeople: boolean }

async function look(): Promise<Seen> {
  const answer = await send('GET', '/api/session');
  if (answer.status === 200) {
    const session = answer.json as Session;
    setCsrf(session.csrf ?? '');
    return { state: 'in', session, hasPeople: session.people };
  }
  const hasPeople = answer.status === 401;
  // A service without people lets in whoever has its token, or speaks to loopback.
  const data = hasPeople ? answer : await send('GET', '/api/waiting');
  return { state: data.status === 200 ? 'in' : 'out', session: undefined, hasPeople };
}

export function useSession(): Who {
  const [seen, setSeen] = useState<Seen>({ state: 'asking', session: undefined, hasPeople: false });
  const again = useCallback(async () => setSeen(await look()), []);
  useEffect(() => {
    hearLoggedOut(() => void again());
    void again();
  }, [again]);
  return {
    ...seen,
    again,
    logIn: async (name, password, code) => {
      typeToken('');
      const body = { name, password, code };
      const answer = await act('post', '/api/session', { body });
      if (answer.status !== 200) return words(answer);
      await again();
      return undefined;
    },
    useToken: async (token) => {
      typeToken(token);
      const now = await look();
      if (now.state !== 'in') {
        typeToken('');
        return 'That token is not the right one.';
      }
      setSeen(now);
      return undefined;
    },
    logOut: async () => {
      if (typedToken() === '') await act('delete', '/api/session');
      typeToken('');
      setCsrf('');
      await again();
      changed();
    },
  };
}
