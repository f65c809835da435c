// Everything that waits for a person, by kinds, and the entries of one kind with what can be done.
import type { Got } from '../api/client';
import { useKinds } from '../api/kinds';
import type { Breaker, Deposit, Order, OwnMoney, PassedOver, Proposal, Spend, Tainted, Transaction, WebhookClient, Withdrawal } from '../api/types';
import { sentence } from '../lib/format';
import { href } from '../lib/route';
import { Card, Loaded, Page } from '../ui/basics';
import { ListAt } from './list';
import { Kinds } from './overview';
import { Proposals } from './proposals';
import { WebhookClients } from './receivers';
import { Breakers, Deposits, Orders, OwnMoneyRows, PassedOverRows, Spends, TaintedAddresses, Transactions, Withdrawals } from './tables';

export function WaitingView({ code, list }: { code: string | undefined; list: string }) {
  const kinds = useKinds();
  if (code === undefined) {
    return (
      <Page title="Waiting" lead="Everything that waits for somebody, the oldest first, with what can be done about it.">
        <Card flush><Loaded of={kinds}>{(waiting) => <Kinds of={waiting} />}</Loaded></Card>
        <details class="quiet-part">
          <summary>Every kind there is</summary>
          <Card flush><Loaded of={kinds}>{(waiting) => <Kinds of={waiting} all />}</Loaded></Card>
        </details>
      </Page>
    );
  }
  return (
    <Loaded of={kinds}>
      {(waiting) => {
        const kind = waiting.find((one) => one.code === code && (list === '' || one.list === list));
        if (kind === undefined) return <Page title={sentence(code)}><p>There is no such kind.</p></Page>;
        return (
          <Page title={sentence(code)} lead={kind.words} aside={<a href={href(['waiting'])}>All kinds</a>}>
            <Card flush><Entries path={kind.list} /></Card>
          </Page>
        );
      }}
    </Loaded>
  );
}

// What a list that the API names holds is told by what its answer has.
type Listed = Got<'/api/deposits'> | Got<'/api/waiting'> | Got<'/api/transactions'> | Got<'/api/orders'> | Got<'/api/withdrawals'>
  | Got<'/api/chains/{coin}/passed-over'> | Got<'/api/deposit-addresses/tainted'> | Got<'/api/own-money'> | Got<'/api/wallet/spends'>
  | Got<'/api/proposals'> | Got<'/api/breakers'> | Got<'/api/events/webhooks'>;

function Entries({ path }: { path: string }) {
  const coin = /^\/api\/chains\/([a-z0-9-]+)\//.exec(path)?.[1] ?? '';
  return <ListAt<Listed, Row> at={path} of={rowsOf}>{(rows) => <Rows coin={coin} rows={rows} />}</ListAt>;
}

// A row with what it is.
type Row =
  | { of: 'deposit'; row: Deposit } | { of: 'transaction'; row: Transaction } | { of: 'order'; row: Order }
  | { of: 'withdrawal'; row: Withdrawal } | { of: 'passed over'; row: PassedOver } | { of: 'tainted'; row: Tainted }
  | { of: 'breaker'; row: Breaker } | { of: 'own money'; row: OwnMoney } | { of: 'spend'; row: Spend } | { of: 'proposal'; row: Proposal }
  | { of: 'client'; row: WebhookClient };

function rowsOf(listed: Listed): Row[] {
  if ('deposits' in listed) return listed.deposits.map((row) => ({ of: 'deposit', row }));
  if ('transactions' in listed) return listed.transactions.map((row) => ({ of: 'transaction', row }));
  if ('orders' in listed) return listed.orders.map((row) => ({ of: 'order', row }));
  if ('withdrawals' in listed) return listed.withdrawals.map((row) => ({ of: 'withdrawal', row }));
  if ('passed_over' in listed) return listed.passed_over.map((row) => ({ of: 'passed over', row }));
  if ('tainted' in listed) return listed.tainted.map((row) => ({ of: 'tainted', row }));
  if ('own_money' in listed) return listed.own_money.map((row) => ({ of: 'own money', row }));
  if ('spends' in listed) return listed.spends.map((row) => ({ of: 'spend', row }));
  if ('proposals' in listed) return listed.proposals.map((row) => ({ of: 'proposal', row }));
  if ('breakers' in listed) return listed.breakers.map((row) => ({ of: 'breaker', row }));
  if ('clients' in listed) return listed.clients.filter((row) => row.given_up > 0).map((row) => ({ of: 'client', row }));
  return [];
}

function Rows({ coin, rows }: { coin: string; rows: Row[] }) {
  const all = <K extends Row['of']>(kind: K) => rows.flatMap((one) => (one.of === kind ? [one.row as Extract<Row, { of: K }>['row']] : []));
  switch (rows[0]?.of) {
    case 'deposit': return <Deposits rows={all('deposit')} />;
    case 'transaction': return <Transactions rows={all('transaction')} />;
    case 'order': return <Orders rows={all('order')} />;
    case 'withdrawal': return <Withdrawals rows={all('withdrawal')} />;
    case 'passed over': return <PassedOverRows coin={coin} rows={all('passed over')} />;
    case 'tainted': return <TaintedAddresses rows={all('tainted')} />;
    case 'own money': return <OwnMoneyRows rows={all('own money')} />;
    case 'spend': return <Spends rows={all('spend')} />;
    case 'breaker': return <Breakers rows={all('breaker')} />;
    case 'proposal': return <Proposals rows={all('proposal')} />;
    case 'client': return <WebhookClients rows={all('client')} />;
    case undefined: return <p class="empty">Nothing of this kind waits.</p>;
  }
}
