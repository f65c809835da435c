//! The lines of a payee, newest first, a page at a time: what a page costs does not depend on how many there are.
//!
//! Each deposit names the one before it to the same address, and each binding the one before it of the same payee. A
//! page goes back along a few of these chains side by side, always by the newest line; the next goes on from there.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};

use crate::skycoin::Address;
use crate::store::{Binding, DeskSecret, Purchase, Snapshot, StoreError, Tables};
use crate::types::{BindingNo, DepositNo};

/// Addresses whose lines are told side by side: with more of them, the older ones come after the newer ones.
const SIDE_BY_SIDE: usize = 16;
const NONCE: usize = 12;
/// In place of a deposit's number: nothing is left of a chain; the address itself is left.
const DONE: u64 = 0;
const WAITING: u64 = u64::MAX;

/// A line that is still to be worded.
#[derive(Debug)]
pub(super) enum Line {
    /// An address that nothing was deposited to.
    Waiting(Binding),
    Deposit {
        binding: Binding,
        purchase: Box<Purchase>,
        /// Whether none to the same address is newer.
        is_newest: bool,
    },
}

impl Line {
    fn seq(&self) -> u32 {
        match self {
            Line::Waiting(binding) => binding.payee_seq,
            Line::Deposit { purchase, .. } => purchase.deposit.payee_seq,
        }
    }

    fn number(&self) -> u64 {
        match self {
            Line::Waiting(_) => WAITING,
            Line::Deposit { purchase, .. } => purchase.deposit.no.get(),
        }
    }
}

/// Where a page begins: the newest of the bindings that are told side by side, and what is next of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    first: BindingNo,
    /// Empty where all of them begin with their newest.
    next: Vec<u64>,
}

/// Bindings side by side, with the next line of each.
struct Window {
    chains: Vec<(Binding, Option<Line>)>,
    /// The newest binding that is older than all of these.
    older: Option<BindingNo>,
}

impl Window {
    /// `latest` has been read already, and need not be again.
    fn open(snapshot: &Snapshot, place: &Place, latest: &Binding) -> Result<Window, StoreError> {
        // Nearly everybody has one address.
        let (mut chains, mut older) = (Vec::with_capacity(1), Some(place.first));
        while let Some(no) = older.filter(|_| chains.len() < SIDE_BY_SIDE) {
            let known = if no == latest.no { Some(latest.clone()) } else { snapshot.binding(no)? };
            let Some(binding) = known else { break };
            older = binding.previous;
            let line = match place.next.get(chains.len()).copied() {
                None => newest(snapshot, &binding)?,
                Some(DONE) => None,
                Some(WAITING) => Some(Line::Waiting(binding.clone())),
                Some(no) => deposit(snapshot, &binding, DepositNo::new(no), false)?,
            };
            chains.push((binding, line));
        }
        Ok(Window { chains, older })
    }

    /// Takes the newest line of all; none where nothing is left.
    fn take(&mut self, snapshot: &Snapshot) -> Result<Option<Line>, StoreError> {
        let newest = self.chains.iter_mut().max_by_key(|(_, line)| line.as_ref().map(Line::seq));
        let Some((binding, slot)) = newest else { return Ok(None) };
        let Some(line) = slot.take() else { return Ok(None) };
        if let Line::Deposit { purchase, .. } = &line
            && let Some(no) = purchase.deposit.previous
        {
            *slot = deposit(snapshot, binding, no, false)?;
        }
        Ok(Some(line))
    }

    /// Where to go on from here; none at the end.
    fn place(&self) -> Option<Place> {
        let numbers = self.chains.iter().map(|(_, line)| line.as_ref().map_or(DONE, Line::number));
        let next: Vec<u64> = numbers.collect();
        if next.iter().any(|number| *number != DONE) {
            return Some(Place { first: self.chains.first()?.0.no, next });
        }
        self.older.map(|first| Place { first, next: Vec::new() })
    }
}

fn newest(snapshot: &Snapshot, binding: &Binding) -> Result<Option<Line>, StoreError> {
    match binding.last_deposit {
        None => Ok(Some(Line::Waiting(binding.clone()))),
        Some(no) => deposit(snapshot, binding, no, true),
    }
}

fn deposit(
    snapshot: &Snapshot,
    binding: &Binding,
    no: DepositNo,
    is_newest: bool,
) -> Result<Option<Line>, StoreError> {
    let purchase = snapshot.purchase(no)?.filter(|purchase| purchase.deposit.binding == binding.no);
    let line = |purchase| Line::Deposit { binding: binding.clone(), purchase: Box::new(purchase), is_newest };
    Ok(purchase.map(line))
}

/// At most `limit` lines of whose latest binding this is, newest first, and where the next page begins.
pub(super) fn lines(
    snapshot: &Snapshot,
    latest: &Binding,
    from: Place,
    limit: usize,
) -> Result<(Vec<Line>, Option<Place>), StoreError> {
    let mut lines = Vec::with_capacity(1);
    let mut window = Window::open(snapshot, &from, latest)?;
    loop {
        while lines.len() < limit {
            let Some(line) = window.take(snapshot)? else { break };
            lines.push(line);
        }
        match window.place() {
            // The window is done, and the page is not.
            Some(place) if lines.len() < limit => window = Window::open(snapshot, &place, latest)?,
            place => return Ok((lines, place)),
        }
    }
}

impl Place {
    /// The beginning, for a payee whose latest binding is this one.
    pub(super) fn beginning(latest: BindingNo) -> Place {
        Place { first: latest, next: Vec::new() }
    }

    /// As a text that tells nothing, and that serves this payee alone.
    pub(super) fn seal(&self, live: &DeskSecret, payee: &Address) -> String {
        let numbers = std::iter::once(self.first.get()).chain(self.next.iter().copied());
        let plain: Vec<u8> = numbers.flat_map(u64::to_be_bytes).collect();
        let whole = [payee.as_bytes().as_slice(), &plain].concat();
        // The same place always has the same text, so that a nonce is never used for two.
        let nonce = &live.derive("status page nonce", &whole)[..NONCE];
        let sealed = cipher(live).encrypt(
            &Nonce::try_from(nonce).expect("BUG: as long as a nonce is"),
            Payload { msg: &plain, aad: payee.as_bytes() },
        );
        URL_SAFE_NO_PAD.encode([nonce, &sealed.unwrap_or_default()].concat())
    }

    /// Reads a text of [`Place::seal`]; none where it is none of this payee's.
    pub(super) fn unseal(live: &DeskSecret, payee: &Address, text: &str) -> Option<Place> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let payload = Payload { msg: sealed, aad: payee.as_bytes() };
        let plain = cipher(live).decrypt(&Nonce::try_from(nonce).ok()?, payload).ok()?;
        let (numbers, rest) = plain.as_chunks::<8>();
        let mut numbers = numbers.iter().map(|bytes| u64::from_be_bytes(*bytes));
        let first = BindingNo::new(numbers.next()?);
        rest.is_empty().then(|| Place { first, next: numbers.collect() })
    }
}

fn cipher(live: &DeskSecret) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new((&live.derive("status page", &[])).into())
}
