// The desk: who is there, the way around, and the view that the address names.
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Doable } from './acts/act';
import { ActDialog } from './acts/dialog';
import { typedToken } from './api/client';
import { listen, onLive } from './api/changes';
import { useKinds } from './api/kinds';
import { useSession, type Who } from './api/session';
import { DeskContext, type Desk } from './desk';
import { useRoute, type Route } from './lib/route';
import { Nav } from './nav';
import { Page } from './ui/basics';
import { Boundary } from './ui/boundary';
import { AccountingView } from './views/accounting';
import { AddressesView } from './views/addresses';
import { BackupView } from './views/backup';
import { ChainsView } from './views/chains';
import { DepositView } from './views/deposit';
import { DepositsView } from './views/deposits';
import { ExchangeView } from './views/exchange';
import { LogIn } from './views/login';
import { LogView } from './views/log';
import { Overview } from './views/overview';
import { PayoutView, PayoutsView } from './views/payouts';
import { PeopleView } from './views/people';
import { PricesView } from './views/prices';
import { ProposalsView } from './views/proposals';
import { ReceiverView, ReceiversView } from './views/receivers';
import { SwitchesView } from './views/switches';
import { WaitingView } from './views/waiting';
import { WalletView } from './views/wallet';

export function App() {
  const who = useSession();
  if (who.state === 'asking') return <p class="alone loading" role="status">Loading…</p>;
  if (who.state === 'out') return <LogIn who={who} key={String(who.hasPeople)} />;
  return <Inside who={who} />;
}

// A service without people lets whoever is in do everything, and is told a name with each act.
function deskOf({ session }: Who): Omit<Desk, 'open'> {
  const role = session?.role ?? 'approve';
  const isNamed = session !== undefined && ['session', 'token'].includes(session.via);
  const hasPeople = session !== undefined;
  return { name: session?.name ?? '', role, canAct: role !== 'view', canApprove: role === 'approve', isNamed, hasPeople, canPreview: hasPeople };
}

function Inside({ who }: { who: Who }) {
  useEffect(() => listen(), []);
  const [act, setAct] = useState<Doable>();
  const desk = useMemo(() => ({ ...deskOf(who), open: setAct }), [who.session]);
  return (
    <DeskContext.Provider value={desk}>
      <Shell who={who} />
      {act === undefined ? null : <ActDialog act={act} onClose={() => setAct(undefined)} />}
    </DeskContext.Provider>
  );
}

function Shell({ who }: { who: Who }) {
  const route = useRoute();
  const [isOpen, setOpen] = useState(false);
  const { data } = useKinds(10000);
  const waiting = (data ?? []).reduce((sum, kind) => sum + kind.count, 0);
  const main = useRef<HTMLElement>(null);
  const place = route.parts.join('/');
  const before = useRef(place);
  // Whoever goes on by keyboard or screen reader begins at the top of the new view.
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    setOpen(false);
    main.current?.querySelector<HTMLElement>('h1')?.focus();
  }, [place]);
  return (
    <div class={`shell${isOpen ? ' open' : ''}`}>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.querySelector<HTMLElement>('h1')?.focus(); }}>Skip to content</a>
      <header class="top">
        <a class="brand" href="#/"><img src="/desk/icon.svg" alt="" width="22" height="22" />Teller <span>desk</span></a>
        <button type="button" class="menu" aria-expanded={isOpen} aria-controls="side" onClick={() => setOpen(!isOpen)}>
          Menu{waiting > 0 ? <span class="pill">{waiting}</span> : null}
        </button>
      </header>
      <aside id="side">
        <Nav at={route.parts[0] ?? ''} waiting={waiting} onGo={() => setOpen(false)} />
        <Whoever who={who} />
      </aside>
      <main id="main" ref={main}><Boundary key={place}>{view(route)}</Boundary></main>
    </div>
  );
}

function Whoever({ who }: { who: Who }) {
  const { session } = who;
  const canLeave = session === undefined ? typedToken() !== '' : session.via === 'session' || session.via === 'config';
  return (
    <div class="whoever">
      <p>{session === undefined ? 'Everybody who reaches this listener may act.' : <><b>{session.name}</b><br /><span class="muted">{session.role}</span></>}</p>
      <Live />
      {canLeave ? <button type="button" onClick={() => void who.logOut()}>Log out</button> : null}
    </div>
  );
}

// Whether what is shown changes by itself, or is asked for now and then.
function Live() {
  const [isLive, setLive] = useState(false);
  useEffect(() => onLive(setLive), []);
  return <p class="live" data-live={isLive}>{isLive ? 'Live' : 'Asks every few seconds'}</p>;
}

function view({ parts, params }: Route): ComponentChildren {
  const [place = '', which] = parts;
  const param = (name: string, usual = ''): string => params.get(name) ?? usual;
  switch (place) {
    case '': return <Overview />;
    case 'waiting': return <WaitingView code={which} list={param('list')} />;
    case 'proposals': return <ProposalsView state={param('state', 'waiting')} />;
    case 'deposits': return which === undefined ? <DepositsView status={param('status')} q={param('q')} key={param('q')} /> : <DepositView no={which} />;
    case 'payouts': return which === undefined ? <PayoutsView state={payoutState(param('state', 'live'))} /> : <PayoutView no={which} />;
    case 'exchange': return <ExchangeView state={param('state', 'open')} withdrawals={param('withdrawals', 'open')} />;
    case 'prices': return <PricesView />;
    case 'accounting': return <AccountingView asset={param('asset')} />;
    case 'switches': return <SwitchesView />;
    case 'wallet': return <WalletView state={param('state', 'unknown')} />;
    case 'chains': return <ChainsView />;
    case 'addresses': return <AddressesView />;
    case 'log': return <LogView />;
    case 'people': return <PeopleView />;
    case 'receivers': return which === undefined ? <ReceiversView /> : <ReceiverView name={which} />;
    case 'backup': return <BackupView />;
    default: return <Page title="Not here"><p>There is no such view. <a href="#/">Overview</a></p></Page>;
  }
}

const payoutState = (state: string): string => (state === 'all' ? '' : state);
