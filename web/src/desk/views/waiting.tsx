// Everything that waits for a person, by kinds, and the entries of one kind with what can be done.
import { useResource } from '../api/resource';
import type { Deposit, Kind, Order, OwnMoney, PassedOver, Proposal, Spend, Tainted, Transaction } from '../api/types';
import { sentence } from '../lib/format';
import { href } from '../lib/route';
import { Card, Loaded, Page } from '../ui/basics';
import { List } from './list';
import { Kinds } from './overview';
import { Proposals } from './proposals';
import { Deposits, Orders, OwnMoneyRows, PassedOverRows, Spends, TaintedAddresses, Transactions } from './tables';

export function WaitingView({ code, list }: { code: string | undefined; list: string }) {
  const kinds = useResource<{ waiting: Kind[] }>('/api/waiting', 5000);
  if (code === undefined) {
    return (
      <Page title="Waiting" lead="Everything that waits for somebody, the oldest first, with what can be done about it.">
        <Card flush><Loaded of={kinds}>{({ waiting }) => <Kinds of={waiting} />}</Loaded></Card>
        <details class="quiet-part">
          <summary>Every kind there is</summary>
          <Card flush><Loaded of={kinds}>{({ waiting }) => <Kinds of={waiting} all />}</Loaded></Card>
        </details>
      </Page>
    );
  }
  return (
    <Loaded of={kinds}>
      {({ waiting }) => {
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
interface Answer {
  deposits?: Deposit[];
  transactions?: Transaction[];
  orders?: Order[];
  passed_over?: PassedOver[];
  tainted?: Tainted[];
  own_money?: OwnMoney[];
  spends?: Spend[];
  proposals?: Proposal[];
}

type Row = [keyof Answer, unknown];

function rowsOf(page: unknown): Row[] {
  const answer = page as Answer;
  const names: (keyof Answer)[] = ['deposits', 'transactions', 'orders', 'passed_over', 'tainted', 'own_money', 'spends', 'proposals'];
  return names.flatMap((name) => (answer[name] ?? []).map((row): Row => [name, row]));
}

function Entries({ path }: { path: string }) {
  const coin = /^\/api\/chains\/([a-z0-9-]+)\//.exec(path)?.[1] ?? '';
  return <List<Row> path={path} of={rowsOf}>{(rows) => <Rows coin={coin} rows={rows} />}</List>;
}

function Rows({ coin, rows }: { coin: string; rows: Row[] }) {
  const [kind] = rows[0] ?? [];
  const of = <T,>() => rows.map(([, row]) => row as T);
  switch (kind) {
    case 'deposits': return <Deposits rows={of<Deposit>()} />;
    case 'transactions': return <Transactions rows={of<Transaction>()} />;
    case 'orders': return <Orders rows={of<Order>()} />;
    case 'passed_over': return <PassedOverRows coin={coin} rows={of<PassedOver>()} />;
    case 'tainted': return <TaintedAddresses rows={of<Tainted>()} />;
    case 'own_money': return <OwnMoneyRows rows={of<OwnMoney>()} />;
    case 'spends': return <Spends rows={of<Spend>()} />;
    case 'proposals': return <Proposals rows={of<Proposal>()} />;
    default: return <p class="empty">Nothing of this kind waits.</p>;
  }
}
