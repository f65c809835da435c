// Numbers and times as people read them. Amounts stay texts: none is ever made a number.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// "1234567.500000" as "1,234,567.5".
export function coins(text: string): string {
  const [sign, digits] = text.startsWith('-') ? ['-', text.slice(1)] : ['', text];
  const [whole = '', part = ''] = digits.split('.');
  if (!/^\d+$/.test(whole)) return text;
  const kept = part.replace(/0+$/, '');
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',') + (kept === '' ? '' : `.${kept}`);
}

// A part as people say it: "0.015" as "1.5 %".
export function percent(part: string): string {
  const match = /^0(?:\.(\d+))?$/.exec(part);
  if (match === null) return part;
  const digits = (match[1] ?? '').padEnd(2, '0');
  const whole = digits.slice(0, 2).replace(/^0/, '');
  return `${coins(`${whole}.${digits.slice(2)}`)} %`;
}

export function count(number: number): string {
  return coins(String(Math.trunc(number)));
}

// A size as people say it: 1536 as "1.5 kB".
export function bytes(size: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, size < 1 ? 0 : Math.floor(Math.log(size) / Math.log(1000)));
  const shown = size / 1000 ** step;
  return `${step === 0 ? shown : shown.toFixed(shown < 10 ? 1 : 0)} ${units[step] ?? ''}`;
}

// How long, in the two largest units that matter: "2 h 5 min".
export function duration(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < MINUTE) return `${Math.trunc(seconds)} s`;
  if (seconds < HOUR) return pair(seconds, MINUTE, 'min', 1, 's', 10 * MINUTE);
  if (seconds < 2 * DAY) return pair(seconds, HOUR, 'h', MINUTE, 'min', 10 * HOUR);
  return pair(seconds, DAY, 'd', HOUR, 'h', 10 * DAY);
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string, exact: number) {
  const first = Math.trunc(seconds / large);
  const second = Math.trunc((seconds % large) / small);
  return second === 0 || seconds >= exact ? `${first} ${largeName}` : `${first} ${largeName} ${second} ${smallName}`;
}

export function ago(at: number, now: number): string {
  const seconds = now - at;
  return seconds < 5 ? 'just now' : `${duration(seconds)} ago`;
}

const MOMENT = new Intl.DateTimeFormat(undefined, {
  year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
});
const SHORT = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });

// In the reader's own zone.
export const moment = (at: number): string => MOMENT.format(new Date(at * 1000));
export const shortMoment = (at: number): string => SHORT.format(new Date(at * 1000));

// The beginning and the end of an id, which is what people compare.
export function shorten(id: string, kept = 8): string {
  return id.length <= 2 * kept + 1 ? id : `${id.slice(0, kept)}…${id.slice(-kept)}`;
}

export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

// "waiting_deposit" as "waiting deposit".
export const spaced = (code: string): string => code.replaceAll('_', ' ');

// A sentence out of a code: "Taken back paid".
export function sentence(code: string): string {
  const words = spaced(code);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
