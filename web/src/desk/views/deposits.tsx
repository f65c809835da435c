// Deposits by state, or by whatever somebody has in hand.
import { useState } from 'preact/hooks';
import { useResource } from '../api/resource';
import type { Params } from '../api/client';
import type { Found } from '../api/types';
import { plural, sentence } from '../lib/format';
import { go, href } from '../lib/route';
import { Ago, Card, Id, Loaded, Page } from '../ui/basics';
import { Table } from '../ui/table';
import { Choice } from './choice';
import { List } from './list';
import { stateWords } from './state';
import { Deposits, Transactions } from './tables';

const STATES = ['waiting_deposit', 'waiting_decide', 'waiting_passthrough', 'waiting_send', 'waiting_confirm', 'done'];
const CHOICES = [['', 'All'], ...STATES.map((state) => [state, sentence(stateWords(state))] as const), ['errored', 'With an error']] as const;

export function DepositsView({ status, q }: { status: string; q: string }) {
  return (
    <Page title="Deposits" aside={<Search q={q} />}>
      {q === '' ? (
        <Card flush>
          <div class="bar"><Choice of={CHOICES} at={status} to={(one) => href(['deposits'], { status: one })} label="Which deposits" /></div>
          <Listed status={status} />
        </Card>
      ) : <Results q={q} />}
    </Page>
  );
}

type Status = NonNullable<NonNullable<Params<'/api/deposits'>['query']>['status']>;

function Listed({ status }: { status: string }) {
  if (status === '') return <Newest />;
  if (status === 'errored') {
    return <List path="/api/deposits/errored" of={(page) => page.deposits}>{(rows) => <Deposits rows={rows} />}</List>;
  }
  return (
    <List path="/api/deposits" asked={{ query: { status: status as Status } }} of={(page) => page.deposits}>
      {(rows) => <Deposits rows={rows} />}
    </List>
  );
}

const PAGE = 50;

// All deposits, the newest first: their numbers are without gaps, and lists of the API begin with the oldest.
function Newest() {
  const overview = useResource('/api/overview', { query: { hours: 1 } });
  const [pages, setPages] = useState(1);
  return (
    <Loaded of={overview}>
      {({ deposits }) => {
        const total = Object.values(deposits).reduce((sum, count) => sum + count, 0);
        if (total === 0) return <Deposits rows={[]} empty="Nothing was deposited yet." />;
        return <NewestOf total={total} pages={pages} onMore={() => setPages(pages + 1)} />;
      }}
    </Loaded>
  );
}

const MOST = 1000;

function NewestOf({ total, pages, onMore }: { total: number; pages: number; onMore: () => void }) {
  const limit = Math.min(pages * PAGE, MOST, total);
  const page = useResource('/api/deposits', { query: { after: total - limit, limit } });
  return (
    <Loaded of={page}>
      {({ deposits }) => (
        <>
          <Deposits rows={[...deposits].reverse()} />
          {limit < Math.min(total, MOST) ? <div class="more"><button type="button" onClick={onMore}>Show more</button></div> : null}
          {limit === MOST && limit < total ? <p class="empty">These are the newest {MOST}: search for older ones.</p> : null}
        </>
      )}
    </Loaded>
  );
}

function Search({ q }: { q: string }) {
  const [text, setText] = useState(q);
  const submit = (event: Event) => {
    event.preventDefault();
    go(['deposits'], { q: text.trim() });
  };
  return (
    <form class="search" role="search" onSubmit={submit}>
      <label class="unseen" for="search">Number, address or transaction</label>
      <input id="search" type="search" value={text} placeholder="Number, address or transaction"
        onInput={(event) => setText(event.currentTarget.value)} />
      <button>Search</button>
    </form>
  );
}

function Results({ q }: { q: string }) {
  const found = useResource('/api/search', { query: { q } });
  return (
    <>
      <p><a href={href(['deposits'])}>All deposits</a></p>
      <Loaded of={found}>
        {({ deposits, transactions, addresses, more }) => (
          <>
            <p role="status">
              {plural(deposits.length, 'deposit')}, {plural(transactions.length, 'transaction')} and {plural(addresses.length, 'address', 'addresses')} found
              {more ? '; there are more, these are the newest' : ''}.
            </p>
            {addresses.length === 0 ? null : <Card title="Addresses" flush><Addresses rows={addresses} /></Card>}
            <Card title="Deposits" flush><Deposits rows={deposits} empty="No deposit has that number, address or transaction." /></Card>
            {transactions.length === 0 ? null : <Card title="Payout transactions" flush><Transactions rows={transactions} /></Card>}
          </>
        )}
      </Loaded>
    </>
  );
}

function Addresses({ rows }: { rows: Found['addresses'] }) {
  return <Table caption="Addresses" rows={rows} keyOf={(row) => row.coin + row.address} empty="" columns={[
    { name: 'Deposit address', head: true, cell: (row) => <><b>{row.coin}</b> <Id text={row.address} /></> },
    { name: 'Pays to', cell: (row) => <Id text={row.sky_address} /> },
    { name: 'Bound', cell: (row) => <Ago at={row.bound_at} /> },
  ]} />;
}
