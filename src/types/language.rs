//! The languages that buyers are spoken to in.

/// A language of the pages and of what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English, which the API speaks too.
    #[default]
    English,
    /// Chinese, in simplified characters.
    Chinese,
    /// Russian.
    Russian,
    /// Spanish.
    Spanish,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Language; 4] =
        [Language::English, Language::Chinese, Language::Russian, Language::Spanish];

    /// Returns the primary tag of BCP 47, as `lang` attributes and `Accept-Language` have it.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh",
            Language::Russian => "ru",
            Language::Spanish => "es",
        }
    }

    /// Returns what its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Chinese => "中文",
            Language::Russian => "Русский",
            Language::Spanish => "Español",
        }
    }

    /// Returns the language of a tag, whatever its case and whatever follows the primary part; none for others.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Returns the language of an `Accept-Language` header that is liked best of those that there are; English where
    /// none is.
    pub fn accepted(header: &str) -> Language {
        let liked = header.split(',').filter_map(|entry| {
            let (tag, weight) = entry.split_once(';').unwrap_or((entry, ""));
            let language = Language::from_tag(tag.trim())?;
            Some((language, thousandths(weight)?)).filter(|(_, weight)| *weight > 0)
        });
        // The first of equals, which is what a reader means.
        let best = liked.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Language::default(), |(language, _)| language)
    }
}

/// A weight as RFC 9110 writes it (`q=0.8`), in thousandths; 1 where there is none, nothing where it is malformed.
fn thousandths(weight: &str) -> Option<u32> {
    let weight = weight.trim();
    if weight.is_empty() {
        return Some(1000);
    }
    let value = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?;
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    if part.len() > 3 || !part.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part: u32 = format!("{part:0<3}").parse().ok()?;
    match whole {
        "1" if part == 0 => Some(1000),
        "0" => Some(part),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_take_the_language_that_is_liked_best() {
        for (header, best) in [
            ("", Language::English),
            ("de", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("de-DE,de;q=0.9,ru;q=0.5,es;q=0.7", Language::Spanish),
            ("es;q=0, ru;q=0.001", Language::Russian),
            ("ru;q=2, es;q=x, ZH-hant", Language::Chinese),
            ("en, ru", Language::English),
        ] {
            assert_eq!(Language::accepted(header), best, "{header}");
        }
    }
}
