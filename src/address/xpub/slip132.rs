//! The first four bytes of extended keys, by which wallets say chain and script (SLIP-132).

use XpubPrefix as P;

/// What the first four bytes of an extended public key mean.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct XpubPrefix {
    pub(super) version: u32,
    /// The letters that the text begins with.
    pub(super) letters: &'static str,
    /// The chain and network, in words.
    pub(super) chain: &'static str,
    pub(super) several_signers: bool,
}

const fn one(version: u32, letters: &'static str, chain: &'static str) -> P {
    P { version, letters, chain, several_signers: false }
}

const fn several(version: u32, letters: &'static str, chain: &'static str) -> P {
    P { version, letters, chain, several_signers: true }
}

const BITCOIN: &str = "Bitcoin";
const TESTS: &str = "a test network";
const LITECOIN: &str = "Litecoin";
const DOGECOIN: &str = "Dogecoin";

const KNOWN: [P; 15] = [
    one(0x0488_b21e, "xpub", BITCOIN),
    one(0x049d_7cb2, "ypub", BITCOIN),
    one(0x04b2_4746, "zpub", BITCOIN),
    several(0x0295_b43f, "Ypub", BITCOIN),
    several(0x02aa_7ed3, "Zpub", BITCOIN),
    one(0x0435_87cf, "tpub", TESTS),
    one(0x044a_5262, "upub", TESTS),
    one(0x045f_1cf6, "vpub", TESTS),
    several(0x0242_89ef, "Upub", TESTS),
    several(0x0257_5483, "Vpub", TESTS),
    one(0x019d_a462, "Ltub", LITECOIN),
    one(0x01b2_6ef6, "Mtub", LITECOIN),
    one(0x0436_f6e1, "ttub", "Litecoin's test network"),
    one(0x02fa_cafd, "dgub", DOGECOIN),
    one(0x0432_a9a8, "tgub", "Dogecoin's test network"),
];

/// Extended private keys whose letters are not `.prv`.
const PRIVATE_LETTERS: [&str; 5] = ["Ltpv", "Mtpv", "ttpv", "dgpv", "tgpv"];

/// Returns what these four bytes mean; none where nobody has told.
pub(super) fn known(version: u32) -> Option<P> {
    KNOWN.into_iter().find(|prefix| prefix.version == version)
}

/// Returns the letters of a key with these bytes.
pub(super) fn letters_of(version: u32) -> &'static str {
    known(version).map_or("?", |prefix| prefix.letters)
}

/// Whether a text that begins so is an extended private key, in any letter case.
pub(super) fn begins_like_private(text: &str) -> bool {
    let Some(letters) = text.get(..4) else { return false };
    letters[1..].eq_ignore_ascii_case("prv")
        || PRIVATE_LETTERS.iter().any(|private| private.eq_ignore_ascii_case(letters))
}
