// Who is there? A person with a password (and a code, where they have set one up), or whoever has the token.
import { useState } from 'preact/hooks';
import type { Who } from '../api/session';
import { Notice } from '../ui/basics';
import { Field } from '../ui/field';

export function LogIn({ who }: { who: Who }) {
  const [by, setBy] = useState<'person' | 'token'>(who.hasPeople ? 'person' : 'token');
  return (
    <main class="alone" id="main">
      <h1>Teller desk</h1>
      {by === 'person' ? <PersonForm who={who} /> : <TokenForm who={who} />}
      <button type="button" class="link" onClick={() => setBy(by === 'person' ? 'token' : 'person')}>
        {by === 'person' ? 'Use a token instead' : 'Log in with name and password'}
      </button>
    </main>
  );
}

function PersonForm({ who }: { who: Who }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const form = useTry(() => who.logIn(name, password, code.replace(/\s/g, '')));
  return (
    <form class="card" onSubmit={form.submit}>
      <Field label="Name" required value={name} onInput={setName} autoComplete="username" autoFocus />
      <Field label="Password" required type="password" value={password} onInput={setPassword} autoComplete="current-password" />
      <Field label="Code" value={code} onInput={setCode} autoComplete="one-time-code" mono
        help="If you have set one up: six digits, or a recovery code" />
      {form.refusal === '' ? null : <Notice tone="bad">{form.refusal}</Notice>}
      <button class="primary" disabled={form.busy || name === '' || password === ''}>{form.busy ? 'Logging in…' : 'Log in'}</button>
    </form>
  );
}

function TokenForm({ who }: { who: Who }) {
  const [token, setToken] = useState('');
  const form = useTry(() => who.useToken(token.trim()));
  return (
    <form class="card" onSubmit={form.submit}>
      <Field label="Token" required type="password" value={token} onInput={setToken} autoComplete="off" autoFocus mono
        help="admin_panel.token of the configuration. It is kept until this tab is closed, and nowhere else." />
      {form.refusal === '' ? null : <Notice tone="bad">{form.refusal}</Notice>}
      <button class="primary" disabled={form.busy || token.trim() === ''}>Log in</button>
    </form>
  );
}

// Tries something that answers why it did not work.
function useTry(attempt: () => Promise<string | undefined>) {
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const refused = await attempt();
    setBusy(false);
    setRefusal(refused ?? '');
  };
  return { refusal, busy, submit: (event: Event) => void submit(event) };
}
