// The way to every view.
import { useDesk } from './desk';
import { href } from './lib/route';

export interface Place { path: string; name: string; needsPeople?: boolean }

export const PLACES: { group: string; places: Place[] }[] = [
  { group: 'Now', places: [{ path: '', name: 'Overview' }, { path: 'waiting', name: 'Waiting' }, { path: 'proposals', name: 'Proposals', needsPeople: true }, { path: 'switches', name: 'Switches' }] },
  { group: 'Money', places: [
    { path: 'deposits', name: 'Deposits' }, { path: 'payouts', name: 'Payouts' }, { path: 'exchange', name: 'Exchange' },
    { path: 'prices', name: 'Prices' }, { path: 'accounting', name: 'Accounting' },
  ] },
  { group: 'Machinery', places: [{ path: 'wallet', name: 'Hot wallet' }, { path: 'chains', name: 'Chains' }, { path: 'addresses', name: 'Addresses' }] },
  { group: 'Desk', places: [
    { path: 'log', name: 'Log of acts', needsPeople: true }, { path: 'people', name: 'People', needsPeople: true },
    { path: 'receivers', name: 'Receivers' }, { path: 'backup', name: 'Backups' },
  ] },
];

interface Props { at: string; waiting: number; onGo: () => void }

export function Nav({ at, waiting, onGo }: Props) {
  const { hasPeople } = useDesk();
  const isShown = ({ needsPeople = false }: Place) => hasPeople || !needsPeople;
  return (
    <nav id="nav" aria-label="Views">
      {PLACES.map(({ group, places }) => (
        <div key={group}>
          <h2>{group}</h2>
          <ul>
            {places.filter(isShown).map(({ path, name }) => (
              <li key={path}>
                <a href={href(path === '' ? [] : [path])} aria-current={at === path ? 'page' : undefined} onClick={onGo}>
                  {name}
                  {path === 'waiting' && waiting > 0 ? <span class="pill" aria-label={`${waiting} waiting`}>{waiting}</span> : null}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
