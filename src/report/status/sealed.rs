//! Numbers of the store in a text that tells nothing of them, and that nobody else can make.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};

use crate::store::DeskSecret;

const NONCE: usize = 12;
/// Longer texts than any that was made here are not looked at.
const LONGEST: usize = 1024;

/// What a text is for. It opens nothing else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purpose {
    pub(super) key: &'static str,
    pub(super) nonce: &'static str,
}

/// Returns the numbers as a text of letters and digits. The same numbers always have the same text, so that a nonce is
/// never used for two.
pub(super) fn seal(desk: &DeskSecret, purpose: Purpose, of: &[u8], numbers: &[u64]) -> String {
    let plain: Vec<u8> = numbers.iter().copied().flat_map(u64::to_be_bytes).collect();
    let whole = [of, &plain].concat();
    let nonce = &desk.derive(purpose.nonce, &whole)[..NONCE];
    let sealed = cipher(desk, purpose).encrypt(
        &Nonce::try_from(nonce).expect("BUG: as long as a nonce is"),
        Payload { msg: &plain, aad: of },
    );
    URL_SAFE_NO_PAD.encode([nonce, &sealed.unwrap_or_default()].concat())
}

/// Reads a text of [`seal`]; none where it was not made here, for this purpose and of this.
pub(super) fn unseal(desk: &DeskSecret, purpose: Purpose, of: &[u8], text: &str) -> Option<Vec<u64>> {
    let bytes = URL_SAFE_NO_PAD.decode(Some(text).filter(|text| text.len() <= LONGEST)?).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let payload = Payload { msg: sealed, aad: of };
    let plain = cipher(desk, purpose).decrypt(&Nonce::try_from(nonce).ok()?, payload).ok()?;
    let (numbers, rest) = plain.as_chunks::<8>();
    rest.is_empty().then(|| numbers.iter().map(|bytes| u64::from_be_bytes(*bytes)).collect())
}

fn cipher(desk: &DeskSecret, purpose: Purpose) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new((&desk.derive(purpose.key, &[])).into())
}
