// What an act would do, why it is done, then the doing, and what came of it.
import { useEffect, useState } from 'preact/hooks';
import { useDesk } from '../desk';
import { isDone, send, words, type Answer } from '../api/client';
import { changed } from '../api/resource';
import type { Proposed, Rehearsal } from '../api/types';
import { coins, sentence } from '../lib/format';
import { filled } from '../lib/request';
import { Notice } from '../ui/basics';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import type { Doable } from './act';
import { FIELDS } from './words';

const BY = 'desk-by';

export function ActDialog({ act, onClose }: { act: Doable; onClose: () => void }) {
  const { canPreview, isNamed } = useDesk();
  const [values, setValues] = useState<Record<string, string>>({});
  const [why, setWhy] = useState('');
  const [by, setBy] = useState(() => sessionStorage.getItem(BY) ?? '');
  const [preview, setPreview] = useState<Answer>();
  const [answer, setAnswer] = useState<Answer>();
  const [busy, setBusy] = useState(false);
  const asked = { ...values, ...(act.why ? { why } : {}), ...(isNamed ? {} : { by }) };
  const complete = act.fields.every((name) => !FIELDS[name]?.required || (values[name] ?? '').trim() !== '');

  const begun = busy || (answer !== undefined && isDone(answer));

  // Shown before anything is done, where the service can tell. A reason is wanted for that as well, and none was given yet.
  useEffect(() => {
    if (!canPreview || !act.isShownFirst || !complete || begun) return undefined;
    const wanted = { ...asked, ...(act.why && why === '' ? { why: 'preview' } : {}), dry_run: '1' };
    const timer = setTimeout(() => void send(act.method, filled(act.path, wanted)).then(setPreview), 300);
    return () => clearTimeout(timer);
  }, [canPreview, complete, begun, JSON.stringify(values)]);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    if (!isNamed) sessionStorage.setItem(BY, by);
    setAnswer(await send(act.method, filled(act.path, asked)));
    setBusy(false);
    changed();
  };

  return (
    <Dialog title={`${act.title}: ${act.target}`} onClose={onClose}>
      {answer !== undefined && isDone(answer) ? <Done answer={answer} onClose={onClose} /> : (
        <form onSubmit={(event) => void submit(event)}>
          <p>{act.does}</p>
          {preview === undefined ? null : <Preview answer={preview} />}
          {act.fields.map((name) => (
            <Field
              key={name} label={FIELDS[name]?.label ?? name} help={FIELDS[name]?.help} mono
              required={FIELDS[name]?.required ?? false} value={values[name] ?? ''} autoFocus={name === act.fields[0]}
              onInput={(value) => setValues((before) => ({ ...before, [name]: value }))}
            />
          ))}
          {act.why ? <Field label="Reason" required value={why} onInput={setWhy} autoFocus={act.fields.length === 0}
            help="Kept with the act, for whoever reads it later" /> : null}
          {isNamed ? null : <Field label="Your name" value={by} onInput={setBy} autoComplete="nickname"
            help="Kept with the act" />}
          {answer === undefined ? null : <Notice tone="bad">{words(answer)}</Notice>}
          <div class="buttons">
            <button type="button" onClick={onClose}>Cancel</button>
            <button type="submit" class={act.weight === 'heavy' ? 'primary heavy' : 'primary'}
              disabled={busy || !complete || (act.why && why.trim() === '')}>{busy ? 'Doing it…' : act.title}</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

function Preview({ answer }: { answer: Answer }) {
  const told = answer.json as Rehearsal | undefined;
  if (!isDone(answer) || told?.dry_run !== true) return <Notice tone="bad">It would be refused: {words(answer)}</Notice>;
  return (
    <Notice tone="accent">
      <p>{sentenceOf(told.words)}</p>
      {told.coins === undefined ? null : <p><strong>{coins(told.coins)} SKY</strong> would leave.</p>}
      {told.would.length === 0 ? null : (
        <ul class="would">{told.would.map((one, n) => <li key={n}>{sentence(one.what)}{one.deposit === undefined ? '' : `, deposit ${one.deposit}`}</li>)}</ul>
      )}
      {told.second_person ? <p>This waits for a second person to confirm it.</p> : null}
    </Notice>
  );
}

function Done({ answer, onClose }: { answer: Answer; onClose: () => void }) {
  const proposal = answer.status === 202 ? (answer.json as Proposed | undefined)?.proposal : undefined;
  return (
    <div>
      <Notice tone="good">
        {sentenceOf(words(answer))}
        {proposal === undefined ? null : <> It is proposal {proposal}: a second person has to confirm it.</>}
      </Notice>
      <div class="buttons"><button type="button" class="primary" autofocus onClick={onClose}>Close</button></div>
    </div>
  );
}

function sentenceOf(text: string): string {
  const said = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(said) ? said : `${said}.`;
}
