//! Takes up deposits. The price is fixed here, once: when a deposit is first seen, or final, as it is configured; and
//! where none can be promised then, as soon as one can.

use std::sync::Arc;

use crate::address::DepositAddress;
use crate::deposit::{BlockAt, Deposit, DepositState};
use crate::live::Prices;
use crate::price::{PriceNote, Promised, Quoted};
use crate::store::{Binding, DepositEvent, NewDeposit, Standing, StoreError, Tables, WriteTx};
use crate::types::{BuyMethod, Coin, DepositId, DepositNo, Droplets, PerCoin, Rate, Token, Units, UnixTime};

/// The prices of the moment.
#[derive(Debug, Clone)]
pub struct Intake {
    /// SKY for one of each coin and token that is taken.
    pub prices: Arc<Prices>,
    /// When a deposit gets its price.
    pub promised: Promised,
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

/// A price with what it comes to.
struct Price {
    rate: String,
    quote: Option<Droplets>,
    note: PriceNote,
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
            return self.again(tx, no, found);
        }
        if let Some(deposit) = tx.find_unlocated(&found.id, &found.address, found.amount)? {
            return self.locate(tx, deposit.no, found);
        }
        let Some(binding) = tx.find_address(&found.address)? else { return Ok(IntakeOutcome::Unbound) };
        let is_due = found.is_final || self.promised != Promised::Final;
        let moment = || self.price(found.id.coin, found.token, found.amount, tx.now());
        let promised = self.promised_at_bind(&binding, found, tx.now());
        let price = promised.or_else(|| is_due.then(moment).flatten());
        let (rate, quote, priced) = match price {
            Some(Price { rate, quote, note }) => (rate, quote, Some(note)),
            None => (String::new(), None, None),
        };
        let new = NewDeposit {
            id: found.id.clone(),
            token: found.token,
            amount: found.amount,
            rate,
            quote,
            block: found.block,
            method: self.method(found),
            priced,
        };
        let no = tx.see_deposit(&binding, new)?;
        if found.is_final {
            tx.record(DepositEvent::Finalized { deposit: no })?;
        }
        Ok(IntakeOutcome::New(no))
    }

    /// Returns what takes up deposits at rates that are written down, from when they are first seen.
    pub fn fixed(
        rates: &PerCoin<Rate>,
        tokens: &[(Token, Rate)],
        max_decimals: u8,
        methods: BuyMethods,
    ) -> Intake {
        let prices = Arc::new(Prices::fixed(rates, tokens));
        Intake { prices, promised: Promised::Seen, max_decimals, methods }
    }

    /// The price of so much; none where none can be promised now, or for a token that has none any more: the deposit
    /// waits for one, in sight of the operator.
    fn price(&self, coin: Coin, token: Option<Token>, amount: Units, now: UnixTime) -> Option<Price> {
        let Quoted { rate, note, .. } = self.prices.promise(coin, token, now).ok()?;
        let decimals = token.map_or(coin.decimals(), |token| token.decimals);
        let quote = quote(&rate, amount, decimals, self.max_decimals);
        Some(Price { rate: rate.text().to_owned(), quote, note })
    }

    /// What was promised for it when its address was bound: that holds, whatever is configured by now.
    fn promised_at_bind(&self, binding: &Binding, found: &FoundDeposit, now: UnixTime) -> Option<Price> {
        let promised = binding.promise.as_ref()?.of(found.token, binding.bound_at, now)?;
        let rate = Rate::parse(&promised.rate).ok()?;
        let decimals = found.token.map_or(found.id.coin.decimals(), |token| token.decimals);
        let source = format!("promised at bind: {}", promised.note.source);
        Some(Price {
            quote: quote(&rate, found.amount, decimals, self.max_decimals),
            rate: promised.rate.clone(),
            note: PriceNote { source, ..promised.note.clone() },
        })
    }

    /// Where deposits stand that are to get a price although they had none when they were to.
    pub(super) const fn due(&self) -> &'static [Standing] {
        match self.promised {
            Promised::Bind | Promised::Seen => &[Standing::Final, Standing::Confirming],
            Promised::Final => &[Standing::Final],
        }
    }

    /// Whether a deposit that has no price is to get one now.
    pub(super) fn is_due(&self, deposit: &Deposit) -> bool {
        match self.promised {
            Promised::Bind | Promised::Seen => deposit.place().is_some(),
            Promised::Final => deposit.is_final(),
        }
    }

    /// Gives a deposit the price that it does not have, where one can be promised; answers whether it did.
    pub(super) fn price_late(&self, tx: &mut WriteTx<'_>, deposit: &Deposit) -> Result<bool, StoreError> {
        if !deposit.rate.is_empty() {
            return Ok(false);
        }
        let price = self.price(deposit.id.coin, deposit.token, deposit.amount, tx.now());
        let Some(Price { rate, quote, note }) = price else { return Ok(false) };
        tx.record(DepositEvent::Priced { deposit: deposit.no, rate, quote, priced: note })?;
        Ok(true)
    }

    /// Makes a deposit final that is as deep as required: where that is when it gets its price, it gets it first.
    pub(super) fn finalize(&self, tx: &mut WriteTx<'_>, deposit: &Deposit) -> Result<(), StoreError> {
        self.price_late(tx, deposit)?;
        tx.record(DepositEvent::Finalized { deposit: deposit.no })
    }

    fn method(&self, found: &FoundDeposit) -> BuyMethod {
        self.methods.of(found.id.coin, found.token)
    }

    /// A deposit that was taken over from the original, in the place where its chain has it.
    fn locate(
        &self,
        tx: &mut WriteTx<'_>,
        no: DepositNo,
        found: &FoundDeposit,
    ) -> Result<IntakeOutcome, IntakeError> {
        let FoundDeposit { id, amount, block, .. } = found;
        tx.record(DepositEvent::Located { deposit: no, n: id.n, amount: *amount, block: *block })?;
        self.again(tx, no, found)
    }

    /// A deposit that is known: the same one, seen again, at another depth or in another block.
    fn again(
        &self,
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
            self.finalize(tx, &deposit)?;
        }
        Ok(IntakeOutcome::Known(no))
    }
}

/// What a deposit buys; none where that is more SKY than can be written down. No wallet holds that much: its payout is
/// held, in sight of the operator. No error here is ever an amount.
fn quote(rate: &Rate, amount: Units, decimals: u8, max_decimals: u8) -> Option<Droplets> {
    let quote = rate.quote(amount, decimals, max_decimals);
    let quote = quote.inspect_err(|error| {
        let amount = amount.get();
        tracing::error!(amount, rate = rate.text(), %error, "a deposit that cannot be priced is held");
    });
    quote.ok().map(|quote| quote.payout)
}

#[cfg(test)]
mod tests;
