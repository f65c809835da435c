//! `GET /api/search?q=`: deposits, transactions and addresses by what somebody has in hand: a number, a transaction's
//! id on any chain, a deposit address, or the address that is paid. Each is a look-up in an index.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::transactions::TransactionReply;
use super::{MonitorState, bad_request, only_get};
use crate::address::DepositAddress;
use crate::http::describe::{Operation, required, words};
use crate::http::{Code, Params, internal_error, json};
use crate::report::{DepositInfo, deposit_info, requests};
use crate::skycoin::Address;
use crate::store::{Binding, Snapshot, StoreError, Tables};
use crate::types::{AttemptNo, Coin, DepositNo, TxId};

/// Characters of the longest question: no id is longer.
const LONGEST: usize = 128;
/// Entries of each kind that are told: the newest.
const MOST: usize = 100;

#[derive(Debug, Serialize, ToSchema)]
struct Found {
    /// The newest first.
    deposits: Vec<DepositInfo>,
    /// The payout transactions.
    transactions: Vec<TransactionReply>,
    /// The deposit addresses.
    addresses: Vec<AddressReply>,
    /// Whether there is more than is told.
    more: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundAddress)]
struct AddressReply {
    /// The code of the coin.
    coin: &'static str,
    /// The deposit address.
    address: String,
    /// Whom deposits to it are paid to.
    sky_address: String,
    /// When it was bound, in seconds since 1970 began.
    bound_at: u64,
}

impl From<&Binding> for AddressReply {
    fn from(binding: &Binding) -> Self {
        AddressReply {
            coin: binding.address.coin().code(),
            address: binding.address.to_string(),
            sky_address: binding.payee.to_string(),
            bound_at: binding.bound_at.get(),
        }
    }
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/search", "search", "Find deposits, transactions and addresses")
        .takes(required("q", "A number, a transaction's id, or an address.", &words("17")))
        .gives::<Found>(200, "What was found.")
        .validated()
        .refuses(&[Code::InvalidParameter])
}

pub(super) async fn search(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let wanted = params.get("q").trim();
    if wanted.is_empty() || wanted.len() > LONGEST {
        return bad_request(requests::no_search(LONGEST));
    }
    match find(&state, &state.store.snapshot(), wanted) {
        Ok(found) => json(&found),
        Err(error) => internal_error(&error),
    }
}

fn find(state: &MonitorState, snapshot: &Snapshot, wanted: &str) -> Result<Found, StoreError> {
    let mut search =
        Search { snapshot, deposits: Vec::new(), attempts: Vec::new(), bindings: Vec::new(), more: false };
    if let Ok(number) = wanted.trim_start_matches('#').parse::<u64>() {
        search.deposits.push(DepositNo::new(number));
        search.attempts.push(AttemptNo::new(number));
    }
    search.transaction(state, wanted)?;
    search.address(wanted)?;
    search.payee(wanted)?;
    search.told(state)
}

/// What was found so far.
struct Search<'a> {
    snapshot: &'a Snapshot,
    deposits: Vec<DepositNo>,
    attempts: Vec<AttemptNo>,
    bindings: Vec<Binding>,
    more: bool,
}

impl Search<'_> {
    /// A transaction of this desk, or one that deposited; with `:n` behind it where its list has that.
    fn transaction(&mut self, state: &MonitorState, wanted: &str) -> Result<(), StoreError> {
        let tx = wanted.split_once(':').map_or(wanted, |(tx, _)| tx);
        if let Ok(txid) = TxId::parse(tx) {
            self.attempts.extend(self.snapshot.attempt_by_txid(txid)?);
        }
        let lower = tx.to_ascii_lowercase();
        let plain = lower.strip_prefix("0x").unwrap_or(&lower);
        let mut spellings = vec![tx.to_owned(), plain.to_owned(), format!("0x{plain}")];
        spellings.sort_unstable();
        spellings.dedup();
        let tokens: Vec<_> = state.live.prices().iter().flat_map(|prices| prices.tokens()).collect();
        for spelling in &spellings {
            for coin in Coin::all() {
                self.deposits_by(coin, None, spelling)?;
                for token in &tokens {
                    self.deposits_by(coin, Some(token.contract), spelling)?;
                }
            }
        }
        Ok(())
    }

    fn deposits_by(
        &mut self,
        coin: Coin,
        token: Option<crate::types::Contract>,
        tx: &str,
    ) -> Result<(), StoreError> {
        let found = self.snapshot.deposits_of_tx(coin, token, tx)?;
        self.deposits.extend(found.into_iter().map(|(_, no)| no));
        Ok(())
    }

    /// A deposit address, of whatever coin it can be.
    fn address(&mut self, wanted: &str) -> Result<(), StoreError> {
        for network in Coin::all().flat_map(Coin::networks) {
            let Ok(address) = DepositAddress::parse(network, wanted) else { continue };
            if let Some(binding) = self.snapshot.find_address(&address)? {
                self.bound(binding)?;
            }
        }
        Ok(())
    }

    /// Whom deposits are paid to, with all that was bound for them.
    fn payee(&mut self, wanted: &str) -> Result<(), StoreError> {
        let Ok(payee) = Address::decode(wanted) else { return Ok(()) };
        let mut next = self.snapshot.latest_binding(&payee)?;
        while let Some(binding) = next {
            if self.bindings.len() >= MOST {
                self.more = true;
                return Ok(());
            }
            next = binding.previous.map(|no| self.snapshot.binding(no)).transpose()?.flatten();
            self.bound(binding)?;
        }
        Ok(())
    }

    /// Takes a binding up, with the newest of its deposits.
    fn bound(&mut self, binding: Binding) -> Result<(), StoreError> {
        if self.bindings.iter().any(|known| known.no == binding.no) {
            return Ok(());
        }
        let mut next = binding.last_deposit;
        self.bindings.push(binding);
        while let Some(no) = next {
            if self.deposits.len() >= MOST {
                self.more = true;
                return Ok(());
            }
            self.deposits.push(no);
            next = self.snapshot.deposit(no)?.and_then(|deposit| deposit.previous);
        }
        Ok(())
    }

    fn told(mut self, state: &MonitorState) -> Result<Found, StoreError> {
        self.deposits.sort_unstable_by(|one, other| other.cmp(one));
        self.deposits.dedup();
        self.more |= self.deposits.len() > MOST;
        self.deposits.truncate(MOST);
        self.attempts.sort_unstable();
        self.attempts.dedup();
        let snapshot = self.snapshot;
        let deposits = self.deposits.iter();
        let deposits = deposits.filter_map(|no| deposit_info(snapshot, *no, &state.outlook).transpose());
        let attempts = self.attempts.iter();
        let attempts = attempts.filter_map(|no| TransactionReply::read(snapshot, *no).transpose());
        Ok(Found {
            deposits: deposits.collect::<Result<_, _>>()?,
            transactions: attempts.collect::<Result<_, _>>()?,
            addresses: self.bindings.iter().map(AddressReply::from).collect(),
            more: self.more,
        })
    }
}
