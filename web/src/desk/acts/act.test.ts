import { describe, expect, test } from 'vitest';
import reference from '../../../../docs/openapi-admin.json?raw';
import type { Deposit } from '../api/types';
import { known, offered, offeredOf } from './act';
import { FIELDS, actWords } from './words';

describe('what can be done', () => {
  test('should be read from what the API offers', () => {
    const act = offered({ act: 'off', request: 'POST /api/switches/BTC/off?why=...&by=...' });
    expect(act).toMatchObject({ target: 'switch BTC', method: 'POST', path: '/api/switches/BTC/off', fields: [], why: true, isShownFirst: true });
    expect(offered({ act: 'confirm', request: 'POST /api/proposals/3/confirm' })).toMatchObject({ target: 'proposal 3', why: false, isShownFirst: false });
    expect(known('prices', 'push', 'BTC', '/api/prices/BTC/push', ['price'], false).isShownFirst).toBe(false);
  });

  test('should be called what it is where the coins have left already', () => {
    const act = { act: 'pay', request: 'POST /api/deposits/1/pay?why=...&by=...' };
    const deposit = (sky_sent: number) => ({ sky_sent }) as Deposit;
    expect(offeredOf(deposit(0), act).title).toBe('Pay it all the same');
    expect(offeredOf(deposit(1_000_000), act).title).toBe('Accept the loss');
    expect(offeredOf(deposit(1_000_000), { ...act, act: 'wait' }).title).toBe('Go on waiting');
  });
});

// The acts of the reference that a person is asked a reason for, each with the names of what else it takes.
interface Described { paths: Record<string, { post?: { parameters?: { in?: string; name?: string }[] } }> }

function described(): { about: string; act: string; fields: string[] }[] {
  const document = JSON.parse(reference) as Described;
  return Object.entries(document.paths).flatMap(([path, { post }]) => {
    const names = (post?.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name ?? '');
    if (!names.includes('why')) return [];
    const parts = path.split('/').slice(2);
    const about = path.startsWith('/api/wallet/spends') ? 'spends' : parts.includes('passed-over') ? 'passed-over'
      : parts[0] === 'deposit-addresses' ? 'tainted' : parts[0] ?? '';
    return [{ about, act: parts.at(-1) ?? '', fields: names.filter((name) => !['why', 'by', 'dry_run'].includes(name)) }];
  });
}

describe('every act of the reference', () => {
  const all = described();

  test('should be many', () => {
    expect(all.length).toBeGreaterThan(20);
  });

  test.each(all)('should have words here: $about/$act', ({ about, act, fields }) => {
    expect(actWords(about, act).does).not.toMatch(/^See the documentation/);
    for (const name of fields) expect(FIELDS, name).toHaveProperty(name);
  });
});
