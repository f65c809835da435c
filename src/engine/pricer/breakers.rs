//! Circuit breakers of prices: opened where a price moved too far, closed where it is back or a person says so.

use std::collections::HashMap;

use super::Pricer;
use crate::breaker::Breaker;
use crate::live::Prices;
use crate::price::Jump;
use crate::store::{BreakerEvent, Breakers, Snapshot, Store, StoreError};
use crate::types::{Rate, Symbol};

/// What stands behind a rate where it is a ground.
const BEFORE: &str = " SKY for one before";

impl Pricer {
    /// Stores which prices have jumped; takes over which of them a person has accepted.
    pub(super) async fn keep_breakers(&mut self) -> Result<(), StoreError> {
        let (snapshot, now) = (self.store.snapshot(), self.clock.now());
        let jumps = self.prices().jumps();
        for (code, jump) in &jumps {
            let Some(breaker) = breaker_of(code) else { continue };
            if snapshot.is_broken(breaker)? {
                self.opened.insert(code.clone());
            } else if self.opened.remove(code) {
                self.prices().accept_jump(code, now);
            } else {
                open(&self.store, breaker, jump).await?;
                self.opened.insert(code.clone());
            }
        }
        for breaker in open_ones(&snapshot)? {
            let Breaker::Price(code) = breaker else { continue };
            if !jumps.contains_key(code.as_str()) {
                self.opened.remove(code.as_str());
                let why = "the price is back, or is not bounded any more".to_owned();
                let over = BreakerEvent::Over { breaker, why };
                self.store.write(move |tx| tx.record(over.clone())).await?;
            }
        }
        Ok(())
    }
}

/// Takes over which prices have jumped before this process began.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn take_over_jumps(snapshot: &Snapshot, prices: &Prices) -> Result<(), StoreError> {
    let mut stored = HashMap::new();
    for (breaker, state) in snapshot.breakers()? {
        let (Breaker::Price(code), Some(opened)) = (breaker, state.opened) else { continue };
        let rates: Vec<Rate> = opened.grounds.iter().filter_map(|ground| rate_of(ground)).collect();
        if let [from, to] = &rates[..] {
            stored.insert(code.as_str().to_owned(), Jump { from: from.clone(), to: to.clone() });
        }
    }
    prices.resume_jumps(stored);
    Ok(())
}

fn breaker_of(code: &str) -> Option<Breaker> {
    Symbol::parse(code).ok().map(Breaker::Price)
}

fn open_ones(snapshot: &Snapshot) -> Result<Vec<Breaker>, StoreError> {
    let open = snapshot.breakers()?.into_iter().filter(|(_, state)| state.is_open());
    Ok(open.map(|(breaker, _)| breaker).collect())
}

fn rate_of(ground: &str) -> Option<Rate> {
    Rate::parse(ground.split(' ').next()?).ok()
}

async fn open(store: &Store, breaker: Breaker, jump: &Jump) -> Result<(), StoreError> {
    let (from, to) = (jump.from.text(), jump.to.text());
    let evidence = format!("the price moved from {from} to {to} SKY for one within the time that is set");
    tracing::error!(%breaker, %from, %to, notice = "WATCH", "a price moved too far: nothing is promised at it");
    let grounds = vec![format!("{from}{BEFORE}"), format!("{to} SKY for one then")];
    let opened = BreakerEvent::Opened { breaker, evidence, grounds };
    store.write(move |tx| tx.record(opened.clone())).await
}
