import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { heard } from './events';
import { atMostEvery } from './pace';

describe('events', () => {
  test('should be told once they are whole, however they come', () => {
    const text = 'retry: 3000\n\nevent: changed\ndata: 17\n\n: \n\nevent: changed\nda';
    expect(heard(text)).toEqual({ events: [{ name: 'changed', data: '17' }], rest: 'event: changed\nda' });
    let rest = '';
    const all: string[] = [];
    for (const letter of 'event: changed\r\ndata: 1\r\n\r\nevent: changed\r\ndata: 2\r\n\r\n') {
      const now = heard(rest + letter);
      rest = now.rest;
      all.push(...now.events.map(({ data }) => data));
    }
    expect(all).toEqual(['1', '2']);
  });

  test('should have all lines of their data, and none without a name', () => {
    expect(heard('event: a\ndata: one\ndata: two\n\ndata: alone\n\n').events).toEqual([{ name: 'a', data: 'one\ntwo' }]);
  });
});

describe('a pause', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('should lie between two, and the last one is never lost', () => {
    let times = 0;
    const tell = atMostEvery(1000, () => { times += 1; }, () => Date.now());
    tell();
    expect(times, 'at once').toBe(1);
    for (let n = 0; n < 50; n += 1) tell();
    expect(times).toBe(1);
    vi.advanceTimersByTime(999);
    expect(times).toBe(1);
    vi.advanceTimersByTime(1);
    expect(times, 'once for all of them').toBe(2);
    vi.advanceTimersByTime(5000);
    expect(times, 'nothing was wanted').toBe(2);
    tell();
    expect(times, 'at once again').toBe(3);
  });
});
