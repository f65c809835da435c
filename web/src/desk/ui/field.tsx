// A labelled input, with what helps below it.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  label: string;
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'password';
  help?: ComponentChildren;
  required?: boolean;
  autoComplete?: string;
  placeholder?: string;
  autoFocus?: boolean;
  mono?: boolean;
}

export function Field(props: Props) {
  const { label, value, onInput, help, mono = false, type = 'text', autoFocus = false, ...rest } = props;
  const input = useRef<HTMLInputElement>(null);
  // Once, when it appears.
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, []);
  const id = `field-${label.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
  const all = {
    ...rest,
    id,
    value,
    class: mono ? 'mono' : undefined,
    'aria-describedby': help === undefined ? undefined : `${id}-help`,
    ref: input,
    // Inside a dialog the browser looks for this when it opens.
    autofocus: autoFocus,
    onInput: (event: { currentTarget: HTMLInputElement }) => onInput(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}{props.required ? null : <span class="muted"> (optional)</span>}</label>
      {type === 'password' ? <input {...all} type="password" /> : <input {...all} type="text" />}
      {help === undefined ? null : <p class="help" id={`${id}-help`}>{help}</p>}
    </div>
  );
}
