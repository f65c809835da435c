// Every act and every refusal, with who.
import { Ago, Card, Page } from '../ui/basics';
import { Table } from '../ui/table';
import { List } from './list';
import { State } from './state';

export function LogView() {
  return (
    <Page title="Log of acts" lead="Everything that somebody did or was refused on this listener, the newest first.">
      <Card flush>
        <List path="/api/acts" of={(page) => page.acts}>
          {(rows) => <Table caption="Acts" rows={rows} keyOf={(row) => row.no} empty="Nobody did anything yet." columns={[
            { name: 'When', head: true, cell: (row) => <Ago at={row.last_at} /> },
            { name: 'Who', cell: (row) => <><b>{row.who ?? 'nobody known'}</b> <span class="muted">{row.from}</span></> },
            { name: 'What', cell: (row) => <span class="say"><code>{row.target || row.act}</code> {row.why}</span> },
            { name: 'Outcome', cell: (row) => <><State of={row.outcome} /> {row.times > 1 ? <span class="muted">{row.times} times</span> : null}</> },
            { name: 'Answer', cell: (row) => <span class="say">{row.words}</span> },
          ]} />}
        </List>
      </Card>
    </Page>
  );
}
