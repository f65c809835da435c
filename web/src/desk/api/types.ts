// What the admin API answers. Amounts are texts, times seconds since 1970.

export interface Act { act: string; request: string }

export interface Kind {
  code: string;
  about: string;
  count: number;
  since?: number;
  words: string;
  list: string;
}

export interface Said { verdict?: string; by: string; why: string; at: number }

export interface Deposit {
  seq: number;
  updated_at: number;
  status: string;
  coin_type: string;
  sky_address: string;
  buy_method: string;
  deposit_address: string;
  deposit_id: string;
  txid: string;
  conversion_rate: string;
  price?: { source: string; at: number; spread: string };
  deposit_amount: string;
  sky_sent: number;
  sky_quoted: number | null;
  error: string;
  message: string;
  waiting?: string;
  ruling?: Said;
  deposit: { height: number; tx: string; n: number };
  // Where it is listed as waiting.
  since?: number;
  transaction?: number;
  acts?: Act[];
}

export interface Transaction {
  no: number;
  txid: string;
  state: string;
  why?: string;
  refused_since?: number;
  height?: number;
  signed_at: number;
  updated_at: number;
  amount: string;
  deposits: number[];
  inputs: string[];
  withdraws?: number;
  withdrawn_by?: number;
  withdrawal?: Said;
  kept_back_by?: number;
  waiting?: string;
  acts?: Act[];
}

export interface StoryEvent {
  no: number;
  at: number;
  what: string;
  transaction?: number;
  txid?: string;
  order?: number;
  block?: string;
  amount?: string;
  quote?: string;
  why?: string;
  by?: string;
}

export interface Timeline {
  no: number;
  deposit: Deposit;
  bound_at: number;
  seen_at: number;
  transaction?: Transaction;
  acts: Act[];
  events: StoryEvent[];
  next?: number;
}

export interface Part { name: string; last_success?: number; failing_since?: number; error?: string; failures: number }
export interface Problem {
  code: string;
  coin?: string;
  severity: 'critical' | 'warning' | 'notice';
  since?: number;
  words: string;
  // A document of the project that says what to do.
  runbook: string;
}

export interface Problems { can_serve: boolean; problems: Problem[] }
export interface Delay { count: number; median?: number; p95?: number; slowest?: number }

export interface Overview {
  at: number;
  version: string;
  mode: 'real' | 'dummy';
  can_serve: boolean;
  parts: Part[];
  deposits: Record<string, number>;
  errored: number;
  hours: { from: number; step: number; deposits: number[]; payouts: number[]; worth: string[]; paid: string[] } & Record<'median' | 'p95' | 'slowest', (number | null)[]>;
  delays: { day: Delay; all: Delay };
}

export interface Wallet {
  at?: number;
  coins: string;
  hours: number;
  spendable: string;
  incoming: string;
  claimed: string;
  held: number;
  owed: string;
  runway_coins?: number;
  runway_hours?: number;
  error: string;
}

export interface Block { height: number; hash: string }

export interface Chain {
  scanning: boolean;
  node?: string;
  identity?: string;
  problem?: string;
  detail?: string;
  binding_refused?: string;
  answered_at?: number;
  tip?: Block;
  tip_time?: number;
  scanned?: Block;
  lag?: number;
  final_height?: number;
  blind_spot?: string;
  pending_error?: string;
  balances_error?: string;
  vetting?: string;
  vetting_detail?: string;
  rescan?: { from: number; to: number; next: number; found: number; error?: string };
  passed_over?: number;
  blind_blocks?: number;
  last_success?: number;
  failing_since?: number;
}

export interface Pool {
  remaining_addresses: number;
  scanning_addresses: string[];
  scanning_enabled: boolean;
  address_manager_enabled: boolean;
  bound_addresses: number;
  refused?: string;
  gap_limit?: number;
}

export interface Order {
  no: number;
  state: string;
  exchange: string;
  market: string;
  client_id: string;
  id?: string;
  price: string;
  quantity: string;
  intended_at: number;
  updated_at: number;
  deposits: number[];
  why?: string;
  bought?: string;
  spent?: string;
  acts?: Act[];
}

export interface Exchange {
  name: string;
  trouble?: string;
  markets: { asset: string; market: string; trouble?: string; asks?: string; least?: string }[];
  stock: { coin: string; available: string; reserved: string; lasts?: number }[];
  stock_trouble?: string;
  due: string;
  seen_at: number;
}

export interface Line { asset: string; contract?: string; account: string; side: 'debit' | 'credit'; amount: string }
export interface DayLine extends Line { day: string }

export interface Accounting {
  sent: string;
  received: Record<string, string>;
  owed: string;
  lost: Record<string, string>;
  sent_for_lost: string;
  in_transit: string;
  paid_twice: string;
  burnt_hours: number;
  strays: { deposit: number; transaction: number; txid: string; coins: string }[];
  accounts: Line[];
}

export interface Price {
  code: string;
  source: string;
  rate: string | null;
  from?: string;
  age_seconds?: number;
  spread?: string;
  no_price?: { code: string; words: string };
  own?: string;
  set?: { by: string; why: string; at: number };
  sources?: { source: string; says?: string; age_seconds?: number; trouble?: string }[];
}

export interface Prices {
  prices: Price[];
  guards: { max_age_seconds: number; spread: string; band: string; disagree: string };
}

export interface Spend {
  txid: string;
  state: string;
  height?: number;
  seen_at: number;
  paid: { address: string; coins: string; matches?: number }[];
  was?: number;
  transaction?: number;
  by?: string;
  why?: string;
}

export interface Tainted { coin: string; address: string; tx?: string; amount?: string; height: number; seen_at: number }

export interface PassedOver {
  height: number;
  block: string;
  tx: string;
  name: string;
  state: string;
  why: string;
  effect: string;
  noted_at: number;
  seen?: { by: string; why: string; at: number };
  actions: string[];
}

export interface OwnMoney { coin: string; token?: string; txid: string; n: number; address: string; amount: string; height: number }

export interface Found {
  deposits: Deposit[];
  transactions: Transaction[];
  addresses: { coin: string; address: string; sky_address: string; bound_at: number }[];
  more: boolean;
}

export type Role = 'view' | 'operate' | 'approve';

export interface Session {
  name: string;
  role: Role;
  via: 'session' | 'config' | 'token' | 'loopback';
  csrf?: string;
  second_factor?: boolean;
  people?: boolean;
  since?: number;
  ends_at?: number;
}

export interface Person { name: string; role: Role; second_factor: boolean; added_at: number; logged_in_at?: number }
export interface OpenSession { id: string; from: string; since: number; seen_at: number; ends_at: number; current: boolean }
export interface ProgramToken { name: string; role: Role; paths: string[]; made_by: string; made_at: number; ends_at: number }

export interface LoggedAct {
  no: number;
  at: number;
  who: string;
  via: string;
  from?: string;
  act: string;
  target: string;
  why?: string;
  outcome: string;
  status: number;
  words?: string;
  times: number;
  last_at?: number;
}

export interface Proposal {
  no: number;
  act: string;
  target: string;
  words: string;
  coins?: string;
  by: string;
  why: string;
  at: number;
  expires_at: number;
  state: string;
  decided_by?: string;
  decided_at?: number;
  decided_why?: string;
  acts?: Act[];
}

export interface DryRun {
  dry_run: true;
  words: string;
  would?: { what: string }[];
  coins?: string;
  second_person?: boolean;
}
