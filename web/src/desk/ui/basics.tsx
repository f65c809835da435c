// Small things that every view is made of.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ago, moment, shorten } from '../lib/format';
import type { Resource } from '../api/resource';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'accent';

export function Badge({ tone = 'quiet', children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function Notice({ tone = 'quiet', children }: { tone?: Tone; children: ComponentChildren }) {
  return <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>{children}</div>;
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

interface CardProps { title?: string; aside?: ComponentChildren; children: ComponentChildren; wide?: boolean; flush?: boolean }

export function Card({ title, aside, children, wide = false, flush = false }: CardProps) {
  return (
    <section class={`card${wide ? ' wide' : ''}${flush ? ' flush' : ''}`}>
      {title === undefined ? null : <header><h2>{title}</h2>{aside}</header>}
      <div class="inside">{children}</div>
    </section>
  );
}

export function Page({ title, lead, aside, children }: {
  title: string; lead?: ComponentChildren; aside?: ComponentChildren; children: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${title} · Teller desk`;
  }, [title]);
  return (
    <>
      <div class="page-head">
        <div><h1 tabIndex={-1}>{title}</h1>{lead === undefined ? null : <p class="lead">{lead}</p>}</div>
        {aside === undefined ? null : <div class="page-aside">{aside}</div>}
      </div>
      {children}
    </>
  );
}

// The time of this moment in seconds, which moves.
export function useNow(every = 1000): number {
  const [now, setNow] = useState(() => Math.trunc(Date.now() / 1000));
  useEffect(() => {
    const timer = setInterval(() => setNow(Math.trunc(Date.now() / 1000)), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

export function Ago({ at }: { at: number | undefined }) {
  const now = useNow(5000);
  if (at === undefined) return <span class="muted">never</span>;
  return <time dateTime={new Date(at * 1000).toISOString()} title={moment(at)}>{ago(at, now)}</time>;
}

// An id that is too long to be read, and can be copied whole.
export function Id({ text, kept = 8 }: { text: string; kept?: number }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  };
  const can = 'clipboard' in navigator;
  return (
    <span class="id">
      <code title={text}>{shorten(text, kept)}</code>
      {can ? <button type="button" class="copy" onClick={copy} aria-label={`Copy ${shorten(text, 6)}`}>
        {copied ? 'copied' : 'copy'}
      </button> : null}
    </span>
  );
}

// What is shown of something that is asked for: nothing yet, why not, or what it is. What was there stays while it fails.
export function Loaded<T>({ of, children }: { of: Resource<T>; children: (data: T) => ComponentChildren }) {
  const { data, error } = of;
  return (
    <>
      {error === undefined ? null : <Notice tone="bad">{error.message}</Notice>}
      {data === undefined && error === undefined ? <p class="loading" role="status">Loading…</p> : null}
      {data === undefined ? null : children(data)}
    </>
  );
}

export function Facts({ of }: { of: [string, ComponentChildren][] }) {
  const told = of.filter(([, value]) => value !== undefined && value !== null && value !== '');
  return <dl class="facts">{told.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

// A figure that is read from afar.
export function Figure({ name, value, note, tone }: {
  name: string; value: ComponentChildren; note?: ComponentChildren; tone?: Tone;
}) {
  return (
    <div class={`figure ${tone ?? ''}`}>
      <span class="name">{name}</span>
      <strong>{value}</strong>
      {note === undefined ? null : <span class="note">{note}</span>}
    </div>
  );
}
