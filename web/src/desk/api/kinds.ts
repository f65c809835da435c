// Everything that waits for a person, by kinds.
import { useResource, type Resource } from './resource';
import type { Kind } from './types';

export function useKinds(every = 5000): Resource<Kind[]> {
  const { data, error, reload } = useResource('/api/waiting', {}, every);
  return { data: data === undefined ? undefined : 'waiting' in data ? data.waiting : [], error, reload };
}
