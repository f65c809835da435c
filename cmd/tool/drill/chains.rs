//! What a desk would find that is started on a copy now: the chains are followed, and the hot wallet's spends
//! looked for.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use teller::app::{self, DrillReport};
use teller::config;
use teller::engine::operator::matching_beside;
use teller::rail::Spend;
use teller::store::{OpenState, Snapshot, Spends, Tables, Taints};
use teller::types::{Coin, DepositNo, Droplets, TxId};

use super::{at_exchange, payout_words, payouts};
use crate::{eprint, print};

/// Which transaction of the chain has paid a deposit already, as it seems.
type PaidBy = HashMap<DepositNo, TxId>;

/// Prints it, and answers whether nothing would leave, nothing is unknown, and everything could be looked at.
pub(super) fn drill(copy: &Path, config: &Path) -> anyhow::Result<bool> {
    // Fails where there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = config::read(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let drilled = runtime.block_on(app::drill(&config, copy, &eprint)).context("with the chains")?;
    let DrillReport { store, gaps } = drilled;
    print("with what the chains tell now:")?;
    let snapshot = store.snapshot();
    let (unknown, paid_by) = spends(&snapshot)?;
    let leaving = leaving(&snapshot, &paid_by)?;
    for coin in config.enabled_coins().map(|coin| coin.coin) {
        found(&snapshot, coin)?;
    }
    for words in &gaps {
        print(&format!("NOT LOOKED AT: {words}"))?;
    }
    let start = match unknown {
        0 => "the desk would start, and pay".to_owned(),
        _ => format!(
            "the desk would start unreconciled: nothing is paid and no address is given out before \
             somebody has said what {unknown} spend(s) of the hot wallet were"
        ),
    };
    print(&start)?;
    drop(snapshot);
    store.close();
    Ok(leaving == 0 && unknown == 0 && gaps.is_empty())
}

/// Spends of the hot wallet that the copy does not know, and which deposits they fit.
fn spends(snapshot: &Snapshot) -> anyhow::Result<(usize, PaidBy)> {
    let all = snapshot.foreign_spends(true, None, usize::MAX)?;
    let (mut taken, mut paid_by) = (Vec::new(), PaidBy::new());
    for known in &all {
        let Spend { txid, block, payments, .. } = &known.spend;
        let place = block.map_or("no block yet".to_owned(), |block| format!("block {}", block.height));
        print(&format!("unknown spend of the hot wallet: transaction {txid}, {place}"))?;
        let fits = matching_beside(snapshot, &known.spend, &mut taken)?;
        for (paid, fit) in payments.iter().zip(fits) {
            let whose = match fit {
                Some(owed) => format!("just what deposit {} is owed", owed.no),
                None => "which nobody is owed here".to_owned(),
            };
            print(&format!("  it paid {} SKY to {}, {whose}", paid.coins, paid.to))?;
            paid_by.extend(fit.map(|owed| (owed.no, *txid)));
        }
    }
    Ok((all.len(), paid_by))
}

/// What would be paid, and whether it was already.
fn leaving(snapshot: &Snapshot, paid_by: &PaidBy) -> anyhow::Result<u64> {
    let (mut count, mut all, mut again) = (0u64, Droplets::ZERO, Droplets::ZERO);
    for state in [OpenState::Undecided, OpenState::Ready, OpenState::Held] {
        payouts(snapshot, state, &mut |no, payout| {
            let paid = paid_by.get(&no);
            let already = paid.map(|txid| format!("; ALREADY PAID, it seems, by transaction {txid}"));
            print(&format!("{}{}", payout_words(no, payout), already.unwrap_or_default()))?;
            count += 1;
            all = all.checked_add(payout.amount)?;
            if paid.is_some() {
                again = again.checked_add(payout.amount)?;
            }
            Ok(())
        })?;
    }
    let live = u64::try_from(snapshot.live_attempts()?.len())?;
    let exchange = at_exchange(snapshot, false)?;
    print(&format!(
        "{all} SKY would be paid in {count} payout(s), {again} SKY of that a second time, and {live} \
         transaction(s) may be sent again{}",
        exchange.words()
    ))?;
    Ok(count.saturating_add(live).saturating_add(exchange.purchases).saturating_add(exchange.open))
}

/// What of a coin was found since, and which addresses of its pool are somebody's already.
fn found(snapshot: &Snapshot, coin: Coin) -> anyhow::Result<()> {
    let mut count = 0u64;
    for tainted in snapshot.all_tainted(None, usize::MAX)? {
        if tainted.address.coin() == coin {
            let amount = tainted.amount.map(|amount| amount.to_coins(coin.decimals()));
            let what = match (&tainted.tx, amount) {
                (Some(_), Some(amount)) => format!("received {amount} {coin} in block {}", tainted.height),
                (None, Some(amount)) => format!("has {amount} {coin} in block {}", tainted.height),
                (_, None) => format!("was used before block {}", tainted.height),
            };
            print(&format!("{coin}: {} was given to nobody here, and {what}", tainted.address))?;
            count += 1;
        }
    }
    let pool = snapshot.pool(coin).remaining();
    print(&format!(
        "{coin}: of {pool} address(es) that are left, {count} received coins already, and would be given to nobody"
    ))
}
