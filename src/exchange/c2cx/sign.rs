//! How C2CX is signed for: MD5 over the parameters in the order of their names, before they are encoded.

use md5::{Digest, Md5};

use super::super::form::{Parameters, encoded, hex};

/// Returns the signature of parameters.
pub(super) fn signature(key: &str, secret: &str, parameters: Parameters<'_>) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    let mut text = format!("apiKey={key}");
    for (name, value) in sorted {
        text.extend(["&", name, "=", value]);
    }
    text.extend(["&secretKey=", secret]);
    hex(&Md5::digest(text.as_bytes())).to_uppercase()
}

/// Returns the whole body of a signed call.
pub(super) fn body(key: &str, secret: &str, parameters: Parameters<'_>) -> String {
    let sign = signature(key, secret, parameters);
    encoded(&[parameters, &[("apiKey", key), ("sign", &sign)]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_sign_as_the_originals_client_does() {
        let (key, secret) = ("C821DB84-6FBD-11E4-A9E3-C86000D26D7C", "12D857DE-7A92-F555-10AC-7566A0D84D1B");
        for (parameters, expected) in [
            (&[][..], "BC0DE7EBA50C730BDFC575FE2CD54082"),
            (&[("foo", "123"), ("bar", "345")], "8744DB365DE080C0A45C9940879E9644"),
            (&[("foo", "a:b")], "965DAC47B580945BFB97338AA7C34218"),
        ] {
            assert_eq!(signature(key, secret, parameters), expected, "{parameters:?}");
        }
        assert_eq!(signature("KEY", "SECRET", &[]), "4E6E93E1E904BF1A00637B4CC9347A17");
    }

    #[test]
    fn should_encode_what_it_signs_as_it_is() {
        let body = body(
            "C821DB84-6FBD-11E4-A9E3-C86000D26D7C",
            "12D857DE-7A92-F555-10AC-7566A0D84D1B",
            &[("foo", "a:b")],
        );
        assert!(body.starts_with("foo=a%3Ab&apiKey=C821DB84"), "{body}");
        assert!(body.ends_with("&sign=965DAC47B580945BFB97338AA7C34218"), "{body}");
    }
}
