// A list page by page: "more" goes on where the last page ended.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { address } from '../../api/typed';
import { getAt, type GetPath, type Got, type Params } from '../api/client';
import { hearChanged, useAddress } from '../api/resource';
import { Loaded } from '../ui/basics';

interface Props<P extends GetPath, T> {
  path: P;
  asked?: Params<P>;
  // The entries of an answer.
  of: (answer: Got<P>) => T[];
  children: (rows: T[]) => ComponentChildren;
}

const LIMIT = 50;

export function List<P extends GetPath, T>({ path, asked, of, children }: Props<P, T>) {
  return <ListAt<Got<P>, T> at={address(path, asked)} of={of}>{children}</ListAt>;
}

interface PropsAt<A, T> {
  // An address that the API itself named, without `after`.
  at: string;
  of: (answer: A) => T[];
  children: (rows: T[]) => ComponentChildren;
}

// What answers of lists have in common; the others tell no next page.
const nextOf = (answer: unknown): string | number | undefined => (answer as { next?: string | number }).next;

export function ListAt<A, T>({ at, of, children }: PropsAt<A, T>) {
  const first = address(at, { query: { limit: LIMIT } });
  const resource = useAddress<A>(first);
  const [more, setMore] = useState<{ rows: T[]; next: string | number | undefined }>();
  const [error, setError] = useState('');
  useEffect(() => setMore(undefined), [at]);
  // What an act changed may stand on any page.
  useEffect(() => hearChanged(() => setMore(undefined)), []);
  return (
    <Loaded of={resource}>
      {(answer) => {
        const next = more === undefined ? nextOf(answer) : more.next;
        const go = async () => {
          try {
            const page = await getAt<A>(address(first, { query: { after: next } }));
            setMore((before) => ({ rows: [...(before?.rows ?? []), ...of(page)], next: nextOf(page) }));
            setError('');
          } catch (caught) {
            setError(String(caught));
          }
        };
        return (
          <>
            {children([...of(answer), ...(more?.rows ?? [])])}
            {error === '' ? null : <p class="notice bad" role="alert">{error}</p>}
            {next === undefined ? null : (
              <div class="more"><button type="button" onClick={() => void go()}>Show more</button></div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
