// The buttons of what can be done with something.
import { useDesk } from '../desk';
import type { Doable } from './act';

export function ActButtons({ acts, label }: { acts: Doable[]; label?: string }) {
  const { canAct, open } = useDesk();
  if (!canAct || acts.length === 0) return null;
  return (
    <div class="acts" role="group" aria-label={label ?? 'What can be done'}>
      {acts.map((act) => (
        <button type="button" key={act.path + act.title} onClick={() => open(act)}
          aria-label={`${act.title}: ${act.target}`}>{act.title}</button>
      ))}
    </div>
  );
}
