//! What a person can switch off while the service runs.

use super::Coin;

/// Something that can be switched off, and on again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Switch {
    /// New deposit addresses, of whatever coin.
    Bind,
    /// Payouts leave.
    Send,
    /// New deposit addresses of one coin.
    Coin(Coin),
}

impl Switch {
    /// Returns its name: `bind`, `send`, or the code of a coin.
    pub const fn name(self) -> &'static str {
        match self {
            Switch::Bind => "bind",
            Switch::Send => "send",
            Switch::Coin(coin) => coin.code(),
        }
    }

    /// Returns the switch of that name; none where there is no such switch.
    pub fn from_name(name: &str) -> Option<Switch> {
        match name {
            "bind" => Some(Switch::Bind),
            "send" => Some(Switch::Send),
            _ => Coin::from_code(name).ok().map(Switch::Coin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_be_known_by_its_name() {
        let coins = Coin::all().map(Switch::Coin);
        for switch in [Switch::Bind, Switch::Send].into_iter().chain(coins) {
            assert_eq!(Switch::from_name(switch.name()), Some(switch));
        }
        for name in ["", "Bind", "btc", "BTCX"] {
            assert_eq!(Switch::from_name(name), None, "{name}");
        }
    }
}
