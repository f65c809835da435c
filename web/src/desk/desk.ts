// What every view may ask of whoever looks at it.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Doable } from './acts/act';
import type { Role } from './api/types';

export interface Desk {
  name: string;
  role: Role;
  canAct: boolean;
  canApprove: boolean;
  // Whether the service knows who acts, or has to be told a name.
  isNamed: boolean;
  // Whether the service has people, sessions, a log of acts, and tells beforehand what an act would do.
  hasPeople: boolean;
  canPreview: boolean;
  // Asks whether it is to be done. The dialog outlives whatever it was opened from, which the act may take away.
  open: (act: Doable) => void;
}

export const DeskContext = createContext<Desk>({
  name: '', role: 'view', canAct: false, canApprove: false, isNamed: false, hasPeople: false, canPreview: false, open: () => undefined,
});

export const useDesk = (): Desk => useContext(DeskContext);
