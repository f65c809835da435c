//! Values of a query string or form body, read as the original reads them: the first of a name wins, and a pair
//! with a malformed escape is as good as absent.

/// Decoded pairs in their order.
#[derive(Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// `query` as it stands after the question mark.
    pub fn parse(query: &str) -> Params {
        Params(read(query).flatten().collect())
    }

    /// Whether every pair can be read: where one cannot, what it said is not in the parameters.
    pub fn is_readable(query: &str) -> bool {
        read(query).all(|pair| pair.is_some())
    }

    /// The names with their values.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A form body, whose values stand before those of the query.
    pub fn parse_form(body: &[u8], query: &str) -> Params {
        let mut params = Params::parse(std::str::from_utf8(body).unwrap_or(""));
        params.0.extend(Params::parse(query).0);
        params
    }

    /// The first value of this name, empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Returns whether a parameter was given, also an empty one.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

/// The pairs of a query; none in the place of one that cannot be read.
fn read(query: &str) -> impl Iterator<Item = Option<(String, String)>> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        if pair.contains(';') {
            return None;
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decode(name)?, decode(value)?))
    })
}

fn decode(text: &str) -> Option<String> {
    if !text.contains(['%', '+']) {
        return Some(text.to_owned());
    }
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn should_let_the_first_value_win() {
        let params = Params::parse("a=1&a=2&b=%20x+y%0A&c");
        assert_eq!((params.get("a"), params.get("b"), params.get("c")), ("1", " x y\n", ""));
        assert!(params.has("c") && !params.has("d"));
        let form = Params::parse_form(b"a=form", "a=query&b=2");
        assert_eq!((form.get("a"), form.get("b")), ("form", "2"));
    }

    #[test]
    fn should_drop_malformed_pairs() {
        for query in ["a=%zz", "a=%", "a=%f", "a=1;b=2", "a=%ff"] {
            assert_eq!(Params::parse(query).get("a"), "", "{query}");
            assert!(!Params::is_readable(query), "{query}");
        }
        assert!(Params::is_readable("a=1&&b=%20x+y%0A&c"));
    }

    proptest! {
        #[test]
        fn should_never_panic(query in ".{0,60}") {
            let _ = Params::parse(&query);
        }
    }
}
