// Tables of what more than one view lists.
import type { Act, Breaker, Deposit, Order, OwnMoney, PassedOver, Spend, Tainted, Transaction, Withdrawal } from '../api/types';
import { known, offered, offeredOf } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { coins } from '../lib/format';
import { href } from '../lib/route';
import { Ago, Badge, Id } from '../ui/basics';
import { Table, type Column } from '../ui/table';
import { State, depositState } from './state';

const offers = (acts: Act[] | undefined) => (acts === undefined || acts.length === 0 ? '' : <ActButtons acts={acts.map(offered)} />);

export const DepositLink = ({ no }: { no: number }) => <a href={href(['deposits', no])}>#{no}</a>;

export function Deposits({ rows, empty = 'No deposits here.' }: { rows: Deposit[]; empty?: string }) {
  const waits = rows.some((row) => row.since !== undefined);
  const columns: Column<Deposit>[] = [
    { name: 'Deposit', head: true, cell: (row) => <DepositLink no={row.seq} /> },
    { name: 'Amount', number: true, head: true, cell: (row) => <>{coins(row.deposit_amount)} <b>{row.coin_type}</b></> },
    { name: 'State', head: true, cell: (row) => <State of={depositState(row)} /> },
    { name: 'What it waits for', cell: (row) => <span class="say">{row.message}</span> },
    { name: 'To', cell: (row) => <Id text={row.sky_address} kept={6} /> },
    { name: waits ? 'Waits since' : 'Changed', cell: (row) => <Ago at={row.since ?? row.updated_at} /> },
  ];
  if (rows.some((row) => (row.acts ?? []).length > 0)) {
    columns.push({ name: 'What can be done', cell: (row) => <ActButtons acts={(row.acts ?? []).map((act) => offeredOf(row, act))} /> });
  }
  return <Table caption="Deposits" columns={columns} rows={rows} keyOf={(row) => row.seq} empty={empty} />;
}

export function Transactions({ rows, empty = 'No transactions here.' }: { rows: Transaction[]; empty?: string }) {
  const columns: Column<Transaction>[] = [
    { name: 'Transaction', head: true, cell: (row) => <><a href={href(['payouts', row.no])}>#{row.no}</a> <Id text={row.txid} kept={6} /></> },
    { name: 'State', head: true, cell: (row) => <State of={row.state} /> },
    { name: 'Pays', number: true, cell: (row) => <>{coins(row.amount)} <b>SKY</b></> },
    { name: 'Deposits', cell: (row) => <Numbers of={row.deposits} /> },
    { name: 'Why', cell: (row) => said(row.withdrawal?.why ?? row.why) },
    { name: 'Changed', cell: (row) => <Ago at={row.updated_at} /> },
  ];
  if (rows.some((row) => (row.acts ?? []).length > 0)) {
    columns.push({ name: 'What can be done', cell: (row) => offers(row.acts) });
  }
  return <Table caption="Transactions" columns={columns} rows={rows} keyOf={(row) => row.no} empty={empty} />;
}

const said = (words: string | undefined) => (words === undefined ? '' : <span class="say">{words}</span>);

const SHOWN = 6;

function Numbers({ of }: { of: number[] }) {
  const rest = of.length - SHOWN;
  return (
    <span class="numbers">
      {of.slice(0, SHOWN).map((no) => <DepositLink key={no} no={no} />)}
      {rest > 0 ? <span class="muted">and {rest} more</span> : null}
    </span>
  );
}

export function Orders({ rows, empty = 'No orders here.' }: { rows: Order[]; empty?: string }) {
  const columns: Column<Order>[] = [
    { name: 'Order', head: true, cell: (row) => <>#{row.no} <span class="muted">{row.exchange} {row.market}</span></> },
    { name: 'State', head: true, cell: (row) => <State of={row.state} /> },
    { name: 'Wanted', number: true, cell: (row) => `${coins(row.quantity)} at ${coins(row.price)}` },
    { name: 'Bought', number: true, cell: (row) => (row.bought === undefined ? '' : `${coins(row.bought)} for ${coins(row.spent ?? '')}`) },
    { name: 'Deposits', cell: (row) => <Numbers of={row.deposits} /> },
    { name: 'Why', cell: (row) => said(row.why) },
    { name: 'Changed', cell: (row) => <Ago at={row.updated_at} /> },
  ];
  if (rows.some((row) => (row.acts ?? []).length > 0)) {
    columns.push({ name: 'What can be done', cell: (row) => offers(row.acts) });
  }
  return <Table caption="Orders" columns={columns} rows={rows} keyOf={(row) => row.no} empty={empty} />;
}

export function Withdrawals({ rows, empty = 'No withdrawals here.' }: { rows: Withdrawal[]; empty?: string }) {
  const columns: Column<Withdrawal>[] = [
    { name: 'Withdrawal', head: true, cell: (row) => <>#{row.no} <span class="muted">{row.exchange}</span></> },
    { name: 'State', head: true, cell: (row) => <State of={row.state} /> },
    { name: 'Amount', number: true, cell: (row) => <>{coins(row.amount)} <b>SKY</b></> },
    { name: 'Left', number: true, cell: (row) => (row.left === undefined ? '' : `${coins(row.left)}, fee ${coins(row.fee ?? '0')}`) },
    { name: 'Transaction', cell: (row) => (row.txid === undefined ? '' : <Id text={row.txid} kept={6} />) },
    { name: 'Why', cell: (row) => said(row.why) },
    { name: 'Changed', cell: (row) => <Ago at={row.updated_at} /> },
  ];
  if (rows.some((row) => (row.acts ?? []).length > 0)) {
    columns.push({ name: 'What can be done', cell: (row) => offers(row.acts) });
  }
  return <Table caption="Withdrawals" columns={columns} rows={rows} keyOf={(row) => row.no} empty={empty} />;
}

function spendActs(row: Spend) {
  if (row.state !== 'unknown') return [];
  const path = `/api/wallet/spends/${row.txid}`;
  const target = `spend ${row.txid.slice(0, 8)}`;
  return [
    known('spends', 'paid', target, `${path}/paid`, ['deposits', 'rest']),
    known('spends', 'mine', target, `${path}/mine`),
    known('spends', 'again', target, `${path}/again`),
  ];
}

export function Spends({ rows, empty = 'Every spend of the wallet is known.' }: { rows: Spend[]; empty?: string }) {
  const columns: Column<Spend>[] = [
    { name: 'Transaction', head: true, cell: (row) => <Id text={row.txid} /> },
    { name: 'What it was', cell: (row) => <State of={row.state} /> },
    { name: 'Paid', cell: (row) => <Payments of={row.paid} /> },
    { name: 'Block', number: true, cell: (row) => row.height ?? 'none yet' },
    { name: 'By', cell: (row) => (row.by === undefined ? '' : `${row.by}: ${row.why ?? ''}`) },
    { name: 'Seen', cell: (row) => <Ago at={row.seen_at} /> },
    { name: 'What can be done', cell: (row) => (row.state === 'unknown' ? <ActButtons acts={spendActs(row)} /> : '') },
  ];
  return <Table caption="Spends of the hot wallet" columns={columns} rows={rows} keyOf={(row) => row.txid} empty={empty} />;
}

function Payments({ of }: { of: Spend['paid'] }) {
  return (
    <ul class="bare">
      {of.map((paid) => (
        <li key={paid.address}>
          {coins(paid.coins)} <b>SKY</b> to <Id text={paid.address} kept={5} />
          {paid.matches === undefined ? null : <> as owed for <DepositLink no={paid.matches} /></>}
        </li>
      ))}
    </ul>
  );
}

function taintedActs(row: Tainted) {
  const path = `/api/deposit-addresses/${encodeURIComponent(row.address)}`;
  const target = row.address;
  return [
    known('tainted', 'bind', target, `${path}/bind`, ['skyaddr']),
    known('tainted', 'release', target, `${path}/release`),
  ];
}

export function TaintedAddresses({ rows }: { rows: Tainted[] }) {
  const columns: Column<Tainted>[] = [
    { name: 'Address', head: true, cell: (row) => <><b>{row.coin}</b> <Id text={row.address} /></> },
    { name: 'Received', number: true, cell: (row) => (row.amount === undefined ? 'not told' : coins(row.amount)) },
    { name: 'By', cell: (row) => (row.tx === undefined ? '' : <Id text={row.tx} kept={6} />) },
    { name: 'Block', number: true, cell: (row) => row.height },
    { name: 'Seen', cell: (row) => <Ago at={row.seen_at} /> },
    { name: 'What can be done', cell: (row) => <ActButtons acts={taintedActs(row)} /> },
  ];
  return <Table caption="Addresses that received coins before" columns={columns} rows={rows}
    keyOf={(row) => row.coin + row.address} empty="No address of the pools received coins before it was given out." />;
}

export function Breakers({ rows }: { rows: Breaker[] }) {
  const columns: Column<Breaker>[] = [
    { name: 'Breaker', head: true, cell: (row) => <b>{row.name}</b> },
    { name: 'State', head: true, cell: (row) => <Badge tone={row.open ? 'bad' : 'good'}>{row.open ? 'open' : 'closed'}</Badge> },
    { name: 'What was seen', cell: (row) => <Seen of={row} /> },
    { name: 'Opened', cell: (row) => <Ago at={row.since} /> },
    { name: 'Closed last', cell: (row) => (row.closed === undefined ? '' : <span class="say"><b>{row.closed.by}</b>: {row.closed.why}</span>) },
    { name: 'What can be done', cell: (row) => offers(row.acts) },
  ];
  return <Table caption="Circuit breakers" columns={columns} rows={rows} keyOf={(row) => row.name} empty="None has ever opened." />;
}

function Seen({ of }: { of: Breaker }) {
  return (
    <span class="say">
      {of.evidence}
      {of.grounds.map((ground) => <span key={ground}><br /><code>{ground}</code></span>)}
    </span>
  );
}

export function PassedOverRows({ coin, rows }: { coin: string; rows: PassedOver[] }) {
  const acts = (row: PassedOver) => row.actions.map((act) => {
    const path = `/api/chains/${coin}/passed-over/${row.height}/${encodeURIComponent(row.name)}/${act}`;
    return known('passed-over', act, `block ${row.height}`, path, [], act === 'seen');
  });
  const columns: Column<PassedOver>[] = [
    { name: 'Block', head: true, cell: (row) => row.height },
    { name: 'Transaction', cell: (row) => <Id text={row.tx} kept={6} /> },
    { name: 'State', head: true, cell: (row) => <State of={row.state} /> },
    { name: 'Why', cell: (row) => <span class="say">{row.why}</span> },
    { name: 'What it did', cell: (row) => <span class="say">{row.effect}</span> },
    { name: 'Noted', cell: (row) => <Ago at={row.noted_at} /> },
    { name: 'What can be done', cell: (row) => <ActButtons acts={acts(row)} /> },
  ];
  return <Table caption="Transactions that were passed over" columns={columns} rows={rows}
    keyOf={(row) => `${row.height}-${row.name}`} empty="Nothing was passed over." />;
}

export function OwnMoneyRows({ rows }: { rows: OwnMoney[] }) {
  const columns: Column<OwnMoney>[] = [
    { name: 'Coin', head: true, cell: (row) => <Badge>{row.token === undefined ? row.coin : `token on ${row.coin}`}</Badge> },
    { name: 'Amount (smallest unit)', number: true, cell: (row) => coins(row.amount) },
    { name: 'Address', cell: (row) => <Id text={row.address} kept={6} /> },
    { name: 'Transaction', cell: (row) => <Id text={row.txid} kept={6} /> },
    { name: 'Block', number: true, cell: (row) => row.height },
  ];
  return <Table caption="Own money" columns={columns} rows={rows} keyOf={(row) => `${row.txid}:${row.n}`}
    empty="Nothing of the desk’s own came to deposit addresses." />;
}
