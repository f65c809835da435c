//! Who sees amounts and transactions: whoever was given the secret of a deposit address when it was bound.

use bitcoin::hex::DisplayHex;
use subtle::ConstantTimeEq;

use crate::address::DepositAddress;
use crate::store::{Binding, DeskSecret, Snapshot, StoreError};
use crate::types::BindingNo;

/// Bytes of a secret. Nobody guesses so many.
const LENGTH: usize = 16;
/// As many secrets as one question may show.
const MOST: usize = 16;

/// The secret of a binding, in 32 hexadecimal digits.
pub fn status_secret(live: &DeskSecret, no: BindingNo, address: &DepositAddress) -> String {
    let mut about = no.get().to_be_bytes().to_vec();
    about.extend_from_slice(address.key().as_bytes());
    live.derive("status", &about)[..LENGTH].to_lower_hex_string()
}

/// The secrets that somebody shows.
#[derive(Debug)]
pub struct Shown {
    /// Whether it was checked elsewhere that all may be seen.
    is_everything: bool,
    /// None where nothing is shown.
    live: Option<DeskSecret>,
    secrets: Vec<String>,
}

impl Shown {
    /// `secrets` are separated by commas.
    ///
    /// # Errors
    /// Where the desk's own secret cannot be read.
    pub fn new(snapshot: &Snapshot, secrets: &str) -> Result<Shown, StoreError> {
        let secrets = secrets.split(',').map(|secret| secret.trim().to_ascii_lowercase());
        let secrets: Vec<String> = secrets.filter(|secret| !secret.is_empty()).take(MOST).collect();
        let live = if secrets.is_empty() { None } else { Some(snapshot.desk_secret()?) };
        Ok(Shown { is_everything: false, live, secrets })
    }

    /// For whoever may see all of what they ask for.
    pub(super) const fn everything() -> Shown {
        Shown { is_everything: true, live: None, secrets: Vec::new() }
    }

    /// Whether no more may be seen than strangers see.
    pub(super) const fn is_nothing(&self) -> bool {
        self.live.is_none() && !self.is_everything
    }

    /// Whether one of them is this binding's.
    pub(super) fn opens(&self, binding: &Binding) -> bool {
        let Some(live) = &self.live else { return self.is_everything };
        let right = status_secret(live, binding.no, &binding.address);
        self.secrets.iter().any(|secret| secret.as_bytes().ct_eq(right.as_bytes()).into())
    }
}
