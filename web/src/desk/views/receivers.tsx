// Who is told of events: how far each is, what became of the last deliveries, and what can be done.
import { useResource } from '../api/resource';
import type { Delivery, Receiver, WebhookClient } from '../api/types';
import { known, type Doable } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { count, duration, plural } from '../lib/format';
import { href } from '../lib/route';
import { Ago, Badge, Card, Facts, Loaded, Notice, Page, type Tone } from '../ui/basics';
import { Table } from '../ui/table';

const TONES: Record<string, Tone> = { told: 'good', failing: 'bad', paused: 'warn', stopped: 'bad' };
const LEAD = 'Each is told every event in order until it has acknowledged it, and slows nothing. Secrets are changed in the configuration: both '
  + 'the old and the new stand there until the receiver knows the new one.';

// Whoever reads by itself is told nothing.
function acts({ name, kind, state }: Receiver): Doable[] {
  const path = `/api/events/receivers/${encodeURIComponent(name)}`;
  const on = (act: string, fields: string[] = [], why = true) => known('events', act, name, `${path}/${act}`, fields, why);
  if (kind === 'reader') {
    return [{ ...known('readers', 'forget', name, `/api/events/readers/${encodeURIComponent(name)}`, [], false), method: 'DELETE' }];
  }
  const steer = [state === 'paused' || state === 'stopped' ? on('resume') : on('pause'), on('replay', ['after'])];
  return kind === 'gone' ? steer : [on('test', [], false), ...steer];
}

const State = ({ of }: { of: Receiver }) => <Badge tone={TONES[of.state] ?? 'quiet'}>{of.kind === 'reader' ? 'reads by itself' : of.state}</Badge>;

const behind = (of: Receiver) => (of.lag === 0 ? 'nothing' : (
  <>{plural(of.lag, 'event')}{of.oldest_at === undefined ? null : <>, the first <Ago at={of.oldest_at} /></>}</>
));

const trouble = ({ why, tries, failing_since: since }: Receiver) => (why === undefined ? '' : (
  <span class="say">{why}{tries === undefined ? null : <> ({plural(tries, 'try', 'tries')}, since <Ago at={since} />)</>}</span>
));

// What a client's webhooks may want of a person.
function hookActs({ client, failing, given_up: gone }: WebhookClient): Doable[] {
  if (failing === 0 && gone === 0) return [];
  return [known('webhooks', 'resume', client, `/api/events/webhooks/${encodeURIComponent(client)}/resume`)];
}

function HookState({ of }: { of: WebhookClient }) {
  if (!of.is_told) return <Badge tone="warn">not told: not configured</Badge>;
  if (of.given_up > 0) return <Badge tone="bad">{count(of.given_up)} given up</Badge>;
  return of.failing > 0 ? <Badge tone="warn">{count(of.failing)} failing</Badge> : <Badge tone="good">told</Badge>;
}

export function WebhookClients({ rows }: { rows: WebhookClient[] }) {
  return (
    <Table caption="Webhooks of purchases, by client" rows={rows} keyOf={(row) => row.client}
      empty="No client may give webhooks with its purchases: web.clients names those that may." columns={[
        { name: 'Client', head: true, cell: (row) => row.client },
        { name: 'State', head: true, cell: (row) => <HookState of={row} /> },
        { name: 'Webhooks', number: true, cell: (row) => count(row.webhooks) },
        { name: 'Events to be told', number: true, cell: (row) => count(row.due) },
        { name: 'Failing since', cell: (row) => <Ago at={row.failing_since} /> },
        { name: 'What can be done', cell: (row) => <ActButtons acts={hookActs(row)} /> },
      ]} />
  );
}

function Hooks() {
  const clients = useResource('/api/events/webhooks', {}, 5000);
  return (
    <Card title="Webhooks of purchases" flush>
      <Loaded of={clients}>{({ clients: rows }) => <WebhookClients rows={rows} />}</Loaded>
    </Card>
  );
}

export function ReceiversView() {
  const receivers = useResource('/api/events/receivers', {}, 5000);
  return (
    <Page title="Receivers" lead={LEAD}>
      <Card flush>
        <Loaded of={receivers}>
          {({ receivers: rows }) => <Table caption="Receivers" rows={rows} keyOf={(row) => row.name}
            empty="Nobody is told of events: the section [events] of the configuration names receivers." columns={[
              { name: 'Receiver', head: true, cell: (row) => <><a href={href(['receivers', row.name])}>{row.name}</a> <span class="muted">{row.kind}</span></> },
              { name: 'State', head: true, cell: (row) => <State of={row} /> },
              { name: 'Behind', cell: behind },
              { name: 'Last acknowledged', cell: (row) => <Ago at={row.acknowledged_at} /> },
              { name: 'Why', cell: trouble },
              { name: 'What can be done', cell: (row) => <ActButtons acts={acts(row)} /> },
            ]} />}
        </Loaded>
      </Card>
      <Hooks />
    </Page>
  );
}

export function ReceiverView({ name }: { name: string }) {
  const receiver = useResource('/api/events/receivers/{name}', { path: { name } }, 5000);
  return (
    <Page title={`Receiver ${name}`} aside={<a href={href(['receivers'])}>All receivers</a>}>
      <Loaded of={receiver}>{({ receiver: one, deliveries }) => <One of={one} deliveries={deliveries} />}</Loaded>
    </Page>
  );
}

function One({ of, deliveries }: { of: Receiver; deliveries: Delivery[] }) {
  return (
    <>
      <div class="headline"><strong>{of.kind}</strong><State of={of} /></div>
      {of.why === undefined ? null : <Notice tone={of.state === 'paused' ? 'warn' : 'bad'}>{trouble(of)}</Notice>}
      <ActButtons acts={acts(of)} />
      <div class="grid">
        <Card title="How far it is">
          <Facts of={[
            ['Acknowledged', of.cursor === 0 ? 'nothing yet' : `up to event ${count(of.cursor)}`],
            ['Last acknowledged', <Ago at={of.acknowledged_at} />],
            ['Behind', behind(of)],
          ]} />
        </Card>
      </div>
      <Card title="Last deliveries" flush>
        <Table caption="Deliveries" rows={deliveries} keyOf={(row) => `${row.at} ${row.event} ${row.name}`} empty="Nothing was delivered yet." columns={[
          { name: 'Event', head: true, cell: (row) => <>{row.event === 0 ? null : <b>#{row.event}</b>} <code>{row.name}</code></> },
          { name: 'Outcome', head: true, cell: (row) => (row.refused === undefined ? <Badge tone="good">taken</Badge> : <Badge tone="bad">not taken</Badge>) },
          { name: 'When', cell: (row) => <Ago at={row.at} /> },
          { name: 'Took', number: true, cell: (row) => (row.took_ms < 1000 ? `${count(row.took_ms)} ms` : duration(row.took_ms / 1000)) },
          { name: 'Why', cell: (row) => (row.refused === undefined ? '' : <span class="say">{row.refused}</span>) },
        ]} />
      </Card>
    </>
  );
}
