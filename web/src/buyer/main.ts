// What the buyer's page gains where scripts run: it is complete without.
import { copyOnClick } from './copy';

for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) copyOnClick(button);
