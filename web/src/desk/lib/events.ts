// Server-sent events out of what came so far: those that are whole, and what is left of one that is not.

export interface Heard { name: string; data: string }

export function heard(text: string): { events: Heard[]; rest: string } {
  const parts = text.replaceAll('\r\n', '\n').split('\n\n');
  const rest = parts.pop() ?? '';
  const events = parts.flatMap((part): Heard[] => {
    const fields = part.split('\n').map((line) => /^(event|data): ?(.*)$/.exec(line));
    const of = (name: string) => fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? '');
    const [name] = of('event');
    return name === undefined ? [] : [{ name, data: of('data').join('\n') }];
  });
  return { events, rest };
}
