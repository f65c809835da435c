//! Takes up deposits: the price is fixed here, once, when a deposit is first seen.

use crate::address::DepositAddress;
use crate::deposit::{BlockAt, DepositState};
use crate::store::{DepositEvent, NewDeposit, StoreError, Tables, WriteTx};
use crate::types::{BuyMethod, Coin, DepositId, DepositNo, Droplets, PerCoin, Rate, Token, Units};

/// The prices of the moment.
#[derive(Debug, Clone)]
pub struct Intake {
    /// SKY for one coin.
    pub rates: PerCoin<Rate>,
    /// The tokens that are taken, with SKY for one.
    pub tokens: Vec<(Token, Rate)>,
    /// Places that payouts are cut to.
    pub max_decimals: u8,
    /// How what is paid is come by: for deposits that are seen from now on.
    pub methods: BuyMethods,
}

/// How what is paid for deposits is come by.
#[derive(Debug, Clone, Default)]
pub struct BuyMethods {
    /// By coin.
    pub coins: PerCoin<BuyMethod>,
    /// Of tokens whose method is another than direct.
    pub tokens: Vec<(Token, BuyMethod)>,
}

impl BuyMethods {
    /// Returns the method for what was deposited.
    pub fn of(&self, coin: Coin, token: Option<Token>) -> BuyMethod {
        let Some(token) = token else { return self.coins[coin] };
        let known = self.tokens.iter().find(|(known, _)| known.contract == token.contract);
        known.map_or(BuyMethod::Direct, |(_, method)| *method)
    }
}

/// Coins that arrived somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDeposit {
    /// What names it.
    pub id: DepositId,
    /// What it is of, where that is a token.
    pub token: Option<Token>,
    /// The address that it came to.
    pub address: DepositAddress,
    /// How much, in the smallest unit of its coin or token.
    pub amount: Units,
    /// The block that it stands in.
    pub block: BlockAt,
    /// Confirmed as deep as required.
    pub is_final: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntakeOutcome {
    /// A deposit that was not known.
    New(DepositNo),
    /// Known already; nothing changed but what its depth brings.
    Known(DepositNo),
    /// The address is not bound to anybody.
    Unbound,
}

/// Why a deposit was not taken up.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum IntakeError {
    /// The same outpoint was seen with another amount or address before: one of the two is a lie.
    #[error("deposit {0} is known with another address or amount")]
    Contradiction(DepositId),
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Intake {
    /// Takes up what was found, inside the caller's transaction.
    pub fn take(&self, tx: &mut WriteTx<'_>, found: &FoundDeposit) -> Result<IntakeOutcome, IntakeError> {
        if let Some(no) = tx.deposit_no(&found.id)? {
            return Self::again(tx, no, found);
        }
        let Some(binding) = tx.find_address(&found.address)? else { return Ok(IntakeOutcome::Unbound) };
        let rate = self.rate(found);
        let new = NewDeposit {
            id: found.id.clone(),
            token: found.token,
            amount: found.amount,
            rate: rate.map_or_else(String::new, |rate| rate.text().to_owned()),
            quote: rate.and_then(|rate| quote(rate, found, self.max_decimals)),
            block: found.block,
            method: self.method(found),
        };
        let no = tx.see_deposit(&binding, new)?;
        if found.is_final {
            tx.record(DepositEvent::Finalized { deposit: no })?;
        }
        Ok(IntakeOutcome::New(no))
    }

    /// The price of what was found; none for a token that has none any more: its payout is held, in sight of the
    /// operator.
    fn rate(&self, found: &FoundDeposit) -> Option<&Rate> {
        let Some(token) = found.token else { return Some(&self.rates[found.id.coin]) };
        self.tokens.iter().find(|(known, _)| known.contract == token.contract).map(|(_, rate)| rate)
    }

    fn method(&self, found: &FoundDeposit) -> BuyMethod {
        self.methods.of(found.id.coin, found.token)
    }

    /// A deposit that is known: the same one, seen again, at another depth or in another block.
    fn again(
        tx: &mut WriteTx<'_>,
        no: DepositNo,
        found: &FoundDeposit,
    ) -> Result<IntakeOutcome, IntakeError> {
        let broken = || StoreError::Invariant("an indexed deposit exists".into());
        let deposit = tx.deposit(no)?.ok_or_else(broken)?;
        let binding = tx.binding(deposit.binding)?.ok_or_else(broken)?;
        if deposit.amount != found.amount || binding.address.key() != found.address.key() {
            return Err(IntakeError::Contradiction(found.id.clone()));
        }
        match deposit.state {
            DepositState::Final { .. } => return Ok(IntakeOutcome::Known(no)),
            DepositState::Confirming { .. } => {}
            DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => {
                tx.record(DepositEvent::Reincluded { deposit: no, block: found.block })?;
            }
        }
        if found.is_final {
            tx.record(DepositEvent::Finalized { deposit: no })?;
        }
        Ok(IntakeOutcome::Known(no))
    }
}

/// What a deposit buys; none where that is more SKY than can be written down. No wallet holds that much: its payout is
/// held, in sight of the operator. No error here is ever an amount.
fn quote(rate: &Rate, found: &FoundDeposit, max_decimals: u8) -> Option<Droplets> {
    let decimals = found.token.map_or(found.id.coin.decimals(), |token| token.decimals);
    let quote = rate.quote(found.amount, decimals, max_decimals);
    let quote = quote.inspect_err(|error| {
        let (id, amount) = (&found.id, found.amount.get());
        tracing::error!(%id, amount, rate = rate.text(), %error, "a deposit that cannot be priced is held");
    });
    quote.ok().map(|quote| quote.payout)
}
