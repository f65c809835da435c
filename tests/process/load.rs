//! Buyers who bind and deposit as fast as they are answered, each over connections that stay open.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use teller::types::Coin;
use tokio::task::JoinSet;

use crate::api::{Answer, Api, Deposit};
use crate::desk::{self, hex};
use crate::ledger::Ledger;
use crate::rng::Rng;

/// Buyers at a time.
const BUYERS: usize = 16;
/// How often the chain is looked at and confirmed.
const BLOCK: Duration = Duration::from_millis(20);

/// Buyers at work.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    tasks: JoinSet<()>,
    ledger: Arc<Mutex<Ledger>>,
}

impl Load {
    /// Starts them; what is acknowledged from now on goes into the ledger.
    pub(crate) fn start(api: &Api, ledger: Ledger, rng: &mut Rng) -> Load {
        Load::begin(api, ledger, rng, false)
    }

    /// The same, where an internal error is as good as no answer.
    pub(crate) fn start_for_the_worst(api: &Api, ledger: Ledger, rng: &mut Rng) -> Load {
        Load::begin(api, ledger, rng, true)
    }

    fn begin(api: &Api, ledger: Ledger, rng: &mut Rng, may_fail: bool) -> Load {
        let ledger = Arc::new(Mutex::new(ledger));
        let mut load = Load { stop: Arc::default(), tasks: JoinSet::new(), ledger };
        for _ in 0..BUYERS {
            let buyer = Buyer {
                api: api.another(),
                ledger: Arc::clone(&load.ledger),
                rng: rng.split(),
                may_fail,
                payees: Vec::new(),
                addresses: Vec::new(),
            };
            load.tasks.spawn(until(Arc::clone(&load.stop), buyer));
        }
        load.tasks.spawn(mine(Arc::clone(&load.stop), api.another(), Arc::clone(&load.ledger)));
        load
    }

    /// Lets everybody finish the request they wait for, and hands the ledger back.
    pub(crate) async fn end(mut self) -> Ledger {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(task) = self.tasks.join_next().await {
            task.unwrap();
        }
        let ledger = Arc::into_inner(self.ledger).expect("BUG: everybody has gone");
        ledger.into_inner().unwrap()
    }
}

async fn until(stop: Arc<AtomicBool>, mut buyer: Buyer) {
    while !stop.load(Ordering::Relaxed) && buyer.act().await {}
}

/// Confirms whatever is broadcast. What is confirmed was noted before.
async fn mine(stop: Arc<AtomicBool>, api: Api, ledger: Arc<Mutex<Ledger>>) {
    while !stop.load(Ordering::Relaxed) {
        let seen = match api.broadcasts().await {
            Answer::Done(seen) => seen,
            Answer::Unreachable => return,
            Answer::Lost | Answer::Refused(..) => continue,
        };
        for seen in seen {
            if lock(&ledger).see(&seen) {
                lock(&ledger).confirm(&seen.txid);
                let _the_next_look_tells = api.confirm(&seen.txid).await;
            }
        }
        tokio::time::sleep(BLOCK).await;
    }
}

fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap()
}

struct Buyer {
    api: Api,
    ledger: Arc<Mutex<Ledger>>,
    rng: Rng,
    may_fail: bool,
    payees: Vec<String>,
    addresses: Vec<(String, Coin, String)>,
}

impl Buyer {
    /// Does one thing; false where nobody listens any more.
    async fn act(&mut self) -> bool {
        if self.addresses.is_empty() || self.rng.below(4) > 0 {
            self.bind().await
        } else {
            self.deposit().await
        }
    }

    async fn bind(&mut self) -> bool {
        if self.payees.is_empty() || self.rng.below(3) == 0 {
            self.payees.push(desk::address(Coin::SKY, &mut self.rng));
        }
        let payee = self.rng.pick(&self.payees).clone();
        let coin = *self.rng.pick(&desk::usual().collect::<Vec<_>>());
        let answer = self.api.bind(&payee, coin).await;
        let mut ledger = lock(&self.ledger);
        let account = ledger.account(&payee);
        match answer {
            Answer::Done(address) => {
                account.bound.push((coin, address.clone()));
                self.addresses.push((payee.clone(), coin, address));
            }
            Answer::Refused(409, _) => {
                assert!(account.bound.len() + account.lost_binds >= 5, "refused too early: {account:?}");
                self.payees.retain(|known| known != &payee);
            }
            Answer::Unreachable => return false,
            Answer::Lost => account.lost_binds += 1,
            Answer::Refused(500, _) if self.may_fail => account.lost_binds += 1,
            Answer::Refused(status, words) => panic!("bind answers {status}: {words}"),
        }
        assert!(account.bound.len() <= 5, "{payee} has more than allowed");
        true
    }

    async fn deposit(&mut self) -> bool {
        let (payee, coin, address) = self.rng.pick(&self.addresses).clone();
        let (n, sky) = (self.rng.below(3), 1 + self.rng.below(9));
        let tx = hex(&self.rng.bytes::<32>());
        let deposit = Deposit { coin, address, tx, n: u32::try_from(n).unwrap(), sky };
        let answer = self.api.deposit(&deposit).await;
        let mut ledger = lock(&self.ledger);
        let account = ledger.account(&payee);
        match answer {
            Answer::Done(()) => account.deposits.push(deposit),
            Answer::Unreachable => return false,
            Answer::Lost => account.lost_deposits.push(deposit),
            Answer::Refused(500, _) if self.may_fail => account.lost_deposits.push(deposit),
            Answer::Refused(status, words) => panic!("deposit answers {status}: {words}"),
        }
        true
    }
}
