// How each chain is followed, and what can be done about it.
import { useResource } from '../api/resource';
import type { Chain } from '../api/types';
import { known, type Doable } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { count, duration, moment } from '../lib/format';
import { Ago, Card, Facts, Id, Loaded, Notice, Page } from '../ui/basics';
import { Table } from '../ui/table';
import { List } from './list';
import { State } from './state';
import { PassedOverRows } from './tables';

type Named = [string, Chain];

const lag = (chain: Chain): string => (chain.lag === undefined ? '' : chain.lag === 0 ? 'none' : count(chain.lag));

export function ChainTable({ of }: { of: Record<string, Chain> }) {
  return <Table<Named> slim caption="Chains" rows={Object.entries(of)} keyOf={([coin]) => coin} empty="No coin is enabled." columns={[
    { name: 'Chain', head: true, cell: ([coin]) => <b>{coin}</b> },
    { name: 'Node', cell: ([, chain]) => (chain.scanning ? <State of={chain.node ?? 'unknown'} /> : <span class="muted">not followed</span>) },
    { name: 'Followed to', number: true, cell: ([, chain]) => (chain.scanned === undefined ? '–' : count(chain.scanned.height)) },
    { name: 'Node is at', number: true, minor: true, cell: ([, chain]) => (chain.tip === undefined ? '–' : count(chain.tip.height)) },
    { name: 'Behind', number: true, cell: ([, chain]) => lag(chain) },
    { name: 'Newest block', minor: true, cell: ([, chain]) => (chain.tip_time === undefined ? '–' : <Ago at={chain.tip_time} />) },
  ]} />;
}

export function ChainsView() {
  const chains = useResource('/api/chains', {}, 5000);
  return (
    <Page title="Chains" lead="How far each chain is followed, against what its node has.">
      <Loaded of={chains}>
        {(all) => (
          <>
            <Card flush><ChainTable of={all} /></Card>
            {Object.entries(all).map(([coin, chain]) => <One key={coin} coin={coin} chain={chain} />)}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function acts(coin: string, chain: Chain): Doable[] {
  if (!chain.scanning) return [];
  const path = `/api/chains/${coin.toLowerCase()}`;
  const all = [
    known('chains', 'look', coin, `${path}/look`, [], false),
    known('chains', 'rescan', coin, `${path}/rescan`, ['from', 'to']),
  ];
  if (chain.rescan !== undefined) {
    all.push({ ...known('chains', 'rescan-end', coin, `${path}/rescan`), method: 'DELETE' });
  }
  if (chain.blind_blocks !== undefined) {
    all.push({ ...known('blind', 'forget', coin, `${path}/blind`), method: 'DELETE' });
  }
  return all;
}

function One({ coin, chain }: { coin: string; chain: Chain }) {
  const { rescan } = chain;
  const warnings = [chain.problem, chain.binding_refused, chain.blind_spot, chain.pending_error, chain.balances_error, chain.vetting_detail];
  const left = rescan === undefined ? undefined
    : `${count(rescan.from)} to ${count(rescan.to)}, next ${count(rescan.next)}; ${count(rescan.found)} found ${rescan.error ?? ''}`;
  return (
    <Card title={coin} aside={<ActButtons acts={acts(coin, chain)} />}>
      {[...new Set(warnings)].map((words) => (words === undefined ? null : <Notice tone="warn" key={words}>{words}</Notice>))}
      {chain.scanning ? null : <p class="muted">Deposits are made by hand: no node is asked.</p>}
      <Facts of={[
        ['Followed to', chain.scanned === undefined ? '' : <>{count(chain.scanned.height)} <Id text={chain.scanned.hash} kept={6} /></>],
        ['Node is at', chain.tip === undefined ? '' : <>{count(chain.tip.height)} <Id text={chain.tip.hash} kept={6} /></>],
        ['Final up to', chain.final_height === undefined ? '' : count(chain.final_height)],
        ['Newest block of', chain.tip_time === undefined ? '' : moment(chain.tip_time)],
        ['Node answered', chain.answered_at === undefined ? '' : <Ago at={chain.answered_at} />],
        ['Which chain', chain.identity === undefined ? '' : <Id text={chain.identity} kept={10} />],
        ['Vetting of addresses', chain.vetting],
        ['Read again', left],
        ['Blocks followed blindly', chain.blind_blocks === undefined ? '' : count(chain.blind_blocks)],
        ['Failing for', chain.failing_since === undefined ? '' : duration(Math.max(0, Date.now() / 1000 - chain.failing_since))],
      ]} />
      {chain.passed_over === undefined ? null : (
        <List path="/api/chains/{coin}/passed-over" asked={{ path: { coin: coin.toLowerCase() } }} of={(page) => page.passed_over}>
          {(rows) => <PassedOverRows coin={coin.toLowerCase()} rows={rows} />}
        </List>
      )}
    </Card>
  );
}
