//! What parameters of requests say, or what the daemon complains of in them.

use teller::types::Hash32;

use crate::serve::{Answer, Parameters};

use super::golang::{self, flag};
use super::refusal;

pub(super) fn verbose(parameters: &Parameters) -> Result<bool, Answer> {
    flag(parameters.get("verbose")).ok_or_else(|| refusal(400, "Invalid value for verbose"))
}

/// A hash in a parameter, or the daemon's complaint.
pub(super) fn hash(text: &str) -> Result<Hash32, Answer> {
    parse_hash(text).map_err(|words| refusal(400, &words))
}

pub(super) fn parse_hash(text: &str) -> Result<Hash32, String> {
    let bytes = golang::hex(text)?;
    bytes.try_into().map(Hash32).map_err(|_| "Invalid hex length".to_owned())
}
