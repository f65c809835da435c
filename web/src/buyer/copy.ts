// Copies what an element's `data-copy` names when it is pressed, and says so for a moment (`data-copied`).

const SHOWN_FOR = 2000;

export function copyOnClick(button: HTMLElement): void {
  // Where there is no clipboard, as over plain HTTP, a button that does nothing would only mislead.
  if (!('clipboard' in navigator)) return;
  button.hidden = false;
  button.addEventListener('click', () => void copy(button));
}

async function copy(button: HTMLElement): Promise<void> {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset['copy'] ?? '');
  } catch {
    // Not allowed: the text can still be marked by hand.
    return;
  }
  button.textContent = button.dataset['copied'] ?? before;
  setTimeout(() => { button.textContent = before; }, SHOWN_FOR);
}
