//! Sections `eth_tokens.SYMBOL`: the tokens that are taken at Ethereum addresses.

use super::AssetConfig;
use super::reader::Section;
use crate::address::{AddressError, DepositAddress};
use crate::coins::{Contract, MAX_DECIMALS, Symbol, Token};
use crate::price::PriceSource;
use crate::types::{Coin, Droplets, Rate, Units};

/// Tokens of the main network that are known by their symbols: contract and decimal places.
const KNOWN: [(&str, &str, u8); 2] = [
    ("USDT", "0xdAC17F958D2ee523a2206206994597C13D831ec7", 6),
    ("USDC", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", 6),
];
/// The chain that they are on.
const MAIN_CHAIN: u64 = 1;
/// Each is looked for in every log of every block.
const MAX_TOKENS: usize = 100;

/// Returns the tokens of Ethereum's main network that are known by their symbols.
pub fn known_tokens() -> impl Iterator<Item = Token> {
    KNOWN.iter().map(|(symbol, contract, decimals)| {
        let contract = address(contract).ok().and_then(|address| address.payload().try_into().ok());
        Token {
            contract: Contract(contract.expect("BUG: that is an address")),
            symbol: Symbol::parse(symbol).expect("BUG: that is a symbol"),
            decimals: *decimals,
        }
    })
}

fn address(text: &str) -> Result<DepositAddress, AddressError> {
    DepositAddress::parse(Coin::ETH.main_network(), text)
}

pub(super) fn read(root: &mut Section<'_>, chain_id: u64) -> Vec<AssetConfig> {
    let mut tokens: Vec<AssetConfig> = Vec::new();
    root.each_section("eth_tokens", |symbol, section| {
        let read = token(symbol, section, chain_id);
        section.finish();
        let Some(read) = read else { return };
        let contract = read.token.map(|token| token.contract);
        let mut known = tokens.iter().filter_map(|other| other.token);
        if let Some(other) = known.find(|other| Some(other.contract) == contract) {
            section.problem("contract", format!("is the contract of {} already", other.symbol));
        }
        tokens.push(read);
    });
    if tokens.len() > MAX_TOKENS {
        root.problem("eth_tokens", format!("has {} tokens, {MAX_TOKENS} are taken at most", tokens.len()));
    }
    tokens
}

fn token(symbol: &str, section: &mut Section<'_>, chain_id: u64) -> Option<AssetConfig> {
    let known = KNOWN.iter().find(|(known, ..)| *known == symbol && chain_id == MAIN_CHAIN);
    let contract = contract(section, known.map_or("", |(_, contract, _)| contract));
    let decimals = decimals(section, known.map(|(.., decimals)| *decimals));
    let rate = rate(section);
    let symbol = match Symbol::parse(symbol) {
        Ok(_) if Coin::all().any(|coin| coin.code().eq_ignore_ascii_case(symbol)) => {
            section.problem("symbol", format!("{symbol} is the code of a coin; name the token otherwise"));
            None
        }
        read => read.map_err(|error| section.problem("symbol", error)).ok(),
    };
    let token = Token { contract: contract?, symbol: symbol?, decimals: decimals? };
    let rate = rate?;
    let one_buys =
        |rate: &Rate| rate.quote(Units::one_coin(token.decimals), token.decimals, Droplets::DECIMALS);
    if rate.fixed().is_some_and(|rate| one_buys(rate).is_err()) {
        let most = Droplets::new(u64::MAX);
        section.problem(
            "rate",
            format!("one token would buy more than the {most} SKY that can be paid at most"),
        );
    }
    Some(AssetConfig { coin: Coin::ETH, token: Some(token), price: rate })
}

fn contract(section: &mut Section<'_>, usual: &str) -> Option<Contract> {
    let text = section.string("contract", usual);
    if text.is_empty() {
        section.problem("contract", "must be the address of the token's contract, 0x...");
        return None;
    }
    let address = section.parsed("contract", &text, address)?;
    address.payload().try_into().ok().map(Contract)
}

fn decimals(section: &mut Section<'_>, usual: Option<u8>) -> Option<u8> {
    if usual.is_none() && !section.has("decimals") {
        section.problem("decimals", "must be how many decimal places the token has, as its contract tells");
    }
    let given = section.number("decimals", usual.unwrap_or_default().into(), MAX_DECIMALS.into());
    u8::try_from(given).ok()
}

fn rate(section: &mut Section<'_>) -> Option<PriceSource> {
    let text = section.decimal_text("rate", "");
    if text.is_empty() {
        section.problem("rate", "must be SKY for one token, such as \"0.5\"");
        return None;
    }
    section.parsed("rate", &text, PriceSource::parse)
}
