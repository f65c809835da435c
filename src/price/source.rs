//! Where a price comes from, as the operator writes it down.

use std::fmt;
use std::path::PathBuf;

use crate::types::{ParseRateError, Rate};

/// More sources than anybody compares.
const MAX_SOURCES: usize = 9;
/// Longest name of an exchange or market.
const MAX_NAME: usize = 40;

/// Where the price of an asset comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriceSource {
    /// It is written down.
    Fixed(Rate),
    /// What SKY costs on a market of an exchange.
    Exchange {
        /// The exchange's name; `exchange` for the one that coins are bought on.
        venue: String,
        /// The market's name there.
        market: String,
    },
    /// A file of the operator's, which is read again and again.
    Feed(PathBuf),
    /// What somebody tells the admin listener.
    Pushed,
    /// The one in the middle of several.
    Median(Vec<PriceSource>),
}

/// Text that names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseSourceError {
    /// It is not one of the forms that there are.
    #[error(
        "{0:?} is neither a rate such as \"500\" nor a source: \"EXCHANGE:MARKET\", \"feed:/FILE\", \"push\", or \
         \"median(SOURCE, SOURCE)\""
    )]
    NoSource(String),
    /// It looks like a rate, and is none.
    #[error("{0}")]
    Rate(#[from] ParseRateError),
    /// A median needs sources that can be compared.
    #[error("a median is of 2 to {MAX_SOURCES} different sources, each an exchange, a feed or push")]
    NoMedian,
}

impl PriceSource {
    /// Parses a rate, a source, or the median of several.
    ///
    /// # Errors
    ///
    /// Where it is none of them.
    pub fn parse(text: &str) -> Result<PriceSource, ParseSourceError> {
        let text = text.trim();
        if let Some(inner) = text.strip_prefix("median(").and_then(|rest| rest.strip_suffix(')')) {
            return median(inner);
        }
        if text == "push" {
            return Ok(PriceSource::Pushed);
        }
        let Some((kind, name)) = text.split_once(':') else {
            return Ok(PriceSource::Fixed(Rate::parse(text)?));
        };
        let no_source = || ParseSourceError::NoSource(text.to_owned());
        if kind == "feed" {
            let is_path = name.starts_with('/') && !name.contains([',', '(', ')']);
            return is_path.then(|| PriceSource::Feed(PathBuf::from(name))).ok_or_else(no_source);
        }
        let is_venue =
            !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let is_named = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/.".contains(&byte);
        let is_market = (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_named);
        if !is_venue || !is_market || kind.len() > MAX_NAME {
            return Err(no_source());
        }
        Ok(PriceSource::Exchange { venue: kind.to_owned(), market: name.to_owned() })
    }

    /// Returns the rate, where it is written down.
    pub fn fixed(&self) -> Option<&Rate> {
        match self {
            PriceSource::Fixed(rate) => Some(rate),
            PriceSource::Exchange { .. }
            | PriceSource::Feed(_)
            | PriceSource::Pushed
            | PriceSource::Median(_) => None,
        }
    }

    /// Returns the sources that are asked: those that a median is of, or itself.
    pub fn asked(&self) -> &[PriceSource] {
        match self {
            PriceSource::Median(sources) => sources,
            PriceSource::Fixed(_)
            | PriceSource::Exchange { .. }
            | PriceSource::Feed(_)
            | PriceSource::Pushed => std::slice::from_ref(self),
        }
    }
}

fn median(inner: &str) -> Result<PriceSource, ParseSourceError> {
    let mut sources: Vec<PriceSource> = Vec::new();
    for text in inner.split(',') {
        let source = PriceSource::parse(text)?;
        let is_comparable = match &source {
            PriceSource::Exchange { .. } | PriceSource::Feed(_) | PriceSource::Pushed => true,
            PriceSource::Fixed(_) | PriceSource::Median(_) => false,
        };
        if !is_comparable || sources.contains(&source) {
            return Err(ParseSourceError::NoMedian);
        }
        sources.push(source);
    }
    if !(2..=MAX_SOURCES).contains(&sources.len()) {
        return Err(ParseSourceError::NoMedian);
    }
    Ok(PriceSource::Median(sources))
}

/// As the operator writes it.
impl fmt::Display for PriceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PriceSource::Fixed(rate) => write!(f, "{rate}"),
            PriceSource::Exchange { venue, market } => write!(f, "{venue}:{market}"),
            PriceSource::Feed(path) => write!(f, "feed:{}", path.display()),
            PriceSource::Pushed => f.write_str("push"),
            PriceSource::Median(sources) => {
                let names: Vec<String> = sources.iter().map(ToString::to_string).collect();
                write!(f, "median({})", names.join(", "))
            }
        }
    }
}
