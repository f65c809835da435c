//! The names of events, as receivers hear them.

use std::fmt;

/// What kind of thing happened. Its name never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventName {
    /// A deposit address was given to a payee, for life.
    BindingMade,
    /// A deposit appeared in a block.
    DepositSeen,
    /// A deposit got its price, which had none before.
    DepositPriced,
    /// A deposit lies deeper than before: n of m confirmations.
    DepositConfirming,
    /// A deposit is as deep as required: it is owed a payout.
    DepositFinal,
    /// A fork took a deposit back.
    DepositOrphaned,
    /// A deposit that was taken back stands in a block again.
    DepositReincluded,
    /// How the coins of a payout are come by was decided.
    PayoutDecided,
    /// Something stands in the way of a payout.
    PayoutHeld,
    /// Nothing stands in the way of a payout any more.
    PayoutReleased,
    /// The transaction that pays is signed, and not sent yet.
    PayoutSigned,
    /// The network has the transaction that pays.
    PayoutSent,
    /// The transaction that pays is confirmed as deep as required.
    PayoutSettled,
    /// The transaction that was to pay never will: its payouts are owed again.
    PayoutDropped,
    /// An order at an exchange has changed.
    OrderChanged,
    /// A withdrawal from an exchange has changed.
    WithdrawalChanged,
    /// The hot wallet's coins or hours end soon.
    WalletLow,
    /// The hot wallet has enough again.
    WalletRefilled,
    /// A chain went back to an earlier block.
    ChainForked,
    /// No address of a coin is given out: its chain cannot be relied on.
    ChainFrozen,
    /// A coin is on offer again.
    ChainThawed,
    /// The node of a coin is in trouble.
    NodeTrouble,
    /// The node of a coin is well again.
    NodeRecovered,
    /// Another problem of health is there.
    ProblemOpened,
    /// Another problem of health is over.
    ProblemClosed,
    /// A person has done something that has no name of its own.
    OperatorAct,
}

impl EventName {
    /// Every name there is, in the order of their declaration.
    pub const ALL: [EventName; 26] = [
        EventName::BindingMade,
        EventName::DepositSeen,
        EventName::DepositPriced,
        EventName::DepositConfirming,
        EventName::DepositFinal,
        EventName::DepositOrphaned,
        EventName::DepositReincluded,
        EventName::PayoutDecided,
        EventName::PayoutHeld,
        EventName::PayoutReleased,
        EventName::PayoutSigned,
        EventName::PayoutSent,
        EventName::PayoutSettled,
        EventName::PayoutDropped,
        EventName::OrderChanged,
        EventName::WithdrawalChanged,
        EventName::WalletLow,
        EventName::WalletRefilled,
        EventName::ChainForked,
        EventName::ChainFrozen,
        EventName::ChainThawed,
        EventName::NodeTrouble,
        EventName::NodeRecovered,
        EventName::ProblemOpened,
        EventName::ProblemClosed,
        EventName::OperatorAct,
    ];

    /// Returns the name, two words with a dot between them.
    pub const fn name(self) -> &'static str {
        match self {
            EventName::BindingMade => "binding.made",
            EventName::DepositSeen => "deposit.seen",
            EventName::DepositPriced => "deposit.priced",
            EventName::DepositConfirming => "deposit.confirming",
            EventName::DepositFinal => "deposit.final",
            EventName::DepositOrphaned => "deposit.orphaned",
            EventName::DepositReincluded => "deposit.reincluded",
            EventName::PayoutDecided => "payout.decided",
            EventName::PayoutHeld => "payout.held",
            EventName::PayoutReleased => "payout.released",
            EventName::PayoutSigned => "payout.signed",
            EventName::PayoutSent => "payout.sent",
            EventName::PayoutSettled => "payout.settled",
            EventName::PayoutDropped => "payout.dropped",
            EventName::OrderChanged => "order.changed",
            EventName::WithdrawalChanged => "withdrawal.changed",
            EventName::WalletLow => "wallet.low",
            EventName::WalletRefilled => "wallet.refilled",
            EventName::ChainForked => "chain.forked",
            EventName::ChainFrozen => "chain.frozen",
            EventName::ChainThawed => "chain.thawed",
            EventName::NodeTrouble => "node.trouble",
            EventName::NodeRecovered => "node.recovered",
            EventName::ProblemOpened => "problem.opened",
            EventName::ProblemClosed => "problem.closed",
            EventName::OperatorAct => "operator.act",
        }
    }

    /// Returns what it says, in a few words.
    pub const fn about(self) -> &'static str {
        match self {
            EventName::BindingMade => "A deposit address was given to a payee, for life",
            EventName::DepositSeen => "A deposit appeared in a block",
            EventName::DepositPriced => "A deposit got its price, which had none before",
            EventName::DepositConfirming => "A deposit lies deeper than before",
            EventName::DepositFinal => "A deposit is as deep as required, and is owed a payout",
            EventName::DepositOrphaned => "A fork took a deposit back",
            EventName::DepositReincluded => "A deposit that was taken back stands in a block again",
            EventName::PayoutDecided => "How the coins of a payout are come by was decided",
            EventName::PayoutHeld => "Something stands in the way of a payout",
            EventName::PayoutReleased => "Nothing stands in the way of a payout any more",
            EventName::PayoutSigned => "The transaction that pays is signed, and not sent yet",
            EventName::PayoutSent => "The network has the transaction that pays",
            EventName::PayoutSettled => "The transaction that pays is confirmed as deep as required",
            EventName::PayoutDropped => "The transaction that was to pay never will: payouts are owed again",
            EventName::OrderChanged => "An order at an exchange has changed",
            EventName::WithdrawalChanged => "A withdrawal from an exchange has changed",
            EventName::WalletLow => "The hot wallet's coins or hours end soon",
            EventName::WalletRefilled => "The hot wallet has enough again",
            EventName::ChainForked => "A chain went back to an earlier block",
            EventName::ChainFrozen => "No address of a coin is given out: its chain cannot be relied on",
            EventName::ChainThawed => "A coin is on offer again",
            EventName::NodeTrouble => "The node of a coin is in trouble",
            EventName::NodeRecovered => "The node of a coin is well again",
            EventName::ProblemOpened => "Another problem of health is there",
            EventName::ProblemClosed => "Another problem of health is over",
            EventName::OperatorAct => "A person has done something that has no name of its own",
        }
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which events somebody wants to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFilter(Vec<EventName>);

impl Default for EventFilter {
    fn default() -> Self {
        EventFilter(EventName::ALL.to_vec())
    }
}

/// A name that no event has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no event's name; there are {names}, and all of a kind such as \"payout.*\"", names = names())]
pub struct UnknownEvent(pub String);

fn names() -> String {
    EventName::ALL.map(EventName::name).join(", ")
}

impl EventFilter {
    /// Returns one for these names, or kinds of names such as `payout.*`; all events where there are none.
    ///
    /// # Errors
    ///
    /// The first that is neither.
    pub fn new<S: AsRef<str>>(names: &[S]) -> Result<EventFilter, UnknownEvent> {
        if names.is_empty() {
            return Ok(EventFilter::default());
        }
        let mut wanted = Vec::new();
        for name in names.iter().map(AsRef::as_ref) {
            let kind = name.strip_suffix('*').filter(|kind| kind.ends_with('.'));
            let matches = |event: &&EventName| match kind {
                Some(kind) => event.name().starts_with(kind),
                None => event.name() == name,
            };
            let before = wanted.len();
            wanted.extend(EventName::ALL.iter().filter(matches));
            if wanted.len() == before {
                return Err(UnknownEvent(name.to_owned()));
            }
        }
        Ok(EventFilter(wanted))
    }

    /// Returns whether these are wanted.
    pub fn has(&self, name: EventName) -> bool {
        self.0.contains(&name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn should_give_each_event_a_name_of_its_own() {
        let names: BTreeSet<&str> = EventName::ALL.into_iter().map(EventName::name).collect();
        assert_eq!(names.len(), EventName::ALL.len());
        assert!(names.iter().all(|name| name.split('.').count() == 2), "{names:?}");
    }

    #[test]
    fn should_want_what_is_named_and_nothing_else() {
        let filter = EventFilter::new(&["payout.*", "deposit.final"]).unwrap();
        let wanted: Vec<&str> =
            EventName::ALL.into_iter().filter(|name| filter.has(*name)).map(EventName::name).collect();
        assert!(wanted.contains(&"payout.sent") && wanted.contains(&"deposit.final"), "{wanted:?}");
        assert!(!wanted.contains(&"deposit.seen") && !wanted.contains(&"node.trouble"), "{wanted:?}");
        let all = EventFilter::new::<&str>(&[]).unwrap();
        assert!(EventName::ALL.into_iter().all(|name| all.has(name)));
        for wrong in ["payout", "payout.", "payout.se*", "*", "", "deposit.*.*", "nothing.*"] {
            assert_eq!(EventFilter::new(&[wrong]), Err(UnknownEvent(wrong.to_owned())));
        }
    }
}
