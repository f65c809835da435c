import { describe, expect, it } from 'vitest';
import { shownTime } from './times';

describe('shownTime', () => {
  it('should show a moment where its reader is', () => {
    const shown = (zone: string) => shownTime('2026-11-21T23:42:05Z', 'en-GB', zone);
    expect(shown('UTC')).toBe('21 Nov 2026, 23:42');
    expect(shown('Asia/Shanghai')).toBe('22 Nov 2026, 07:42');
    expect(shownTime('nonsense', 'en')).toBeUndefined();
  });
});
