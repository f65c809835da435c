//! What can be amiss.

use crate::types::Coin;

/// One thing that is amiss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind it is.
    pub code: ProblemCode,
    /// The coin that it is about, where it is about one.
    pub coin: Option<Coin>,
    /// For whoever reads health: anybody.
    pub words: String,
}

impl Problem {
    pub(super) fn new(code: ProblemCode, words: impl Into<String>) -> Self {
        Problem { code, coin: None, words: words.into() }
    }

    pub(super) fn of(coin: Coin, code: ProblemCode, words: impl Into<String>) -> Self {
        Problem { code, coin: Some(coin), words: words.into() }
    }
}

/// How soon somebody has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Money waits for a person, or nobody can be served.
    Critical,
    /// It gets worse where nobody looks.
    Warning,
    /// Good to know.
    Notice,
}

impl Severity {
    /// Returns the word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        }
    }
}

/// The kinds of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemCode {
    /// The service is ending.
    DatabaseFailed,
    /// Something that is asked of the database cannot be read.
    Unreadable,
    /// No deposit addresses are left.
    PoolEmpty,
    /// Fewer deposit addresses are left than the low-water mark.
    PoolLow,
    /// A wallet that is restored with the usual gap limit misses deposits.
    WideGap,
    /// No address of the coin is given out for now.
    NotOffered,
    /// Its node is in trouble, and the coin is on offer all the same.
    Node,
    /// The chain is not as high yet as where deposits count from.
    BelowStart,
    /// The scanner is behind the chain's newest block, and works it off.
    CatchingUp,
    /// The node cannot tell what others can.
    BlindSpot,
    /// The node does not tell whether addresses received coins before.
    NotVetted,
    /// Transactions that could not be read.
    PassedOver,
    /// Blocks that were followed without what happens inside transactions.
    Blind,
    /// Deposits that a fork took back, on which nobody has decided.
    TakenBack,
    /// Payout transactions that the node refuses.
    PayoutsRefused,
    /// Few new addresses are left in the budget.
    BudgetLow,
    /// The public listener's certificate is missing, not valid now, about to expire, or was not renewed.
    Certificate,
    /// Binding is switched off by the operator.
    BindingOff,
    /// Spends of the hot wallet that nobody has explained.
    Unreconciled,
    /// The chain says otherwise than the books what deposit addresses received.
    BooksDiffer,
    /// A circuit breaker is open: what it concerns stands still.
    BreakerOpen,
    /// Payouts wait for a second node that does not agree.
    SecondNode,
    /// Pool addresses that received coins before they were given out.
    Tainted,
    /// Payouts do not go out.
    Payouts,
    /// The hot wallet's coins or hours end soon.
    Runway,
    /// Sending is switched off by the operator: payouts are held.
    SendingOff,
    /// No price can be promised: deposits wait for one.
    NoPrice,
    /// Coins are to be bought, and cannot be for now.
    Upstream,
    /// Orders at the exchange that the desk cannot find out about.
    OrdersHeld,
    /// Withdrawals from the exchange that the desk cannot find out about.
    WithdrawalsHeld,
    /// What was bought is to come to the hot wallet, and does not for now.
    Withdrawals,
    /// The configuration's file was changed, and could not be taken over.
    Configuration,
    /// This desk only looks on beside the original.
    Shadow,
    /// What stands in the original's database differs and nobody can tell why, or cannot be read.
    ShadowDiffers,
    /// Copies of the database cannot be made, or not be told of.
    BackupFailed,
    /// The newest copy of the database is too old.
    BackupOld,
    /// A receiver of events has acknowledged nothing for long, or wants nothing any more.
    ReceiverBehind,
}

impl ProblemCode {
    /// Every kind there is, in the order of their declaration.
    pub const ALL: [ProblemCode; 37] = [
        ProblemCode::DatabaseFailed,
        ProblemCode::Unreadable,
        ProblemCode::PoolEmpty,
        ProblemCode::PoolLow,
        ProblemCode::WideGap,
        ProblemCode::NotOffered,
        ProblemCode::Node,
        ProblemCode::BelowStart,
        ProblemCode::CatchingUp,
        ProblemCode::BlindSpot,
        ProblemCode::NotVetted,
        ProblemCode::PassedOver,
        ProblemCode::Blind,
        ProblemCode::TakenBack,
        ProblemCode::PayoutsRefused,
        ProblemCode::BudgetLow,
        ProblemCode::Certificate,
        ProblemCode::BindingOff,
        ProblemCode::Unreconciled,
        ProblemCode::BooksDiffer,
        ProblemCode::BreakerOpen,
        ProblemCode::SecondNode,
        ProblemCode::Tainted,
        ProblemCode::Payouts,
        ProblemCode::Runway,
        ProblemCode::SendingOff,
        ProblemCode::NoPrice,
        ProblemCode::Upstream,
        ProblemCode::OrdersHeld,
        ProblemCode::WithdrawalsHeld,
        ProblemCode::Withdrawals,
        ProblemCode::Configuration,
        ProblemCode::Shadow,
        ProblemCode::ShadowDiffers,
        ProblemCode::BackupFailed,
        ProblemCode::BackupOld,
        ProblemCode::ReceiverBehind,
    ];

    /// Returns how soon somebody has to look.
    pub const fn severity(self) -> Severity {
        match self {
            ProblemCode::DatabaseFailed
            | ProblemCode::Unreadable
            | ProblemCode::PoolEmpty
            | ProblemCode::NotOffered
            | ProblemCode::TakenBack
            | ProblemCode::PayoutsRefused
            | ProblemCode::Unreconciled
            | ProblemCode::BooksDiffer
            | ProblemCode::BreakerOpen
            | ProblemCode::Payouts => Severity::Critical,
            ProblemCode::PoolLow
            | ProblemCode::SecondNode
            | ProblemCode::Node
            | ProblemCode::NotVetted
            | ProblemCode::PassedOver
            | ProblemCode::Blind
            | ProblemCode::BudgetLow
            | ProblemCode::Certificate
            | ProblemCode::Runway
            | ProblemCode::NoPrice
            | ProblemCode::Upstream
            | ProblemCode::OrdersHeld
            | ProblemCode::WithdrawalsHeld
            | ProblemCode::Withdrawals
            | ProblemCode::Configuration
            | ProblemCode::ShadowDiffers
            | ProblemCode::BackupFailed
            | ProblemCode::BackupOld
            | ProblemCode::ReceiverBehind => Severity::Warning,
            ProblemCode::WideGap
            | ProblemCode::BelowStart
            | ProblemCode::CatchingUp
            | ProblemCode::BlindSpot
            | ProblemCode::BindingOff
            | ProblemCode::Tainted
            | ProblemCode::SendingOff
            | ProblemCode::Shadow => Severity::Notice,
        }
    }

    /// Returns where it stands what to do about it: the path of a document in the project's folder.
    pub fn runbook(self) -> String {
        format!("docs/runbooks/{}.md", self.name())
    }

    /// Returns the code that the API tells.
    pub const fn name(self) -> &'static str {
        match self {
            ProblemCode::DatabaseFailed => "database_failed",
            ProblemCode::Unreadable => "unreadable",
            ProblemCode::PoolEmpty => "pool_empty",
            ProblemCode::PoolLow => "pool_low",
            ProblemCode::WideGap => "wide_gap",
            ProblemCode::NotOffered => "not_offered",
            ProblemCode::Node => "node_trouble",
            ProblemCode::BelowStart => "below_start",
            ProblemCode::CatchingUp => "catching_up",
            ProblemCode::BlindSpot => "blind_spot",
            ProblemCode::NotVetted => "not_vetted",
            ProblemCode::PassedOver => "passed_over",
            ProblemCode::Blind => "followed_blindly",
            ProblemCode::TakenBack => "taken_back",
            ProblemCode::PayoutsRefused => "payouts_refused",
            ProblemCode::BudgetLow => "budget_low",
            ProblemCode::Certificate => "certificate",
            ProblemCode::BindingOff => "binding_off",
            ProblemCode::Unreconciled => "unreconciled",
            ProblemCode::BooksDiffer => "books_differ",
            ProblemCode::BreakerOpen => "breaker_open",
            ProblemCode::SecondNode => "second_node",
            ProblemCode::Tainted => "tainted_addresses",
            ProblemCode::Payouts => "payouts_stand_still",
            ProblemCode::Runway => "wallet_runs_short",
            ProblemCode::SendingOff => "sending_off",
            ProblemCode::NoPrice => "no_price",
            ProblemCode::Upstream => "upstream",
            ProblemCode::OrdersHeld => "orders_held",
            ProblemCode::WithdrawalsHeld => "withdrawals_held",
            ProblemCode::Withdrawals => "withdrawals_stand_still",
            ProblemCode::Configuration => "configuration",
            ProblemCode::Shadow => "shadow",
            ProblemCode::ShadowDiffers => "shadow_differs",
            ProblemCode::BackupFailed => "backup_failed",
            ProblemCode::BackupOld => "backup_old",
            ProblemCode::ReceiverBehind => "receiver_behind",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn should_give_each_kind_a_code_of_its_own() {
        let names: BTreeSet<&str> = ProblemCode::ALL.into_iter().map(ProblemCode::name).collect();
        assert_eq!(names.len(), ProblemCode::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }
}
