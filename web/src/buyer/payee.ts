// Checks the address that is to be paid while it is typed, and says what is wrong in the words of the page.
import { wrongWith } from './address';

const PAUSE_MS = 400;

function check(field: HTMLInputElement, said: HTMLElement): void {
  const text = field.value.trim();
  const wrong = text === '' ? undefined : wrongWith(text);
  said.dataset.state = text === '' ? '' : wrong === undefined ? 'good' : 'wrong';
  said.textContent = text === '' ? '' : (said.dataset[wrong ?? 'good'] ?? '');
  if (wrong === undefined) field.removeAttribute('aria-invalid');
  else field.setAttribute('aria-invalid', 'true');
}

export function checkPayees(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLInputElement>('[data-payee]')) {
    const said = document.getElementById('payee-said');
    if (said === null) continue;
    field.setAttribute('aria-describedby', 'payee-said');
    let waiting: ReturnType<typeof setTimeout> | undefined;
    field.addEventListener('input', () => {
      clearTimeout(waiting);
      // Nobody is told of an error in what they have not finished.
      waiting = setTimeout(() => check(field, said), PAUSE_MS);
    });
    field.addEventListener('change', () => check(field, said));
    if (field.value !== '') check(field, said);
  }
}
