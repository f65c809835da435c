// A list page by page: "more" goes on where the last page ended.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get } from '../api/client';
import { hearChanged, useResource } from '../api/resource';
import { Loaded } from '../ui/basics';

interface Props<T> {
  // Without `after`.
  path: string;
  limit?: number;
  // The entries of an answer.
  of: (answer: unknown) => T[];
  children: (rows: T[]) => ComponentChildren;
}

const withParam = (path: string, name: string, value: string | number): string =>
  `${path}${path.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;

export function List<T>({ path, limit = 50, of, children }: Props<T>) {
  const first = withParam(path, 'limit', limit);
  const resource = useResource<{ next?: string | number }>(first);
  const [more, setMore] = useState<{ rows: T[]; next: string | number | undefined }>();
  const [error, setError] = useState('');
  useEffect(() => setMore(undefined), [path]);
  // What an act changed may stand on any page.
  useEffect(() => hearChanged(() => setMore(undefined)), []);
  return (
    <Loaded of={resource}>
      {(answer) => {
        const next = more === undefined ? answer.next : more.next;
        const go = async () => {
          try {
            const page = await get<{ next?: string | number }>(withParam(first, 'after', next ?? ''));
            setMore((before) => ({ rows: [...(before?.rows ?? []), ...of(page)], next: page.next }));
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
