//! Accounts, and every movement of money between them.
//!
//! Each movement changes a balance and the asset's totals together. What one account pays and no other gets shows in
//! the totals at once, whatever the number of accounts.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::ids::{AccountId, AssetId, OrderId};
use super::order::Slot;
use super::rate::{FeeCoin, Fees, MAX_UNITS};
use super::terms::SelfTrade;

/// What an account holds of an asset, in its smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Balance {
    /// What can be spent or withdrawn.
    pub(crate) free: u128,
    /// What open orders need.
    pub(crate) frozen: u128,
}

/// What differs between accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct AccountSettings {
    /// Instead of the market's.
    pub(crate) fees: Option<Fees>,
    /// Instead of the market's.
    pub(crate) fee_coin: Option<FeeCoin>,
    /// Where an order does not say it.
    pub(crate) self_trade: SelfTrade,
    /// How many final orders stay on record, the newest; without it, all. For market makers, who cancel all day.
    pub(crate) kept_orders: Option<usize>,
}

/// Where all that was ever deposited of an asset is, in its smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Totals {
    pub(crate) deposited: u128,
    /// Free and frozen, over all accounts.
    pub(crate) held: u128,
    /// What the exchange has taken.
    pub(crate) fees: u128,
    /// Withdrawals that were asked for and are not sent yet, with their fees.
    pub(crate) in_transit: u128,
    /// Withdrawals that are sent, without their fees.
    pub(crate) sent: u128,
}

impl Totals {
    /// Whether nothing was made or lost.
    pub(crate) fn is_conserved(&self) -> bool {
        self.held + self.fees + self.in_transit + self.sent == self.deposited
    }
}

#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) settings: AccountSettings,
    balances: Vec<Balance>,
    /// All orders, oldest first; some may be forgotten.
    pub(super) orders: Vec<OrderId>,
    /// Places of the open ones, in no order.
    pub(super) open: Vec<Slot>,
    /// The final ones that stay on record, where that is limited; oldest first.
    pub(super) finals: VecDeque<OrderId>,
    /// The newest order of each client id.
    pub(super) client_ids: HashMap<Arc<str>, OrderId, FixedState>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Accounts {
    accounts: Vec<Account>,
    totals: Vec<Totals>,
}

impl Accounts {
    pub(super) fn add_asset(&mut self) {
        self.totals.push(Totals::default());
        self.accounts.iter_mut().for_each(|account| account.balances.push(Balance::default()));
    }

    pub(super) fn open(&mut self, settings: AccountSettings) -> AccountId {
        let id = u32::try_from(self.accounts.len()).expect("BUG: memory ends before four billion accounts");
        self.accounts.push(Account {
            settings,
            balances: vec![Balance::default(); self.totals.len()],
            orders: Vec::new(),
            open: Vec::new(),
            finals: VecDeque::new(),
            client_ids: HashMap::default(),
        });
        AccountId(id)
    }

    pub(super) fn get(&self, id: AccountId) -> &Account {
        &self.accounts[id.index()]
    }

    pub(super) fn get_mut(&mut self, id: AccountId) -> &mut Account {
        &mut self.accounts[id.index()]
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = AccountId> {
        (0..).zip(&self.accounts).map(|(id, _)| AccountId(id))
    }

    pub(super) fn balance(&self, id: AccountId, asset: AssetId) -> Balance {
        self.accounts[id.index()].balances[asset.index()]
    }

    pub(super) fn totals(&self, asset: AssetId) -> Totals {
        self.totals[asset.index()]
    }

    fn parts(&mut self, id: AccountId, asset: AssetId) -> (&mut Balance, &mut Totals) {
        (&mut self.accounts[id.index()].balances[asset.index()], &mut self.totals[asset.index()])
    }

    /// Returns how much more of an asset can be on the exchange.
    pub(super) fn room(&self, asset: AssetId) -> u128 {
        MAX_UNITS - self.totals[asset.index()].deposited
    }

    pub(super) fn deposit(&mut self, id: AccountId, asset: AssetId, amount: u128) {
        self.credit(id, asset, amount);
        self.totals[asset.index()].deposited += amount;
    }

    /// Gives what a trade brought.
    pub(super) fn credit(&mut self, id: AccountId, asset: AssetId, amount: u128) {
        let (balance, totals) = self.parts(id, asset);
        balance.free += amount;
        totals.held += amount;
    }

    /// Takes what a trade costs out of what is free.
    pub(super) fn pay_free(&mut self, id: AccountId, asset: AssetId, amount: u128) {
        let (balance, totals) = self.parts(id, asset);
        balance.free -= amount;
        totals.held -= amount;
    }

    /// Takes what a trade costs out of what was frozen for it, and frees what is frozen no longer.
    pub(super) fn pay_frozen(&mut self, id: AccountId, asset: AssetId, amount: u128, freed: u128) {
        let (balance, totals) = self.parts(id, asset);
        balance.frozen -= amount + freed;
        balance.free += freed;
        totals.held -= amount;
    }

    pub(super) fn freeze(&mut self, id: AccountId, asset: AssetId, amount: u128) {
        let (balance, _) = self.parts(id, asset);
        balance.free -= amount;
        balance.frozen += amount;
    }

    pub(super) fn release(&mut self, id: AccountId, asset: AssetId, amount: u128) {
        self.pay_frozen(id, asset, 0, amount);
    }

    pub(super) fn collect_fee(&mut self, asset: AssetId, amount: u128) {
        self.totals[asset.index()].fees += amount;
    }

    /// Takes a withdrawal out of the account, its fee with it.
    pub(super) fn set_off(&mut self, id: AccountId, asset: AssetId, amount: u128) {
        self.pay_free(id, asset, amount);
        self.totals[asset.index()].in_transit += amount;
    }

    /// Brings a withdrawal and its fee back.
    pub(super) fn bring_back(&mut self, id: AccountId, asset: AssetId, amount: u128) {
        self.totals[asset.index()].in_transit -= amount;
        self.credit(id, asset, amount);
    }

    pub(super) fn arrive(&mut self, asset: AssetId, amount: u128, fee: u128) {
        let totals = &mut self.totals[asset.index()];
        totals.in_transit -= amount + fee;
        totals.sent += amount;
        totals.fees += fee;
    }
}
