//! A person's ruling, as it is shown.

use serde::Serialize;
use utoipa::ToSchema;

use crate::payout::{Reason, Verdict};

/// What a person has said.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Ruling)]
pub struct Said {
    /// What was ruled, by its name; none where that is said elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<&'static str>,
    /// Who has ruled.
    pub by: String,
    /// The reason that was given.
    pub why: String,
    /// When, in seconds since 1970 began.
    pub at: u64,
}

impl From<Reason> for Said {
    fn from(reason: Reason) -> Said {
        Said::new(None, &reason)
    }
}

impl Said {
    /// Returns what a person ruled, for JSON: the verdict, where it is one on a payout, and who gave the reason when.
    pub fn new(verdict: Option<Verdict>, reason: &Reason) -> Said {
        let (by, why) = (reason.by.to_string(), reason.why.clone());
        Said { verdict: verdict.map(Verdict::name), by, why, at: reason.at.get() }
    }
}
