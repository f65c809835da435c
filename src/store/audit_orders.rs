//! The audit of orders upstream: numbered without gaps, each payout in one that has not ended, and what is kept for
//! payees.

use super::StoreError;
use super::audit::Audit;
use super::audit_report::rows;
use super::audit_tables::Entries;
use super::codec::{self, key};
use super::kv::Table;
use super::remainders::asset_of;
use super::tables::{Purchase, get};
use crate::ledger::{self, Account, Asset, Entry};
use crate::payout::PayoutState;
use crate::types::Units;
use crate::upstream::BuyOrder;

/// Every order, and the payouts that it is for.
pub(super) fn check(audit: &mut Audit<'_>) -> Result<(), StoreError> {
    let mut last = 0;
    for row in rows::<BuyOrder>(audit.kv, Table::Orders)? {
        let (number, order) = row?;
        audit.seen_row();
        audit.report.check(number == last + 1 && order.no.get() == number, || {
            format!("order {number} follows {last}")
        });
        last = number;
        audit.booked.add(&ledger::of_order(&order)?)?;
        if !order.is_open() {
            continue;
        }
        audit.counted.open_orders += 1;
        audit.counted.held_orders += u64::from(order.is_held());
        audit.expected.entry(Table::OrdersOpen, &key(number), &[]);
        for share in &order.shares {
            let purchase: Option<Purchase> = get(audit.kv, Table::Deposits, &key(share.payout.get()))?;
            let state = purchase.and_then(|purchase| purchase.payout).map(|payout| payout.state);
            let agrees = matches!(state, Some(PayoutState::Buying { order: its }) if its == order.no);
            audit.report.check(agrees, || {
                format!("order {number} is for payout {}, which is {state:?}", share.payout)
            });
        }
    }
    audit.counted.orders = last;
    kept(audit)
}

/// What is kept for payees together is what the books say.
fn kept(audit: &mut Audit<'_>) -> Result<(), StoreError> {
    let mut all = Entry::default();
    for row in audit.kv.scan(Table::Remainders, &[], None)? {
        let (key, value) = row?;
        let kept: Units = codec::decode(Table::Remainders, &key, &value)?;
        let asset = asset_of(&key);
        audit.report.check(asset.is_some() && !kept.is_zero(), || format!("what is kept under {key:02x?}"));
        if let Some(asset) = asset {
            all.transfer(asset, Account::Sold, Account::Remainders, kept)?;
        }
    }
    let lines = [&audit.booked, &all].into_iter().flat_map(Entry::postings);
    let assets: std::collections::BTreeSet<Asset> = lines.map(|line| line.asset).collect();
    for asset in assets {
        let (booked, kept) =
            (audit.booked.on(asset, Account::Remainders), all.on(asset, Account::Remainders));
        audit.report.check(booked == kept, || {
            format!("{} of {asset} is kept for payees, the books say {}", kept.amount(), booked.amount())
        });
    }
    Ok(())
}
