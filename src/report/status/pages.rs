//! The lines of a payee, newest first, a page at a time: what a page costs does not depend on how many there are.
//!
//! Each deposit names the one before it to the same address, and each binding the one before it of the same payee. A
//! page goes back along a few of these chains side by side, always by the newest line; the next goes on from there.

use super::sealed::{Purpose, seal, unseal};
use crate::skycoin::Address;
use crate::store::{Binding, DeskSecret, Purchase, Snapshot, StoreError, Tables};
use crate::types::{BindingNo, DepositNo};

/// Addresses whose lines are told side by side: with more of them, the older ones come after the newer ones.
const SIDE_BY_SIDE: usize = 16;
const PAGE: Purpose = Purpose { key: "status page", nonce: "status page nonce" };
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
                None => newest_of(snapshot, &binding)?,
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
        if let Line::Deposit { purchase, .. } = &line {
            *slot = older_of(snapshot, binding, purchase)?;
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

/// The newest line of an address.
pub(super) fn newest_of(snapshot: &Snapshot, binding: &Binding) -> Result<Option<Line>, StoreError> {
    match binding.last_deposit {
        None => Ok(Some(Line::Waiting(binding.clone()))),
        Some(no) => deposit(snapshot, binding, no, true),
    }
}

/// The line before a deposit's, of the same address; none before the first.
pub(super) fn older_of(
    snapshot: &Snapshot,
    binding: &Binding,
    purchase: &Purchase,
) -> Result<Option<Line>, StoreError> {
    match purchase.deposit.previous {
        Some(no) => deposit(snapshot, binding, no, false),
        None => Ok(None),
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
    pub(super) fn seal(&self, desk: &DeskSecret, payee: &Address) -> String {
        let numbers: Vec<u64> = std::iter::once(self.first.get()).chain(self.next.iter().copied()).collect();
        seal(desk, PAGE, payee.as_bytes(), &numbers)
    }

    /// Reads a text of [`Place::seal`]; none where it is none of this payee's.
    pub(super) fn unseal(desk: &DeskSecret, payee: &Address, text: &str) -> Option<Place> {
        let numbers = unseal(desk, PAGE, payee.as_bytes(), text)?;
        let (first, next) = numbers.split_first()?;
        Some(Place { first: BindingNo::new(*first), next: next.to_vec() })
    }
}
