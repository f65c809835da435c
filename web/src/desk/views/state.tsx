// A state in colour and words.
import type { Deposit } from '../api/types';
import { Badge, type Tone } from '../ui/basics';
import { spaced } from '../lib/format';

const TONES: Record<string, Tone> = {
  done: 'good', settled: 'good', closed: 'good', ok: 'good', confirmed: 'good', seen: 'quiet', read: 'quiet', known: 'quiet',
  waiting_deposit: 'quiet', waiting_decide: 'quiet', waiting_send: 'accent', waiting_confirm: 'accent', sent: 'accent',
  waiting_passthrough: 'accent', waiting_passthrough_order_complete: 'accent',
  signed: 'accent', placed: 'accent', intended: 'accent', waiting: 'warn',
  open: 'warn', unclear: 'warn', not_yet_reached: 'warn', syncing: 'warn', behind: 'warn', starting: 'warn', proposed: 'accent',
  not_paid: 'quiet', dead: 'quiet', missed: 'quiet', expired: 'quiet', declined: 'quiet', held: 'bad', unknown: 'bad', refused: 'bad',
  forbidden: 'bad', unauthorized: 'bad', failed: 'bad', throttled: 'bad',
};

const WORDS: Record<string, string> = {
  waiting_deposit: 'confirming', waiting_decide: 'deciding', waiting_send: 'to be sent', waiting_confirm: 'sent',
  waiting_passthrough: 'buying', waiting_passthrough_order_complete: 'bought',
};

// What is over and was not paid is not told as done.
export const depositState = (deposit: Deposit): string =>
  deposit.status === 'done' && deposit.error !== '' && deposit.sky_sent === 0 ? 'not_paid' : deposit.status;

export const stateWords = (state: string): string => WORDS[state] ?? spaced(state);

export function State({ of }: { of: string }) {
  return <Badge tone={TONES[of] ?? 'bad'}>{stateWords(of)}</Badge>;
}
