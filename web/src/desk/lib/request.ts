// The requests that the API names for what can be done: "POST /api/deposits/17/pay?why=...&by=...".

export interface Template {
  method: string;
  path: string;
  // What it wants to be told, beside who and why.
  fields: string[];
  // Whether it wants a reason.
  why: boolean;
}

export function template(request: string): Template {
  const [method = 'POST', target = ''] = request.split(' ', 2);
  const [path = '', query = ''] = target.split('?', 2);
  const all = [...new URLSearchParams(query)];
  const names = all.filter(([, value]) => value === '...').map(([name]) => name);
  // What is given already is sent as it is: which of several it is about.
  const given = Object.fromEntries(all.filter(([, value]) => value !== '...'));
  const fields = names.filter((name) => !['why', 'by'].includes(name));
  return { method, path: filled(path, given), fields, why: names.includes('why') };
}

// The same as it is sent; what is empty is left out.
export function filled(path: string, values: Record<string, string>): string {
  const given = Object.entries(values).filter(([, value]) => value.trim() !== '');
  const query = new URLSearchParams(given.map(([name, value]) => [name, value.trim()])).toString();
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}
