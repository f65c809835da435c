import { describe, expect, test } from 'vitest';
import { joined } from './story';

const page = (from: number, to: number, previous?: number) => (
  { events: Array.from({ length: to - from + 1 }, (_, n) => ({ no: from + n })), previous }
);

describe('a story', () => {
  test('should be told from its end, and grow at both', () => {
    const newest = joined(undefined, page(8, 10, 8));
    const earlier = joined(newest, page(5, 7, 5));
    expect(earlier).toEqual(page(5, 10, 5));
    expect(joined(earlier, page(9, 11, 9))).toEqual(page(5, 11, 5));
    expect(joined(earlier, page(1, 4))).toEqual(page(1, 10));
  });

  test('should begin anew where something between was not read', () => {
    expect(joined(page(5, 10, 5), page(21, 23, 21))).toEqual(page(21, 23, 21));
    expect(joined(page(1, 1), page(1, 3))).toEqual(page(1, 3));
  });
});
