//! What an operator is answered who has done something: what became of it.

use std::fmt::Display;

use crate::address::DepositAddress;
use crate::breaker::Breaker;
use crate::engine::operator::{OrderAct, PurchaseAct, WithdrawalAct};
use crate::payout::Verdict;
use crate::types::{AttemptNo, Coin, DepositNo, Height, OrderNo, TxId, WithdrawalNo};

/// The block of something that was passed over is read again.
pub const READ_AGAIN: &str = "its block is read again";
/// What was passed over is noted.
pub const NOTED: &str = "noted: it waits for nobody";
/// Blocks that were followed blindly are given up.
pub const GIVEN_UP: &str = "given up: these blocks are not read again";
/// Address files are looked at.
pub const FILES_LOOKED_AT: &str = "the address files are being looked at";
/// Why a balance is not known: the scanner has not begun.
pub const NO_BLOCK: &str = "no block has been followed yet";
/// Why a balance is not known: there is no node.
pub const NO_NODE: &str = "no node is asked in dummy mode";

/// Returns what becomes of what a circuit breaker stopped.
pub fn breaker_closed(breaker: Breaker) -> String {
    format!("{breaker} is closed: what it stopped goes on, and it opens again where its cause is there anew")
}

/// Returns what becomes of a deposit that was ruled on.
pub fn ruled(no: DepositNo, verdict: Verdict) -> String {
    let told = match verdict {
        Verdict::Pay => "paid although it is gone",
        Verdict::Void => "void: nothing is paid out for it",
        Verdict::Wait => "waiting: nothing leaves before it is there again, or somebody rules otherwise",
    };
    format!("deposit {no} is {told}")
}

/// Returns what becomes of a deposit of the original's that is to be paid.
pub fn inherited_owed(no: DepositNo) -> String {
    format!("deposit {no} is owed: it is paid by itself")
}

/// Returns what becomes of a deposit that the original has paid.
pub fn paid_before(no: DepositNo) -> String {
    format!("deposit {no} is done: the original has paid it")
}

/// Returns what becomes of a deposit whose coins are to be bought.
pub fn purchase_decided(no: DepositNo, act: PurchaseAct) -> String {
    let told = match act {
        PurchaseAct::Direct => "paid directly, at the rate that it was seen at",
        PurchaseAct::Pause => "waiting: nothing is bought for it before somebody resumes it",
        PurchaseAct::Resume => "to be bought for again",
    };
    format!("deposit {no} is {told}")
}

/// Returns what becomes of an order.
pub fn order_decided(no: OrderNo, act: &OrderAct) -> String {
    let told = match act {
        OrderAct::Look => "looked up again",
        OrderAct::Missed => "taken for one that never was: its deposits are bought for again",
        OrderAct::Booked(_) => "booked: its deposits are paid what came of it",
    };
    format!("order {no} is {told}")
}

/// Returns what is answered where it was decided on a withdrawal from the exchange.
pub fn withdrawal_decided(no: WithdrawalNo, act: &WithdrawalAct) -> String {
    let told = match act {
        WithdrawalAct::Look => "looked up again",
        WithdrawalAct::Missed => "taken for one that never left the exchange: it is due again",
        WithdrawalAct::Booked(_) => "booked: it is in the hot wallet",
    };
    format!("withdrawal {no} is {told}")
}

/// Returns what becomes of a transaction that is not to leave.
pub fn withdrawn(no: AttemptNo) -> String {
    format!("transaction {no} is being withdrawn")
}

/// Returns what becomes of a transaction that is sent although so many of its deposits are gone.
pub fn sent_on(no: AttemptNo, deposits: usize) -> String {
    format!("transaction {no} is sent on, {deposits} of its deposits are paid although they are gone")
}

/// Returns what becomes of a transaction that was refused.
pub fn offered_again(no: AttemptNo) -> String {
    format!("transaction {no} is offered again")
}

/// Returns what becomes of a transaction that was given up; `found` is what the chain shows.
pub fn abandoned(no: AttemptNo, found: impl Display) -> String {
    format!("transaction {no} is abandoned, what it was to pay is owed again: {found}")
}

/// Told of a copy that is made now.
pub const BACKUP_BEGUN: &str = "a copy is being made; GET /api/backups tells how it fares";

/// Told of a copy that is proven now.
pub const DRILL_BEGUN: &str =
    "the newest copy is fetched and proven; GET /api/backups tells how that came out";

/// Told where copies do not make themselves.
pub const NO_BACKUPS: &str = "no copies make themselves: [backup] of the configuration says where to";

/// Told of a restored database that goes on.
pub const RESTORED_CLEARED: &str =
    "the restored database is cleared: the desk goes on once every spend is known";

/// Returns what a spend is that has nothing to do with what buyers are owed.
pub fn spend_owned(txid: TxId) -> String {
    format!("transaction {txid} is the operator's own")
}

/// Returns what a spend is whose payments are made again.
pub fn spend_known(txid: TxId) -> String {
    format!("transaction {txid} is known: what it paid is paid again where it is owed")
}

/// Returns what a spend is that paid deposits.
pub fn spend_adopted(txid: TxId, deposits: &[DepositNo], attempt: AttemptNo) -> String {
    let deposits: Vec<String> = deposits.iter().map(ToString::to_string).collect();
    format!("transaction {txid} paid deposit(s) {}: it is transaction {attempt} here", deposits.join(", "))
}

/// Returns how many spends have nothing to do with what buyers are owed.
pub fn spends_owned(count: impl Display) -> String {
    format!("{count} transaction(s) are the operator's own")
}

/// Returns why nothing can be done with a coin's chain.
pub fn not_scanned(coin: Coin) -> String {
    format!("{coin} is not scanned")
}

/// Returns why a coin's blocks cannot be read again.
pub fn nothing_followed(coin: Coin) -> String {
    format!("no {coin} block has been followed yet")
}

/// Returns what is answered to a hint.
pub fn looked_at(coin: Coin) -> String {
    format!("{coin} is looked at now")
}

/// Returns which blocks are read again.
pub fn rescanned(coin: Coin, from: Height, to: Height) -> String {
    format!("{coin} blocks {from} to {to} are read again")
}

/// Returns that no blocks are read again any more.
pub fn not_rescanned(coin: Coin) -> String {
    format!("no {coin} blocks are read again")
}

/// Returns that a price was taken down that somebody pushed.
pub fn price_pushed(code: &str) -> String {
    format!("the price of {code} is taken down")
}

/// Returns that a price comes from elsewhere.
pub fn price_not_pushed(code: &str) -> String {
    format!("the price of {code} is not one that is pushed")
}

/// Returns what something is worth from now on; as it is configured where no rate is given.
pub fn price_set(code: &str, rate: Option<impl Display>) -> String {
    match rate {
        Some(rate) => format!("{code} is {rate} SKY from now on, for deposits that have no price yet"),
        None => format!("{code} is priced as it is configured again"),
    }
}

/// Returns what has to be done with an address that was bound to its payee.
pub fn given_back(address: DepositAddress) -> String {
    format!("{address} is bound; have its blocks read again: POST /api/chains/{{coin}}/rescan?from=&why=")
}

/// Returns what becomes of an address that was released.
pub fn released(address: DepositAddress) -> String {
    format!(
        "{address} is given out when its pool comes to it (one that is past it already: once its address file \
         changes, and is loaded again); what came to it until now is credited to nobody"
    )
}

/// Returns that a balance is not known; the reason may be the node's, for the operator alone.
pub fn balance_unknown(why: impl Display) -> String {
    format!("the balance is not known: {why}")
}
