// The hot wallet, and what left it without this desk.
import { useResource } from '../api/resource';
import { known } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { coins } from '../lib/format';
import { href } from '../lib/route';
import { Card, Figure, Id, Loaded, Page } from '../ui/basics';
import { Choice } from './choice';
import { List } from './list';
import { WalletFacts } from './overview';
import { Spends } from './tables';

const STATES = [['unknown', 'Unexplained'], ['all', 'All']] as const;

export function WalletView({ state }: { state: string }) {
  const wallet = useResource('/api/wallet', {}, 5000);
  const unknown = useResource('/api/wallet/spends', { query: { state: 'unknown' } });
  const mine = known('spends', 'mine', 'all that are unexplained', '/api/wallet/spends/mine', ['up_to']);
  const acts = (unknown.data?.unknown ?? 0) > 0 ? [{ ...mine, title: 'All of them are our own' }] : [];
  return (
    <Page title="Hot wallet">
      <Loaded of={wallet}>
        {(shown) => (
          <>
            <div class="figures-row">
              <Figure name="Coins" value={<>{coins(shown.coins)} <small>SKY</small></>} />
              <Figure name="Spendable" value={<>{coins(shown.spendable)} <small>SKY</small></>} />
              <Figure name="Owed" value={<>{coins(shown.owed)} <small>SKY</small></>} />
              <Figure name="Held" value={shown.held} tone={shown.held > 0 ? 'warn' : 'quiet'} note="payouts that wait for coins or hours" />
            </div>
            <Card title="As the payer saw it last"><WalletFacts of={shown} /></Card>
            {shown.addresses.length === 0 ? null : (
              <Card title="Where coins come to it">
                <ul class="bare">{shown.addresses.map((one) => <li key={one}><Id text={one} kept={40} /></li>)}</ul>
              </Card>
            )}
          </>
        )}
      </Loaded>
      <Card title="Spends that are not this desk’s" flush aside={<ActButtons acts={acts} label="All of them" />}>
        <div class="bar"><Choice of={STATES} at={state} to={(one) => href(['wallet'], { state: one })} label="Which spends" /></div>
        <List path="/api/wallet/spends" asked={{ query: { state: state === 'all' ? 'all' : 'unknown' } }} of={(page) => page.spends}>
          {(rows) => <Spends rows={rows} empty={state === 'unknown' ? 'Every spend of the wallet is explained.' : 'There was none.'} />}
        </List>
      </Card>
    </Page>
  );
}
