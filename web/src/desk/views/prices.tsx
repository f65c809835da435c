// What each asset costs, where that comes from, and why there is no price where there is none.
import { useResource } from '../api/resource';
import type { Price } from '../api/types';
import { known } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { coins, duration, moment, percent } from '../lib/format';
import { Badge, Card, Facts, Loaded, Notice, Page } from '../ui/basics';
import { Table } from '../ui/table';

export function PricesView() {
  const prices = useResource('/api/prices', {}, 5000);
  return (
    <Page title="Prices" lead="SKY for one of each, as it is promised to deposits that are seen now.">
      <Loaded of={prices}>
        {(shown) => (
          <>
            <div class="grid">{shown.prices.map((price) => <One key={price.code} of={price} />)}</div>
            <Card title="What prices that follow a source have to pass">
              <Facts of={[
                ['No older than', duration(shown.guards.max_age_seconds)],
                ['The desk keeps', percent(shown.guards.spread)],
                ['Within the operator’s own idea by', percent(shown.guards.band)],
                ['Sources agree within', percent(shown.guards.disagree)],
              ]} />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}

// Whether somebody tells its price, alone or among others.
const isPushed = (of: Price): boolean => /(^|[(, ])push($|[), ])/.test(of.source);

function One({ of }: { of: Price }) {
  const path = `/api/prices/${encodeURIComponent(of.code)}`;
  const acts = [known('prices', 'set', of.code, `${path}/set`, ['rate'])];
  if (of.set !== undefined) acts.push(known('prices', 'clear', of.code, `${path}/clear`));
  // What is pushed is kept in memory alone: there is nothing to be shown first, and no reason to be kept.
  if (isPushed(of)) acts.push(known('prices', 'push', of.code, `${path}/push`, ['price'], false));
  return (
    <Card title={of.code} aside={of.rate === null ? <Badge tone="bad">no price</Badge> : null}>
      <p class="price">{of.rate === null ? '–' : coins(of.rate)} <small>SKY</small></p>
      {of.no_price === undefined ? null : <Notice tone="bad">{of.no_price.words}</Notice>}
      {of.set === undefined ? null : <Notice tone="accent">Set by {of.set.by} on {moment(of.set.at)}: {of.set.why}</Notice>}
      <Facts of={[
        ['Configured', <code>{of.source}</code>],
        ['From', of.from],
        ['Age', of.age_seconds === undefined ? '' : duration(of.age_seconds)],
        ['Spread', of.spread === undefined ? '' : percent(of.spread)],
        ['Own idea', of.own],
      ]} />
      {of.sources === undefined ? null : (
        <Table caption={`Sources of ${of.code}`} rows={of.sources} keyOf={(source) => source.source} empty="" columns={[
          { name: 'Source', head: true, cell: (source) => <code>{source.source}</code> },
          { name: 'Says', number: true, cell: (source) => source.says ?? '–' },
          { name: 'Age', number: true, cell: (source) => (source.age_seconds === undefined ? '' : duration(source.age_seconds)) },
          { name: 'Trouble', cell: (source) => source.trouble ?? '' },
        ]} />
      )}
      <ActButtons acts={acts} />
    </Card>
  );
}
