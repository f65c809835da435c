// What stands on the accounts, asset by asset: what the desk has or has given, and where it came from.
import type { Line } from '../api/types';
import { coins, spaced } from '../lib/format';
import { Table } from '../ui/table';

interface Row { asset: string; contract: string | undefined; lines: Line[] }

function rowsOf(lines: Line[]): Row[] {
  const rows = new Map<string, Row>();
  for (const line of lines) {
    const key = `${line.asset} ${line.contract ?? ''}`;
    const row = rows.get(key) ?? { asset: line.asset, contract: line.contract, lines: [] };
    row.lines.push(line);
    rows.set(key, row);
  }
  return [...rows.values()];
}

function Side({ of, side }: { of: Row; side: Line['side'] }) {
  const lines = of.lines.filter((line) => line.side === side);
  return (
    <ul class="sides">
      {lines.map((line) => <li key={line.account}><span>{spaced(line.account)}</span>{coins(line.amount)}</li>)}
    </ul>
  );
}

export function LedgerTable({ lines }: { lines: Line[] }) {
  return <Table<Row> caption="Ledger" rows={rowsOf(lines)} empty="Nothing was booked yet."
    keyOf={(row) => row.asset + (row.contract ?? '')} columns={[
      { name: 'Asset', head: true, cell: (row) => <b title={row.contract}>{row.asset}</b> },
      { name: 'Debit', cell: (row) => <Side of={row} side="debit" /> },
      { name: 'Credit', cell: (row) => <Side of={row} side="credit" /> },
    ]} />;
}
