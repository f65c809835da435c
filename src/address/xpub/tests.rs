use super::*;

const WORDS: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const ZPUB: &str = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNf\
    E3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";
const XPUB: &str = "xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5\
    WSWGFNbi8Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj";
const UPUB: &str = "upub5EFU65HtV5TeiSHmZZm7FUffBGy8UKeqp7vw43jYbvZPpoVsgU93\
    oac7Wk3u6moKegAEWtGNF8DehrnHtv21XXEMYRUocHqguyjknFHYfgY";
const MASTER: &str = "xpub661MyMwAqRbcFkPHucMnrGNzDwb6teAX1RbKQmqtEF8kK3Z7LZ59\
    qafCjB9eCRLiTVG3uxBxgKvRgbubRhqSKXnGGb1aoaqLrpMBDrVxga8";
const XPRV: &str = "xprv9xgqHN7yz9MwCkxsBPN5qetuNdQSUttZNKw1dcYTV4mkaAFiBVGQ\
    ziHs3NRSWMkCzvgjEe3n9xV8oYywvM8at9yRqyaZVz6TYYhX98VjsUk";
const ZPRV: &str = "zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHpbF9z4Q\
    gEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1yYNZKEm7z6qUWCroSQnE";
const UPRV: &str = "uprv91G7gZkzehuMVxDJTYE6tLivdF8e4rvzSu1LFfKw3b2Qx1Aj8vpo\
    FnHdfUZ3hmi9jsvPifmZ24RTN2KhwB8BfMLTVqaBReibyaFFcTP1s9n";
const WIF: &str = "KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d";
const HEX: &str = "0xc9bdb49cfbaedca21c4b1f3a7803c34636b1d7dc55a717132443fc3f4c5867e8";

fn on(network: Network, text: &str) -> Result<AccountXpub, XpubError> {
    AccountXpub::parse(network, text)
}

fn btc(text: &str) -> Result<AccountXpub, XpubError> {
    on(Coin::BTC.main_network(), text)
}

fn refused(text: &str) -> XpubError {
    btc(text).err().unwrap_or_else(|| panic!("{text} was taken"))
}

/// Replaces a letter in the middle, as a slip of the pen does.
fn mistyped(text: &str) -> String {
    let (at, with) = (text.len() / 2, if text.as_bytes()[text.len() / 2] == b'7' { '8' } else { '7' });
    format!("{}{with}{}", &text[..at], &text[at + 1..])
}

/// Whole, mistyped, in a descriptor, with an origin, with a path: none is taken, and none is repeated.
#[test]
fn should_refuse_every_secret_and_never_repeat_it() {
    let none = [XPRV, ZPRV, UPRV].map(|key| (key, Secret::ExtendedKey));
    for (secret, kind) in
        none.into_iter().chain([(WIF, Secret::Wif), (HEX, Secret::Hex), (WORDS, Secret::Words)])
    {
        let plain = secret.to_owned();
        let all = [
            plain.clone(),
            mistyped(secret),
            format!("{secret}/0/*"),
            format!("wpkh({secret})"),
            format!("wpkh([73c5da0a/84h/0h/0h]{secret}/0/*)#abcdefgh"),
            format!("  {secret}\n"),
            format!("tr({XPUB}/0/*,pk({secret}))"),
        ];
        for text in all {
            for coin in Coin::all() {
                let error = on(coin.main_network(), &text).unwrap_err();
                assert_eq!(error, XpubError::Secret(kind), "{text}");
                let said = format!("{error} {error:?}");
                assert!(!said.contains(&secret[10..20]) && !said.contains("abandon"), "{said}");
            }
        }
    }
}

#[test]
fn should_know_a_mnemonic_in_whatever_dress() {
    for text in [
        WORDS.replace(' ', "\n"),
        WORDS.replace(' ', "-"),
        WORDS.replace(' ', ","),
        WORDS.to_uppercase(),
        WORDS.replace("about", "abot"),
        "abaco abbaglio abbinato abete abisso abolire abrasivo abrogato accadere accenno accusato acetone"
            .into(),
        "あいこくしん あいこくしん あいこくしん あいこくしん あいこくしん あいこくしん あおぞら"
            .replace(' ', "\u{3000}"),
    ] {
        assert_eq!(refused(&text), XpubError::Secret(Secret::Words), "{text}");
    }
}

#[test]
fn should_say_whose_key_it_is_and_what_was_expected() {
    for (network, key, words) in [
        (Coin::BTC.main_network(), UPUB, "a key of a test network, expected Bitcoin's xpub, ypub or zpub"),
        (
            Coin::BTC.network("regtest").unwrap(),
            ZPUB,
            "a key of Bitcoin, expected tpub, upub or vpub of a Bitcoin test",
        ),
        (Coin::ETH.main_network(), ZPUB, "a key of Bitcoin, expected the xpub of an Ethereum account"),
        (Coin::SKY.main_network(), UPUB, "a key of a test network, expected the xpub of a Skycoin bip44"),
    ] {
        for text in [key.to_owned(), format!("{key}/0/*")] {
            let error = on(network, &text).unwrap_err().to_string();
            assert!(error.starts_with(words), "{error}");
        }
    }
    let litecoin = with_version(XPUB, 0x019d_a462);
    assert!(litecoin.starts_with("Ltub"));
    assert!(refused(&litecoin).to_string().starts_with("a key of Litecoin, expected Bitcoin's"));
    assert!(refused(&format!("wpkh({litecoin}/0/*)")).to_string().starts_with("a key of Litecoin"));
    let of = |network: &str, key: &str| on(Coin::LTC.network(network).unwrap(), key).map(|key| key.rule());
    assert_eq!(of("litecoin", &litecoin), Ok(AddressRule::P2pkh));
    assert_eq!(of("litecoin", &with_version(XPUB, 0x01b2_6ef6)), Ok(AddressRule::P2shP2wpkh));
    assert_eq!(of("litecoin", ZPUB), Ok(AddressRule::P2wpkh));
    assert_eq!(of("regtest", &with_version(XPUB, 0x0436_f6e1)), Ok(AddressRule::P2pkh));
    assert!(of("regtest", &litecoin).is_err() && of("litecoin", UPUB).is_err());
    assert!(matches!(refused(&with_version(XPUB, 0x02aa_7ed3)), XpubError::Multisig { .. }));
    // A wallet that nobody has told us of.
    assert!(matches!(refused(&with_version(XPUB, 0x0102_0304)), XpubError::NotKey { .. }));
}

fn with_version(key: &str, version: u32) -> String {
    let mut bytes = bitcoin::base58::decode_check(key).unwrap();
    bytes[..4].copy_from_slice(&version.to_be_bytes());
    bitcoin::base58::encode_check(&bytes)
}

/// The origin says which account it is: where that is another than the coin's or the script's, somebody slipped.
#[test]
fn should_hold_a_key_against_its_origin() {
    let with = |origin: &str| btc(&format!("[73c5da0a/{origin}]{XPUB}")).map(|account| account.rule());
    assert_eq!(with("44h/0h/0h"), Ok(AddressRule::P2pkh));
    assert_eq!(with("49'/0'/3'"), Ok(AddressRule::P2shP2wpkh));
    assert_eq!(with("84h/0h/0h"), Ok(AddressRule::P2wpkh));
    assert_eq!(with("86h/0h/0h"), Ok(AddressRule::P2tr));
    assert_eq!(with("7h/0h/0h"), Ok(AddressRule::P2pkh));
    let coin = |found, expected, name| Some(XpubError::OriginCoin { found, expected, name });
    assert_eq!(with("44h/60h/0h").err(), coin(60, 0, "BTC"));
    assert_eq!(with("44h/1h/0h").err(), coin(1, 0, "BTC"));
    let ethereum = on(Coin::ETH.main_network(), &format!("[73c5da0a/44h/8000h/0h]{XPUB}"));
    assert_eq!(ethereum.err(), coin(8000, 60, "ETH"));
    let purpose = XpubError::OriginPurpose { origin: 44, script: 84 };
    assert_eq!(refused(&format!("[73c5da0a/44h/0h/0h]{ZPUB}")), purpose);
    assert_eq!(refused(&format!("wpkh([73c5da0a/44h/0h/0h]{XPUB}/0/*)")), purpose);
}

#[test]
fn should_want_a_chain_of_addresses_that_the_wallet_gives_out() {
    for (path, error) in [
        ("/0", XpubError::OneAddress),
        ("/0/7", XpubError::OneAddress),
        ("/0h/*", XpubError::Hardened),
        ("/0/*h", XpubError::Hardened),
        ("/1/*", XpubError::Change),
        ("/<1;0>/*", XpubError::Change),
        ("/<0;1;2>/*", XpubError::Path),
    ] {
        assert_eq!(refused(&format!("{ZPUB}{path}")), error, "{path}");
        assert_eq!(refused(&format!("wpkh({XPUB}{path})")), error, "{path}");
    }
    assert_eq!(refused(MASTER), XpubError::Depth { depth: 0 });
    // Electrum's accounts stand elsewhere, and their path is said.
    assert!(btc(&format!("{MASTER}/0/*")).is_ok());
    assert_eq!(refused(&format!("wpkh({XPUB})")), XpubError::OneAddress);
    let single = "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c";
    assert_eq!(refused(&format!("wpkh({single})")), XpubError::SingleKey);
    assert_eq!(
        refused(&format!("{XPUB}/0/*/")),
        XpubError::NotKey { expected: Coin::BTC.main_network().facts().accounts.expected }
    );
}

/// BIP-380's rules of checksums.
#[test]
fn should_hold_a_descriptor_against_its_checksum() {
    let key = with_version(ZPUB, 0x0488_b21e);
    let descriptor = format!("wpkh([73c5da0a/84'/0'/0']{key}/0/*)");
    let summed = descriptor.parse::<miniscript::Descriptor<miniscript::DescriptorPublicKey>>().unwrap();
    let summed = summed.to_string();
    let (_, sum) = summed.split_once('#').unwrap();
    let identity = btc(ZPUB).unwrap().identity();
    for text in [&descriptor, &descriptor.replace('\'', "h"), &summed] {
        assert_eq!(btc(text).unwrap().identity(), identity);
    }
    for bad in [
        format!("{descriptor}#"),
        format!("{descriptor}#{sum}x"),
        format!("{descriptor}#{}", &sum[..7]),
        format!("{descriptor}#{}", mistyped(sum)),
        format!("{}#{sum}", descriptor.replace("73c5", "73c6")),
        format!("{descriptor}##{sum}"),
    ] {
        assert_eq!(refused(&bad), XpubError::DescriptorChecksum, "{bad}");
    }
    // Of Bitcoin Core's document on descriptors: it is whole, and is of the chain of change.
    let core = "pkh([d34db33f/44'/0'/0']xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJb\
        ZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL/1/*)#ml40v0wf";
    assert_eq!(refused(core), XpubError::Change);
    assert_eq!(refused(&core.replace("/1/*", "/0/*")), XpubError::DescriptorChecksum);
    assert_eq!(refused(&mistyped(ZPUB)), XpubError::KeyChecksum);
    assert_eq!(refused(&format!("wpkh({}/0/*)", mistyped(XPUB))), XpubError::KeyChecksum);
}

#[test]
fn should_take_no_other_script_and_no_other_thing() {
    for script in [
        format!("wsh(pk({XPUB}/0/*))"),
        format!("sh(wsh(pk({XPUB}/0/*)))"),
        format!("sh(sortedmulti(1,{XPUB}/0/*,{MASTER}/0/*))"),
        format!("tr({XPUB}/0/*,pk({XPUB}/0/*))"),
        format!("pk({XPUB}/0/*)"),
    ] {
        assert!(matches!(refused(&script), XpubError::Script { .. }), "{script}");
    }
    let ethereum = on(Coin::ETH.main_network(), &format!("wpkh({XPUB}/0/*)"));
    assert!(matches!(ethereum, Err(XpubError::Script { .. })));
    for text in [
        "",
        " ",
        "btc.json",
        "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
        "[",
        "wpkh(",
        "[73c5da0a/84h]",
        "()",
        "é",
    ] {
        assert!(matches!(refused(text), XpubError::NotKey { .. }), "{text}");
    }
    assert_eq!(refused(&format!("wpkh({ZPUB}/0/*)")), XpubError::Prefixed { found: "zpub", plain: "xpub" });
}

#[test]
fn should_show_no_key_in_debug() {
    let shown = format!("{:?}", btc(ZPUB).unwrap());
    assert!(shown.starts_with("AccountXpub(BTC BIP-84 ") && shown.len() < 40, "{shown}");
}
