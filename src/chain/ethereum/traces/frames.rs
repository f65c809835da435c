//! The tree of a transaction's calls, as geth's call tracer tells it.
//!
//! Anybody can send a transaction with a thousand calls inside each other, or with a hundred thousand side by side. The
//! tree is read in one pass, without recursion, and nothing of it is kept but what moved wei.

use std::borrow::Cow;

use json_event_parser::{JsonEvent, SliceJsonParser};
use web3::types::{H160, U256};

use super::{MAX_DEPTH, Unreadable};
use crate::chain::ethereum::moves::Moved;

/// A call whose end has not come yet.
#[derive(Default)]
struct Call<'t> {
    kind: Option<Cow<'t, str>>,
    from: Option<H160>,
    to: Option<H160>,
    value: Option<U256>,
    is_failed: bool,
    /// How much had been found when it began.
    before: usize,
}

/// What was found so far, in calls that have not failed yet.
enum Finding {
    Moved(Moved),
    /// Something that moves wei, and does not say how much, or to whom.
    Lacking(String),
}

struct Reading<'t> {
    events: SliceJsonParser<'t>,
    open: Vec<Call<'t>>,
    found: Vec<Finding>,
}

/// The transfers inside a transaction, by its tree of calls. The transaction's own is not among them; what a
/// failed call transferred, and everything inside it, is undone.
pub(super) fn moves_inside(tree: &str) -> Result<Vec<Moved>, Unreadable> {
    let mut reading =
        Reading { events: SliceJsonParser::new(tree.as_bytes()), open: Vec::new(), found: Vec::new() };
    if !matches!(reading.next()?, JsonEvent::StartObject) {
        return Err(Unreadable::shape("it is no tree of calls"));
    }
    reading.open.push(Call::default());
    while !reading.open.is_empty() {
        reading.step()?;
    }
    reading.found.into_iter().map(Finding::told).collect()
}

impl Finding {
    fn told(self) -> Result<Moved, Unreadable> {
        match self {
            Finding::Moved(moved) => Ok(moved),
            Finding::Lacking(words) => Err(Unreadable::Lacking(words)),
        }
    }
}

impl<'t> Reading<'t> {
    fn next(&mut self) -> Result<JsonEvent<'t>, Unreadable> {
        self.events.parse_next().map_err(Unreadable::shape)
    }

    /// Within an object come its keys and its end, within a list of calls their beginnings and its end.
    fn step(&mut self) -> Result<(), Unreadable> {
        match self.next()? {
            JsonEvent::ObjectKey(key) => self.field(&key),
            JsonEvent::EndObject => self.end(),
            JsonEvent::EndArray => Ok(()),
            JsonEvent::StartObject if self.open.len() >= MAX_DEPTH => {
                Err(Unreadable::shape("calls are inside each other deeper than the chain allows"))
            }
            JsonEvent::StartObject => {
                self.open.push(Call { before: self.found.len(), ..Call::default() });
                Ok(())
            }
            _ => Err(Unreadable::shape("something among the calls is no call")),
        }
    }

    fn field(&mut self, key: &str) -> Result<(), Unreadable> {
        if !matches!(key, "type" | "from" | "to" | "value" | "error" | "calls") {
            return self.skip();
        }
        let value = self.next()?;
        let Some(call) = self.open.last_mut() else { return Ok(()) };
        match (key, value) {
            ("calls", JsonEvent::StartArray) | (_, JsonEvent::Null) => {}
            ("type", JsonEvent::String(kind)) => call.kind = Some(kind),
            ("from", JsonEvent::String(text)) => call.from = account(&text),
            ("to", JsonEvent::String(text)) => call.to = account(&text),
            ("value", JsonEvent::String(text)) => call.value = quantity(&text),
            // Some write an empty one where there was none.
            ("error", JsonEvent::String(text)) => call.is_failed = !text.is_empty(),
            (key, _) => return Err(Unreadable::shape(format_args!("the {key} of a call is no text"))),
        }
        Ok(())
    }

    /// Passes over a value with everything in it.
    fn skip(&mut self) -> Result<(), Unreadable> {
        let mut depth = 0_usize;
        loop {
            match self.next()? {
                JsonEvent::StartArray | JsonEvent::StartObject => depth = depth.saturating_add(1),
                JsonEvent::EndArray | JsonEvent::EndObject => depth = depth.saturating_sub(1),
                JsonEvent::Eof => return Err(Unreadable::shape("it ends in the middle")),
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        let Some(call) = self.open.pop() else { return Ok(()) };
        let Some(kind) = call.kind.as_deref().map(str::to_ascii_uppercase) else {
            return Err(Unreadable::shape("a call does not say of what kind it is"));
        };
        if call.is_failed {
            self.found.truncate(call.before);
        } else if !self.open.is_empty() {
            self.found.extend(found(&kind, &call));
        }
        Ok(())
    }
}

/// What a call that did not fail moved.
fn found(kind: &str, call: &Call<'_>) -> Option<Finding> {
    let lacking = |what: &str| Some(Finding::Lacking(format!("a {kind} does not say {what}")));
    match kind {
        // These run with the caller's balance, or cannot transfer.
        "CALLCODE" | "DELEGATECALL" | "STATICCALL" | "EXTDELEGATECALL" | "EXTSTATICCALL" => None,
        "CALL" | "CREATE" | "CREATE2" | "SELFDESTRUCT" | "EXTCALL" | "EOFCREATE" => {
            match (call.value, call.to) {
                (None, _) => lacking("how much it moved"),
                (Some(value), _) if value.is_zero() => None,
                (Some(_), None) => lacking("to whom it moved"),
                (Some(value), Some(to)) => Some(Finding::Moved(Moved { from: call.from, to, value })),
            }
        }
        _ if call.value.is_none_or(|value| value.is_zero()) => None,
        _ => lacking("whether it moved what it names, its kind is not known"),
    }
}

pub(super) fn account(text: &str) -> Option<H160> {
    text.parse().ok()
}

pub(super) fn quantity(text: &str) -> Option<U256> {
    U256::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}
