//! From when to when a certificate is valid, by its own word.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::types::UnixTime;

pub(in crate::app) type Validity = (UnixTime, UnixTime);

/// The error says why the certificate cannot be read.
pub(super) fn validity(certificate: &CertificateDer<'_>) -> Result<Validity, String> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate)
        .map_err(|error| format!("no certificate that can be read: {error}"))?;
    let moment =
        |time: x509_parser::time::ASN1Time| UnixTime::new(u64::try_from(time.timestamp()).unwrap_or(0));
    let validity = parsed.validity();
    Ok((moment(validity.not_before), moment(validity.not_after)))
}

/// Of the first certificate in a PEM text.
pub(super) fn of_pem(pem: &[u8]) -> Option<Validity> {
    validity(&CertificateDer::from_pem_slice(pem).ok()?).ok()
}
