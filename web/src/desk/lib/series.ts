// Counts of hours put together to what a chart can show.

export interface Series {
  // Seconds since 1970, one a column.
  at: number[];
  columns: number[][];
}

// Sums up `each` hours to one column; columns end with the last hour, so that the first may be of fewer.
export function grouped(from: number, step: number, each: number, rows: number[][]): Series {
  const length = rows[0]?.length ?? 0;
  const odd = length % each;
  const starts: number[] = odd === 0 ? [] : [0];
  for (let at = odd; at < length; at += each) starts.push(at);
  const ends = [...starts.slice(1), length];
  const sums = (row: number[]) => starts.map((start, n) => row.slice(start, ends[n]).reduce((sum, one) => sum + one, 0));
  return { at: starts.map((start) => from + start * step), columns: rows.map(sums) };
}

// Hours to a column, so that there are not many more than thirty.
export function hoursEach(hours: number): number {
  return [1, 2, 3, 6, 12, 24, 48, 72].find((each) => hours / each <= 32) ?? 96;
}
