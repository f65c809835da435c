// The exchange that coins are bought on.
import { useResource } from '../api/resource';
import type { Exchange as Shown } from '../api/types';
import { coins, duration } from '../lib/format';
import { href } from '../lib/route';
import { Ago, Badge, Card, Facts, Id, Loaded, Notice, Page } from '../ui/basics';
import { Table } from '../ui/table';
import { List } from './list';
import { Choice } from './choice';
import { Orders, Withdrawals } from './tables';

// Nothing where nothing is bought.
export function ExchangeCard() {
  const { data } = useResource('/api/orders', { query: { state: 'open', limit: 10 } });
  if (data?.exchange === undefined) return null;
  return (
    <Card title={`Exchange: ${data.exchange.name}`} wide flush aside={<a href={href(['exchange'])}>More</a>}>
      <Stock of={data.exchange} />
      <Orders rows={data.orders} empty="No order is open." />
    </Card>
  );
}

function Stock({ of }: { of: Shown }) {
  return (
    <>
      {of.trouble === undefined ? null : <Notice tone="warn">Nothing is asked of it now: {of.trouble}</Notice>}
      {of.stock_trouble === undefined ? null : <Notice tone="warn">Its stock is not known: {of.stock_trouble}</Notice>}
      <Table caption="Stock" rows={of.stock} keyOf={(stock) => stock.coin} empty="Nothing is there." columns={[
        { name: 'Coin', head: true, cell: (stock) => <b>{stock.coin}</b> },
        { name: 'Available', number: true, cell: (stock) => coins(stock.available) },
        { name: 'Reserved', number: true, cell: (stock) => coins(stock.reserved) },
        { name: 'Lasts', number: true, cell: (stock) => (stock.lasts === undefined ? '' : duration(stock.lasts)) },
      ]} />
    </>
  );
}

function Markets({ of }: { of: Shown }) {
  return <Table caption="Markets" rows={of.markets} keyOf={(market) => market.asset + market.market} empty="No market." columns={[
    { name: 'For', head: true, cell: (market) => <b>{market.asset}</b> },
    { name: 'Market', cell: (market) => market.market },
    { name: 'Asks', number: true, cell: (market) => (market.asks === undefined ? '' : coins(market.asks)) },
    { name: 'At least', number: true, cell: (market) => (market.least === undefined ? '' : coins(market.least)) },
    { name: 'State', cell: (market) => (market.trouble === undefined ? <Badge tone="good">ok</Badge> : market.trouble) },
  ]} />;
}

const STATES = [['open', 'Open'], ['held', 'Held'], ['all', 'All']] as const;

const stateOf = (state: string) => STATES.find(([known]) => known === state)?.[0] ?? 'all';

// What was bought comes to the hot wallet by these.
function WithdrawalsCard({ state, orders }: { state: string; orders: string }) {
  const { data } = useResource('/api/withdrawals', { query: { state: 'open', limit: 1 } });
  return (
    <Card title="From the exchange to the hot wallet" flush
      aside={<Choice of={STATES} at={state} to={(one) => href(['exchange'], { state: orders, withdrawals: one })} label="Which withdrawals" />}>
      {data?.trouble === undefined ? null : <Notice tone="warn">{data.trouble}</Notice>}
      {data === undefined ? null : (
        <div class="inside"><Facts of={[
          ['Bought, and still there', `${coins(data.due)} SKY`],
          ['On the way', `${coins(data.on_the_way)} SKY`],
          ['Arrived', `${coins(data.arrived)} SKY`],
          ['Withdrawn by', data.is_on ? 'the desk itself' : 'a person, at the exchange'],
          ['Goes to', data.to === undefined ? '' : <Id text={data.to} />],
        ]} /></div>
      )}
      <List path="/api/withdrawals" asked={{ query: { state: stateOf(state) } }} of={(page) => page.withdrawals}>
        {(rows) => <Withdrawals rows={rows} />}
      </List>
    </Card>
  );
}

export function ExchangeView({ state, withdrawals }: { state: string; withdrawals: string }) {
  const answer = useResource('/api/orders', { query: { state: 'open', limit: 1 } });
  return (
    <Page title="Exchange" lead="Where coins are bought for payouts, and the orders that the desk placed there.">
      <Loaded of={answer}>
        {({ exchange }) => (exchange === undefined ? <Notice>Nothing is bought: payouts come out of the hot wallet.</Notice> : (
          <div class="grid">
            <Card title="Stock" flush><Stock of={exchange} /></Card>
            <Card title="Markets" flush><Markets of={exchange} /></Card>
            <Card title={exchange.name}>
              <Facts of={[['Bought, to be withdrawn', `${coins(exchange.due)} SKY`], ['Seen', <Ago at={exchange.seen_at} />]]} />
            </Card>
          </div>
        ))}
      </Loaded>
      <Card title="Orders" flush aside={<Choice of={STATES} at={state} to={(one) => href(['exchange'], { state: one, withdrawals })} label="Which orders" />}>
        <List path="/api/orders" asked={{ query: { state: stateOf(state) } }} of={(page) => page.orders}>
          {(rows) => <Orders rows={rows} />}
        </List>
      </Card>
      {answer.data?.exchange === undefined ? null : <WithdrawalsCard state={withdrawals} orders={state} />}
    </Page>
  );
}
