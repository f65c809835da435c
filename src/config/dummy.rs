//! Section `dummy`: play money. Both of its parts or neither, and never where others than this machine can ask.

use std::net::SocketAddr;

use super::Config;
use super::reader::Section;
use crate::types::Droplets;

/// Section `dummy`.
#[derive(Debug, Clone)]
pub struct Dummy {
    /// Whether payouts are made on a chain in memory.
    pub sender: bool,
    /// Whether deposits are made by hand.
    pub scanner: bool,
    /// Where deposits and confirmations are made by hand, on loopback.
    pub http_addr: SocketAddr,
    /// What the dummy hot wallet starts with.
    pub balance: Droplets,
}

impl Dummy {
    /// Whether this desk plays: a configuration with one part alone is none.
    pub fn is_on(&self) -> bool {
        self.scanner || self.sender
    }
}

pub(super) fn read(section: &mut Section<'_>) -> Dummy {
    let text = section.decimal_text("balance", "100");
    let dummy = Dummy {
        sender: section.bool("sender", false),
        scanner: section.bool("scanner", false),
        http_addr: section.address("http_addr", "127.0.0.1:4121").unwrap_or(([127, 0, 0, 1], 4121).into()),
        balance: section.parsed("balance", &text, Droplets::parse_coins).unwrap_or(Droplets::ZERO),
    };
    section.finish();
    dummy
}

/// A deposit made by hand that real coins are paid for is theft, and a real one paid in play money as well.
pub(super) fn check(root: &mut Section<'_>, config: &Config) {
    let dummy = &config.dummy;
    let mixed = match (dummy.scanner, dummy.sender) {
        (true, false) => Some(("dummy.sender", "deposits made by hand would be paid in real coins")),
        (false, true) => Some(("dummy.scanner", "real deposits would be paid in play money")),
        (true, true) | (false, false) => None,
    };
    if let Some((key, why)) = mixed {
        let right = "set both dummy.scanner and dummy.sender to true, or leave the section [dummy] out";
        root.problem(key, format!("is false and the other is true: {why}; {right}"));
    }
    if dummy.is_on() && !dummy.http_addr.ip().is_loopback() {
        let address = dummy.http_addr;
        root.problem(
            "dummy.http_addr",
            format!(
                "{address} can be reached from outside, and whoever reaches it makes deposits; listen on 127.0.0.1"
            ),
        );
    }
}
