//! Section `sky_exchanger.exchange_client.withdraw`: how what was bought comes to the hot wallet.

use std::time::Duration;

use super::reader::Section;
use crate::types::{Droplets, Exact};

/// Section `sky_exchanger.exchange_client.withdraw`.
#[derive(Debug, Clone)]
pub struct Withdraw {
    /// Whether what was bought is withdrawn by the desk.
    pub enabled: bool,
    /// Less than this is not asked for.
    pub least: Droplets,
    /// The most that is asked for at once, with the fee.
    pub most: Droplets,
    /// How long after one the next is asked for.
    pub every: Duration,
    /// The highest fee that is paid, in SKY.
    pub max_fee: Exact,
    /// The exchange's name of the network; none where it has one alone.
    pub network: Option<String>,
    /// The name that the hot wallet's address has at the exchange; none where it wants none.
    pub address_name: Option<String>,
    /// How often it is asked what became of one.
    pub check_wait: Duration,
}

pub(super) fn read(parent: &mut Section<'_>) -> Withdraw {
    let mut section = parent.section("withdraw");
    let coins = |section: &mut Section<'_>, name: &'static str, default: &str| {
        let text = section.decimal_text(name, default);
        section.parsed(name, &text, Droplets::parse_coins).unwrap_or(Droplets::new(0))
    };
    let max_fee = section.decimal_text("max_fee", "1");
    let withdraw = Withdraw {
        enabled: section.bool("enabled", false),
        least: coins(&mut section, "least", "100"),
        most: coins(&mut section, "most", "10000"),
        every: section.duration("every", Duration::from_secs(3_600)),
        max_fee: section.parsed("max_fee", &max_fee, str::parse).unwrap_or_default(),
        network: section.optional("network"),
        address_name: section.optional("address_name"),
        check_wait: section.duration("check_wait", Duration::from_secs(15)),
    };
    let fee = withdraw.max_fee.ceil_units(Droplets::DECIMALS).map_or(u128::MAX, |fee| fee.get());
    if u128::from(withdraw.least.get()) <= fee {
        section.problem("least", "must be more than max_fee: nothing would arrive");
    }
    if u128::from(withdraw.most.get()) < u128::from(withdraw.least.get()).saturating_add(fee) {
        section.problem("most", "must be at least what least and max_fee are together");
    }
    section.finish();
    withdraw
}
