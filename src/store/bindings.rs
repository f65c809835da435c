//! Rows of bindings, and of deposits that are new.

use super::account::Derivation;
use super::codec::{self, key};
use super::counters::step;
use super::inherited_row::id_key;
use super::kv::Table;
use super::payees::Payee;
use super::rows;
use super::sole_line::SoleLine;
use super::tables::{Binding, Purchase};
use super::tx::{PayeeDraft, WriteTx};
use super::wallet_addresses::WalletAddresses;
use super::{StoreError, invariant};
use crate::address::DepositAddress;
use crate::deposit::{BlockAt, Deposit, DepositState};
use crate::price::PriceNote;
use crate::types::{BindingNo, BuyMethod, DepositId, DepositNo, Droplets, Token, Units, UnixTime};

/// What a new deposit is made of, beside what the store knows itself.
#[derive(Debug, Clone)]
pub struct NewDeposit {
    /// What names it.
    pub id: DepositId,
    /// What it is of, where that is a token.
    pub token: Option<Token>,
    /// What arrived, in the smallest unit of its coin or token.
    pub amount: Units,
    /// SKY for one whole coin or token, as it was configured; empty where there is none.
    pub rate: String,
    /// What it buys, in droplets; none where that is more than can be written down.
    pub quote: Option<Droplets>,
    /// The block that it stands in.
    pub block: BlockAt,
    /// How what is paid for it is come by.
    pub method: BuyMethod,
    /// How its price came about; none without one.
    pub priced: Option<PriceNote>,
}

impl NewDeposit {
    pub(super) fn into_deposit(
        self,
        no: DepositNo,
        binding: BindingNo,
        payee_seq: u32,
        at: UnixTime,
    ) -> Deposit {
        Deposit {
            no,
            id: self.id,
            binding,
            payee_seq,
            amount: self.amount,
            rate: self.rate,
            quote: self.quote,
            seen_at: at,
            updated_at: at,
            state: DepositState::Confirming { block: self.block },
            previous: None,
            token: self.token,
            method: self.method,
            priced: self.priced,
            is_unlocated: false,
        }
    }
}

impl WriteTx<'_> {
    pub(super) fn insert_binding(&mut self, binding: Binding) -> Result<(), StoreError> {
        if self.find_address(&binding.address)?.is_some() {
            return Err(invariant("an address is bound at most once"));
        }
        self.is_for_buyers(&binding.address)?;
        let number = binding.no.get();
        if number != self.draft.counters.bindings.saturating_add(1) {
            return Err(invariant("bindings are numbered without gaps"));
        }
        if let Some(Derivation { account, index }) = binding.derivation {
            self.change_account(account, |account| account.give_out(index))?;
        }
        let known = self.find_payee(&binding.payee)?;
        let before = known.and_then(|known| known.before);
        let bindings = known.map_or(0, |known| known.now.bindings).saturating_add(1);
        let seqs = known.map_or(0, |known| known.now.seqs).max(binding.payee_seq);
        let binding = Binding { previous: known.map(|known| known.now.last), ..binding };
        self.kv.put(Table::Bindings, &key(number), &codec::encode(&binding))?;
        self.draft.counters.bindings = number;
        step(&mut self.draft.counters.bound[binding.address.coin()], true)?;
        self.draft.addresses.insert(binding.address.key(), binding.no);
        self.draft.sole_lines.insert(binding.no, (binding.payee, Some(SoleLine::of_binding(&binding))));
        let now = Payee { last: binding.no, bindings, seqs };
        self.draft.payees.insert(binding.payee, PayeeDraft { before, now });
        Ok(())
    }

    /// A buyer who were given an address of the hot wallet would be paid for its change.
    fn is_for_buyers(&self, address: &DepositAddress) -> Result<(), StoreError> {
        match self.is_wallets(address)? {
            true => Err(invariant("an address of the wallet is no deposit address")),
            false => Ok(()),
        }
    }

    pub(super) fn is_wallets(&self, address: &DepositAddress) -> Result<bool, StoreError> {
        address.as_skycoin().map_or(Ok(false), |own| self.is_of_wallet(&own))
    }

    pub(super) fn insert_deposit(&mut self, deposit: Deposit) -> Result<(), StoreError> {
        self.insert_purchase(Purchase { deposit, payout: None })
    }

    /// Inserts a deposit, with its payout where it comes with one.
    pub(super) fn insert_purchase(&mut self, purchase: Purchase) -> Result<(), StoreError> {
        let Purchase { deposit, payout } = purchase;
        let (table, id) = id_key(&deposit);
        if self.kv.get(table, &id)?.is_some() {
            return Err(invariant("a deposit is inserted once"));
        }
        let number = deposit.no.get();
        if number != self.draft.counters.deposits.saturating_add(1) {
            return Err(invariant("deposits are numbered without gaps"));
        }
        let binding = self.known_binding(deposit.binding)?;
        if let Some(Derivation { account, index }) = binding.derivation {
            self.receive(account, index)?;
        }
        let deposit = Deposit { previous: binding.last_deposit, ..deposit };
        let binding = Binding { last_deposit: Some(deposit.no), ..binding };
        self.draft.counters.deposits = number;
        self.kv.put(table, &id, &key(number))?;
        self.kv.put(Table::Bindings, &key(binding.no.get()), &codec::encode(&binding))?;
        let payee = self.find_payee(&binding.payee)?.ok_or_else(|| invariant("a binding has a payee"))?;
        let now = Payee { seqs: payee.now.seqs.max(deposit.payee_seq), ..payee.now };
        self.draft.payees.insert(binding.payee, PayeeDraft { before: payee.before, now });
        self.draft.sole_lines.insert(binding.no, (binding.payee, None));
        rows::Change { old: None, new: Purchase { deposit, payout } }.apply(self)
    }
}
