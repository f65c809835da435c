import { describe, expect, it } from 'vitest';
import vectors from '../../../tests/data/skycoin/addresses.json';
import { wrongWith } from './address';

describe('wrongWith', () => {
  it('should take what the real chain has', () => {
    const good = vectors.filter(([, said]) => said === 'ok');
    expect(good.length).toBeGreaterThan(10);
    // The null address is one as well; nobody has its key.
    for (const [address = ''] of good) {
      expect(wrongWith(address), address).toBe(/^1+691FSP$/.test(address) ? 'null' : undefined);
    }
  });

  it('should refuse what the original refuses', () => {
    const bad = vectors.filter(([, said]) => said !== 'ok');
    expect(bad.length).toBeGreaterThan(0);
    for (const [address = ''] of bad) expect(wrongWith(address), address).toBeDefined();
  });

  it('should say what is wrong', () => {
    expect(wrongWith('7HpXWw9KfqsRwDJCSaDqgPUx1uiEvxYzwm')).toBe('checksum');
    expect(wrongWith('nonsense')).toBe('length');
    expect(wrongWith('0OIl')).toBe('character');
    expect(wrongWith('1111')).toBe('text');
  });
});
