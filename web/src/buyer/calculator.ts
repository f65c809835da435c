// What an amount buys, both ways, while it is typed.
import { type Scale, type Sum, least, showSky, showUnits, sumOfSent, sumOfWanted } from './money';

function start(box: HTMLElement): void {
  const send = box.querySelector<HTMLInputElement>('input[name=send]');
  const get = box.querySelector<HTMLInputElement>('input[name=get]');
  const said = box.querySelector<HTMLElement>('[data-sum]');
  const unit = box.querySelector<HTMLElement>('[data-unit]');
  const data = box.querySelector('[data-scales]')?.textContent;
  if (send === null || get === null || said === null || unit === null || data == null) return;
  const scales = JSON.parse(data) as Scale[];
  const form = box.closest('form');
  let typed = send;

  const chosen = (): string => {
    const fields = new FormData(form ?? undefined);
    return String(fields.get('asset') ?? fields.get('coin_type') ?? unit.textContent);
  };
  const update = (): void => {
    const code = chosen();
    unit.textContent = code;
    const other = typed === send ? get : send;
    const scale = scales.find((one) => one.code === code);
    if (typed.value.trim() === '' || scale === undefined) {
      other.value = '';
      said.textContent = '';
      return;
    }
    const sum = typed === send ? sumOfSent(send.value, scale) : sumOfWanted(get.value, scale);
    other.value = result(sum, scale, other === get);
    said.textContent = words(sum, scale, box.dataset);
  };

  for (const field of [send, get]) {
    field.addEventListener('input', () => {
      typed = field;
      update();
    });
  }
  form?.addEventListener('change', (event) => {
    const { name } = event.target as HTMLInputElement;
    if (name === 'asset' || name === 'coin_type') update();
  });
  // The button is for who has no script.
  for (const button of box.querySelectorAll<HTMLElement>('[data-plain]')) button.hidden = true;
  if (send.value === '' && get.value !== '') typed = get;
  update();
}

function result(sum: Sum, scale: Scale, isSky: boolean): string {
  if (sum.kind !== 'known') return '';
  return isSky ? showSky(sum.get) : showUnits(sum.send, scale.decimals);
}

function words(sum: Sum, scale: Scale, texts: DOMStringMap): string {
  switch (sum.kind) {
    case 'known':
      return texts.note ?? '';
    case 'tooLittle':
      return (texts.tooLittle ?? '').replace('{least}', `${least(scale)} ${scale.code}`);
    case 'noNumber':
      return texts.noNumber ?? '';
  }
}

export function watchCalculators(root: ParentNode): void {
  for (const box of root.querySelectorAll<HTMLElement>('[data-calculator]')) start(box);
}
