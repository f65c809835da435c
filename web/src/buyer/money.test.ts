import { describe, expect, it } from 'vitest';
import vectors from '../../../tests/data/quotes.json';
import { depositFor, least, parseUnits, quote, showUnits, sumOfSent, sumOfWanted } from './money';

describe('money', () => {
  it('should reckon as the service does', () => {
    expect(vectors.length).toBeGreaterThan(50);
    for (const { scale, send, get, least: smallest } of vectors) {
      expect(quote(BigInt(send), scale).toString()).toBe(get);
      expect(depositFor(1n, scale).toString()).toBe(smallest);
    }
  });

  it('should read and write amounts exactly', () => {
    expect(parseUnits('0.002', 8)).toBe(200_000n);
    expect(parseUnits('123456789.123456789012345678', 18)).toBe(123456789123456789012345678n);
    for (const text of ['', 'x', '-1', '1e9', '.5', '1.', '1,5', '0.000000001']) {
      expect(parseUnits(text, 8), text).toBeUndefined();
    }
    expect(showUnits(200_000n, 8)).toBe('0.002');
    expect(showUnits(5n, 0)).toBe('5');
  });

  it('should say what cannot be bought', () => {
    const scale = { code: 'BTC', num: '500', den: '1', decimals: 8, places: 3 };
    expect(sumOfSent('0.00000199', scale)).toEqual({ kind: 'tooLittle' });
    expect(sumOfSent('lots', scale)).toEqual({ kind: 'noNumber' });
    expect(sumOfWanted('0.0005', scale)).toEqual({ kind: 'known', send: 200n, get: 1000n });
    expect(least(scale)).toBe('0.000002');
  });
});
