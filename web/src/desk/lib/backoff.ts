// How long until something is asked again: as usual while it answers, longer and longer while it does not.

const LONGEST = 60_000;

export function delay(usual: number, failures: number): number {
  return Math.min(usual * 2 ** Math.min(failures, 10), Math.max(LONGEST, usual));
}
