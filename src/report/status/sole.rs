//! The page of a payee with one line that needs no row: made of what is kept in memory, and the same as one that is
//! read.

use super::StatusEntry;
use crate::payout::PublicStatus;
use crate::report::Outlook;
use crate::report::words::buyer::{BuyerWords, LeftPayout};
use crate::store::{SoleLine, SoleStage};
use crate::types::{BuyMethod, Language};

/// What a stranger is told of the line; none where payments are seen that may be to its address.
pub(super) fn entry(line: SoleLine, outlook: &Outlook) -> Option<StatusEntry> {
    let SoleLine { coin, since, stage } = line;
    let (words, standing, method) = match stage {
        SoleStage::Waiting if !outlook.live.sightings(coin).is_empty() => return None,
        SoleStage::Waiting => {
            (BuyerWords::NoDeposit { coin }, PublicStatus::WaitingDeposit, BuyMethod::Direct)
        }
        SoleStage::Paid(method) => {
            (BuyerWords::Left { payout: LeftPayout::Paid, since: None }, PublicStatus::Done, method)
        }
    };
    Some(StatusEntry {
        seq: SoleLine::SEQ,
        updated_at: since.get(),
        status: standing.name(),
        coin_type: coin.code().to_owned(),
        message: words.text(Language::English),
        words,
        standing,
        is_deposit: stage != SoleStage::Waiting,
        is_void: false,
        is_checked: false,
        is_upstream: method == BuyMethod::Passthrough,
        deposit: None,
        seen: Vec::new(),
    })
}
