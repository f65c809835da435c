//! Signatures on the curve P-521, which ring does not know and the certificates that btcd makes for itself are of.

use std::sync::LazyLock;

use p521::ecdsa::signature::Verifier;
use p521::ecdsa::{DerSignature, VerifyingKey};
use rustls::SignatureScheme;
use rustls::crypto::{WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

type Algorithm = &'static dyn SignatureVerificationAlgorithm;
type ForScheme = (SignatureScheme, &'static [Algorithm]);

/// ECDSA on P-521 with SHA-512.
#[derive(Debug)]
struct EcdsaP521;

impl SignatureVerificationAlgorithm for EcdsaP521 {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
        let signature = DerSignature::try_from(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}

/// What ring verifies, and P-521.
pub(super) static ALGORITHMS: LazyLock<WebPkiSupportedAlgorithms> = LazyLock::new(|| {
    let known = ring::default_provider().signature_verification_algorithms;
    let all: Vec<Algorithm> = known.all.iter().copied().chain([&EcdsaP521 as Algorithm]).collect();
    let p521: ForScheme = (SignatureScheme::ECDSA_NISTP521_SHA512, &[&EcdsaP521]);
    let mapping: Vec<ForScheme> = known.mapping.iter().copied().chain([p521]).collect();
    // Lists that live as long as the process, made once.
    WebPkiSupportedAlgorithms { all: all.leak(), mapping: mapping.leak() }
});
