// What the admin API answers, by the names of its document. Amounts are texts, times seconds since 1970.
import type { components } from '../../../api/admin';

type Schemas = components['schemas'];

export type Accounting = Schemas['Accounting'];
export type Act = Schemas['Act'];
export type BackupDrill = Schemas['BackupDrill'];
export type Backups = Schemas['Backups'];
export type Breaker = Schemas['Breaker'];
export type Chain = Schemas['Chain'];
export type DayLine = Schemas['DayLine'];
export type Delay = Schemas['Delay'];
export type Delivery = Schemas['EventDelivery'];
// Where it is listed as waiting, it says since when, and what can be done.
export type Deposit = Schemas['DepositInfo'] & Partial<Schemas['WaitingDeposit']>;
export type Exchange = Schemas['Exchange'];
export type Found = Schemas['Found'];
export type Kind = Schemas['WaitingKind'];
export type Line = Schemas['Account'];
export type Order = Schemas['Order'];
export type Overview = Schemas['Overview'];
export type OwnMoney = Schemas['OwnMoney'];
export type PassedOver = Schemas['PassedOver'];
export type Pool = Schemas['AddressUsage'];
export type Price = Schemas['Price'];
export type Problem = Schemas['DeskProblem'];
export type Problems = Schemas['ProblemList'];
export type Proposal = Schemas['Proposal'];
export type Proposed = Schemas['Proposed'];
export type Receiver = Schemas['EventReceiver'];
export type WebhookClient = Schemas['WebhookClient'];
export type Rehearsal = Schemas['Rehearsal'];
export type Role = Schemas['Session']['role'];
export type SecondFactor = Schemas['NewSecondFactor'];
export type Session = Schemas['Session'];
export type Spend = Schemas['Spend'];
export type StoryEvent = Schemas['TimelineEvent'];
export type Switch = Schemas['Switch'];
export type Tainted = Schemas['Tainted'];
export type Timeline = Schemas['Timeline'];
export type Transaction = Schemas['Transaction'];
export type Wallet = Schemas['Wallet'];
export type Withdrawal = Schemas['Withdrawal'];
