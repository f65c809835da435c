//! What is accounted for, and where it stands.

use std::fmt;

use crate::deposit::Deposit;
use crate::types::{Coin, Symbol, Token};

/// What amounts are of. Sums are never made over two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asset {
    /// A coin, in its smallest unit.
    Coin(Coin),
    /// A token, in its smallest unit.
    Token(Token),
    /// Skycoin's coin hours, which are its fee.
    CoinHours,
    /// A coin as an exchange counts it, in [`VENUE_DECIMALS`] decimal places.
    AtVenue(Symbol),
}

/// Decimal places in which what exchanges count is entered: more than any of them has.
pub const VENUE_DECIMALS: u8 = 24;

/// First bytes of stored forms. Coins have their own numbers, which are smaller.
const VENUE_TAG: u8 = 253;
const TOKEN_TAG: u8 = 254;
const HOURS_TAG: u8 = 255;

impl Asset {
    /// Returns the asset that payouts are made in.
    pub const fn of_payouts() -> Asset {
        Asset::Coin(Coin::SKY)
    }

    /// Returns what was deposited.
    pub fn of_deposit(deposit: &Deposit) -> Asset {
        deposit.token.map_or(Asset::Coin(deposit.id.coin), Asset::Token)
    }

    /// Returns what stands for it in the store.
    pub fn key(self) -> Vec<u8> {
        match self {
            Asset::Coin(coin) => vec![coin.tag()],
            Asset::Token(token) => [&[TOKEN_TAG], &token.key()[..]].concat(),
            Asset::CoinHours => vec![HOURS_TAG],
            Asset::AtVenue(symbol) => [&[VENUE_TAG], symbol.as_str().as_bytes()].concat(),
        }
    }

    /// Returns the asset that [`Asset::key`] gave this form.
    pub fn from_key(key: &[u8]) -> Option<Asset> {
        match key {
            [HOURS_TAG] => Some(Asset::CoinHours),
            [TOKEN_TAG, token @ ..] => Token::from_key(token).map(Asset::Token),
            [VENUE_TAG, symbol @ ..] => {
                let text = std::str::from_utf8(symbol).ok()?;
                Symbol::parse(text).ok().map(Asset::AtVenue)
            }
            [tag] => Coin::from_tag(*tag).map(Asset::Coin),
            _ => None,
        }
    }

    /// Returns its code, as the APIs have it.
    pub fn code(&self) -> &str {
        match self {
            Asset::Coin(coin) => coin.code(),
            Asset::Token(token) => token.symbol.as_str(),
            Asset::CoinHours => "coin hours",
            Asset::AtVenue(symbol) => symbol.as_str(),
        }
    }

    /// Returns the decimal places between what people count and its smallest unit.
    pub fn decimals(self) -> u8 {
        match self {
            Asset::Coin(coin) => coin.decimals(),
            Asset::Token(token) => token.decimals,
            Asset::CoinHours => 0,
            Asset::AtVenue(_) => VENUE_DECIMALS,
        }
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        match self {
            Asset::AtVenue(_) => f.write_str(" at the exchange"),
            Asset::Coin(_) | Asset::Token(_) | Asset::CoinHours => Ok(()),
        }
    }
}

/// Where something stands. Debit is what the desk has or has given for something, credit where it came from.
///
/// Stored by [`Account::tag`]: never renumber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Deposits in a block that is not as deep as required. Debit.
    Confirming,
    /// Deposits that lie as deep as required. Debit.
    Received,
    /// Deposits that were paid for and are not there: a fork took them back. Debit, a loss.
    Lost,
    /// What buyers gave or are giving (credit), and what they are owed or have got for it (debit).
    Sold,
    /// The same, of deposits that are lost.
    SoldForLost,
    /// Payouts whose transaction is not known to have left. Credit.
    Owed,
    /// Payouts whose transaction the network has, and that are not confirmed as deep as required. Credit.
    InTransit,
    /// Payouts that are confirmed as deep as required. Credit.
    Paid,
    /// What a deposit was paid beside its payout, by transactions that were given up and are in a block all the
    /// same. Debit, a loss.
    PaidTwice,
    /// What such a transaction paid for a deposit that nothing else has paid (yet). Debit.
    Stray,
    /// What left the hot wallet and a person has said to be the operator's own. Debit.
    Own,
    /// What left the hot wallet and a person has said is to be paid again. Debit, a loss.
    Again,
    /// What left the hot wallet, and nobody has said yet what for. Debit.
    Unexplained,
    /// What left the hot wallet by transactions that are none of this desk's. Credit.
    Outside,
    /// Fees. Debit.
    Burnt,
    /// What the hot wallet burnt, or an exchange took of what was bought. Credit.
    Fees,
    /// What the desk keeps for payees: too little to be spent, or to be paid out. Credit.
    Remainders,
    /// What was bought upstream for payouts, in what they are paid in. Debit.
    Upstream,
    /// What stands at an exchange by the desk's orders: debit what they brought, credit what they took, and what was
    /// withdrawn.
    AtExchange,
    /// What orders were paid with. Debit.
    Spent,
    /// What orders bought that was shared out among payouts. Credit.
    ForPayouts,
    /// What orders bought that is too little to be shared out. Credit.
    Dust,
    /// What is withdrawn from an exchange and not in the hot wallet, as far as is known. Debit.
    OnTheWay,
    /// What was withdrawn from an exchange and is in the hot wallet. Debit.
    Withdrawn,
}

impl Account {
    /// All accounts, by ascending tag.
    pub const ALL: [Account; 24] = [
        Account::Confirming,
        Account::Received,
        Account::Lost,
        Account::Sold,
        Account::SoldForLost,
        Account::Owed,
        Account::InTransit,
        Account::Paid,
        Account::PaidTwice,
        Account::Stray,
        Account::Own,
        Account::Again,
        Account::Unexplained,
        Account::Outside,
        Account::Burnt,
        Account::Fees,
        Account::Remainders,
        Account::Upstream,
        Account::AtExchange,
        Account::Spent,
        Account::ForPayouts,
        Account::Dust,
        Account::OnTheWay,
        Account::Withdrawn,
    ];

    /// Returns the number that stands for it in the store.
    pub const fn tag(self) -> u8 {
        match self {
            Account::Confirming => 0,
            Account::Received => 1,
            Account::Lost => 2,
            Account::Sold => 3,
            Account::SoldForLost => 4,
            Account::Owed => 5,
            Account::InTransit => 6,
            Account::Paid => 7,
            Account::PaidTwice => 8,
            Account::Stray => 9,
            Account::Own => 10,
            Account::Again => 11,
            Account::Unexplained => 12,
            Account::Outside => 13,
            Account::Burnt => 14,
            Account::Fees => 15,
            Account::Remainders => 16,
            Account::Upstream => 17,
            Account::AtExchange => 18,
            Account::Spent => 19,
            Account::ForPayouts => 20,
            Account::Dust => 21,
            Account::OnTheWay => 22,
            Account::Withdrawn => 23,
        }
    }

    /// Returns the account that [`Account::tag`] gave this number.
    pub fn from_tag(tag: u8) -> Option<Account> {
        Account::ALL.into_iter().find(|account| account.tag() == tag)
    }

    /// Returns its name on the API and in exports.
    pub const fn name(self) -> &'static str {
        match self {
            Account::Confirming => "confirming",
            Account::Received => "received",
            Account::Lost => "lost",
            Account::Sold => "sold",
            Account::SoldForLost => "sold_for_lost",
            Account::Owed => "owed",
            Account::InTransit => "in_transit",
            Account::Paid => "paid",
            Account::PaidTwice => "paid_twice",
            Account::Stray => "stray",
            Account::Own => "own",
            Account::Again => "again",
            Account::Unexplained => "unexplained",
            Account::Outside => "outside",
            Account::Burnt => "burnt",
            Account::Fees => "fees",
            Account::Remainders => "remainders",
            Account::Upstream => "bought_upstream",
            Account::AtExchange => "at_exchange",
            Account::Spent => "spent_upstream",
            Account::ForPayouts => "for_payouts",
            Account::Dust => "dust",
            Account::OnTheWay => "on_the_way",
            Account::Withdrawn => "withdrawn",
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
