import { afterEach, expect, test, vi } from 'vitest';
import { copyOnClick } from './copy';

type Listener = () => void;

function button(): HTMLElement & { press: Listener } {
  let pressed: Listener = () => undefined;
  const found = {
    hidden: true,
    textContent: 'Copy',
    dataset: { copy: '2ANKJFgs', copied: 'Copied' },
    addEventListener: (_: string, listener: Listener) => { pressed = listener; },
    press: () => pressed(),
  };
  return found as unknown as HTMLElement & { press: Listener };
}

afterEach(() => vi.unstubAllGlobals());

test('should copy, and say so for a moment', async () => {
  vi.useFakeTimers();
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal('navigator', { clipboard: { writeText } });
  const one = button();
  copyOnClick(one);
  expect(one.hidden).toBe(false);
  one.press();
  await vi.advanceTimersByTimeAsync(0);
  expect(writeText).toHaveBeenCalledWith('2ANKJFgs');
  expect(one.textContent).toBe('Copied');
  await vi.advanceTimersByTimeAsync(2000);
  expect(one.textContent).toBe('Copy');
  vi.useRealTimers();
});

test('should stay hidden where nothing can be copied', () => {
  vi.stubGlobal('navigator', {});
  const one = button();
  copyOnClick(one);
  expect(one.hidden).toBe(true);
});
