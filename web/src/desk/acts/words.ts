// What each act does, said before it is done, in words for somebody who does it for the first time.
import { sentence } from '../lib/format';

export interface ActWords {
  title: string;
  does: string;
  // How much is at stake: coins leave, or are given up.
  weight: 'light' | 'heavy';
}

const WORDS: Record<string, ActWords> = {
  'deposits/pay': {
    title: 'Pay it all the same',
    does: 'The coins leave: also where a fork took the deposit back, and whether or not it returns. A ruling that nothing '
      + 'is paid is taken back.',
    weight: 'heavy',
  },
  'deposits/accept': {
    title: 'Accept the loss',
    does: 'The coins have left already, and nothing more leaves. Whether or not the deposit returns, it waits for nobody '
      + 'any more; the books tell a loss as long as it is gone.',
    weight: 'heavy',
  },
  'deposits/void': {
    title: 'Pay nothing for it',
    does: 'Nothing is ever paid out for this deposit, also where it comes back. A signed payout is not sent.',
    weight: 'heavy',
  },
  'deposits/wait': {
    title: 'Go on waiting',
    does: 'Takes back what was ruled: nothing leaves before the deposit is there again, or somebody rules otherwise.',
    weight: 'light',
  },
  'deposits/paid': {
    title: 'It was paid already',
    does: 'The original has paid this deposit, by the transaction that you name: it is done, and nothing leaves for it.',
    weight: 'heavy',
  },
  'deposits/direct': {
    title: 'Pay out of the hot wallet',
    does: 'Nothing more is bought for it: it is paid out of the hot wallet, at the rate that it was seen at.',
    weight: 'heavy',
  },
  'deposits/pause': {
    title: 'Pause buying',
    does: 'Nothing is bought for this deposit before somebody resumes it. The buyer waits meanwhile.',
    weight: 'light',
  },
  'deposits/resume': {
    title: 'Resume buying',
    does: 'Coins are bought for this deposit again.',
    weight: 'light',
  },
  'transactions/withdraw': {
    title: 'Withdraw the transaction',
    does: 'Another transaction is signed that spends an input of this one back to the wallet. One of the two confirms; '
      + 'where it is the other, what this one was to pay is owed again.',
    weight: 'heavy',
  },
  'transactions/send': {
    title: 'Send it all the same',
    does: 'The transaction is sent on, and those of its deposits that are gone are paid all the same.',
    weight: 'heavy',
  },
  'transactions/retry': {
    title: 'Offer it again',
    does: 'The same bytes are offered to the node once more, at once.',
    weight: 'light',
  },
  'transactions/abandon': {
    title: 'Give the transaction up',
    does: 'The chain is asked whether it can still confirm. Only where it never can is it given up, and what it was to '
      + 'pay is owed again, and paid by another one.',
    weight: 'heavy',
  },
  'orders/look': {
    title: 'Look it up again',
    does: 'The exchange is asked once more what became of the order.',
    weight: 'light',
  },
  'orders/missed': {
    title: 'It never was',
    does: 'You say that the exchange never had this order, and never will. Its deposits are bought for again: where it '
      + 'did exist, they are bought for twice. Look at the exchange’s own page first.',
    weight: 'heavy',
  },
  'orders/booked': {
    title: 'Book what came of it',
    does: 'You say what the order brought, by the exchange’s own page: its deposits are paid what came of it.',
    weight: 'heavy',
  },
  'withdrawals/look': {
    title: 'Look it up again',
    does: 'The exchange is asked once more what became of the withdrawal.',
    weight: 'light',
  },
  'withdrawals/missed': {
    title: 'It never left',
    does: 'You say that the exchange never carried it out, and never will. What it was to bring is due again: where it did '
      + 'leave, it is withdrawn twice. Look at the exchange’s own page first.',
    weight: 'heavy',
  },
  'withdrawals/booked': {
    title: 'Book what left',
    does: 'You say what left the exchange, by its own page: it is in the hot wallet.',
    weight: 'heavy',
  },
  'switches/off': {
    title: 'Switch off',
    does: 'It is off at once, and stays so over a restart, until somebody switches it on. Buyers are told in words. Nothing '
      + 'that was begun is undone.',
    weight: 'heavy',
  },
  'switches/on': {
    title: 'Switch on',
    does: 'It goes on as it is configured. What waited goes on in order.',
    weight: 'heavy',
  },
  'breakers/close': {
    title: 'Close the breaker',
    does: 'What it has stopped goes on: payouts that wait for it leave. What it was closed over does not open it again; '
      + 'anything else does.',
    weight: 'heavy',
  },
  'wallet/clear': {
    title: 'Let it go on',
    does: 'The database that was put back works again: what it owes is paid, and addresses are given out. Whatever left the '
      + 'wallet since the copy was made has to be known first.',
    weight: 'heavy',
  },
  'events/{act}': {
    title: 'Steer the receiver',
    does: 'Pause: it is told nothing until it is resumed, and misses nothing. Replay: it is told again what came after an '
      + 'event. Test: it is told once that this is a test.',
    weight: 'light',
  },
  'events/pause': {
    title: 'Pause',
    does: 'It is told nothing until somebody resumes it, and misses nothing: everything is told then.',
    weight: 'light',
  },
  'events/resume': { title: 'Resume', does: 'It is told again at once what it has not acknowledged yet.', weight: 'light' },
  'webhooks/resume': {
    title: 'Tell them again',
    does: 'Those that fail are tried at once, and those that were given up are told again: what they missed is kept, and told in order.',
    weight: 'light',
  },
  'events/replay': {
    title: 'Replay',
    does: 'It is told once more what came after an event, with the same numbers, so that it can leave out what it knows.',
    weight: 'light',
  },
  'events/test': {
    title: 'Test',
    does: 'It is told a message of the type “test”, and you are told what became of that. Nothing else changes.',
    weight: 'light',
  },
  'readers/forget': {
    title: 'Forget',
    does: 'How far this reader is is kept no more. One that asks again under its name begins anew.',
    weight: 'light',
  },
  'backups/now': {
    title: 'Back up now',
    does: 'A copy is made, audited, and put where copies are kept; then go those that the retention does not keep. Everything '
      + 'else goes on meanwhile.',
    weight: 'light',
  },
  'backups/drill': {
    title: 'Drill the newest',
    does: 'The newest copy is fetched, decrypted, audited as a start would do it, and held against this desk’s history. Nothing '
      + 'is changed, and nothing is sent.',
    weight: 'light',
  },
  'spends/paid': {
    title: 'It paid deposits',
    does: 'The transaction becomes one of this desk’s: the deposits that it paid are done, and not paid again.',
    weight: 'heavy',
  },
  'spends/mine': {
    title: 'It is our own',
    does: 'It has nothing to do with deposits: coins that you moved yourself. Nothing that is owed changes.',
    weight: 'heavy',
  },
  'spends/again': {
    title: 'Pay again',
    does: 'What it paid is paid once more where it is owed: somebody got coins that were not theirs, say.',
    weight: 'heavy',
  },
  'tainted/release': {
    title: 'Back to the pool',
    does: 'The address may be given to a buyer once its address file changes and is loaded again, although coins came '
      + 'to it before.',
    weight: 'light',
  },
  'tainted/bind': {
    title: 'Give it back to whom it belonged',
    does: 'The address is bound to this Skycoin address again. Have its blocks read again afterwards, so that what came '
      + 'to it is found.',
    weight: 'heavy',
  },
  'passed-over/read': {
    title: 'Read it again',
    does: 'The block is read once more; what is found in it is credited.',
    weight: 'light',
  },
  'passed-over/seen': {
    title: 'Somebody has looked',
    does: 'It waits for nobody any more. Nothing is credited.',
    weight: 'light',
  },
  'blind/forget': {
    title: 'Give these blocks up',
    does: 'What happened inside transactions of these blocks is never looked at: deposits in there stay unpaid.',
    weight: 'heavy',
  },
  'chains/look': { title: 'Look now', does: 'The node is asked at once whether there are new blocks.', weight: 'light' },
  'chains/rescan': {
    title: 'Read blocks again',
    does: 'Blocks that were followed already are read again beside the new ones; deposits that were missed are found, '
      + 'and nothing is paid twice.',
    weight: 'light',
  },
  'chains/rescan-end': { title: 'Stop reading again', does: 'No blocks are read again.', weight: 'light' },
  'prices/set': {
    title: 'Set the price',
    does: 'From now on this price counts in place of its source, for deposits that have none yet. Prices that were '
      + 'promised stay.',
    weight: 'heavy',
  },
  'prices/clear': {
    title: 'Follow the source again',
    does: 'The price that was set by hand is taken back: it is priced as it is configured.',
    weight: 'heavy',
  },
  'prices/push': {
    title: 'Tell a price',
    does: 'The price of the moment, for a source that is told by people or programs. It holds as long as prices may be old, '
      + 'and not over a restart.',
    weight: 'light',
  },
  'addresses/reload': {
    title: 'Look at the address files',
    does: 'The address files are read again now. Addresses that were added can be given out.',
    weight: 'light',
  },
  'proposals/confirm': {
    title: 'Confirm it',
    does: 'What was proposed is done at once, where the state still allows it.',
    weight: 'heavy',
  },
  'proposals/decline': { title: 'Decline it', does: 'Nothing is done.', weight: 'light' },
};

export function actWords(about: string, act: string): ActWords {
  const title = sentence(act);
  return WORDS[`${about}/${act}`] ?? { title, does: 'See the documentation for what this does.', weight: 'heavy' };
}

// What the fields of an act are, beside who and why.
export const FIELDS: Record<string, { label: string; help?: string; required?: boolean }> = {
  after: { label: 'After event', help: 'Its number: what came later is told again', required: true },
  filled: { label: 'Bought', help: 'How many coins the order brought, as in 12.5', required: true },
  cost: { label: 'Paid for them', help: 'What it took in all', required: true },
  fee: { label: 'Fee' },
  fee_coin: { label: 'Coin of the fee' },
  deposits: { label: 'Deposits', help: 'Their numbers, as in 3,4; left empty, those that match' },
  rest: { label: 'The rest', help: 'mine, where it paid others too' },
  skyaddr: { label: 'Skycoin address', required: true },
  from: { label: 'First block', required: true },
  to: { label: 'Last block', help: 'Left empty: the last that was followed' },
  opening: { label: 'Opening', help: 'Which one was looked at: how often it has opened' },
  amount: { label: 'Left the exchange', help: 'With the fee in it, as in 10.5', required: true },
  txid: { label: 'Transaction that paid it', required: true },
  price: { label: 'SKY for one', help: 'As in 500, or 1250.5', required: true },
  rate: { label: 'SKY for one', help: 'As in 500, or 1250.5', required: true },
  up_to: { label: 'Up to block', help: 'Left empty: all of them' },
};
