//! What the buyer's page shows of the operator: keys of the section `web`.

use super::reader::Section;
use super::{Explorer, Shop, Support, ThemeColor};

/// What an operator may colour. Each has a twin for dark screens, with `dark_` before it.
const COLORS: [&str; 9] = ["page", "card", "ink", "soft", "line", "field", "accent", "accent_ink", "tint"];
/// Longer names fit on no phone.
const MAX_NAME: usize = 60;
/// Where the id of a transaction stands in the address of an explorer's page.
const TXID: &str = "{txid}";

pub(super) fn read(section: &mut Section<'_>) -> Shop {
    let operator = section.optional("operator");
    if operator.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME) {
        section.problem("operator", format!("must have at most {MAX_NAME} characters"));
    }
    let support = section.optional("support");
    let support = support.and_then(|text| section.parsed("support", &text, Support::parse));
    let max_streams = section.number("max_streams", 1024, 1_000_000);
    Shop {
        operator,
        support,
        explorers: explorers(section),
        theme: theme(section),
        shows_stock: section.bool("show_stock", true),
        max_streams: usize::try_from(max_streams).unwrap_or(usize::MAX),
    }
}

fn explorers(section: &mut Section<'_>) -> Vec<Explorer> {
    let mut explorers = Vec::new();
    for (code, template) in section.texts("explorers") {
        let Some((before, after)) = template.split_once(TXID).filter(|_| is_web(&template)) else {
            let hint = format!("expected an address such as \"https://explorer.example/tx/{TXID}\"");
            section.problem("explorers", format!("{code}: {hint}, got {template:?}"));
            continue;
        };
        explorers.push(Explorer { code, before: before.to_owned(), after: after.to_owned() });
    }
    explorers
}

fn theme(section: &mut Section<'_>) -> Vec<ThemeColor> {
    let mut theme = Vec::new();
    for (name, color) in section.texts("theme") {
        let plain = name.strip_prefix("dark_");
        if !COLORS.contains(&plain.unwrap_or(&name)) {
            let known = COLORS.join(", ");
            section
                .problem("theme", format!("{name} is none of {known}, nor one of them with dark_ before it"));
        } else if !is_color(&color) {
            section.problem("theme", format!("{name}: expected a colour such as \"#0b5fe0\", got {color:?}"));
        } else {
            let variable = plain.unwrap_or(&name).replace('_', "-");
            theme.push(ThemeColor { variable, is_dark: plain.is_some(), color });
        }
    }
    theme
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// What may stand in a link as it is.
fn is_web(text: &str) -> bool {
    let scheme = text.starts_with("https://") || text.starts_with("http://");
    scheme && text.chars().all(|letter| letter.is_ascii_graphic() && !"\"'<>\\`".contains(letter))
}

impl Support {
    /// Reads a mail address or the address of a page.
    fn parse(text: &str) -> Result<Support, String> {
        if is_web(text) {
            return Ok(Support { link: text.to_owned(), shown: text.to_owned() });
        }
        let address = text.strip_prefix("mailto:").unwrap_or(text);
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "@.-_+".contains(letter);
        let is_mail = address.split_once('@').is_some_and(|(who, host)| {
            !who.is_empty() && host.contains('.') && !host.contains('@') && address.chars().all(is_plain)
        });
        if !is_mail {
            return Err(format!("expected a mail address or one of a page (\"https://...\"), got {text:?}"));
        }
        Ok(Support { link: format!("mailto:{address}"), shown: address.to_owned() })
    }
}
