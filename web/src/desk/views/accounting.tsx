// The books: what stands there, and what came to each account on each day.
import { useState } from 'preact/hooks';
import { download } from '../api/client';
import { useResource } from '../api/resource';
import type { Accounting as Shown, DayLine } from '../api/types';
import { coins, count, spaced } from '../lib/format';
import { href } from '../lib/route';
import { Card, Figure, Loaded, Notice, Page } from '../ui/basics';
import { Table } from '../ui/table';
import { LedgerTable } from './ledger';
import { DepositLink } from './tables';

export function AccountingView({ asset }: { asset: string }) {
  const books = useResource('/api/accounting', {}, 15000);
  const days = useResource('/api/accounting/days', {}, 30000);
  return (
    <Page title="Accounting" aside={<Exports />}>
      <Loaded of={books}>{(shown) => <Sums of={shown} />}</Loaded>
      <Card title="By day" flush><Loaded of={days}>{(shown) => <Days lines={shown.days} asset={asset} />}</Loaded></Card>
      <Card title="What stands on the accounts" flush><Loaded of={books}>{(shown) => <LedgerTable lines={shown.accounts} />}</Loaded></Card>
      <Loaded of={books}>{(shown) => (shown.strays.length === 0 ? null : <Strays of={shown} />)}</Loaded>
    </Page>
  );
}

function Exports() {
  const [error, setError] = useState('');
  const save = (format: 'csv' | 'jsonl') => {
    download('/api/accounting/days', { query: { format } }, `teller-accounting.${format}`)
      .then(() => setError(''), (caught: unknown) => setError(String(caught)));
  };
  return (
    <div class="acts" role="group" aria-label="Export">
      <button type="button" onClick={() => save('csv')}>Export CSV</button>
      <button type="button" onClick={() => save('jsonl')}>Export JSON lines</button>
      {error === '' ? null : <Notice tone="bad">{error}</Notice>}
    </div>
  );
}

function Sums({ of }: { of: Shown }) {
  const unit = <small>SKY</small>;
  return (
    <div class="figures-row">
      <Figure name="Sent" value={<>{coins(of.sent)} {unit}</>} note={`${coins(of.in_transit)} on the way`} />
      <Figure name="Owed" value={<>{coins(of.owed)} {unit}</>} />
      <Figure name="Paid for lost deposits" value={<>{coins(of.sent_for_lost)} {unit}</>} note={`${coins(of.paid_twice)} paid twice`} />
      <Figure name="Burnt" value={count(of.burnt_hours)} note="coin hours" />
    </div>
  );
}

interface Row { key: string; day: string; asset: string; account: string; debit: string; credit: string }

function Days({ lines, asset }: { lines: DayLine[]; asset: string }) {
  const assets = [...new Set(lines.map((line) => line.asset))];
  const rows = lines.filter((line) => asset === '' || line.asset === asset).reverse().map((line): Row => ({
    key: `${line.day}${line.asset}${line.contract ?? ''}${line.account}`,
    day: line.day,
    asset: line.asset,
    account: spaced(line.account),
    debit: line.side === 'debit' ? coins(line.amount) : '',
    credit: line.side === 'credit' ? coins(line.amount) : '',
  }));
  return (
    <>
      <div class="bar">
        <nav class="choice" aria-label="Which asset">
          {['', ...assets].map((one) => (
            <a key={one} href={href(['accounting'], { asset: one })} aria-current={one === asset ? 'true' : undefined}>{one === '' ? 'All' : one}</a>
          ))}
        </nav>
      </div>
      <Table<Row> caption="Accounting by day" rows={rows} keyOf={(row) => row.key} empty="Nothing was booked yet." columns={[
        { name: 'Day (UTC)', head: true, cell: (row) => row.day },
        { name: 'Asset', cell: (row) => <b>{row.asset}</b> },
        { name: 'Account', cell: (row) => row.account },
        { name: 'Debit', number: true, cell: (row) => row.debit },
        { name: 'Credit', number: true, cell: (row) => row.credit },
      ]} />
    </>
  );
}

function Strays({ of }: { of: Shown }) {
  return (
    <Card title="Paid by transactions that were given up" flush>
      <Table caption="Strays" rows={of.strays} keyOf={(stray) => `${stray.deposit}-${stray.transaction}`} empty="" columns={[
        { name: 'Deposit', head: true, cell: (stray) => <DepositLink no={stray.deposit} /> },
        { name: 'Transaction', cell: (stray) => `#${stray.transaction}` },
        { name: 'Coins', number: true, cell: (stray) => `${coins(stray.coins)} SKY` },
      ]} />
    </Card>
  );
}
