//! What an exchange tells of a withdrawal, and which of those that it tells of is meant. Pure.

use rust_decimal::Decimal;

use crate::exchange::WithdrawalReport;
use crate::types::{Exact, UnixTime};
use crate::upstream::{Departure, Withdrawal};

/// How much earlier than it was stored one may seem to be, by clocks that differ, in seconds.
const SKEW: u64 = 300;

/// The reports that may be of a withdrawal, where the exchange tells no ids of ours.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Candidates<'a> {
    /// Those of its address, amount and time.
    pub(super) like: Vec<&'a WithdrawalReport>,
    /// Whether there is one of its address and amount that seems to be older than it. Clocks may differ: it may be the
    /// one.
    pub(super) has_older: bool,
}

/// Which of the reports may be of a withdrawal, by its address, amount and time, where the exchange tells no ids of
/// ours. `known` are ids of other withdrawals.
pub(super) fn matching<'a>(
    withdrawal: &Withdrawal,
    reports: &'a [WithdrawalReport],
    known: &[String],
) -> Candidates<'a> {
    let terms = &withdrawal.terms;
    let to = terms.to().to_string();
    let since = UnixTime::new(withdrawal.intended_at.get().saturating_sub(SKEW));
    let is_it = |report: &&WithdrawalReport| {
        let is_there = report.address.as_ref().is_none_or(|address| *address == to);
        is_there && !known.contains(&report.id) && departure(withdrawal, report).is_ok()
    };
    let is_new = |report: &&WithdrawalReport| report.at.is_none_or(|at| at >= since);
    let (like, older): (Vec<_>, Vec<_>) = reports.iter().filter(is_it).partition(is_new);
    Candidates { has_older: like.is_empty() && !older.is_empty(), like }
}

/// What left the account, as a report has it.
///
/// # Errors
///
/// In words, where it is not what was asked for.
pub(super) fn departure(withdrawal: &Withdrawal, report: &WithdrawalReport) -> Result<Departure, String> {
    let wanted = &withdrawal.terms.wanted;
    let asked = wanted.amount.get();
    let all = report.amount;
    // What comes on top is all that is more than was asked for, whether the fee is told or not.
    let fee = if wanted.is_fee_on_top {
        all.checked_sub(asked).unwrap_or(Decimal::NEGATIVE_ONE)
    } else {
        report.fee
    };
    let is_same = wanted.is_fee_on_top || all == asked;
    let read = Exact::new(all).zip(Exact::new(fee)).filter(|_| is_same);
    let read = read.map(|(amount, fee)| Departure { amount, fee });
    let read = read.filter(|departure| departure.net().is_ok_and(|net| !net.is_zero()));
    read.ok_or_else(|| {
        format!("{all} with a fee of {} are said to have left, {asked} were asked for", report.fee)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::WithdrawalState;

    /// Five coins to the hot wallet, stored at 7.
    fn withdrawal() -> Withdrawal {
        crate::upstream::withdrawal_tests::one_of_each().remove(0)
    }

    fn report(id: &str) -> WithdrawalReport {
        WithdrawalReport {
            id: id.to_owned(),
            client_id: None,
            amount: Decimal::from(5),
            fee: Decimal::ONE,
            address: Some(withdrawal().terms.to().to_string()),
            at: Some(UnixTime::new(7)),
            state: WithdrawalState::Pending,
        }
    }

    fn found(reports: &[WithdrawalReport], known: &[String]) -> (Vec<String>, bool) {
        let Candidates { like, has_older } = matching(&withdrawal(), reports, known);
        (like.into_iter().map(|report| report.id.clone()).collect(), has_older)
    }

    #[test]
    fn should_mean_one_of_its_address_and_amount_that_is_no_other() {
        let elsewhere = WithdrawalReport { address: Some("somewhere else".to_owned()), ..report("a") };
        let more = WithdrawalReport { amount: Decimal::from(6), ..report("b") };
        let untold = WithdrawalReport { address: None, at: None, ..report("c") };
        let reports = [elsewhere, more, untold, report("d"), report("e")];
        assert_eq!(found(&reports, &["d".to_owned()]), (vec!["c".to_owned(), "e".to_owned()], false));
        assert_eq!(found(&reports[..2], &[]), (vec![], false));
    }

    #[test]
    fn should_say_that_the_only_one_seems_to_be_too_old() {
        let at = |withdrawal: &Withdrawal, seconds| {
            let stored = UnixTime::new(1_000);
            let withdrawal = Withdrawal { intended_at: stored, ..withdrawal.clone() };
            let reports = [WithdrawalReport { at: Some(UnixTime::new(seconds)), ..report("a") }];
            let Candidates { like, has_older } = matching(&withdrawal, &reports, &[]);
            (like.len(), has_older)
        };
        // Five minutes are what clocks may differ by.
        assert_eq!(at(&withdrawal(), 700), (1, false));
        assert_eq!(at(&withdrawal(), 699), (0, true));
    }
}
