// Copies of the database: those that make themselves, whether the newest can be restored, and one to be taken along.
import { useEffect, useState } from 'preact/hooks';
import { useDesk } from '../desk';
import { download } from '../api/client';
import { hearChanged, useResource } from '../api/resource';
import type { BackupDrill, Backups } from '../api/types';
import { known } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { bytes, coins, count, plural } from '../lib/format';
import { Ago, Badge, Card, Facts, Id, Loaded, Notice, Page } from '../ui/basics';
import { Table } from '../ui/table';

const NOW = known('backups', 'now', 'the database', '/api/backups', [], false);
const DRILL = known('backups', 'drill', 'the newest copy', '/api/backups/drill', [], false);

const SOON = 1000;
const BEGINS_WITHIN = 10_000;

export function BackupView() {
  const backups = useResource('/api/backups', {}, 5000);
  const { canApprove } = useDesk();
  const { data, reload } = backups;
  const [isAsked, setAsked] = useState(false);
  const isBusy = isAsked || data?.is_running === true || data?.drill?.state === 'running';
  // Neither the beginning nor the end of a copy or a drill is an event: whoever has asked for one is told soon.
  useEffect(() => hearChanged(() => setAsked(true)), []);
  useEffect(() => {
    if (!isBusy) return undefined;
    const timer = setInterval(reload, SOON);
    const begun = setTimeout(() => setAsked(false), BEGINS_WITHIN);
    return () => {
      clearInterval(timer);
      clearTimeout(begun);
    };
  }, [isBusy, reload]);
  return (
    <Page title="Backups" lead="A copy that was never tried is a hope: each is audited before it is kept, read back, and can be drilled here.">
      <Loaded of={backups}>{(shown) => <Kept of={shown} />}</Loaded>
      <div class="grid">
        {canApprove ? <TakeOne /> : null}
        <Card title="On another machine">
          <p>These say what a copy holds and make a database of it; a copy stays as it is.</p>
          <ul class="commands">
            <li><code>tool db check FILE</code><span>audits every invariant, and replays all events</span></li>
            <li><code>tool db drill FILE --config CONFIG</code><span>what would be paid, sent again and given out if a desk were started on it now</span></li>
            <li><code>tool restore --config CONFIG --to DB</code><span>makes a database of the newest; the desk starts on it unreconciled</span></li>
          </ul>
        </Card>
      </div>
    </Page>
  );
}

function Kept({ of }: { of: Backups }) {
  if (!of.is_on) return <Notice tone="warn">No copies make themselves: [backup] of the configuration says where to.</Notice>;
  const { copies } = of;
  const newest = copies?.[0];
  return (
    <>
      {of.error === undefined ? null : <Notice tone="bad">None could be made or listed: {of.error}. <Since at={of.failing_since} /></Notice>}
      <div class="grid">
        <Card title="Copies" aside={<ActButtons acts={[NOW]} label="Copies" />}>
          <Facts of={[
            ['Newest', copies === undefined ? 'not known yet' : newest === undefined ? 'none' : <Ago at={newest.made_at} />],
            ['Now', of.is_running ? <Badge tone="accent">one is being made</Badge> : ''],
            ['Kept in', of.place === undefined ? '' : <span class="say">{of.place}</span>],
            ['Since the start', `${plural(of.made, 'copy', 'copies')} made, ${plural(of.failures, 'failure')}`],
          ]} />
        </Card>
        <Card title="Drill" aside={<ActButtons acts={[DRILL]} label="Drill" />}><Drill of={of.drill} /></Card>
      </div>
      <Card title="What is kept" flush>
        {copies === undefined ? <p class="empty">The place of the copies has not told which there are.</p> : (
          <Table caption="Copies" rows={copies} keyOf={(row) => row.name} empty="There is no copy yet." columns={[
            { name: 'Made', head: true, cell: (row) => <Ago at={row.made_at} /> },
            { name: 'Size', number: true, head: true, cell: (row) => bytes(row.size) },
            { name: 'Verified', cell: () => <Badge tone="good">audited and read back</Badge> },
            { name: 'Encrypted', cell: (row) => (row.is_encrypted ? <Badge tone="good">yes</Badge> : <Badge tone="warn">no</Badge>) },
            { name: 'Events', number: true, cell: (row) => count(Number(row.history.split(':')[0])) },
            { name: 'File', cell: (row) => <Id text={row.name} kept={14} /> },
            { name: 'SHA-256', cell: (row) => <Id text={row.sha256} kept={6} /> },
          ]} />
        )}
      </Card>
    </>
  );
}

const Since = ({ at }: { at: number | undefined }) => (at === undefined ? null : <>Since <Ago at={at} />.</>);

function Drill({ of }: { of: BackupDrill | undefined }) {
  if (of === undefined) return <p>None since the service started. It fetches the newest copy, decrypts it, and audits it as a start would.</p>;
  if (of.state === 'running') return <p role="status">The newest copy is being proven, since <Ago at={of.began_at} />…</p>;
  const { found } = of;
  if (of.state === 'untried') return <Notice tone="warn">It could not be tried here, <Ago at={of.ended_at} />: {of.error}</Notice>;
  if (found === undefined) return <Notice tone="bad">Not passed, <Ago at={of.ended_at} />: {of.error}</Notice>;
  return (
    <>
      <p><Badge tone="good">passed</Badge> <Ago at={of.ended_at} />: it can be restored.</p>
      <Facts of={[
        ['Copy', <Id text={found.name} kept={8} />],
        ['Made', <Ago at={found.made_at} />],
        ['Happened since', plural(found.events_since, 'event')],
        ['It would pay', `${plural(found.payouts, 'payout')}, ${coins(found.coins)} SKY`],
        ['May be sent again', plural(found.transactions, 'transaction')],
      ]} />
    </>
  );
}

function TakeOne() {
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
    <Card title="A whole copy to take along">
      <p>The copy is consistent and whole, and is made while everything goes on. It holds no key of the hot wallet.</p>
      {error === '' ? null : <Notice tone="bad">{error}</Notice>}
      {state === 'done' ? <Notice tone="good">The copy was downloaded. Keep it on another machine.</Notice> : null}
      <button type="button" class="primary" disabled={state === 'busy'} onClick={() => void save()}>
        {state === 'busy' ? 'Making the copy…' : 'Download a backup'}
      </button>
    </Card>
  );
}
