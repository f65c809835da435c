// Who may be at the desk: people, their sessions, tokens for programs; and one's own password and second factor.
import { useState } from 'preact/hooks';
import { act, isDone, words, type Answer } from '../api/client';
import { changed, useResource } from '../api/resource';
import type { Role } from '../api/types';
import { useDesk } from '../desk';
import { moment } from '../lib/format';
import { Ago, Badge, Card, Loaded, Notice, Page } from '../ui/basics';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Table } from '../ui/table';
import { SecondFactor } from './second_factor';

export function PeopleView() {
  const { canApprove, isNamed } = useDesk();
  return (
    <Page title="People" lead="Who may look, who may act, and who may confirm what others propose.">
      {canApprove ? <People /> : null}
      {isNamed ? <Own /> : null}
      {canApprove ? <Tokens /> : null}
    </Page>
  );
}

// Does something, tells what came of it.
function useChange() {
  const [answer, setAnswer] = useState<Answer>();
  const change = async <T,>(doing: Promise<Answer<T>>): Promise<Answer<T>> => {
    const came = await doing;
    setAnswer(came);
    changed();
    return came;
  };
  const said = answer === undefined || (isDone(answer) && answer.json !== undefined) ? null
    : <Notice tone={isDone(answer) ? 'good' : 'bad'}>{words(answer)}</Notice>;
  return { change, said };
}

const ROLES: [Role, string][] = [['view', 'may look'], ['operate', 'may act'], ['approve', 'may confirm and manage']];

function RolePick({ value, onPick, label }: { value: Role; onPick: (role: Role) => void; label: string }) {
  return (
    <select value={value} aria-label={label} onChange={(event) => onPick(event.currentTarget.value as Role)}>
      {ROLES.map(([role, does]) => <option key={role} value={role}>{role}: {does}</option>)}
    </select>
  );
}

function People() {
  const people = useResource('/api/people', {}, 30000);
  const { change, said } = useChange();
  const [forgot, setForgot] = useState('');
  const of = (name: string) => ({ path: { name } });
  return (
    <Card title="People" flush>
      {said}
      <Loaded of={people}>
        {({ people: rows }) => <Table caption="People" rows={rows} keyOf={(row) => row.name} empty="Nobody yet: whoever reaches this listener may do everything." columns={[
          { name: 'Name', head: true, cell: (row) => <b>{row.name}</b> },
          { name: 'Role', cell: (row) => <RolePick label={`Role of ${row.name}`} value={row.role} onPick={(role) => void change(act('post', '/api/people/{name}/role', { ...of(row.name), body: { role } }))} /> },
          { name: 'Second factor', cell: (row) => (row.second_factor ? <Badge tone="good">set up</Badge> : <Badge tone="warn">none</Badge>) },
          { name: 'Logged in', cell: (row) => <Ago at={row.logged_in_at} /> },
          { name: 'What can be done', cell: (row) => (
            <div class="acts">
              {row.second_factor ? <button type="button" aria-label={`Reset second factor: ${row.name}`}
                onClick={() => void change(act('post', '/api/people/{name}/totp-reset', of(row.name)))}>Reset second factor</button> : null}
              <button type="button" aria-label={`Set a password: ${row.name}`} onClick={() => setForgot(row.name)}>Set a password</button>
              <button type="button" aria-label={`Remove: ${row.name}`} onClick={() => {
                if (confirm(`Remove ${row.name}? Sessions and tokens of theirs end at once.`)) void change(act('delete', '/api/people/{name}', of(row.name)));
              }}>Remove</button>
            </div>
          ) },
        ]} />}
      </Loaded>
      <AddPerson onAdd={(body) => change(act('post', '/api/people', { body }))} />
      {forgot === '' ? null : <SetPassword name={forgot} onClose={() => setForgot('')} />}
    </Card>
  );
}

// For whoever has forgotten theirs.
function SetPassword({ name, onClose }: { name: string; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const { change, said } = useChange();
  const submit = async (event: Event) => {
    event.preventDefault();
    const answer = await change(act('post', '/api/people/{name}/password', { path: { name }, body: { password } }));
    if (isDone(answer)) onClose();
  };
  return (
    <Dialog title={`Set a password: ${name}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <Field label="Their new password" required type="password" value={password} onInput={setPassword} autoComplete="new-password" autoFocus
          help="Their sessions end." />
        {said}
        <div class="buttons">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary" disabled={password === ''}>Set it</button>
        </div>
      </form>
    </Dialog>
  );
}

interface NewPerson { name: string; password: string; role: Role }

function AddPerson({ onAdd }: { onAdd: (body: NewPerson) => Promise<Answer> }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('approve');
  const submit = async (event: Event) => {
    event.preventDefault();
    const { status } = await onAdd({ name, password, role });
    if (status === 201) [setName, setPassword].forEach((clear) => clear(''));
  };
  return (
    <form class="line-form" onSubmit={(event) => void submit(event)}>
      <Field label="Name" required value={name} onInput={setName} autoComplete="off" />
      <Field label="First password" required type="password" value={password} onInput={setPassword} autoComplete="new-password" />
      <div class="field"><span class="label">Role</span><RolePick label="Role" value={role} onPick={setRole} /></div>
      <button class="primary" disabled={name === '' || password === ''}>Add</button>
    </form>
  );
}

function Own() {
  const sessions = useResource('/api/sessions', {}, 30000);
  const { change, said } = useChange();
  return (
    <>
      <Card title="Your sessions" flush>
        {said}
        <Loaded of={sessions}>
          {({ sessions: rows }) => <Table caption="Your sessions" rows={rows} keyOf={(row) => row.id} empty="None." columns={[
            { name: 'From', head: true, cell: (row) => <>{row.from} {row.current ? <Badge tone="good">this one</Badge> : null}</> },
            { name: 'Since', cell: (row) => <Ago at={row.since} /> },
            { name: 'Seen', cell: (row) => <Ago at={row.seen_at} /> },
            { name: 'Ends', cell: (row) => moment(row.ends_at) },
            { name: 'What can be done', cell: (row) => <div class="acts"><button type="button" aria-label={`End: session from ${row.from}`} onClick={() => void change(act('delete', '/api/sessions/{id}', { path: { id: row.id } }))}>End</button></div> },
          ]} />}
        </Loaded>
      </Card>
      <div class="grid"><Password /><SecondFactor /></div>
    </>
  );
}

function Password() {
  const [password, setPassword] = useState('');
  const [next, setNext] = useState('');
  const { change, said } = useChange();
  const submit = async (event: Event) => {
    event.preventDefault();
    const { status } = await change(act('post', '/api/session/password', { body: { password, new_password: next } }));
    if (status === 200) [setPassword, setNext].forEach((clear) => clear(''));
  };
  return (
    <Card title="Your password">
      <form onSubmit={(event) => void submit(event)}>
        <Field label="Password of now" required type="password" value={password} onInput={setPassword} autoComplete="current-password" />
        <Field label="New password" required type="password" value={next} onInput={setNext} autoComplete="new-password" help="Your other sessions end." />
        {said}
        <button class="primary" disabled={password === '' || next === ''}>Change it</button>
      </form>
    </Card>
  );
}

function Tokens() {
  const tokens = useResource('/api/tokens', {}, 30000);
  const { change, said } = useChange();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('view');
  const [days, setDays] = useState('90');
  const [paths, setPaths] = useState('');
  const [made, setMade] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    const read = paths.split(',').map((path) => path.trim()).filter((path) => path !== '');
    const answer = await change(act('post', '/api/tokens', { body: { name, role, days: Number(days), paths: read } }));
    if (answer.status !== 201 || answer.json === undefined) return;
    setMade(answer.json.token);
    [setName, setPaths].forEach((clear) => clear(''));
  };
  return (
    <Card title="Tokens for programs" flush>
      {said}
      {made === '' ? null : <Notice tone="good"><p>This is shown once, now:</p><code class="secret">{made}</code></Notice>}
      <Loaded of={tokens}>
        {({ tokens: rows }) => <Table caption="Tokens" rows={rows} keyOf={(row) => row.name} empty="No program has a token." columns={[
          { name: 'Name', head: true, cell: (row) => <b>{row.name}</b> },
          { name: 'Role', cell: (row) => <Badge>{row.role}</Badge> },
          { name: 'Paths', cell: (row) => (row.paths.length === 0 ? 'all' : row.paths.join(', ')) },
          { name: 'Made by', cell: (row) => row.made_by },
          { name: 'Ends', cell: (row) => moment(row.ends_at) },
          { name: 'What can be done', cell: (row) => <div class="acts"><button type="button" aria-label={`End: ${row.name}`} onClick={() => void change(act('delete', '/api/tokens/{name}', { path: { name: row.name } }))}>End</button></div> },
        ]} />}
      </Loaded>
      <form class="line-form" onSubmit={(event) => void submit(event)}>
        <Field label="Name of the program" required value={name} onInput={setName} autoComplete="off" />
        <Field label="Ends after days" required value={days} onInput={setDays} autoComplete="off" mono />
        <Field label="Bound to" value={paths} onInput={setPaths} autoComplete="off" mono help="Everything, or paths with commas between them: /metrics, POST /api/chains/*/look" />
        <div class="field"><span class="label">Role</span><RolePick label="Role of the program" value={role} onPick={setRole} /></div>
        <button class="primary" disabled={name === '' || !/^[1-9]\d*$/.test(days)}>Make a token</button>
      </form>
    </Card>
  );
}
