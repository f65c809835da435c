//! What a purchase, or an address, waits for: facts with the numbers that a sentence needs.

use crate::payout::PublicStatus;
use crate::types::Coin;

/// What a buyer is told of a purchase or of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuyerWords {
    /// Nothing was deposited to the address.
    NoDeposit {
        /// What is awaited.
        coin: Coin,
    },
    /// Payments to the address were seen that are not in a block.
    Seen {
        /// What they are in.
        coin: Coin,
        /// How many they are.
        payments: u64,
    },
    /// What was seen is not there any more.
    SeenGone {
        /// What is awaited again.
        coin: Coin,
    },
    /// The coins have left the desk.
    Left {
        /// How far they are.
        payout: LeftPayout,
        /// What became of the deposit since; none where it is final.
        since: Option<Since>,
    },
    /// The deposit buys less than the smallest payout.
    TooSmall,
    /// What it has bought, or what is left of it, stays on the payee's account: it is too little to be paid by itself.
    Kept,
    /// The operator has decided that nothing is paid for it.
    RuledVoid,
    /// The operator withdraws the payout.
    Withdrawing,
    /// The deposit was taken back by a fork, and the operator has to decide.
    TakenBack {
        /// Whether its payout is signed, and may leave yet.
        is_signed: bool,
    },
    /// The deposit is not deep enough.
    Confirming(Option<Confirmations>),
    /// The deposit is in no block any more.
    Replaced,
    /// Something else has to happen first.
    Waiting(Awaited),
}

/// How far coins are that have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftPayout {
    /// They are paid.
    Paid,
    /// The Skycoin node refuses the transaction.
    Refused,
    /// The transaction is not confirmed yet.
    Confirming,
}

/// What became of a deposit since its coins have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// It is on its way to be final again.
    Confirming(Option<Confirmations>),
    /// Its block was replaced, and the operator has ruled that it is paid.
    Known,
    /// Its block was replaced, and the operator has to look at it.
    TakenBack,
}

/// How deep a deposit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmations {
    /// Blocks above the one that holds it.
    pub has: u64,
    /// How many it needs.
    pub needs: u64,
}

/// What has to happen before a purchase goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// The Skycoin node takes the payout, which it refuses.
    NodeRefusing,
    /// The operator switches sending on.
    SendingOn,
    /// The payout is made anew, once its transaction is withdrawn.
    NewPayout,
    /// The operator looks at another payout of the same transaction.
    OtherPayout,
    /// The operator looks at what has stopped payouts by itself.
    Checked,
    /// A second node has the deposit's block too.
    SecondNode,
    /// The network takes the payout.
    Network,
    /// The payout is sent.
    Sending,
    /// The desk comes to it.
    Processing,
    /// The wallet is filled.
    Coins,
    /// The wallet has coin hours.
    CoinHours,
    /// The operator looks at an amount with too many decimal places.
    Precision,
    /// The deposit is final again.
    FinalAgain,
    /// There is a price.
    Price,
    /// The operator looks at a deposit that is worth more than can be paid.
    Payable,
    /// The operator sees whether it was paid by the service that was here before.
    Inherited,
    /// The operator lets its coins be bought.
    Resumed,
    /// Its coins are bought: that is under way.
    Bought,
    /// The operator looks at the order that its coins are bought with.
    Order,
    /// The operator configures an exchange.
    AnyExchange,
    /// The exchange sells again.
    Exchange,
    /// Its coins are to be bought, alone or with those of others.
    Buying,
}

/// Where a purchase stands, in one or two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// The deposit is awaited.
    Waiting,
    /// The deposit is final.
    Received,
    /// Its coins are bought.
    Buying,
    /// Its coins are to be sent.
    ToBeSent,
    /// They are sent.
    Sent,
    /// They are there.
    Done,
    /// A person sees whether it was paid.
    Checked,
    /// Nothing is paid for it.
    NotPaid,
}

impl Label {
    /// Returns the label of a status; `is_void` where nothing is paid, `is_checked` where a person has to see whether
    /// it was, whatever the status says.
    pub const fn of(status: PublicStatus, is_void: bool, is_checked: bool) -> Label {
        if is_checked {
            return Label::Checked;
        }
        if is_void {
            return Label::NotPaid;
        }
        match status {
            PublicStatus::WaitingDeposit => Label::Waiting,
            PublicStatus::WaitingDecide => Label::Received,
            PublicStatus::WaitingPassthrough | PublicStatus::WaitingPassthroughOrderComplete => Label::Buying,
            PublicStatus::WaitingSend => Label::ToBeSent,
            PublicStatus::WaitingConfirm => Label::Sent,
            PublicStatus::Done => Label::Done,
        }
    }
}

/// When a deposit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DepositWait {
    /// Blocks that have to be above the one that holds it.
    pub confirmations: u64,
}
