// Moments in the reader's own time zone and language.

export function shownTime(iso: string, language: string, timeZone?: string): string | undefined {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return undefined;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(at);
}

export function showTimes(root: ParentNode): void {
  for (const time of root.querySelectorAll('time')) {
    const shown = shownTime(time.dateTime, document.documentElement.lang);
    if (shown === undefined) continue;
    time.title = time.textContent ?? '';
    time.textContent = shown;
  }
}
