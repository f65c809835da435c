//! Sections `bitcoin_likes.CODE`: Bitcoin-like coins that the catalogue does not have.

use super::reader::Section;
use crate::coins::{DESCRIBED_NUMBERS, Description, MAX_DECIMALS, ProofOfWork};
use crate::types::Coin;

/// Each costs a look in many places.
const MAX_COINS: usize = 32;
const MAX_CODE: usize = 10;
/// Bytes of a hash as text.
const HASH: usize = 64;
const MAX_HEIGHT: u64 = u32::MAX as u64;
/// Mnemonics' paths have hardened numbers.
const MAX_SLIP44: u64 = 0x7fff_ffff;

/// Reads all of them and adds them to the catalogue: everything else in the file may name them.
pub(super) fn read(root: &mut Section<'_>) {
    let (mut described, mut codes): (Vec<Description>, Vec<String>) = Default::default();
    root.each_section("bitcoin_likes", |code, section| {
        codes.push(code.to_ascii_lowercase());
        let read = description(code, section);
        section.finish();
        let Some(read) = read else { return };
        if let Some(other) = described.iter().find(|other| other.number == read.number) {
            section.problem("number", format!("is the number of {} already", other.code));
        }
        described.push(read);
    });
    if described.len() > MAX_COINS {
        root.problem("bitcoin_likes", format!("has {} coins, at most {MAX_COINS} go", described.len()));
    }
    // What is half right is not added: the program has one set of coins, and this file does not start it.
    if !root.has_problems()
        && let Err(error) = Coin::describe(described)
    {
        root.problem("bitcoin_likes", error);
    }
    if root.has_problems() {
        codes.iter().for_each(|code| forget_sections(root, code));
    }
}

/// What is wrong with a description is told once: its coin's own keys are none that nobody knows.
fn forget_sections(root: &mut Section<'_>, code: &str) {
    if Coin::built_in().any(|coin| coin.facts().prefix == code) {
        return;
    }
    for name in ["rpc", "scanner", "addresses"] {
        root.forget(None, &format!("{code}_{name}"));
    }
    root.forget(Some("sky_exchanger"), &format!("sky_{code}_exchange_rate"));
}

fn description(code: &str, section: &mut Section<'_>) -> Option<Description> {
    let is_code = is_code(code);
    if let Err(why) = &is_code {
        section.problem("code", why);
    }
    let number = number(section);
    let name = required(section, "name", "what people call it");
    let unit = section.string("unit", "satoshi");
    let decimals = section.number("decimals", 8, MAX_DECIMALS.into());
    let uri_scheme = section.string("uri_scheme", &plain(name.as_deref().unwrap_or_default()));
    // As the catalogue's: two coins that change numbers are told apart by it.
    let network = section.string("network", &plain(name.as_deref().unwrap_or_default()));
    let genesis = required(section, "genesis", "the hash of its first block")
        .and_then(|text| section.parsed("genesis", &text, hash));
    let p2pkh = byte(section, "p2pkh", "the first byte of an address of a key");
    let p2sh = section.bytes("p2sh");
    let p2sh = script_prefixes(section, p2sh, p2pkh);
    let bech32 = section.optional("bech32").and_then(|text| section.parsed("bech32", &text, bech32));
    let chain_id = chain_id(section);
    let work = work(section);
    let maturity = section.number("maturity", 100, 10_000);
    let landmarks = landmarks(section);
    let easiest = required(section, "easiest_target", "the easiest target of its rules, as \"1d00ffff\"")
        .and_then(|text| section.parsed("easiest_target", &text, target));
    let easiest_by_now = easiest_by_now(section, easiest);
    let slip44 = section.has("slip44").then(|| section.number("slip44", 0, MAX_SLIP44));
    let rpc_port = rpc_port(section);
    is_code.ok()?;
    Some(Description {
        number: number?,
        code: code.to_owned(),
        name: name?,
        unit,
        decimals: u8::try_from(decimals).ok()?,
        uri_scheme,
        network,
        genesis: genesis?,
        p2pkh: p2pkh?,
        p2sh: p2sh?,
        bech32,
        chain_id,
        work,
        maturity,
        landmarks,
        easiest: easiest?,
        easiest_by_now: easiest_by_now?,
        slip44: slip44.and_then(|number| u32::try_from(number).ok()),
        rpc_port: rpc_port?,
    })
}

fn is_code(code: &str) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if code.is_empty() || code.len() > MAX_CODE || !code.bytes().all(is_plain) {
        return Err(format!("{code:?}: expected 1 to {MAX_CODE} upper-case letters and digits, as in ABY"));
    }
    match Coin::built_in().any(|coin| coin.code() == code) {
        true => Err(format!("{code} is a coin that teller has already")),
        false => Ok(()),
    }
}

fn required(section: &mut Section<'_>, name: &'static str, what: &str) -> Option<String> {
    let text = section.optional(name);
    if text.is_none() && !section.has_problem(name) {
        section.problem(name, format!("must be {what}"));
    }
    text
}

/// The coin's number in the database; one that is not given is no number.
fn number(section: &mut Section<'_>) -> Option<u8> {
    let (first, last) = DESCRIBED_NUMBERS.into_inner();
    let given = u8::try_from(section.number("number", 0, u8::MAX.into())).ok();
    let number = given.filter(|number| (first..=last).contains(number));
    if number.is_none() && !section.has_problem("number") {
        let words =
            format!("must be a number from {first} to {last} that stands for it for good: never change it");
        section.problem("number", words);
    }
    number
}

fn byte(section: &mut Section<'_>, name: &'static str, what: &str) -> Option<u8> {
    if !section.has(name) {
        section.problem(name, format!("must be {what}, 0 to 255"));
    }
    u8::try_from(section.number(name, 0, u8::MAX.into())).ok()
}

fn script_prefixes(
    section: &mut Section<'_>,
    prefixes: Option<Vec<u8>>,
    p2pkh: Option<u8>,
) -> Option<Vec<u8>> {
    let prefixes = prefixes?;
    if prefixes.is_empty() {
        section.problem("p2sh", "must be the first bytes of addresses of scripts, as [5]");
    } else if p2pkh.is_some_and(|p2pkh| prefixes.contains(&p2pkh)) {
        section.problem("p2sh", "has the first byte of addresses of keys, p2pkh");
    } else {
        return Some(prefixes);
    }
    None
}

/// The coin's name in lower case, without what is neither letter nor digit.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn hash(text: &str) -> Result<String, String> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    match text.len() == HASH && text.bytes().all(is_hex) {
        true => Ok(text.to_owned()),
        false => Err(format!("expected a block's hash, {HASH} digits 0-9 and a-f, as nodes show it")),
    }
}

fn bech32(text: &str) -> Result<String, String> {
    let is_lower = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    match is_lower && bitcoin::bech32::Hrp::parse(text).is_ok() {
        true => Ok(text.to_owned()),
        false => Err("expected what witness addresses begin with before the 1, as \"bc\"".to_owned()),
    }
}

/// A target as headers write it.
fn target(text: &str) -> Result<u32, String> {
    let bits = u32::from_str_radix(text, 16).ok().filter(|_| text.len() == 8);
    bits.filter(|bits| *bits & 0x007f_ffff != 0 && *bits & 0x0080_0000 == 0)
        .ok_or_else(|| "expected 8 hexadecimal digits, as \"1d00ffff\" (nBits)".to_owned())
}

/// `"height:target"`.
fn easiest_by_now(section: &mut Section<'_>, easiest: Option<u32>) -> Option<(u64, u32)> {
    let Some(text) = section.optional("easiest_target_by_now") else { return Some((0, easiest?)) };
    let parse = |text: &str| {
        let (height, bits) = text.split_once(':').ok_or("expected \"height:target\"")?;
        Ok::<_, String>((self::height(height)?, target(bits)?))
    };
    section.parsed("easiest_target_by_now", &text, parse)
}

fn height(text: &str) -> Result<u64, String> {
    let height = text.parse::<u64>().ok().filter(|height| *height <= MAX_HEIGHT);
    height.ok_or_else(|| format!("{text:?} is no height of a block"))
}

/// `["height:hash"]`.
fn landmarks(section: &mut Section<'_>) -> Vec<(u64, String)> {
    let parse = |text: &str| {
        let (height, hash) = text.split_once(':').ok_or("expected [\"height:hash\", ...]")?;
        Ok::<_, String>((self::height(height)?, self::hash(hash)?))
    };
    let texts = section.strings("landmarks");
    texts.iter().filter_map(|text| section.parsed("landmarks", text, parse)).collect()
}

fn chain_id(section: &mut Section<'_>) -> Option<i32> {
    let id = section.has("merge_mined_as").then(|| section.number("merge_mined_as", 0, u16::MAX.into()))?;
    i32::try_from(id).ok()
}

fn work(section: &mut Section<'_>) -> ProofOfWork {
    match section.string("work", "sha256d").as_str() {
        "sha256d" => ProofOfWork::DoubleSha256,
        "scrypt" => ProofOfWork::Scrypt,
        other => {
            section.problem("work", format!("expected \"sha256d\" or \"scrypt\", got {other:?}"));
            ProofOfWork::DoubleSha256
        }
    }
}

fn rpc_port(section: &mut Section<'_>) -> Option<u16> {
    let port = u16::try_from(section.number("rpc_port", 0, u16::MAX.into())).ok().filter(|port| *port != 0);
    if port.is_none() && !section.has_problem("rpc_port") {
        section.problem("rpc_port", "must be the port that its node listens on for JSON-RPC");
    }
    port
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::reader::Problems;

    /// AppleByte as the sample configuration has it.
    fn applebyte() -> toml::Table {
        let sample = include_str!("../../config.toml");
        let text: String = sample
            .lines()
            .skip_while(|line| *line != "# [bitcoin_likes.ABY]")
            .skip(1)
            .map_while(|line| line.strip_prefix("#   "))
            .map(|line| format!("{line}\n"))
            .collect();
        assert!(text.contains("genesis"), "{text}");
        text.parse().unwrap()
    }

    fn read_one(code: &str, table: toml::Table) -> (Option<Description>, Vec<String>) {
        let mut problems = Problems::default();
        let mut section = Section::root(table, &mut problems);
        let read = description(code, &mut section);
        section.finish();
        (read, problems.told)
    }

    #[test]
    fn should_read_the_description_of_the_sample() {
        let (read, problems) = read_one("ABY", applebyte());
        assert_eq!(problems, [""; 0]);
        let read = read.unwrap();
        assert_eq!(
            (read.number, read.name.as_str(), read.uri_scheme.as_str()),
            (64, "AppleByte", "applebyte")
        );
        assert_eq!((read.p2pkh, read.p2sh.as_slice(), read.bech32.as_deref()), (23, &[5][..], None));
        assert_eq!(read.network, "applebyte");
        assert_eq!((read.work, read.easiest), (ProofOfWork::Scrypt, 0x1e0f_ffff));
        assert_eq!(read.landmarks.len(), 4);
    }

    #[test]
    fn should_tell_everything_that_is_missing() {
        let (read, problems) = read_one("ABY", toml::Table::new());
        assert_eq!(read, None);
        let keys: Vec<_> = problems.iter().map(|problem| problem.split(':').next().unwrap()).collect();
        assert_eq!(keys, ["number", "name", "genesis", "p2pkh", "p2sh", "easiest_target", "rpc_port"]);
    }

    #[test]
    fn should_refuse_what_would_be_taken_for_something_else() {
        for (key, value, words) in [
            ("number", "4", "from 64 to 127"),
            ("number", "128", "from 64 to 127"),
            ("decimals", "40", "decimals"),
            ("genesis", "\"E8492193\"", "64 digits"),
            ("p2sh", "[23]", "p2pkh"),
            ("p2sh", "[256]", "0 to 255"),
            ("p2sh", "5", "0 to 255"),
            ("bech32", "\"AB\"", "before the 1"),
            ("bech32", "\"a b\"", "before the 1"),
            ("work", "\"x11\"", "scrypt"),
            ("easiest_target", "\"00ffffff\"", "nBits"),
            ("easiest_target", "\"1d00fff\"", "nBits"),
            ("easiest_target_by_now", "\"1d00ffff\"", "height:target"),
            ("landmarks", "[\"7\"]", "height:hash"),
            ("landmarks", "[\"x:00\"]", "no height"),
            ("merge_mined_as", "-1", "from 0"),
            ("rpc_port", "0", "JSON-RPC"),
            ("p2pk", "1", "did you mean"),
        ] {
            let mut table = applebyte();
            let value: toml::Table = format!("{key} = {value}").parse().unwrap();
            table.extend(value);
            let (_, problems) = read_one("ABY", table);
            let told = problems.iter().any(|told| told.starts_with(key) && told.contains(words));
            assert!(told, "{key}: {problems:?}");
        }
        for code in ["", "aby", "A-B", "ABCDEFGHIJK", "BTC", "SKY"] {
            assert_eq!(read_one(code, applebyte()).0, None, "{code}");
        }
    }

    #[test]
    fn should_take_the_work_of_a_merge_mined_chain() {
        let mut table = applebyte();
        table.insert("merge_mined_as".into(), 98.into());
        table.insert("easiest_target_by_now".into(), "500000:1b7fffff".into());
        let (read, problems) = read_one("ABY", table);
        assert_eq!(problems, [""; 0]);
        let read = read.unwrap();
        assert_eq!((read.chain_id, read.easiest_by_now), (Some(98), (500_000, 0x1b7f_ffff)));
    }

    #[test]
    fn should_tell_what_is_wrong_with_a_description_once() {
        let text = "aby_addresses = \"a.json\"\n[bitcoin_likes.ABY]\nnumber = 1\n[aby_rpc]\nserver = \"x\"\n\
            [aby_scanner]\nenabled = true\n[sky_exchanger]\nsky_aby_exchange_rate = \"1\"\nother = 1";
        let mut problems = Problems::default();
        let mut root = Section::root(text.parse().unwrap(), &mut problems);
        read(&mut root);
        root.section("sky_exchanger").finish();
        root.finish();
        let unknown: Vec<_> =
            problems.told.iter().filter(|problem| problem.contains("unknown key")).collect();
        assert_eq!(unknown, ["sky_exchanger.other: unknown key"]);
        assert!(problems.told.iter().any(|problem| problem.starts_with("bitcoin_likes.ABY.number: ")));
    }
}
