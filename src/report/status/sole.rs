//! The page of a payee with one line that needs no row: made of what is kept in memory, and the same as one that is
//! read.

use super::{StatusEntry, waiting};
use crate::payout::PublicStatus;
use crate::report::Outlook;
use crate::report::words::buyer::{BuyerWords, LeftPayout};
use crate::store::{SoleLine, SoleStage};
use crate::types::{BuyMethod, Coin, Language, UnixTime};

/// What a stranger is told of the line; none where payments are seen that may be to its address.
pub(super) fn entry(line: SoleLine, outlook: &Outlook) -> Option<StatusEntry> {
    let SoleLine { coin, since, stage } = line;
    match stage {
        SoleStage::Waiting if !outlook.live.sightings(coin).is_empty() => None,
        SoleStage::Waiting => Some(waiting(SoleLine::SEQ, coin, since)),
        SoleStage::Paid(method) => Some(paid(coin, since, method)),
    }
}

fn paid(coin: Coin, since: UnixTime, method: BuyMethod) -> StatusEntry {
    let (words, standing) = (BuyerWords::Left { payout: LeftPayout::Paid, since: None }, PublicStatus::Done);
    StatusEntry {
        seq: SoleLine::SEQ,
        updated_at: since.get(),
        status: standing.name(),
        coin_type: coin.code().to_owned(),
        message: words.text(Language::English),
        words,
        standing,
        is_deposit: true,
        is_void: false,
        is_checked: false,
        is_upstream: method == BuyMethod::Passthrough,
        deposit: None,
        seen: Vec::new(),
    }
}
