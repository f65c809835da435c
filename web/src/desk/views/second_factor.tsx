// One's own second factor: set up with a phone, taken away again.
import { useState } from 'preact/hooks';
import { act, words } from '../api/client';
import type { SecondFactor as Setup } from '../api/types';
import { Card, Notice } from '../ui/basics';
import { Field } from '../ui/field';

export function SecondFactor() {
  const [setup, setSetup] = useState<Setup>();
  const [codes, setCodes] = useState<string[]>([]);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [said, setSaid] = useState('');
  const [isOff, setOff] = useState(false);

  const begin = async () => {
    const answer = await act('post', '/api/session/totp');
    setSaid(answer.status === 200 ? '' : words(answer));
    if (answer.status === 200) setSetup(answer.json);
  };
  const confirm = async (event: Event) => {
    event.preventDefault();
    const answer = await act('post', '/api/session/totp/confirm', { body: { secret: setup?.secret ?? '', code, password } });
    setSaid(answer.status === 200 ? '' : words(answer));
    if (answer.status !== 200) return;
    setCodes(answer.json?.recovery_codes ?? []);
    setSetup(undefined);
  };
  const remove = async (event: Event) => {
    event.preventDefault();
    const answer = await act('delete', '/api/session/totp', { body: { password, code } });
    setSaid(words(answer));
    if (answer.status === 200) setOff(false);
  };
  const fields = (
    <>
      <Field label="Code from the app" required value={code} onInput={setCode} autoComplete="one-time-code" mono />
      <Field label="Your password" required type="password" value={password} onInput={setPassword} autoComplete="current-password" />
    </>
  );
  return (
    <Card title="Your second factor">
      {said === '' ? null : <Notice tone="warn">{said}</Notice>}
      {codes.length === 0 ? null : (
        <Notice tone="good"><p>It is set up. Each of these lets you in once without your phone; they are shown now and never again:</p><pre class="codes">{codes.join('\n')}</pre></Notice>
      )}
      {setup === undefined && !isOff ? (
        <div class="acts">
          <button type="button" onClick={() => void begin()}>Set it up</button>
          <button type="button" onClick={() => setOff(true)}>Take it away</button>
        </div>
      ) : null}
      {setup === undefined ? null : (
        <form onSubmit={(event) => void confirm(event)}>
          <p>Read this with an authenticator app, or type the secret in: <code class="secret">{setup.secret}</code></p>
          <img class="qr" alt="QR code of the secret" src={`data:image/svg+xml;utf8,${encodeURIComponent(setup.qr_svg)}`} />
          {fields}
          <button class="primary">Confirm</button>
        </form>
      )}
      {isOff ? <form onSubmit={(event) => void remove(event)}>{fields}<button class="primary heavy">Take it away</button></form> : null}
    </Card>
  );
}
