// The desk: what waits for a person, by kinds.
import { useEffect, useState } from 'preact/hooks';

interface Kind { code: string; count: number; words: string }

export function App() {
  const [kinds, setKinds] = useState<Kind[]>([]);
  useEffect(() => {
    void fetch('/api/waiting').then(async (answer) => {
      if (answer.ok) setKinds(((await answer.json()) as { waiting: Kind[] }).waiting);
    });
  }, []);
  const waiting = kinds.filter((kind) => kind.count > 0);
  return (
    <main>
      <h1>Desk</h1>
      {waiting.length === 0 ? <p>Nothing waits for you.</p> : null}
      <ul>{waiting.map((kind) => <li key={kind.code}>{kind.count} {kind.words}</li>)}</ul>
    </main>
  );
}
