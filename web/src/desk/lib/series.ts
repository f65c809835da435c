// What the charts ask for.

// How far back, and hours to a column, so that there are about thirty columns.
export const RANGES: { name: string; hours: number; each: number }[] = [
  { name: 'Day', hours: 24, each: 1 },
  { name: 'Week', hours: 168, each: 6 },
  { name: 'Month', hours: 720, each: 24 },
  { name: 'Quarter', hours: 2208, each: 92 },
];

// When each column begins.
export const moments = (from: number, step: number, columns: number): number[] =>
  Array.from({ length: columns }, (_, n) => from + n * step);
