//! What is put to accounts together.

use minicbor::{Decode, Encode};

use super::{Account, Asset};
use crate::types::Units;

/// Why something cannot be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// An amount is beyond 127 bits, on one account or in a sum.
    #[error("an amount on account {account} is more than can be counted")]
    OutOfRange {
        /// The account that it was to stand on.
        account: Account,
    },
    /// The two sides of this asset do not have the same sum.
    #[error("an entry does not sum to zero in {0}")]
    Unbalanced(Asset),
}

/// What stands on an account, in the asset's smallest unit: debit above zero, credit below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Balance(i128);

impl Balance {
    /// Nothing on either side.
    pub const ZERO: Balance = Balance(0);

    /// Returns whether nothing stands there.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Returns whether it stands on the credit side.
    pub const fn is_credit(self) -> bool {
        self.0 < 0
    }

    /// Returns how much it is, on whichever side.
    pub const fn amount(self) -> Units {
        Units::new(self.0.unsigned_abs())
    }

    fn debit(amount: Units) -> Option<Balance> {
        i128::try_from(amount.get()).ok().map(Balance)
    }

    /// Returns the sum of both; none where it is more than can be counted.
    pub fn checked_add(self, other: Balance) -> Option<Balance> {
        self.0.checked_add(other.0).map(Balance)
    }

    fn checked_neg(self) -> Option<Balance> {
        self.0.checked_neg().map(Balance)
    }
}

/// Small ones as integers, others as sixteen bytes: each has one form.
impl<C> Encode<C> for Balance {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match i64::try_from(self.0) {
            Ok(small) => e.i64(small)?.ok(),
            Err(_) => e.bytes(&self.0.to_be_bytes())?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for Balance {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        if d.datatype()? != minicbor::data::Type::Bytes {
            return Ok(Balance(d.i64()?.into()));
        }
        let bytes = <[u8; 16]>::try_from(d.bytes()?)
            .map_err(|_| minicbor::decode::Error::message("a balance has 16 bytes"))?;
        Ok(Balance(i128::from_be_bytes(bytes)))
    }
}

/// One line of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// What the amount is of.
    pub asset: Asset,
    /// Where it stands.
    pub account: Account,
    /// How much, in the asset's smallest unit, and on which side.
    pub amount: Balance,
}

/// What is put to accounts together: at most one line an account and asset, none of which is zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry(Vec<Posting>);

impl Entry {
    /// Returns an entry that moves an amount from one account to another.
    ///
    /// # Errors
    ///
    /// Where it is more than can be counted.
    pub fn of(asset: Asset, to: Account, from: Account, amount: Units) -> Result<Entry, LedgerError> {
        let mut entry = Entry::default();
        entry.transfer(asset, to, from, amount)?;
        Ok(entry)
    }

    /// Puts an amount to the debit of one account and to the credit of another.
    ///
    /// # Errors
    ///
    /// Where it is more than can be counted.
    pub fn transfer(
        &mut self,
        asset: Asset,
        to: Account,
        from: Account,
        amount: Units,
    ) -> Result<(), LedgerError> {
        let out_of_range = LedgerError::OutOfRange { account: to };
        let debit = Balance::debit(amount).ok_or(out_of_range)?;
        let credit = debit.checked_neg().ok_or(out_of_range)?;
        self.post(Posting { asset, account: to, amount: debit })?;
        self.post(Posting { asset, account: from, amount: credit })
    }

    /// Puts a single line: a balance that is read, say.
    pub(crate) fn post(&mut self, posting: Posting) -> Result<(), LedgerError> {
        let Posting { asset, account, amount } = posting;
        let known = self.0.iter_mut().find(|line| (line.asset, line.account) == (asset, account));
        let Some(line) = known else {
            if !amount.is_zero() {
                self.0.push(posting);
            }
            return Ok(());
        };
        line.amount = line.amount.checked_add(amount).ok_or(LedgerError::OutOfRange { account })?;
        if line.amount.is_zero() {
            self.0.retain(|line| !line.amount.is_zero());
        }
        Ok(())
    }

    /// Adds the lines of another entry.
    ///
    /// # Errors
    ///
    /// Where a sum is more than can be counted.
    pub fn add(&mut self, other: &Entry) -> Result<(), LedgerError> {
        other.0.iter().try_for_each(|line| self.post(*line))
    }

    /// Takes the lines of another entry away.
    ///
    /// # Errors
    ///
    /// Where a sum is more than can be counted.
    pub fn subtract(&mut self, other: &Entry) -> Result<(), LedgerError> {
        other.0.iter().try_for_each(|line| {
            let account = line.account;
            let amount = line.amount.checked_neg().ok_or(LedgerError::OutOfRange { account })?;
            self.post(Posting { amount, ..*line })
        })
    }

    /// Checks that nothing came from nowhere, or went there.
    ///
    /// # Errors
    ///
    /// Where the lines of an asset do not sum to zero.
    pub fn check(&self) -> Result<(), LedgerError> {
        for line in &self.0 {
            let of_asset = self.0.iter().filter(|other| other.asset == line.asset);
            let sum = of_asset.map(|line| line.amount).try_fold(Balance::ZERO, Balance::checked_add);
            if sum != Some(Balance::ZERO) {
                return Err(LedgerError::Unbalanced(line.asset));
            }
        }
        Ok(())
    }

    /// Returns whether it moves nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns its lines, in no order.
    pub fn postings(&self) -> &[Posting] {
        &self.0
    }

    /// Returns what stands on one account.
    pub fn on(&self, asset: Asset, account: Account) -> Balance {
        let line = self.0.iter().find(|line| (line.asset, line.account) == (asset, account));
        line.map_or(Balance::ZERO, |line| line.amount)
    }
}
