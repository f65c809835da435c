//! A person's ruling, as it is shown.

use serde::Serialize;

use crate::payout::{Reason, Verdict};

/// What a person has said.
#[derive(Debug, Clone, Serialize)]
pub struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<&'static str>,
    pub by: String,
    pub why: String,
    pub at: u64,
}

impl Said {
    pub fn new(verdict: Option<Verdict>, reason: &Reason) -> Said {
        let (by, why) = (reason.by.to_string(), reason.why.clone());
        Said { verdict: verdict.map(Verdict::name), by, why, at: reason.at.get() }
    }
}
