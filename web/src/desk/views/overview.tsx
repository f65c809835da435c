// Whether all is well, at a glance.
import { useState } from 'preact/hooks';
import { useResource } from '../api/resource';
import { useKinds } from '../api/kinds';
import type { Delay, Kind, Overview as Shown, Pool, Problems as Amiss, Wallet } from '../api/types';
import { coins, count, duration, plural, sentence } from '../lib/format';
import { href } from '../lib/route';
import { RANGES, moments } from '../lib/series';
import { Ago, Badge, Card, Empty, Facts, Figure, Loaded, Notice, Page, type Tone } from '../ui/basics';
import { Chart } from '../ui/chart';
import { Table } from '../ui/table';
import { ChainTable } from './chains';
import { ExchangeCard } from './exchange';
import { LedgerTable } from './ledger';
import { State } from './state';
import { SwitchedOff } from './switches';

export function Overview() {
  const [hours, setHours] = useState(168);
  const each = RANGES.find((range) => range.hours === hours)?.each ?? 1;
  const overview = useResource('/api/overview', { query: { hours, each } }, 5000);
  const problems = useResource('/api/problems', {}, 5000);
  const waiting = useKinds();
  const wallet = useResource('/api/wallet', {}, 5000);
  const chains = useResource('/api/chains', {}, 5000);
  const pools = useResource('/api/deposit-addresses', { query: { limit: 1 } }, 15000);
  const accounting = useResource('/api/accounting', {}, 15000);
  const { data } = overview;
  return (
    <Page title="Overview" aside={problems.data === undefined ? null : <Health of={problems.data} at={data?.at} />}>
      <Loaded of={problems}>{(shown) => <Problems of={shown} />}</Loaded>
      <SwitchedOff />
      <Figures overview={data} kinds={waiting.data} wallet={wallet.data} />
      <div class="columns">
        <div>
          <Card title="Waiting for you" flush aside={<a href={href(['waiting'])}>All kinds</a>}>
            <Loaded of={waiting}>{(shown) => <Kinds of={shown} />}</Loaded>
          </Card>
          <Card title="Deposits and payouts" aside={<Ranges hours={hours} onPick={setHours} />}>
            {data === undefined ? <p class="loading">Loading…</p> : <Busy of={data} />}
          </Card>
          <Card title="Chains" flush aside={<a href={href(['chains'])}>More</a>}>
            <Loaded of={chains}>{(shown) => <ChainTable of={shown} />}</Loaded>
          </Card>
          <ExchangeCard />
          <Card title="Ledger" flush aside={<a href={href(['accounting'])}>By day</a>}>
            <Loaded of={accounting}>{(shown) => <LedgerTable lines={shown.accounts} />}</Loaded>
          </Card>
        </div>
        <div>
          <Card title="Hot wallet" aside={<a href={href(['wallet'])}>More</a>}>
            <Loaded of={wallet}>{(shown) => <WalletFacts of={shown} />}</Loaded>
          </Card>
          <Card title="From deposit to payout">
            {data === undefined ? null : <><Delays of={data} hours={hours} /><Taken of={data} /></>}
          </Card>
          <Card title="Address pools" flush aside={<a href={href(['addresses'])}>More</a>}>
            <Loaded of={pools}>{(shown) => <Pools of={shown} />}</Loaded>
          </Card>
          <Card title="Parts of the service" flush>
            {data === undefined ? null : <Parts of={data} />}
          </Card>
        </div>
      </div>
    </Page>
  );
}

function Health({ of, at }: { of: Amiss; at: number | undefined }) {
  const tone: Tone = !of.can_serve ? 'bad' : of.problems.length > 0 ? 'warn' : 'good';
  const words = of.problems.length === 0 ? 'All is well' : plural(of.problems.length, 'problem');
  return (
    <span class="health">
      <Badge tone={tone}>{of.can_serve ? words : 'No buyer can be served'}</Badge>
      {at === undefined ? null : <span class="muted">as of <Ago at={at} /></span>}
    </span>
  );
}

const WEIGHTS: Record<string, Tone> = { critical: 'bad', warning: 'warn', notice: 'quiet' };

function Problems({ of }: { of: Amiss }) {
  if (of.problems.length === 0) return null;
  return (
    <ul class="problems">
      {of.problems.map((problem) => (
        <li key={problem.code + (problem.coin ?? '') + problem.words} class={`notice ${WEIGHTS[problem.severity] ?? 'bad'}`}>
          <strong>{sentence(problem.code)}{problem.coin === undefined ? '' : ` (${problem.coin})`}</strong>
          <span class="say">{problem.words}</span>
          <span class="small">
            {problem.since === undefined ? null : <Ago at={problem.since} />} What to do: <code>{problem.runbook}</code>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Figures({ overview, kinds, wallet }: {
  overview: Shown | undefined; kinds: Kind[] | undefined; wallet: Wallet | undefined;
}) {
  const waiting = (kinds ?? []).filter((kind) => kind.count > 0);
  const number = waiting.reduce((sum, kind) => sum + kind.count, 0);
  const oldest = Math.min(...waiting.flatMap((kind) => (kind.since === undefined ? [] : [kind.since])));
  const day = overview?.delays.day;
  const coinsLast = wallet?.runway_coins;
  return (
    <div class="figures-row">
      <Figure name="Waiting for you" value={kinds === undefined ? '–' : count(number)} tone={number > 0 ? 'warn' : 'quiet'}
        note={number === 0 ? 'nothing' : Number.isFinite(oldest) ? <>oldest <Ago at={oldest} /></> : 'see below'} />
      <Figure name="Owed" value={wallet === undefined ? '–' : <>{coins(wallet.owed)} <small>SKY</small></>}
        note={wallet === undefined || wallet.held === 0 ? 'none held' : `${plural(wallet.held, 'payout')} held`}
        tone={wallet !== undefined && wallet.held > 0 ? 'warn' : 'quiet'} />
      <Figure name="Hot wallet" value={wallet === undefined ? '–' : <>{coins(wallet.coins)} <small>SKY</small></>}
        note={coinsLast === undefined ? 'nothing is used up' : `lasts ${duration(coinsLast)}`} />
      <Figure name="Deposit to payout" value={day?.median === undefined ? '–' : duration(day.median)}
        note={day?.p95 === undefined ? 'nothing was paid today' : `95 % within ${duration(day.p95)}`} />
    </div>
  );
}

function Ranges({ hours, onPick }: { hours: number; onPick: (hours: number) => void }) {
  return (
    <div class="choice" role="group" aria-label="How far back">
      {RANGES.map((range) => (
        <button type="button" key={range.name} aria-pressed={range.hours === hours} onClick={() => onPick(range.hours)}>{range.name}</button>
      ))}
    </div>
  );
}

function Busy({ of }: { of: Shown }) {
  const { from, step, deposits, payouts } = of.hours;
  const lines = [
    { name: 'Deposits', color: '--one', values: deposits },
    { name: 'Payouts', color: '--two', values: payouts },
  ];
  return <Chart title="Deposits and payouts" at={moments(from, step, deposits.length)} lines={lines} step={step} />;
}

function Taken({ of }: { of: Shown }) {
  const { from, step, median, p95 } = of.hours;
  const lines = [
    { name: 'Half within', color: '--two', values: median },
    { name: '95 % within', color: '--one', values: p95 },
  ];
  return <Chart title="From deposit to payout" at={moments(from, step, median.length)} lines={lines} step={step} height={130} shape="lines" tell={duration} />;
}

function Delays({ of, hours }: { of: Shown; hours: number }) {
  const range = RANGES.find((known) => known.hours === hours)?.name.toLowerCase() ?? 'range';
  const told = (seconds: number | undefined) => (seconds === undefined ? '–' : duration(seconds));
  const column = (name: string, delay: Delay) => ({ name, delay });
  const columns = [column('24 hours', of.delays.day), ...(hours > 24 ? [column(`This ${range}`, of.delays.all)] : [])];
  const rows: [string, (delay: Delay) => string][] = [
    ['Half within', (delay) => told(delay.median)],
    ['95 % within', (delay) => told(delay.p95)],
    ['Slowest', (delay) => told(delay.slowest)],
    ['Payouts', (delay) => count(delay.count)],
  ];
  return (
    <table class="matrix">
      <thead><tr><td />{columns.map(({ name }) => <th scope="col" class="number" key={name}>{name}</th>)}</tr></thead>
      <tbody>
        {rows.map(([name, cell]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {columns.map((one) => <td class="number" key={one.name}>{cell(one.delay)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Kinds({ of, all = false }: { of: Kind[]; all?: boolean }) {
  const rows = of.filter((kind) => all || kind.count > 0);
  // The oldest first; what has no age behind it.
  rows.sort((one, other) => (one.since ?? Infinity) - (other.since ?? Infinity));
  if (rows.length === 0) return <Empty>Nothing waits for you.</Empty>;
  return (
    <ul class="kinds">
      {rows.map((kind) => (
        <li key={kind.code + kind.list}>
          <a href={href(['waiting', kind.code], { list: kind.list })}>
            <span class="kind-count">{count(kind.count)}</span>
            <span class="kind-words"><strong>{sentence(kind.code)}</strong><span>{kind.words}</span></span>
            <span class="kind-since muted">{kind.since === undefined ? '' : <Ago at={kind.since} />}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

export function WalletFacts({ of }: { of: Wallet }) {
  const last = (seconds: number | undefined) => (seconds === undefined ? 'nothing is used up' : duration(seconds));
  return (
    <>
      {of.error === '' ? null : <Notice tone="bad">{of.error}</Notice>}
      <Facts of={[
        ['Spendable', `${coins(of.spendable)} SKY`],
        ['Incoming', `${coins(of.incoming)} SKY`],
        ['Claimed by transactions', `${coins(of.claimed)} SKY`],
        ['Coins last', last(of.runway_coins)],
        ['Coin hours', count(of.hours)],
        ['Hours last', last(of.runway_hours)],
        ['Seen', <Ago at={of.at} />],
      ]} />
    </>
  );
}

function Pools({ of }: { of: Record<string, Pool> }) {
  const rows = Object.entries(of).filter(([, pool]) => pool.address_manager_enabled);
  return <Table slim caption="Address pools" rows={rows} keyOf={([coin]) => coin} empty="No coin is enabled." columns={[
    { name: 'Coin', head: true, cell: ([coin]) => <b>{coin}</b> },
    { name: 'Left', number: true, cell: ([, pool]) => count(pool.remaining_addresses) },
    { name: 'Given out', number: true, cell: ([, pool]) => count(pool.bound_addresses) },
  ]} />;
}

function Parts({ of }: { of: Shown }) {
  const state = (since: number | undefined, last: number | undefined) =>
    since !== undefined ? 'failed' : last === undefined ? 'not_yet_reached' : 'ok';
  return <Table slim caption="Parts" rows={of.parts} keyOf={(part) => part.name} empty="Nothing runs." columns={[
    { name: 'Part', head: true, cell: (part) => part.name },
    { name: 'State', cell: (part) => <><State of={state(part.failing_since, part.last_success)} /> {part.error}</> },
    { name: 'Last success', cell: (part) => <Ago at={part.last_success} /> },
  ]} />;
}
