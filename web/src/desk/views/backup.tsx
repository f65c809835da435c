// A whole copy of the database, and what to do with it.
import { useState } from 'preact/hooks';
import { download } from '../api/client';
import { Card, Notice, Page } from '../ui/basics';

export function BackupView() {
  const [state, setState] = useState<'idle' | 'busy' | 'done'>('idle');
  const [error, setError] = useState('');
  const save = async () => {
    setState('busy');
    setError('');
    try {
      await download('/api/backup', {}, 'teller.db');
      setState('done');
    } catch (caught) {
      setError(caught instanceof Error ? caught.message : String(caught));
      setState('idle');
    }
  };
  return (
    <Page title="Backup">
      <Card title="A whole copy">
        <p>The copy is consistent and whole, and is made while everything goes on. It holds no key of the hot wallet.</p>
        {error === '' ? null : <Notice tone="bad">{error}</Notice>}
        {state === 'done' ? <Notice tone="good">The copy was downloaded. Keep it on another machine.</Notice> : null}
        <button type="button" class="primary" disabled={state === 'busy'} onClick={() => void save()}>
          {state === 'busy' ? 'Making the copy…' : 'Download a backup'}
        </button>
      </Card>
      <Card title="Before you need it: the drill">
        <p>A copy that was never tried is a hope. On a machine that has it, these say what it holds and what a desk would do with it; the copy stays as it is.</p>
        <ul class="commands">
          <li><code>tool db check FILE</code><span>audits every invariant, and replays all events</span></li>
          <li><code>tool db drill FILE --config CONFIG</code><span>what would be paid, sent again and given out if a desk were started on it now</span></li>
        </ul>
      </Card>
    </Page>
  );
}
