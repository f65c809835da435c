//! Parameters, as queries and the bodies of forms have them.

use std::fmt::Write as _;

/// Parameters in the order in which they are sent.
pub(super) type Parameters<'a> = &'a [(&'a str, &'a str)];

/// Returns the parameters as a form, with everything encoded that is no letter, digit, or one of `-._~`.
pub(super) fn encoded(parameters: Parameters<'_>) -> String {
    let mut text = String::new();
    for (name, value) in parameters {
        if !text.is_empty() {
            text.push('&');
        }
        encode(&mut text, name);
        text.push('=');
        encode(&mut text, value);
    }
    text
}

fn encode(text: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

/// Returns bytes as hexadecimal digits in small letters.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns 16 bytes as the text of a UUID.
pub(super) fn uuid(key: [u8; 16]) -> String {
    let digits = hex(&key);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| digits.get(range).unwrap_or_default());
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_encode_what_is_no_letter_or_digit() {
        assert_eq!(encoded(&[]), "");
        assert_eq!(encoded(&[("a", "1.5"), ("b c", "x&=+/1")]), "a=1.5&b%20c=x%26%3D%2B%2F1");
        assert_eq!(encoded(&[("symbol", "１")]), "symbol=%EF%BC%91");
    }

    #[test]
    fn should_write_uuids() {
        assert_eq!(uuid([0xab; 16]), "abababab-abab-abab-abab-abababababab");
    }
}
