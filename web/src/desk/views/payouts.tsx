// The transactions that pay deposits.
import { useResource } from '../api/resource';
import type { Params } from '../api/client';
import type { Transaction } from '../api/types';
import { offered } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { coins, moment } from '../lib/format';
import { href } from '../lib/route';
import { Ago, Card, Facts, Id, Loaded, Notice, Page } from '../ui/basics';
import { Choice } from './choice';
import { List } from './list';
import { State } from './state';
import { DepositLink, Transactions } from './tables';

type TransactionState = NonNullable<NonNullable<Params<'/api/transactions'>['query']>['state']>;

const STATES = [['live', 'On their way'], ['signed', 'Signed'], ['sent', 'Sent'], ['settled', 'Settled'], ['dead', 'Given up'], ['', 'All']] as const;

export function PayoutsView({ state }: { state: string }) {
  return (
    <Page title="Payouts" lead="Transactions of the hot wallet that pay deposits, many to one where they come together.">
      <Card flush>
        <div class="bar"><Choice of={STATES} at={state} to={(one) => href(['payouts'], { state: one === '' ? 'all' : one })} label="Which transactions" /></div>
        <List path="/api/transactions" asked={{ query: { state: state as TransactionState } }} of={(page) => page.transactions}>
          {(rows) => <Transactions rows={rows} />}
        </List>
      </Card>
    </Page>
  );
}

export function PayoutView({ no }: { no: string }) {
  const found = useResource('/api/search', { query: { q: no } }, 5000);
  return (
    <Page title={`Payout transaction ${no}`} aside={<a href={href(['payouts'])}>All payouts</a>}>
      <Loaded of={found}>
        {({ transactions }) => {
          const one = transactions.find((transaction) => String(transaction.no) === no);
          return one === undefined ? <Notice>There is no transaction of that number.</Notice> : <One of={one} />;
        }}
      </Loaded>
    </Page>
  );
}

function One({ of }: { of: Transaction }) {
  const link = (no: number | undefined) => (no === undefined ? '' : <a href={href(['payouts', no])}>#{no}</a>);
  return (
    <>
      <div class="headline"><strong>{coins(of.amount)} SKY</strong><State of={of.state} /></div>
      {of.why === undefined ? null : <Notice tone={of.state === 'dead' ? 'quiet' : 'bad'}>{of.why}</Notice>}
      {of.withdrawal === undefined ? null : <Notice tone="warn">{of.withdrawal.by} wants it withdrawn: {of.withdrawal.why}</Notice>}
      <ActButtons acts={(of.acts ?? []).map(offered)} />
      <Card>
        <Facts of={[
          ['Transaction', <Id text={of.txid} />],
          ['Pays', <span class="numbers">{of.deposits.map((no) => <DepositLink key={no} no={no} />)}</span>],
          ['Signed', moment(of.signed_at)],
          ['Changed', <Ago at={of.updated_at} />],
          ['Refused since', of.refused_since === undefined ? '' : <Ago at={of.refused_since} />],
          ['Block', of.height],
          ['Withdraws', link(of.withdraws)],
          ['Withdrawn by', link(of.withdrawn_by)],
          ['Kept back by', of.kept_back_by === undefined ? '' : `${of.kept_back_by} of its deposits`],
          ['Inputs', <ul class="bare">{of.inputs.map((input) => <li key={input}><Id text={input} kept={8} /></li>)}</ul>],
        ]} />
      </Card>
    </>
  );
}
