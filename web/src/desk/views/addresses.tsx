// The pools of deposit addresses, and what came to them that is no deposit.
import { useResource } from '../api/resource';
import type { Pool } from '../api/types';
import { known } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { count } from '../lib/format';
import { Badge, Card, Loaded, Page } from '../ui/basics';
import { Table } from '../ui/table';
import { List } from './list';
import { OwnMoneyRows, TaintedAddresses } from './tables';

type Named = [string, Pool];

export function AddressesView() {
  const pools = useResource('/api/deposit-addresses', { query: { limit: 1 } });
  const reload = known('addresses', 'reload', 'all coins', '/api/deposit-addresses/reload', [], false);
  return (
    <Page title="Addresses" aside={<ActButtons acts={[reload]} label="Address files" />}>
      <Card title="Pools" flush>
        <Loaded of={pools}>
          {(all) => <Table<Named> slim caption="Pools" rows={Object.entries(all)} keyOf={([coin]) => coin} empty="No coin is enabled." columns={[
            { name: 'Coin', head: true, cell: ([coin]) => <b>{coin}</b> },
            { name: 'State', minor: true, cell: ([, pool]) => (pool.address_manager_enabled ? <Badge tone="good">given out</Badge> : <Badge>off</Badge>) },
            { name: 'Left', number: true, cell: ([, pool]) => count(pool.remaining_addresses) },
            { name: 'Given out', number: true, cell: ([, pool]) => count(pool.bound_addresses) },
            { name: 'Gap limit', number: true, minor: true, cell: ([, pool]) => pool.gap_limit ?? '' },
            { name: 'File', cell: ([, pool]) => (pool.refused === undefined ? '' : <Badge tone="bad">{pool.refused}</Badge>) },
          ]} />}
        </Loaded>
      </Card>
      <Card title="Received coins before they were given out" flush>
        <List path="/api/deposit-addresses/tainted" of={(page) => page.tainted}>
          {(rows) => <TaintedAddresses rows={rows} />}
        </List>
      </Card>
      <Card title="The desk’s own money" flush>
        <List path="/api/own-money" of={(page) => page.own_money}>
          {(rows) => <OwnMoneyRows rows={rows} />}
        </List>
      </Card>
    </Page>
  );
}
