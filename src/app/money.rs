//! The payer with its wallet and node: the dummy ones, or the real ones.

use std::sync::Arc;

use tokio::sync::Notify;

use super::StartError;
use super::chains::skycoin_rest;
use super::staff::Staff;
use super::upstream::withdrawer;
use crate::address::DepositAddress;
use crate::breaker::PayoutBudget;
use crate::config::Config;
use crate::dummy::DummyNode;
use crate::engine::{Appeals, Payer, PayerSettings, UnaskedWithdrawals};
use crate::exchange::Exchange;
use crate::live::Live;
use crate::payout::Attempt;
use crate::rail::SignedTransaction;
use crate::rail::{Broadcaster, HotWallet, HotWalletError, SkyNode, SkyRail, Wallet};
use crate::skycoin::Address;
use crate::store::{Snapshot, Store, StoreError, Tables};
use crate::task::aside;
use crate::types::AttemptNo;

/// What payouts are made with.
pub(super) enum Money {
    Dummy {
        node: Arc<DummyNode>,
        appeals: Arc<Appeals>,
    },
    Real {
        node: Arc<SkyNode>,
        wallet: HotWallet,
        appeals: Arc<Appeals>,
    },
    /// Looking on beside the original: no wallet is read, no node is there to send by, and no payer is employed.
    None {
        appeals: Arc<Appeals>,
    },
}

impl Money {
    pub(super) async fn new(config: &Config, store: &Store) -> Result<Money, StartError> {
        let appeals = Arc::<Appeals>::default();
        if config.dummy.sender {
            let node = Arc::new(dummy_node(config, store, appeals.nudge())?);
            return Ok(Money::Dummy { node, appeals });
        }
        if config.shadow.is_some() {
            return Ok(Money::None { appeals });
        }
        let wallet = load_wallet(config).await?;
        refuse_bound(&wallet, &store.snapshot())?;
        let node = Arc::new(SkyNode::new(skycoin_rest(&config.rail.node)?, &wallet.addresses()));
        Ok(Money::Real { node, wallet, appeals })
    }

    /// What the payer can be asked, for the admin listener.
    pub(super) fn appeals(&self) -> Arc<Appeals> {
        match self {
            Money::Dummy { appeals, .. } | Money::Real { appeals, .. } | Money::None { appeals } => {
                Arc::clone(appeals)
            }
        }
    }

    /// The dummy node, for its listener.
    pub(super) fn dummy(&self) -> Option<Arc<DummyNode>> {
        match self {
            Money::Dummy { node, .. } => Some(Arc::clone(node)),
            Money::Real { .. } | Money::None { .. } => None,
        }
    }

    /// Addresses that no buyer may have: what is sent there is the desk's own.
    pub(super) fn own_addresses(&self) -> Vec<Address> {
        match self {
            Money::Dummy { .. } | Money::None { .. } => Vec::new(),
            Money::Real { wallet, .. } => wallet.addresses(),
        }
    }

    pub(super) fn employ(
        self,
        config: &Config,
        staff: &mut Staff,
        live: &Arc<Live>,
        exchange: Option<&Arc<dyn Exchange>>,
    ) {
        match self {
            Money::None { .. } => {}
            Money::Dummy { node, appeals } => {
                employ_payer(config, staff, live, node, DummyNode::hot_wallet(), appeals);
            }
            Money::Real { node, wallet, appeals } => {
                let wakes = Arc::new(Notify::new());
                match withdrawer(config, staff, live, exchange, (&node, &wallet)) {
                    Some(withdrawer) => staff.employ(withdrawer, live.withdrawer.clone(), wakes),
                    None if staff.store.snapshot().counters().open_withdrawals > 0 => {
                        let unasked = UnaskedWithdrawals::new(staff.store.clone());
                        staff.employ(unasked, live.withdrawer.clone(), wakes);
                    }
                    None => {}
                }
                employ_payer(config, staff, live, node, wallet, appeals);
            }
        }
    }
}

/// What the payer is told.
pub(super) fn payer_settings(config: &Config) -> PayerSettings {
    PayerSettings {
        send_enabled: config.rail.send_enabled,
        check_wait: config.rail.tx_confirmation_check_wait,
        confirmations: config.rail.confirmations_required,
        max_decimals: config.rail.max_decimals,
        budget: PayoutBudget { count: config.breakers.payouts_per_hour, coins: config.breakers.sky_per_hour },
    }
}

fn employ_payer<N: Wallet + Broadcaster + 'static>(
    config: &Config,
    staff: &mut Staff,
    live: &Arc<Live>,
    node: Arc<N>,
    wallet: HotWallet,
    appeals: Arc<Appeals>,
) {
    let settings = payer_settings(config);
    let (store, clock) = (staff.store.clone(), Arc::clone(&staff.clock));
    let rail = SkyRail::new(node, Arc::new(wallet));
    let payer = Payer::new(store, rail, clock, Arc::clone(live), settings);
    let nudge = appeals.nudge();
    staff.employ(payer.hearing(appeals), live.payer.clone(), nudge);
}

pub(super) fn refuse_bound(wallet: &HotWallet, snapshot: &Snapshot) -> Result<(), StartError> {
    for address in wallet.addresses() {
        if snapshot.find_address(&DepositAddress::of_skycoin(address))?.is_some() {
            return Err(StartError::OwnAddressBound(address));
        }
    }
    Ok(())
}

pub(super) async fn load_wallet(config: &Config) -> Result<HotWallet, StartError> {
    let config = config.clone();
    let wallet = aside(move || open_wallet(&config), || StartError::Store(StoreError::Closed)).await?;
    tracing::info!(addresses = wallet.addresses().len(), "hot wallet loaded");
    Ok(wallet)
}

/// An encrypted wallet takes seconds to open, and a gigabyte of memory for that long.
pub(super) fn open_wallet(config: &Config) -> Result<HotWallet, StartError> {
    let rail = &config.rail;
    let path = rail.wallet.clone().unwrap_or_default();
    let wallet = HotWallet::load(&path, rail.wallet_password_file.as_deref());
    wallet.map_err(|error: HotWalletError| StartError::Wallet(Box::new(error)))
}

/// The dummy chain as it stands after the transactions of earlier runs.
fn dummy_node(config: &Config, store: &Store, changed: Arc<Notify>) -> Result<DummyNode, StoreError> {
    let snapshot = store.snapshot();
    let mut attempts: Vec<(Attempt, SignedTransaction)> = Vec::new();
    for no in (1..=snapshot.counters().attempts).map(AttemptNo::new) {
        attempts.extend(snapshot.attempt(no)?.zip(snapshot.signed_transaction(no)?));
    }
    Ok(DummyNode::new(config.dummy.balance, config.rail.max_decimals, &attempts, changed))
}
