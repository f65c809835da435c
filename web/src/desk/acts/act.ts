// Something that can be done now.
import type { Act, Deposit } from '../api/types';
import { template } from '../lib/request';
import { actWords, type ActWords } from './words';

export interface Doable extends ActWords {
  // What it is done to, as people call it: "deposit 17".
  target: string;
  method: string;
  path: string;
  fields: string[];
  why: boolean;
  // Whether the service can show what it would do, without doing it.
  isShownFirst: boolean;
}

// What one of a list is called.
const ONE: Record<string, string> = {
  deposits: 'deposit', transactions: 'transaction', orders: 'order', withdrawals: 'withdrawal', proposals: 'proposal',
  switches: 'switch', breakers: 'breaker',
};

// What nothing is kept of, what the service cannot show, or what another person has looked at already, is not shown first.
const NOT_SHOWN = new Set([
  'addresses/reload', 'chains/look', 'prices/push', 'proposals/confirm', 'proposals/decline', 'backups/now', 'backups/drill',
  'events/pause', 'events/resume', 'events/replay', 'events/test', 'readers/forget', 'webhooks/resume',
]);

// One that the API offers: "POST /api/deposits/17/pay?why=...&by=...".
export function offered(act: Act): Doable {
  const { method, path, fields, why } = template(act.request);
  const [, , list = '', no = ''] = path.split('/');
  const isShownFirst = !NOT_SHOWN.has(`${list}/${act.act}`);
  return { ...actWords(list, act.act), target: `${ONE[list] ?? list} ${no}`, method, path, fields, why, isShownFirst };
}

// The same of a deposit. What has left does not leave again: to pay what is gone is to accept that it is lost.
export function offeredOf(deposit: Deposit, act: Act): Doable {
  const one = offered(act);
  return act.act === 'pay' && deposit.sky_sent > 0 ? { ...one, ...actWords('deposits', 'accept') } : one;
}

// One that the API has and does not name.
export function known(about: string, act: string, target: string, path: string, fields: string[] = [], why = true): Doable {
  const isShownFirst = !NOT_SHOWN.has(`${about}/${act}`);
  return { ...actWords(about, act), target, method: 'POST', path, fields, why, isShownFirst };
}
