// Hears from the service when something has changed, so that it is asked again then. A request like any other carries
// it: an `EventSource` could not bear a token.
import { delay } from '../lib/backoff';
import { heard } from '../lib/events';
import { atMostEvery } from '../lib/pace';
import { headers } from './client';

const PATH = '/api/changes';
const GAP_MS = 1500;
const AGAIN_MS = 3000;

let isLive = false;
let seen = '';
const watchers = new Set<() => void>();
const states = new Set<(isLive: boolean) => void>();

export const hearsChanges = (): boolean => isLive;

// Is told of each change that others make; answers how to stop that.
export function onChange(listener: () => void): () => void {
  watchers.add(listener);
  return () => watchers.delete(listener);
}

export function onLive(listener: (isLive: boolean) => void): () => void {
  states.add(listener);
  return () => states.delete(listener);
}

function setLive(to: boolean): void {
  if (isLive === to) return;
  isLive = to;
  states.forEach((tell) => tell(to));
}

const tell = atMostEvery(GAP_MS, () => watchers.forEach((listener) => listener()));

async function read(signal: AbortSignal): Promise<void> {
  const response = await fetch(PATH, { headers: headers('GET', false), cache: 'no-store', signal });
  const reader = response.ok ? response.body?.getReader() : undefined;
  if (reader === undefined) throw new Error(`${response.status}`);
  const decoder = new TextDecoder();
  let text = '';
  let isFirst = true;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const { events, rest } = heard(text + decoder.decode(value, { stream: true }));
    text = rest;
    setLive(true);
    for (const { name, data } of events) {
      if (name !== 'changed') continue;
      // The first word of a stream says where it begins: something new, where more has happened than was heard of.
      if (!isFirst || (seen !== '' && data !== seen)) tell();
      isFirst = false;
      seen = data;
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

// Listens until it is stopped. Where the stream is cut off, everything is asked for now and then as before.
export function listen(): () => void {
  const stop = new AbortController();
  const go = async (): Promise<void> => {
    let failures = 0;
    while (!stop.signal.aborted) {
      try {
        await read(stop.signal);
        // It ends each minute, and goes on.
        failures = 0;
      } catch {
        failures += 1;
        setLive(false);
        await pause(delay(AGAIN_MS, failures));
      }
    }
    setLive(false);
  };
  void go();
  return () => stop.abort();
}
