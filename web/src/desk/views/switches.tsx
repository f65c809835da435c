// What can be switched off while the service runs: addresses, payouts, single coins.
import { useResource } from '../api/resource';
import type { Switch } from '../api/types';
import { offered } from '../acts/act';
import { ActButtons } from '../acts/buttons';
import { moment, plural, sentence } from '../lib/format';
import { href } from '../lib/route';
import { Badge, Card, Loaded, Notice, Page } from '../ui/basics';
import { Table } from '../ui/table';

const NAMES: Record<string, string> = { bind: 'Give out addresses', send: 'Send payouts' };
const nameOf = (one: Switch): string => NAMES[one.name] ?? one.name;

// Who has switched it off; nothing where it is on.
function why(of: Switch) {
  if (of.off !== undefined) return <><b>{of.off.by}</b>, {moment(of.off.at)}: {of.off.why}</>;
  return of.is_configured ? '' : 'by the configuration';
}

export function SwitchesView() {
  const switches = useResource('/api/switches', {}, 5000);
  return (
    <Page title="Switches" lead="What can be stopped at once and begun again, without a restart. What is off stays off over one; deposits are credited in any case.">
      <Card flush>
        <Loaded of={switches}>
          {({ switches: rows }) => <Table caption="Switches" rows={rows} keyOf={(row) => row.name} empty="There are none." columns={[
            { name: 'Switch', head: true, cell: (row) => <><b>{nameOf(row)}</b> <span class="muted">{row.about}</span></> },
            { name: 'State', head: true, cell: (row) => <Badge tone={row.is_on ? 'good' : 'bad'}>{row.is_on ? 'on' : 'off'}</Badge> },
            { name: 'Switched off', cell: why },
            { name: 'What can be done', cell: (row) => (row.acts.length === 0 ? '' : <ActButtons acts={row.acts.map((act) => ({ ...offered(act), target: nameOf(row) }))} />) },
          ]} />}
        </Loaded>
      </Card>
    </Page>
  );
}

// Said where everybody looks, as long as anything is off by somebody's act.
export function SwitchedOff() {
  const { data } = useResource('/api/switches', {}, 5000);
  const off = (data?.switches ?? []).filter((one) => one.off !== undefined);
  if (off.length === 0) return null;
  return (
    <Notice tone="accent">
      <strong>{sentence(plural(off.length, 'switch', 'switches'))} off: </strong>
      {off.map((one) => `${nameOf(one)} (${one.off?.by ?? ''}: ${one.off?.why ?? ''})`).join(', ')}. <a href={href(['switches'])}>Switches</a>
    </Notice>
  );
}
