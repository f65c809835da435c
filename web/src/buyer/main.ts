// What makes the buyer's pages quicker to the eye. Everything works without it.
import { watchCalculators } from './calculator';
import { copyOnClick } from './copy';
import { followPurchase } from './live';
import { checkPayees } from './payee';
import { showTimes } from './times';

for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) copyOnClick(button);
for (const button of document.querySelectorAll<HTMLElement>('[data-copy-link]')) {
  // Without what was typed into the calculator.
  button.dataset.copy = location.origin + location.pathname;
  copyOnClick(button);
}
showTimes(document);
checkPayees(document);
watchCalculators(document);
followPurchase(document);
