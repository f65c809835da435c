// One deposit: what it is, what can be done, and everything that happened to it.
import { useEffect, useState } from 'preact/hooks';
import { get } from '../api/client';
import { useResource } from '../api/resource';
import type { StoryEvent, Timeline as Shown } from '../api/types';
import { offeredOf } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { coins, moment, percent } from '../lib/format';
import { href } from '../lib/route';
import { joined, type Chapter } from '../lib/story';
import { Ago, Card, Facts, Id, Loaded, Notice, Page } from '../ui/basics';
import { State, depositState } from './state';

// Events that are shown at once.
const PAGE = 100;

export function DepositView({ no }: { no: string }) {
  const timeline = useResource('/api/deposits/{no}/timeline', { path: { no: Number(no) }, query: { before: 0, limit: PAGE } }, 5000);
  return (
    <Page title={`Deposit ${no}`} aside={<a href={href(['deposits'])}>All deposits</a>}>
      <Loaded of={timeline}>{(shown) => <One of={shown} />}</Loaded>
    </Page>
  );
}

const SKY = 6;

// Droplets as coins.
function sky(droplets: number): string {
  const text = String(droplets).padStart(SKY + 1, '0');
  return coins(`${text.slice(0, -SKY)}.${text.slice(-SKY)}`);
}

function One({ of }: { of: Shown }) {
  const { deposit, transaction } = of;
  return (
    <>
      <div class="headline">
        <strong>{coins(deposit.deposit_amount)} {deposit.coin_type}</strong>
        <span class="arrow" aria-hidden="true">→</span>
        <strong>{deposit.sky_quoted === null ? 'no price yet' : `${sky(deposit.sky_quoted)} SKY`}</strong>
        <State of={depositState(deposit)} />
      </div>
      {deposit.message === '' ? null : <p class="lead">{deposit.message}</p>}
      {deposit.error === '' || deposit.ruling !== undefined ? null : <Notice tone="warn">{deposit.error}</Notice>}
      {deposit.ruling === undefined ? null : (
        <Notice tone="accent">{deposit.ruling.by} ruled “{deposit.ruling.verdict}” on {moment(deposit.ruling.at)}: {deposit.ruling.why}</Notice>
      )}
      <ActButtons acts={of.acts.map((act) => offeredOf(deposit, act))} />
      <div class="grid">
        <Card title="What happened" wide><Story of={of} /></Card>
        <Card title="Facts">
          <Facts of={[
            ['Deposit address', <Id text={deposit.deposit_address} />],
            ['Pays to', <Id text={deposit.sky_address} />],
            ['Transaction', <Id text={deposit.deposit.tx} />],
            ['Output', deposit.deposit.n],
            ['Block', deposit.deposit.height],
            ['Rate', deposit.conversion_rate === '' ? 'none yet' : `${coins(deposit.conversion_rate)} SKY`],
            ['Price from', deposit.price?.source],
            ['Spread', deposit.price === undefined ? '' : percent(deposit.price.spread)],
            ['Way', deposit.buy_method],
            ['Paid by', transaction === undefined ? '' : <a href={href(['payouts', transaction.no])}>transaction #{transaction.no}</a>],
            ['Sent', deposit.sky_sent === 0 ? '' : `${sky(deposit.sky_sent)} SKY`],
            ['Changed', <Ago at={deposit.updated_at} />],
          ]} />
        </Card>
      </div>
    </>
  );
}

// The newest is always there; what happened earlier comes page by page.
function Story({ of }: { of: Shown }) {
  const [told, setTold] = useState<Chapter<StoryEvent>>();
  const [error, setError] = useState('');
  useEffect(() => setTold((known) => joined(known, { events: of.events, previous: of.previous })), [of]);
  const { events, previous } = told ?? { events: of.events, previous: of.previous };
  const go = async () => {
    try {
      const page = await get('/api/deposits/{no}/timeline', { path: { no: of.no }, query: { before: previous ?? 0, limit: PAGE } });
      setTold((known) => joined(known, { events: page.events, previous: page.previous }));
      setError('');
    } catch (caught) {
      setError(String(caught));
    }
  };
  const bound: StoryEvent = { no: 0, at: of.bound_at, what: 'deposit address bound' };
  return (
    <>
      {previous === undefined ? null : <div class="more"><button type="button" onClick={() => void go()}>Show what happened earlier</button></div>}
      {error === '' ? null : <Notice tone="bad">{error}</Notice>}
      <ol class="story">{[...(previous === undefined ? [bound] : []), ...events].map((event) => <Step key={event.no} of={event} />)}</ol>
    </>
  );
}

function Step({ of }: { of: StoryEvent }) {
  const { txid, block, quote, why, by } = of;
  const title = of.what.charAt(0).toUpperCase() + of.what.slice(1);
  return (
    <li class={by === undefined ? '' : 'by-person'}>
      <div class="step-head"><strong>{title}</strong><time title={moment(of.at)}>{moment(of.at)}</time></div>
      {by === undefined ? null : <p><b>{by}</b>{why === undefined ? '' : `: ${why}`}</p>}
      {by === undefined && why !== undefined ? <p>{why}</p> : null}
      <p class="muted small">
        {quote === undefined ? null : <span>worth {coins(quote)} SKY</span>}
        {of.order === undefined ? null : <span>order #{of.order}</span>}
        {txid === undefined ? null : <span>transaction <Id text={txid} kept={6} /></span>}
        {block === undefined ? null : <span>block {block.split(':')[0]}</span>}
      </p>
    </li>
  );
}
