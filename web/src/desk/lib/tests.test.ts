import { describe, expect, test } from 'vitest';
import { ago, coins, count, duration, percent, plural, sentence, shorten } from './format';
import { filled, template } from './request';
import { href, parse } from './route';
import { RANGES, moments } from './series';
import { delay } from './backoff';

describe('amounts', () => {
  test('should be told without zeros that say nothing, and never be made numbers', () => {
    expect(coins('1234567.500000')).toBe('1,234,567.5');
    expect(coins('0.000001')).toBe('0.000001');
    expect(coins('123456789012345678901234567890.10')).toBe('123,456,789,012,345,678,901,234,567,890.1');
    expect(coins('-50.000')).toBe('-50');
    expect(coins('?')).toBe('?');
    expect(count(1234)).toBe('1,234');
    expect(['0', '0.01', '0.2', '0.015', '1.5', '?'].map(percent)).toEqual(['0 %', '1 %', '20 %', '1.5 %', '1.5', '?']);
  });
});

describe('times', () => {
  test('should be told in the units that matter', () => {
    const told = [0, 59, 61, 600, 3600, 3661, 90000, 200000, 900000].map(duration);
    expect(told).toEqual(['under 1 s', '59 s', '1 min 1 s', '10 min', '1 h', '1 h 1 min', '25 h', '2 d 7 h', '10 d']);
    expect(ago(100, 102)).toBe('just now');
    expect(ago(100, 220)).toBe('2 min ago');
  });
});

test('should shorten ids to what is compared', () => {
  expect(shorten('0123456789abcdef0123456789abcdef', 4)).toBe('0123…cdef');
  expect(shorten('short', 4)).toBe('short');
  expect(plural(1, 'deposit')).toBe('1 deposit');
  expect(plural(2, 'address', 'addresses')).toBe('2 addresses');
  expect(sentence('taken_back_paid')).toBe('Taken back paid');
});

describe('addresses', () => {
  test('should be read as they were written', () => {
    const one = parse(href(['deposits', 17], { status: 'done', q: '' }));
    expect(one.parts).toEqual(['deposits', '17']);
    expect([...one.params]).toEqual([['status', 'done']]);
    expect(parse('').parts).toEqual([]);
    expect(parse(href(['a/b', 'c d'])).parts).toEqual(['a/b', 'c d']);
    expect(parse('#/%zz').parts).toEqual(['%zz']);
  });
});

describe('requests', () => {
  test('should be read from what the API names', () => {
    expect(template('POST /api/deposits/17/pay?why=...&by=...')).toEqual({
      method: 'POST', path: '/api/deposits/17/pay', fields: [], why: true,
    });
    expect(template('POST /api/orders/3/booked?filled=...&cost=...&fee=...&fee_coin=...&why=...&by=...').fields)
      .toEqual(['filled', 'cost', 'fee', 'fee_coin']);
    expect(template('POST /api/proposals/3/confirm').why).toBe(false);
  });

  test('should be sent with what was filled in', () => {
    expect(filled('/api/x', { why: ' a & b ', by: '' })).toBe('/api/x?why=a+%26+b');
    expect(filled('/api/x', {})).toBe('/api/x');
  });
});

describe('charts', () => {
  test('should ask for whole columns', () => {
    for (const { hours, each } of RANGES) expect(hours % each).toBe(0);
    expect(moments(100, 10, 3)).toEqual([100, 110, 120]);
  });
});

test('should ask less often of what does not answer', () => {
  expect([0, 1, 2, 20].map((failures) => delay(5000, failures))).toEqual([5000, 10000, 20000, 60000]);
});
