//! Whether a market's price is that of Skycoin: by what its coins are, never by a name alone.
//!
//! The "SKY" of today's exchanges is the token of another project, at a price that has nothing to do with Skycoin's.

/// What exchanges call the network of Skycoin.
const SKYCOIN: [&str; 3] = ["SKY", "SKYCOIN", "FIBER"];

/// A network that an exchange moves a coin on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved<'a> {
    /// The network, as the exchange calls it.
    pub on: &'a str,
    /// The token's contract there; none for a chain's own coin, or where the exchange does not say.
    pub contract: Option<&'a str>,
}

/// Returns why a market with these names of coins does not price Skycoin in the asset with this code; none where
/// nothing speaks against it. Where the exchange does not say what moves its coin, the operator's word has to do:
/// `is_vouched_for`.
pub fn identity_problem(
    code: &str,
    base: &str,
    quote: &str,
    networks: Option<&[Moved<'_>]>,
    is_vouched_for: bool,
) -> Option<String> {
    if !is_called(code, quote) {
        return Some(format!("it prices in {quote}, not in {code}"));
    }
    if !base.eq_ignore_ascii_case("SKY") {
        return Some(format!("it prices {base}, not SKY"));
    }
    let Some(networks) = networks else {
        let words = "the exchange does not say what its SKY is, and the SKY of most is another coin: name the market \
                     in sky_exchanger.prices.vouched where you know that it is Skycoin's";
        return (!is_vouched_for).then(|| words.to_owned());
    };
    let is_skycoin =
        |moved: &Moved<'_>| moved.contract.is_none() && SKYCOIN.contains(&moved.on.to_uppercase().as_str());
    if networks.iter().any(is_skycoin) {
        return None;
    }
    let told: Vec<String> = networks.iter().map(in_words).collect();
    let told = if told.is_empty() { "no network at all".to_owned() } else { told.join(", ") };
    Some(format!("what is called SKY there is another coin: it is moved on {told}"))
}

fn in_words(moved: &Moved<'_>) -> String {
    match moved.contract {
        Some(contract) => format!("{} as {contract}", moved.on),
        None => moved.on.to_owned(),
    }
}

/// Whether an exchange's name for a coin stands for this code: some have old names, and letters before them.
fn is_called(code: &str, name: &str) -> bool {
    let name = name.to_uppercase();
    let old = match code {
        "BTC" => "XBT",
        "DOGE" => "XDG",
        other => other,
    };
    let prefixed = name.strip_prefix('X').filter(|rest| rest.len() == 3);
    [Some(name.as_str()), prefixed].into_iter().flatten().any(|name| name == code || name == old)
}
