//! What can go wrong with a node, at will: each kind until it is cleared, or for a number of requests.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Nobody listens: connections are refused.
    Unreachable,
    /// The request is read and never answered, until the trouble is cleared. Nothing is done.
    Stall,
    /// What is asked is done, and the connection closed without an answer.
    DropReplies,
    /// An error of the protocol instead of an answer. Nothing is done.
    Errors,
    /// The answer is no JSON.
    Garbage,
    /// It is a node of another network.
    WrongNetwork,
    /// Blocks do not hash to what they say.
    WrongHash,
    /// The newest `blocks` blocks are not known yet.
    Behind,
    /// The answer trickles.
    Slow,
    /// More is asked than it takes.
    RateLimited,
    /// What is asked is forbidden.
    Forbidden,
    /// All but the newest `blocks` blocks are thrown away.
    Pruned,
    /// It knows of `blocks` blocks more than it has; those of the last ones that it shows it has the heads of.
    Syncing,
    /// What is asked is done, and never answered, until the trouble is cleared.
    StallReplies,
    /// What is asked is done; an exchange answers that it does not know whether.
    UnknownReplies,
    /// An exchange answers that it does not know; an order is executed `millis` later.
    LateOrders,
    /// An exchange answers with XML.
    Xml,
    /// Every answer of an exchange has the status 200, errors too.
    #[serde(rename = "status-200")]
    Status200,
    /// An exchange writes numbers without quotes.
    Numbers,
    /// An exchange writes numbers with quotes.
    Texts,
    /// An exchange tells no client ids.
    NullIds,
    /// An exchange says of every fee that it is 0.
    HiddenFees,
    /// The least that an order has to be worth is another one each time.
    VaryingMinimum,
    /// A cancel is taken and never done.
    HoldCancels,
    /// The clock is `millis` behind.
    StaleClock,
    /// Fills are told twice.
    RepeatedFills,
    /// Fills are told in no order.
    ShuffledFills,
    /// Fills are told once they are `millis` old.
    DelayedFills,
    /// A list of orders by their status has orders of other statuses too.
    OtherStatuses,
    /// SKY is said to be the coin of that name on Ethereum.
    OtherSky,
}

/// One trouble, as the control API takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trouble {
    pub(crate) kind: Kind,
    /// Requests that it is still for; without it, until it is cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u64>,
    /// Only requests with this method, or with this part of a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) only: Option<String>,
    /// For `behind`, `pruned` and `syncing`: how many blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) blocks: Option<u64>,
    /// For `slow`: milliseconds between two pieces of the answer; and for kinds that say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) millis: Option<u64>,
}

impl Trouble {
    fn is_meant(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.split([' ', '/']).any(|word| word == only))
    }
}

/// What a node has to lie about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lies {
    pub(crate) wrong_network: bool,
    pub(crate) wrong_hash: bool,
    pub(crate) behind: u64,
    /// Blocks that are kept, of those that are shown.
    pub(crate) kept: Option<u64>,
    /// Blocks that are known of and not there.
    pub(crate) missing: u64,
    pub(crate) habits: Habits,
}

/// What an exchange does badly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is on or off by itself")]
pub(crate) struct Habits {
    pub(crate) unknown_replies: bool,
    /// By how many milliseconds.
    pub(crate) late_orders: Option<u64>,
    pub(crate) xml: bool,
    pub(crate) status_200: bool,
    pub(crate) numbers: bool,
    pub(crate) texts: bool,
    pub(crate) null_ids: bool,
    pub(crate) hidden_fees: bool,
    pub(crate) varying_minimum: bool,
    pub(crate) hold_cancels: bool,
    /// By how many milliseconds.
    pub(crate) stale_clock: u64,
    pub(crate) repeated_fills: bool,
    pub(crate) shuffled_fills: bool,
    /// By how many milliseconds.
    pub(crate) delayed_fills: u64,
    pub(crate) other_statuses: bool,
    pub(crate) other_sky: bool,
}

/// What one request meets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) stall: bool,
    pub(crate) stall_reply: bool,
    pub(crate) drop_reply: bool,
    pub(crate) error: bool,
    pub(crate) garbage: bool,
    pub(crate) busy: bool,
    pub(crate) forbidden: bool,
    pub(crate) slow: Option<Duration>,
    pub(crate) lies: Lies,
}

/// The troubles of one node.
#[derive(Debug)]
pub(crate) struct Troubles {
    all: Mutex<Vec<Trouble>>,
    /// Counts the changes.
    changed: watch::Sender<u64>,
}

impl Troubles {
    pub(crate) fn new() -> Troubles {
        Troubles { all: Mutex::default(), changed: watch::Sender::new(0) }
    }

    pub(crate) fn add(&self, trouble: Trouble) {
        self.with(|all| all.push(trouble));
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Clears one kind, or all.
    pub(crate) fn clear(&self, kind: Option<Kind>) {
        self.with(|all| all.retain(|trouble| kind.is_some_and(|kind| trouble.kind != kind)));
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn list(&self) -> Vec<Trouble> {
        self.with(|all| all.clone())
    }

    /// What a request by this name meets; counts it.
    pub(crate) fn meet(&self, name: &str) -> Met {
        let mut met = Met::default();
        self.with(|all| {
            for trouble in all.iter_mut() {
                if trouble.is_meant(name) && trouble.kind != Kind::Unreachable {
                    met.add(trouble);
                    trouble.count = trouble.count.map(|count| count.saturating_sub(1));
                }
            }
            all.retain(|trouble| trouble.count != Some(0));
        });
        met
    }

    pub(crate) fn is_unreachable(&self) -> bool {
        self.with(|all| all.iter().any(|trouble| trouble.kind == Kind::Unreachable))
    }

    fn is_stalled(&self) -> bool {
        self.with(|all| all.iter().any(|trouble| matches!(trouble.kind, Kind::Stall | Kind::StallReplies)))
    }

    /// Returns once the node is as reachable as asked.
    pub(crate) async fn wait_reachable(&self, reachable: bool) {
        self.wait(|| self.is_unreachable() != reachable).await;
    }

    /// Returns after the next change that leaves nothing stalled.
    pub(crate) async fn wait_cleared(&self) {
        let mut changed = self.changed.subscribe();
        while changed.changed().await.is_ok() {
            if !self.is_stalled() {
                return;
            }
        }
    }

    async fn wait(&self, mut is_so: impl FnMut() -> bool) {
        let mut changed = self.changed.subscribe();
        while !is_so() {
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut Vec<Trouble>) -> T) -> T {
        f(&mut self.all.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Met {
    fn add(&mut self, trouble: &Trouble) {
        match trouble.kind {
            Kind::Unreachable => {}
            Kind::Stall => self.stall = true,
            Kind::DropReplies => self.drop_reply = true,
            Kind::Errors => self.error = true,
            Kind::Garbage => self.garbage = true,
            Kind::WrongNetwork => self.lies.wrong_network = true,
            Kind::WrongHash => self.lies.wrong_hash = true,
            Kind::Behind => self.lies.behind = trouble.blocks.unwrap_or(1),
            Kind::RateLimited => self.busy = true,
            Kind::Forbidden => self.forbidden = true,
            Kind::Pruned => self.lies.kept = Some(trouble.blocks.unwrap_or(1)),
            Kind::Syncing => self.lies.missing = trouble.blocks.unwrap_or(1),
            Kind::Slow => self.slow = Some(Duration::from_millis(trouble.millis.unwrap_or(200))),
            Kind::StallReplies => self.stall_reply = true,
            Kind::UnknownReplies
            | Kind::LateOrders
            | Kind::Xml
            | Kind::Status200
            | Kind::Numbers
            | Kind::Texts
            | Kind::NullIds
            | Kind::HiddenFees
            | Kind::VaryingMinimum
            | Kind::HoldCancels
            | Kind::StaleClock
            | Kind::RepeatedFills
            | Kind::ShuffledFills
            | Kind::DelayedFills
            | Kind::OtherStatuses
            | Kind::OtherSky => self.lies.habits.add(trouble),
        }
    }
}

impl Habits {
    fn add(&mut self, trouble: &Trouble) {
        match trouble.kind {
            Kind::UnknownReplies => self.unknown_replies = true,
            Kind::LateOrders => self.late_orders = Some(trouble.millis.unwrap_or(1_000)),
            Kind::Xml => self.xml = true,
            Kind::Status200 => self.status_200 = true,
            Kind::Numbers => self.numbers = true,
            Kind::Texts => self.texts = true,
            Kind::NullIds => self.null_ids = true,
            Kind::HiddenFees => self.hidden_fees = true,
            Kind::VaryingMinimum => self.varying_minimum = true,
            Kind::HoldCancels => self.hold_cancels = true,
            Kind::StaleClock => self.stale_clock = trouble.millis.unwrap_or(60_000),
            Kind::RepeatedFills => self.repeated_fills = true,
            Kind::ShuffledFills => self.shuffled_fills = true,
            Kind::DelayedFills => self.delayed_fills = trouble.millis.unwrap_or(60_000),
            Kind::OtherStatuses => self.other_statuses = true,
            Kind::OtherSky => self.other_sky = true,
            Kind::Unreachable
            | Kind::Stall
            | Kind::StallReplies
            | Kind::DropReplies
            | Kind::Errors
            | Kind::Garbage
            | Kind::WrongNetwork
            | Kind::WrongHash
            | Kind::Behind
            | Kind::Slow
            | Kind::RateLimited
            | Kind::Forbidden
            | Kind::Pruned
            | Kind::Syncing => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(kind: Kind) -> Trouble {
        Trouble { kind, count: None, only: None, blocks: None, millis: None }
    }

    #[test]
    fn should_last_as_long_as_it_was_asked_to() {
        let troubles = Troubles::new();
        troubles.add(Trouble { count: Some(2), ..trouble(Kind::Garbage) });
        troubles.add(trouble(Kind::Errors));
        let met: Vec<_> =
            (0..3).map(|_| troubles.meet("getblock")).map(|met| (met.garbage, met.error)).collect();
        assert_eq!(met, [(true, true), (true, true), (false, true)]);
        troubles.clear(Some(Kind::Errors));
        assert_eq!(troubles.meet("getblock"), Met::default());
    }

    #[test]
    fn should_concern_only_what_is_named() {
        let troubles = Troubles::new();
        troubles.add(Trouble {
            count: Some(1),
            only: Some("injectTransaction".to_owned()),
            ..trouble(Kind::DropReplies)
        });
        assert!(!troubles.meet("/api/v1/health").drop_reply);
        assert!(troubles.meet("/api/v1/injectTransaction").drop_reply);
        assert!(!troubles.meet("/api/v1/injectTransaction").drop_reply);
    }
}
