// Something that can be done now.
import type { Act } from '../api/types';
import { template } from '../lib/request';
import { actWords, type ActWords } from './words';

export interface Doable extends ActWords {
  // What it is done to, as people call it: "deposit 17".
  target: string;
  method: string;
  path: string;
  fields: string[];
  why: boolean;
}

// One that the API offers: "POST /api/deposits/17/pay?why=...&by=...".
export function offered(act: Act): Doable {
  const { method, path, fields, why } = template(act.request);
  const [, , list = '', no = ''] = path.split('/');
  return { ...actWords(list, act.act), target: `${list.replace(/s$/, '')} ${no}`, method, path, fields, why };
}

// One that the API has and does not name.
export function known(about: string, act: string, target: string, path: string, fields: string[] = [], why = true): Doable {
  return { ...actWords(about, act), target, method: 'POST', path, fields, why };
}
