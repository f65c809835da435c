//! `Idempotency-Key`: a text in quotes, as the draft has it, or as most clients send it, without.

use actix_web::http::header::HeaderValue;

/// Longest key.
const LONGEST: usize = 255;

/// Returns the key; none where it is empty, too long, or has anything that cannot be seen.
pub(super) fn read(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?.trim();
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let key = match quoted {
        Some(inner) => unescaped(inner)?,
        None => text.to_owned(),
    };
    let is_printable = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    ((1..=LONGEST).contains(&key.len()) && is_printable).then_some(key)
}

/// What stands in quotes, with its escapes resolved; a text may escape quotes and backslashes only.
fn unescaped(inner: &str) -> Option<String> {
    let mut key = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        key.push(match letter {
            '\\' => letters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?,
            '"' => return None,
            plain => plain,
        });
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        read(&HeaderValue::from_bytes(text.as_bytes()).unwrap())
    }

    #[test]
    fn should_read_a_key_in_quotes_and_without() {
        for text in ["8e03978e-40d5", "\"8e03978e-40d5\"", " 8e03978e-40d5 "] {
            assert_eq!(key(text).as_deref(), Some("8e03978e-40d5"), "{text}");
        }
        assert_eq!(key(r#""a\"b\\c""#).as_deref(), Some(r#"a"b\c"#));
        assert_eq!(key(&"x".repeat(255)).map(|key| key.len()), Some(255));
    }

    #[test]
    fn should_refuse_what_is_no_key() {
        for text in ["", "\"\"", "a\tb", "\"a\"b\"", r#""a\b""#, "ключ", &"x".repeat(256)] {
            assert_eq!(key(text), None, "{text}");
        }
    }
}
