// Shows what becomes of a purchase as it happens: by an event stream, by asking now and then where there is none.
import { showTimes } from './times';

const ASK_MS = 15_000;
// A stream that says nothing for so long is dead: the service gives a sign of life every 20 seconds, but browsers do not
// tell of those, so that it is the connection's own state that counts.
const RETRIES = 3;

// Puts what is new in place, and leaves open what the reader has opened.
export function replace(place: HTMLElement, html: string): void {
  const open = new Set([...place.querySelectorAll<HTMLDetailsElement>('details[open]')].map((one) => one.id));
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  for (const details of parsed.querySelectorAll('details')) details.open = open.has(details.id);
  showTimes(parsed);
  const focused = document.activeElement?.closest('details')?.id;
  place.replaceChildren(...parsed.body.childNodes);
  if (focused !== undefined && focused !== '') {
    document.getElementById(focused)?.querySelector<HTMLElement>('summary')?.focus();
  }
}

export function followPurchase(root: ParentNode): void {
  const section = root.querySelector<HTMLElement>('[data-live]');
  const place = document.getElementById('live');
  const state = root.querySelector<HTMLElement>('[data-live-state]');
  if (section === null || place === null || state === null) return;
  const say = (isLive: boolean): void => {
    section.dataset.state = isLive ? 'live' : 'asking';
    state.textContent = (isLive ? state.dataset.liveWords : state.dataset.notLiveWords) ?? '';
  };
  follow(section, place, say);
}

function follow(section: HTMLElement, place: HTMLElement, say: (isLive: boolean) => void): void {
  let asking: ReturnType<typeof setInterval> | undefined;
  let failures = 0;
  const ask = (): void => {
    void fetch(section.dataset.page ?? '', { headers: { accept: 'text/html' } })
      .then(async (reply) => {
        if (!reply.ok) return;
        const page = new DOMParser().parseFromString(await reply.text(), 'text/html');
        const fresh = page.getElementById('live');
        if (fresh !== null) replace(place, fresh.innerHTML);
      })
      .catch(() => undefined);
  };
  const listen = (): void => {
    const stream = new EventSource(section.dataset.live ?? '');
    stream.addEventListener('open', () => {
      failures = 0;
      clearInterval(asking);
      asking = undefined;
      say(true);
    });
    stream.addEventListener('purchase', (event) => replace(place, (event as MessageEvent<string>).data));
    // Others watch in this window's place.
    stream.addEventListener('enough', () => {
      stream.close();
      say(false);
      asking ??= setInterval(ask, ASK_MS);
    });
    stream.addEventListener('error', () => {
      failures += 1;
      say(false);
      asking ??= setInterval(ask, ASK_MS);
      // A refused stream is not tried again by the browser itself.
      if (stream.readyState === EventSource.CLOSED) {
        setTimeout(listen, ASK_MS * Math.min(failures, RETRIES));
      }
    });
  };
  listen();
}
