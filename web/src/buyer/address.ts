// What is wrong with a Skycoin address, by the rules that the service has: base58 of a key's hash, a version and the first
// four bytes of their SHA-256.
import { sha256 } from '@noble/hashes/sha2.js';

const DIGITS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const LENGTH = 25;
const BODY = 21;

export type Wrong = 'character' | 'text' | 'length' | 'version' | 'checksum' | 'null';

export function wrongWith(text: string): Wrong | undefined {
  let number = 0n;
  for (const letter of text) {
    const digit = DIGITS.indexOf(letter);
    if (digit < 0) return 'character';
    number = number * 58n + BigInt(digit);
  }
  if (number === 0n) return 'text';
  const bytes = bytesOf(text, number);
  if (bytes.length !== LENGTH) return 'length';
  if (bytes[BODY - 1] !== 0) return 'version';
  const sum = sha256(bytes.slice(0, BODY));
  if (!bytes.slice(BODY).every((byte, at) => byte === sum[at])) return 'checksum';
  return bytes.slice(0, BODY).every((byte) => byte === 0) ? 'null' : undefined;
}

// Each leading 1 is a byte of zero.
function bytesOf(text: string, number: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = number; rest > 0n; rest >>= 8n) bytes.push(Number(rest & 0xffn));
  const ones = /^1*/.exec(text)?.[0].length ?? 0;
  return Uint8Array.from([...new Array<number>(ones).fill(0), ...bytes.reverse()]);
}
