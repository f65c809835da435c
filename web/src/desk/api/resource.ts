// What a path answers, asked again while somebody looks: when the service says that something changed, and now and then
// all the same; where it cannot say so, again and again. Less often while it does not answer, never while the page is
// hidden, and at once after an act.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { address } from '../../api/typed';
import { delay } from '../lib/backoff';
import { hearsChanges, onChange } from './changes';
import { ApiError, getAt, type GetPath, type Got, type Params } from './client';

export interface Resource<T> {
  data: T | undefined;
  error: ApiError | undefined;
  reload: () => void;
}

const CHANGED = 'desk-changed';
const USUAL = 10_000;
// Some of what is shown changes without an event: what nodes say, and how old it is.
const WHILE_HEARD = 30_000;

// Everything that is shown is asked for anew.
export function changed(): void {
  dispatchEvent(new Event(CHANGED));
}

// Answers how to stop listening.
export function hearChanged(listener: () => void): () => void {
  addEventListener(CHANGED, listener);
  return () => removeEventListener(CHANGED, listener);
}

export function useResource<P extends GetPath>(path: P, asked?: Params<P>, every = USUAL): Resource<Got<P>> {
  return useAddress<Got<P>>(address(path, asked), every);
}

// The same of an address that the API itself named.
export function useAddress<T>(path: string, every = USUAL): Resource<T> {
  const [data, setData] = useState<T>();
  const [error, setError] = useState<ApiError>();
  const ask = useRef<() => void>(() => undefined);
  useEffect(() => {
    setData(undefined);
    setError(undefined);
    const asking = new Asking<T>(path, every, setData, setError);
    ask.current = () => asking.now();
    return () => asking.end();
  }, [path, every]);
  return { data, error, reload: useCallback(() => ask.current(), []) };
}

class Asking<T> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private isOver = false;
  private turn = 0;
  private readonly deafen: () => void;

  constructor(
    private readonly path: string,
    private readonly every: number,
    private readonly tell: (data: T) => void,
    private readonly fail: (error: ApiError | undefined) => void,
  ) {
    addEventListener(CHANGED, this.now);
    this.deafen = onChange(() => {
      if (!document.hidden) this.now();
    });
    document.addEventListener('visibilitychange', this.shown);
    this.now();
  }

  readonly now = (): void => {
    clearTimeout(this.timer);
    this.turn += 1;
    void this.ask(this.turn);
  };

  private readonly shown = (): void => {
    if (!document.hidden) this.now();
  };

  private async ask(turn: number): Promise<void> {
    let data: T | undefined;
    let error: ApiError | undefined;
    try {
      data = await getAt<T>(this.path);
    } catch (caught) {
      error = caught instanceof ApiError ? caught : new ApiError(0, String(caught));
    }
    // Another one was asked meanwhile, or nobody wants to know any more.
    if (this.isOver || turn !== this.turn) return;
    this.failures = error === undefined ? 0 : this.failures + 1;
    if (data !== undefined) this.tell(data);
    this.fail(error);
    // A refusal stays one: it is asked again when something changes.
    if (error !== undefined && error.status >= 400 && error.status < 500 && error.status !== 429) return;
    const every = hearsChanges() ? Math.max(this.every, WHILE_HEARD) : this.every;
    if (!document.hidden) this.timer = setTimeout(this.now, delay(every, this.failures));
  }

  end(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.deafen();
    removeEventListener(CHANGED, this.now);
    document.removeEventListener('visibilitychange', this.shown);
  }
}
