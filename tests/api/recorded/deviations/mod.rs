//! Where this project answers better than the recording, on purpose: case by case, what the original did and what is
//! answered instead. The contract's table gives the reasons.

mod main_scenario;
mod others;
mod throttle;

use super::cases::Case;

/// What is answered instead.
#[derive(Debug)]
pub enum Ours {
    /// The recorded answer with another status.
    Status(u16),
    /// A status and a plain-text message.
    Text(u16, &'static str),
    /// What is recorded for this other case of the scenario.
    Like(&'static str),
    /// 200 with this JSON.
    Json(&'static str),
    /// A binding to this Bitcoin address.
    Bound(&'static str),
    /// [`Ours::Bound`], on an instance of its own: it changes what later cases would see.
    BoundAside(&'static str),
    /// The lines of `/api/status`: `seq`, `status`, `coin_type`.
    Statuses(&'static [(u64, &'static str, &'static str)]),
    /// The recorded JSON with changes.
    Edited(&'static [Edit]),
    /// 200 with this page.
    Page(&'static str),
    /// 200 without a body.
    Empty,
    /// The recorded answer without its `Access-Control-` headers.
    NoCors,
    /// What GET answers, without the body.
    LikeGet,
    /// The recorded 429, with `Retry-After`, once so many more requests have passed.
    AfterBurst(u32),
    /// A database of this project that opens and audits clean.
    Backup,
}

/// A change to recorded JSON, at a JSON pointer.
#[derive(Debug)]
pub enum Edit {
    Set(&'static str, &'static str),
    Insert(&'static str, usize, &'static str),
    /// What comes after the first ones is not there.
    Cut(&'static str, usize),
}

/// One case.
#[derive(Debug)]
pub struct Deviation {
    pub scenario: &'static str,
    pub name: &'static str,
    /// What the original does.
    pub original: &'static str,
    pub ours: Ours,
}

/// The entry of a case.
pub fn deviation(case: &Case) -> Option<&'static Deviation> {
    table().find(|entry| entry.scenario == case.scenario && entry.name == case.name)
}

pub fn table() -> impl Iterator<Item = &'static Deviation> {
    [main_scenario::TABLE, throttle::TABLE, others::TABLE].into_iter().flatten()
}

const fn was(scenario: &'static str, name: &'static str, original: &'static str, ours: Ours) -> Deviation {
    Deviation { scenario, name, original, ours }
}

/// Nobody has bound this address.
const NOBODY: Ours = Ours::Json(r#"{"statuses": []}"#);
const FROM_ZERO: &str = "counts seq from 0, in the order of the last change";
