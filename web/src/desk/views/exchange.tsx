// The exchange that coins are bought on.
import { useResource } from '../api/resource';
import type { Exchange as Shown, Order } from '../api/types';
import { coins, duration } from '../lib/format';
import { href } from '../lib/route';
import { Ago, Badge, Card, Facts, Loaded, Notice, Page } from '../ui/basics';
import { Table } from '../ui/table';
import { List } from './list';
import { Choice } from './choice';
import { Orders } from './tables';

interface Answer { orders: Order[]; exchange?: Shown }

// Nothing where nothing is bought.
export function ExchangeCard() {
  const { data } = useResource<Answer>('/api/orders?state=open&limit=10', 10000);
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

export function ExchangeView({ state }: { state: string }) {
  const answer = useResource<Answer>('/api/orders?state=open&limit=1', 10000);
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
      <Card title="Orders" flush aside={<Choice of={STATES} at={state} to={(one) => href(['exchange'], { state: one })} label="Which orders" />}>
        <List<Order> path={`/api/orders?state=${state}`} of={(page) => (page as Answer).orders}>
          {(rows) => <Orders rows={rows} />}
        </List>
      </Card>
    </Page>
  );
}
