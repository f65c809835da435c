// What somebody wants done that takes a second person.
import type { Proposal } from '../api/types';
import { offered } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { useDesk } from '../desk';
import { coins, sentence } from '../lib/format';
import { href } from '../lib/route';
import { Ago, Card, Page } from '../ui/basics';
import { Table } from '../ui/table';
import { Choice } from './choice';
import { List } from './list';
import { State } from './state';

export function Proposals({ rows }: { rows: Proposal[] }) {
  return <Table caption="Proposals" rows={rows} keyOf={(row) => row.no} empty="Nothing is proposed." columns={[
    { name: 'Proposal', head: true, cell: (row) => <b>#{row.no}</b> },
    { name: 'What', cell: (row) => <span class="say">{sentence(row.act)}: {row.words}</span> },
    { name: 'Coins', number: true, cell: (row) => (row.coins === undefined ? '' : `${coins(row.coins)} SKY`) },
    { name: 'By', cell: (row) => <><b>{row.by}</b>: {row.why}</> },
    { name: 'State', cell: (row) => <><State of={row.state} /> {row.decided_by === undefined ? '' : `by ${row.decided_by}`}</> },
    { name: 'Made', cell: (row) => <Ago at={row.at} /> },
    { name: 'What can be done', cell: (row) => <Decide of={row} /> },
  ]} />;
}

// Whoever proposed it may take it back; another one confirms it.
function Decide({ of }: { of: Proposal }) {
  const { name, canApprove } = useDesk();
  const isOwn = of.by === name;
  const acts = (of.acts ?? []).filter(({ act }) => act !== 'confirm' || (canApprove && !isOwn));
  return (
    <>
      <ActButtons acts={acts.map(offered)} />
      {isOwn && of.state === 'waiting' ? <span class="muted small">waits for another person</span> : null}
    </>
  );
}

const STATES = [['waiting', 'Waiting'], ['ended', 'Ended']] as const;

const stateOf = (state: string) => STATES.find(([known]) => known === state)?.[0] ?? 'waiting';

export function ProposalsView({ state }: { state: string }) {
  return (
    <Page title="Proposals" lead="Above a limit an act waits for a second person, who confirms or declines it.">
      <Card flush aside={undefined}>
        <div class="bar"><Choice of={STATES} at={state} to={(one) => href(['proposals'], { state: one })} label="Which proposals" /></div>
        <List path="/api/proposals" asked={{ query: { state: stateOf(state) } }} of={(page) => page.proposals}>
          {(rows) => <Proposals rows={rows} />}
        </List>
      </Card>
    </Page>
  );
}
