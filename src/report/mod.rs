//! What buyers and operators are told of a purchase: the stored facts put together, and put into words.

mod deposit_info;
mod gap;
mod health;
mod pace;
mod payment_uri;
mod readiness;
mod reconciliation;
mod said;
mod seen;
mod status;
mod stock;
mod waiting;
mod watch;
mod words;

use std::sync::Arc;

use crate::engine::shadow::ShadowBoard;
use crate::live::{CertificateView, Live};
use crate::store::PassedOver;
use crate::types::{Coin, Height, PerCoin, Switch, UnixTime};

pub use deposit_info::{DepositInfo, deposit_info};
pub use gap::gap_limit;
use gap::gap_problem;
pub use health::{HealthCheck, Problem, ProblemCode, Severity, Verdict};
pub use pace::Pace;
pub use payment_uri::payment_uri;
pub use readiness::Readiness;
pub use reconciliation::{
    Reconciliation, ReconciliationPart, ReconciliationRow, UnexplainedTransaction, reconciliation,
};
pub use said::Said;
#[cfg(feature = "testing")]
pub use status::status_entries;
pub use status::{
    PAGE_LINES, PurchaseLines, SeenDeposit, Shown, StatusEntry, StatusPage, linked_binding, purchase_lines,
    purchase_link, status_page, status_secret,
};
pub use stock::stock;
pub use waiting::counted_kinds;
pub use waiting::{
    Act, PAID_BEFORE, WaitingDeposit, WaitingKind, breaker_acts, deposit_acts, order_acts, refused_problem,
    switch_act, transaction_acts, waiting_deposits, waiting_kinds, waiting_proposals, waiting_transactions,
    withdrawal_acts,
};
pub use watch::{OpenProblem, ProblemKey, ProblemWatch};
pub use words::acts;
pub use words::buyer::{
    Awaited, BadPayee, BuyerPause, BuyerWords, Confirmations, DepositWait, Label, LeftPayout, Refusal, Since,
    WebhookTrouble, alternatives, span,
};
pub use words::health::PROCESSOR_FAILS;
pub use words::page;
pub use words::reconciliation::Compared;
pub use words::{
    dummy as dummy_words, receivers as receiver_words, requests, shadow as shadow_words, staff, switches,
};

/// Returns what is known of what a transaction did that was passed over.
pub fn gap_effect(passed: &PassedOver, coin: Coin) -> String {
    words::gaps::effect(passed, coin)
}

/// Returns what is amiss with a certificate now, in words for an operator; none where it is well.
pub fn certificate_trouble(view: &CertificateView, now: UnixTime) -> Option<String> {
    view.problem(now).map(|trouble| words::health::certificate(view, trouble))
}

/// What has to be known beside the store: settings, the chains' heights, what was seen of them.
#[derive(Debug)]
pub struct Outlook {
    /// Whether payouts leave, as configured; else they are held.
    pub send_enabled: bool,
    /// None in dummy mode, where deposits are final at once.
    pub confirmations_required: PerCoin<Option<u64>>,
    /// What the workers know.
    pub live: Arc<Live>,
    /// What is known beside the original that this desk looks on beside; none where this desk is one that pays.
    pub shadow: Option<Arc<ShadowBoard>>,
}

impl Outlook {
    /// Returns an outlook by the settings, shared by all that read it.
    pub fn new(
        send_enabled: bool,
        confirmations_required: PerCoin<Option<u64>>,
        live: Arc<Live>,
    ) -> Arc<Self> {
        Arc::new(Outlook { send_enabled, confirmations_required, live, shadow: None })
    }

    /// Returns that of a desk that only looks on beside the original: nothing ever leaves it.
    pub fn of_shadow(
        confirmations_required: PerCoin<Option<u64>>,
        live: Arc<Live>,
        board: Arc<ShadowBoard>,
    ) -> Arc<Self> {
        Arc::new(Outlook { send_enabled: false, confirmations_required, live, shadow: Some(board) })
    }

    /// Whether payouts leave: by the configuration, and as persons have switched it.
    pub fn sends(&self) -> bool {
        self.send_enabled && !self.live.switched_off.has(Switch::Send)
    }

    /// How many confirmations a deposit in this block has, and how many it needs.
    fn confirmations(&self, coin: Coin, height: Height) -> Option<(u64, u64)> {
        let required = self.confirmations_required[coin]?;
        let tip = self.live.tip(coin)?;
        Some((height.depth_below(tip), required))
    }
}
