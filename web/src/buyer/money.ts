// What an amount buys: the same integers as in the service, so that both say the same to the last digit.

const SKY_DECIMALS = 6;

// An asset as the page describes it: SKY for one whole of it is num / den.
export interface Scale {
  code: string;
  num: string;
  den: string;
  decimals: number;
  places: number;
}

const pow10 = (n: number): bigint => 10n ** BigInt(n);

// Smallest units of a decimal number; undefined where it is none, or has too many places.
export function parseUnits(text: string, decimals: number): bigint | undefined {
  const match = /^(\d{1,30})(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, whole = '', part = ''] = match;
  const kept = part.replace(/0+$/, '');
  if (kept.length > decimals) return undefined;
  return BigInt(whole) * pow10(decimals) + BigInt(kept.padEnd(decimals, '0') || '0');
}

export function showUnits(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const part = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return part === '' ? whole : `${whole}.${part}`;
}

// Droplets that so many units buy, cut to the places that are paid.
export function quote(units: bigint, scale: Scale): bigint {
  const step = pow10(SKY_DECIMALS - scale.places);
  const top = units * BigInt(scale.num) * pow10(SKY_DECIMALS);
  return (top / (BigInt(scale.den) * pow10(scale.decimals) * step)) * step;
}

// The fewest units that buy at least so many droplets.
export function depositFor(droplets: bigint, scale: Scale): bigint {
  const step = pow10(SKY_DECIMALS - scale.places);
  const wanted = ((droplets + step - 1n) / step) * step;
  const worth = BigInt(scale.num) * pow10(SKY_DECIMALS);
  return (wanted * BigInt(scale.den) * pow10(scale.decimals) + worth - 1n) / worth;
}

export type Sum = { kind: 'known'; send: bigint; get: bigint } | { kind: 'tooLittle' } | { kind: 'noNumber' };

export function sumOfSent(text: string, scale: Scale): Sum {
  const send = parseUnits(text, scale.decimals);
  if (send === undefined) return { kind: 'noNumber' };
  const get = quote(send, scale);
  return get === 0n ? { kind: 'tooLittle' } : { kind: 'known', send, get };
}

export function sumOfWanted(text: string, scale: Scale): Sum {
  const wanted = parseUnits(text, SKY_DECIMALS);
  if (wanted === undefined) return { kind: 'noNumber' };
  const send = depositFor(wanted, scale);
  const get = quote(send, scale);
  return get === 0n ? { kind: 'tooLittle' } : { kind: 'known', send, get };
}

export const showSky = (droplets: bigint): string => showUnits(droplets, SKY_DECIMALS);
// The smallest deposit that buys anything.
export const least = (scale: Scale): string => showUnits(depositFor(1n, scale), scale.decimals);
