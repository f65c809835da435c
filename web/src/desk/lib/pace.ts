// How often something happens at most, however often it is wanted: at once where it has not happened lately, else once
// more at the end of the pause.
export function atMostEvery(ms: number, act: () => void, now: () => number = () => performance.now()): () => void {
  let last = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = (): void => {
    timer = undefined;
    last = now();
    act();
  };
  return () => {
    if (timer !== undefined) return;
    const left = last + ms - now();
    if (left <= 0) run();
    else timer = setTimeout(run, left);
  };
}
