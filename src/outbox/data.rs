//! What events are about, as receivers are told. Members may be added; none changes its meaning.

use serde::Serialize;
use utoipa::ToSchema;

/// What an event is about; its name says which form it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EventData {
    /// Of `binding.made`.
    Binding(BindingData),
    /// Of events whose names begin with `deposit.`.
    Deposit(DepositData),
    /// Of events whose names begin with `payout.`.
    Payout(PayoutData),
    /// Of `order.changed`.
    Order(OrderData),
    /// Of `withdrawal.changed`.
    Withdrawal(WithdrawalData),
    /// Of `chain.forked`.
    Chain(ChainData),
    /// Of `wallet.low` and `wallet.refilled`, `node.` and `problem.` events, `chain.frozen` and `chain.thawed`.
    Problem(ProblemData),
    /// Of `operator.act`.
    Act(ActData),
}

/// A deposit address that belongs to a payee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventBinding)]
pub struct BindingData {
    /// The binding's number.
    pub binding: u64,
    /// The code of the coin.
    pub coin: &'static str,
    /// The deposit address.
    pub address: String,
    /// The Skycoin address that is paid.
    pub payee: String,
}

/// A deposit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventDeposit)]
pub struct DepositData {
    /// The deposit's number: that of its payout too.
    pub deposit: u64,
    /// The number of the binding that it came to.
    pub binding: u64,
    /// The code of the coin whose chain it is on.
    pub coin: &'static str,
    /// The symbol of the token, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The deposit address.
    pub address: String,
    /// The Skycoin address that is paid.
    pub payee: String,
    /// The transaction on its own chain.
    pub tx: String,
    /// Its number within that transaction.
    pub n: u32,
    /// What was deposited, in whole coins or tokens.
    pub amount: String,
    /// SKY for one, where this event fixed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// SKY that are paid for it, where this event fixed that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// How high its block stands, where this event is about a block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    /// Its block's hash, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// Confirmations that it has: of `deposit.confirming` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmations: Option<u64>,
    /// Confirmations that it needs, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<u64>,
}

/// One payout or several: a transaction may make many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventPayout)]
pub struct PayoutData {
    /// The payouts that it is about.
    pub payouts: Vec<PayoutPart>,
    /// How the coins are come by, `direct` or `passthrough`: of `payout.decided` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
    /// What stands in the way, as a word: of `payout.held` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<&'static str>,
    /// The number of the transaction that pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<u64>,
    /// Its id on its chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txid: Option<String>,
    /// How high the block stands that it is confirmed in: of `payout.settled` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    /// That block's hash, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
}

/// A payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventPayoutPart)]
pub struct PayoutPart {
    /// Its deposit's number, which is its own.
    pub deposit: u64,
    /// The number of the binding that the deposit came to.
    pub binding: u64,
    /// The Skycoin address that is paid.
    pub payee: String,
    /// SKY that its transaction pays, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
}

/// An order at an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventOrder)]
pub struct OrderData {
    /// The order's number.
    pub order: u64,
    /// `intended`, `placed`, `doubted`, `missed`, `held`, `closed` or `look_asked`.
    pub state: &'static str,
    /// The exchange, as the configuration has it; absent for the webhook of a purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<String>,
    /// The market there, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market: Option<String>,
    /// Numbers of the deposits that it is for.
    pub deposits: Vec<u64>,
}

/// A withdrawal from an exchange to the hot wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventWithdrawal)]
pub struct WithdrawalData {
    /// The withdrawal's number.
    pub withdrawal: u64,
    /// `intended`, `asked`, `doubted`, `left`, `missed`, `held`, `arrived` or `look_asked`.
    pub state: &'static str,
}

/// A chain that went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventChain)]
pub struct ChainData {
    /// The code of the coin.
    pub coin: &'static str,
    /// How high the last block stands that both chains have.
    pub fork_height: u64,
    /// That block's hash.
    pub fork_block: String,
    /// How high the block stood that was the newest before.
    pub abandoned_height: u64,
    /// That block's hash.
    pub abandoned_block: String,
}

/// A problem of health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventProblem)]
pub struct ProblemData {
    /// Its code, as `/api/problems` has it.
    pub code: String,
    /// The code of the coin that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coin: Option<&'static str>,
    /// `critical`, `warning` or `notice`; absent for a code that this version does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<&'static str>,
    /// A document in the project's folder that says what to do.
    pub runbook: String,
}

/// What a person has done. Who it was stands beside it, in `by`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventAct)]
pub struct ActData {
    /// What was done, in a few words that are the same for every act of its kind.
    pub what: &'static str,
    /// The reason that was given, or what else explains it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The number of the binding that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<u64>,
    /// The number of the deposit that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit: Option<u64>,
    /// The number of the payout transaction that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<u64>,
    /// The number of the order that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
    /// The number of the withdrawal that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<u64>,
    /// The code of the coin that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coin: Option<&'static str>,
    /// The deposit address that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}
