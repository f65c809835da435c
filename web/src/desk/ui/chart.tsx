// A chart over time by uPlot, in the page's own colours, with its figures as a table for who cannot see it.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { shortMoment } from '../lib/format';

export interface Line { name: string; color: string; values: (number | null)[] }

interface Props {
  title: string;
  at: number[];
  lines: Line[];
  step: number;
  height?: number;
  // Columns side by side that are summed up, or lines of what has no sum.
  shape?: 'columns' | 'lines';
  // How a value is told.
  tell?: (value: number) => string;
}

const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Changes when light and dark do.
function useScheme(): boolean {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const [isDark, setDark] = useState(dark.matches);
  useEffect(() => {
    const changed = () => setDark(dark.matches);
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  }, []);
  return isDark;
}

const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10000, 100000];
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 604800];
const DAY = 86_400;
const HOURS = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAYS = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const tick = (at: number, apart: number): string => (apart < DAY ? HOURS : DAYS).format(new Date(at * 1000));

function options(width: number, { lines, step, height = 200, shape = 'columns', tell = String }: Props): uPlot.Options {
  const axis = { stroke: color('--muted'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
  const font = '12px system-ui, sans-serif';
  const isColumns = shape === 'columns';
  const bars = (n: number) => uPlot.paths.bars!({ size: [0.36, 18], align: n === 0 ? -1 : 1, radius: 0.15 });
  return {
    width,
    height,
    padding: [8, 22, 0, 0],
    legend: { show: false },
    cursor: { points: { show: false }, y: false, drag: { x: false, y: false } },
    scales: {
      // Columns stand around their moment: the first and the last want room as well.
      x: { range: (_plot, first, last) => [first - step / 2, last + step / 2] },
      y: { range: (_plot, _least, most) => [0, Math.max(4, Math.ceil(most * 1.1))] },
    },
    axes: [
      { ...axis, font, grid: { show: false }, space: 80, values: (_plot, splits, _axis, _space, incr) => splits.map((at) => tick(at, incr)) },
      { ...axis, font, size: isColumns ? 40 : 62, incrs: isColumns ? WHOLE : SECONDS, values: (_plot, splits) => splits.map(tell) },
    ],
    series: [{}, ...lines.map((line, n) => ({
      label: line.name,
      stroke: color(line.color),
      ...(isColumns ? { fill: color(line.color), width: 0, paths: bars(n), points: { show: false } }
        : { width: 2, spanGaps: true, points: { show: true, size: 5, fill: color(line.color) } }),
    }))],
  };
}

export function Chart({ title, at, lines, step, height = 200, shape = 'columns', tell = String }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const isDark = useScheme();
  const [under, setUnder] = useState<number>();
  const data = JSON.stringify([at, lines]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const cursor = { setCursor: [(plot: uPlot) => setUnder(plot.cursor.idx ?? undefined)] };
    const drawn = { ...options(element.clientWidth, { title, at, lines, step, height, shape, tell }), hooks: cursor };
    const plot = new uPlot(drawn, [at, ...lines.map((line) => line.values)], element);
    const sized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    sized.observe(element);
    return () => {
      sized.disconnect();
      plot.destroy();
    };
  }, [data, isDark, height]);
  const sum = (line: Line) => line.values.reduce<number>((all, one) => all + (one ?? 0), 0);
  const told = (value: number | null | undefined) => (value === null || value === undefined ? '–' : tell(value));
  // Of what has no sum the last that is known.
  const whole = (line: Line) => (shape === 'columns' ? sum(line) : line.values.findLast((value) => value !== null));
  const n = under ?? -1;
  return (
    <figure class="chart">
      <figcaption>
        {lines.map((line) => (
          <span key={line.name}>
            <i class={`dot ${line.color.slice(2)}`} aria-hidden="true" />
            {line.name} <strong>{told(n >= 0 ? line.values[n] : whole(line))}</strong>
          </span>
        ))}
        <span class="muted">{n >= 0 && at[n] !== undefined ? `from ${shortMoment(at[n])}` : shape === 'columns' ? 'in all' : 'lately'}</span>
      </figcaption>
      <div ref={box} class="plot" role="img" aria-label={`${title}: ${lines.map((line) => `${line.name} ${told(whole(line))}`).join(', ')}`} />
      <details class="figures">
        <summary>Figures</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label={`${title} in figures`}>
          <table>
            <thead><tr><th scope="col">From</th>{lines.map((line) => <th scope="col" class="number" key={line.name}>{line.name}</th>)}</tr></thead>
            <tbody>
              {at.map((time, row) => (
                <tr key={time}>
                  <th scope="row">{shortMoment(time)}</th>
                  {lines.map((line) => <td class="number" key={line.name}>{told(line.values[row])}</td>)}
                </tr>
              )).reverse()}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
