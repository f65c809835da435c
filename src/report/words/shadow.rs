//! What is told of a desk that looks on beside the original: why something differs, what is in the way of moving over,
//! and how that is done.

use super::buyer;
use crate::engine::shadow::{Because, DifferenceKind, Obstacle};
use crate::types::Language;

/// Told of a desk that looks on.
pub(in crate::report) const LOOKS_ON: &str =
    "this desk only looks on beside the original: it pays nothing, and gives out no addresses";
/// Told of whoever wants something done there.
pub const NO_ACTS: &str = "Forbidden: this desk only looks on beside the original, where alone anything is done \
     (shadow.original is set)";
/// Told where a page of an older comparison is asked for.
pub const COMPARED_ANEW: &str = "Invalid after: it was compared anew since, begin again without it";

/// How one moves over, step by step.
pub const STEPS: [&str; 7] = [
    "stop the original, and let nothing start it again",
    "copy its database file over the one that this desk reads, and wait until it was compared: the copy of a stopped \
     original is the last word",
    "see that nothing is unexplained, then stop this desk",
    "make a configuration without the section [shadow] and with a dbfile of its own; check it with check-config",
    "make its database of that last copy: first the tool's import-original with --dry-run, then without",
    "start it with sky_exchanger.send_enabled = false, and say of each deposit of /api/waiting?code=inherited what \
     became of it",
    "set send_enabled to true, restart, and let buyers in; keep the original's database and this desk's",
];

/// Returns what is told in health of differences, and of a copy that cannot be read.
pub(in crate::report) fn in_the_way(obstacle: &Obstacle) -> String {
    format!("beside the original: {}", of_obstacle(obstacle))
}

/// Returns in words what is in the way of moving over.
pub fn of_obstacle(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::NoCopy => "no copy of the original's database was read yet".to_owned(),
        Obstacle::Unreadable(why) => format!("the copy of the original's database is not read: {why}"),
        Obstacle::OldCopy(age) => {
            let age = buyer::span(*age, Language::English);
            format!("the copy of the original's database is {age} old: put a newer one in its place")
        }
        Obstacle::Behind(coin) => format!("{coin}: its chain was not read up to the newest block"),
        Obstacle::NothingAgreed => {
            "there is no deposit that both have and in which nothing differs: that shows nothing".to_owned()
        }
        Obstacle::Passing(count) => {
            format!("{count} difference(s) that pass by themselves, or with a newer copy: wait for that")
        }
        Obstacle::Unexplained(count) => {
            format!("{count} difference(s) that nobody can explain: look at each in /api/shadow")
        }
    }
}

/// Returns in words what differs.
pub fn of_kind(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Binding => "whom the address is bound to",
        DifferenceKind::NotSeen => "the original has taken up a deposit that is not there here",
        DifferenceKind::NotTaken => "a deposit is final here that the original has not taken up",
        DifferenceKind::Amount => "how much arrived",
        DifferenceKind::Payee => "who is paid",
        DifferenceKind::Height => "the block that it stands in",
        DifferenceKind::Confirmations => "how deep it has to lie",
        DifferenceKind::Method => "how the coins are come by",
        DifferenceKind::Rate => "SKY for one coin",
        DifferenceKind::Worth => "how much is paid for it",
        DifferenceKind::Status => "where it stands",
        DifferenceKind::Paid => "what has paid it",
    }
}

/// Returns in words why it differs.
pub fn of_reason(because: Option<Because>) -> String {
    let words = match because {
        None => "nobody can tell why: look at it",
        Some(Because::NotReadYet) => "its block is not read here yet, or is about to be read again",
        Some(Because::NotFinalHere) => "it does not lie as deep here yet as it has to",
        Some(Because::AfterTheCopy) => "it became final here after the copy was made: see the next copy",
        Some(Because::NoPriceHere) => "no price can be promised here at the moment",
        Some(Because::CoinOff) => "its coin is not enabled here: it would not be seen after moving over",
        Some(Because::BelowStart) => {
            "it stands below initial_scan_height: what else came there is not seen here"
        }
        Some(Because::MoreConfirmations) => "this desk wants more confirmations than the original",
        Some(Because::BeforeThisDesk) => {
            "it was decided before this desk began to look on, with the settings of that time"
        }
        Some(Because::Rounding(places)) => {
            return format!("the original has cut it to {places} decimal places: compare max_decimals");
        }
        Some(Because::Gwei) => "the original counts ether in gwei and cuts off what is less",
        Some(Because::Follows) => "it follows from the rate or the amount, which differs",
        Some(Because::BoughtUpstream) => "it is bought on an exchange, and worth what that brings",
        Some(Because::SecondOutput) => {
            "the original takes one output of a transaction and loses the others: this buyer was never paid for it"
        }
        Some(Because::InsideTransaction) => {
            "it moved inside of a transaction, where the original does not look: this buyer was never paid for it"
        }
        Some(Because::NotTheOriginals) => "the original does not take this coin or token",
        Some(Because::LeftBehind) => {
            "the original's scanner saw it and nothing became of it: this buyer was never paid for it"
        }
        Some(Because::ByHeightAlone) => {
            "the original goes by heights, and keeps the one that it saw before a fork moved the payment"
        }
        Some(Because::DoneWithNothing) => "the original calls done what it has paid nothing for",
    };
    words.to_owned()
}
