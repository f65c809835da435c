// What happened to one thing, read from its end: the newest page is asked for again and again, earlier ones once.

export interface Told { no: number }

export interface Chapter<T extends Told> {
  events: T[];
  // What the page before is asked with; nothing where there is none.
  previous: number | undefined;
}

// What is known with a page of it added: in order, each event once. Where nothing joins the two, the newer one alone: between
// them something may have happened that nobody has read.
export function joined<T extends Told>(known: Chapter<T> | undefined, page: Chapter<T>): Chapter<T> {
  const first = page.events[0]?.no;
  const last = known?.events.at(-1)?.no;
  if (known === undefined || first === undefined || last === undefined) return page;
  if (page.previous !== undefined && first > last) return page;
  const events = new Map([...known.events, ...page.events].map((event) => [event.no, event]));
  const start = known.events[0]?.no ?? first;
  return {
    events: [...events.values()].sort((one, other) => one.no - other.no),
    previous: first < start ? page.previous : known.previous,
  };
}
