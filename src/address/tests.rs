use std::io::Write as _;

use super::*;

const TAPROOT: &str = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0";

fn btc(text: &str) -> Result<DepositAddress, AddressError> {
    DepositAddress::parse(Coin::BTC.main_network(), text)
}

fn eth(text: &str) -> Result<DepositAddress, AddressError> {
    DepositAddress::parse(Coin::ETH.main_network(), text)
}

#[test]
fn should_take_every_standard_bitcoin_address_type() {
    for text in [
        "1Lbof3DComkR1PZ71KZ1pKdvULLAgXH1Kr",
        "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
        TAPROOT,
    ] {
        let address = btc(text).unwrap();
        assert_eq!(address.to_string(), text);
        let bytes = minicbor::to_vec(address).unwrap();
        assert_eq!(minicbor::decode::<DepositAddress>(&bytes).unwrap(), address);
        let script = bitcoin::Address::from_str_checked(text).script_pubkey();
        assert_eq!(DepositAddress::of_script(script.as_bytes(), Coin::BTC.main_network()), Some(address));
    }
    // Upper-case bech32 is legal, and the same place.
    assert_eq!(btc(&TAPROOT.to_uppercase()).unwrap().key(), btc(TAPROOT).unwrap().key());
}

trait Checked {
    fn from_str_checked(text: &str) -> bitcoin::Address;
}

impl Checked for bitcoin::Address {
    fn from_str_checked(text: &str) -> bitcoin::Address {
        text.parse::<bitcoin::Address<_>>().unwrap().require_network(bitcoin::Network::Bitcoin).unwrap()
    }
}

/// BIP-173 and BIP-350: what must be refused.
#[test]
fn should_refuse_the_invalid_vectors_of_bip_173_and_350() {
    for text in [
        "tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2",
        "bc1rw5uspcuh",
        "bc10w508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kw5rljs90",
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
        "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",
        "bc1gmk9yu",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
        "bc1pw5dgrnzv",
        "1Lbof3DComkR1PZ71KZ1pKdvULLAgXH1Ks",
        "",
        "garbage",
    ] {
        assert!(btc(text).is_err(), "{text:?}");
    }
}

#[test]
fn should_tell_an_address_of_another_network() {
    let wrong = Err(AddressError::WrongNetwork { expected: Coin::BTC.main_network() });
    assert_eq!(btc("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"), wrong);
    assert_eq!(btc("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"), wrong);
    let on = |network, text: &str| {
        DepositAddress::parse(Coin::BTC.network(network).unwrap(), text).map(|address| address.to_string())
    };
    let regtest = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
    assert_eq!(on("regtest", regtest), Ok(regtest.to_owned()));
    assert_eq!(btc(regtest), wrong);
    for network in ["testnet", "testnet4", "signet", "regtest"] {
        let legacy = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn";
        assert_eq!(on(network, legacy), Ok(legacy.to_owned()));
    }
}

/// Of other chains than Bitcoin's: what their nodes make of them.
#[test]
fn should_read_and_write_addresses_as_the_nodes_of_each_chain_do() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/addresses.json");
    let rows: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for row in rows.as_array().unwrap() {
        let text = row["text"].as_str().unwrap();
        let coin = Coin::from_code(row["coin"].as_str().unwrap()).unwrap();
        let network = coin.network(row["network"].as_str().unwrap()).unwrap();
        match (DepositAddress::parse(network, text), row["refused"].as_str()) {
            (Err(error), Some(why)) => assert!(error.to_string().starts_with(why), "{text}: {error}"),
            (Ok(address), None) => {
                assert_eq!(address.to_string(), row["written"].as_str().unwrap_or(text));
                assert_eq!(address.network(), network);
                let bytes = minicbor::to_vec(address).unwrap();
                assert_eq!(minicbor::decode::<DepositAddress>(&bytes).unwrap(), address);
                assert_eq!(DepositAddress::parse(network, &address.to_string()), Ok(address));
            }
            (read, _) => panic!("{coin} {network} {text}: {read:?}"),
        }
    }
}

/// `L` and what follows it may be the letters that a witness address begins with.
#[test]
fn should_tell_a_key_s_address_from_a_witness_s_by_more_than_its_first_letters() {
    for text in ["LTC1mvEhm8jJKbfPPySMMFjjfYMmj6uAcM", "LTc1RVZu76kWF5FsjSeD4vmveSNdCneQAf"] {
        let address = DepositAddress::parse(Coin::LTC.main_network(), text).unwrap();
        assert_eq!(address.to_string(), text);
        assert!(DepositAddress::parse(Coin::BTC.main_network(), text).is_err());
    }
    let wrong = DepositAddress::parse(Coin::LTC.main_network(), "LTC1mvEhm8jJKbfPPySMMFjjfYMmj6uAcN");
    assert!(matches!(wrong, Err(AddressError::Invalid { .. })), "{wrong:?}");
}

/// Where a chain has no witnesses, anybody can spend what pays one.
#[test]
fn should_take_a_script_for_an_address_only_where_it_is_one() {
    let witness = [&[0x00, 0x14][..], &[7; 20]].concat();
    let key = [&[0x76, 0xa9, 0x14][..], &[7; 20], &[0x88, 0xac]].concat();
    for network in Coin::all().flat_map(Coin::networks) {
        let like = network.bitcoin_like();
        let has_witnesses = like.is_some_and(|like| like.bech32.is_some());
        assert_eq!(DepositAddress::of_script(&witness, network).is_some(), has_witnesses, "{network:?}");
        assert_eq!(DepositAddress::of_script(&key, network).is_some(), like.is_some(), "{network:?}");
    }
}

#[test]
fn should_check_ethereum_letter_case() {
    // The vectors of EIP-55.
    for text in [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x392cded14b8f12cb6cbb1c7922810f4fbd80c3f6",
    ] {
        assert_eq!(eth(text).unwrap().to_string(), text);
    }
    assert_eq!(eth("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"), Err(AddressError::Checksum));
    assert_eq!(eth(&format!("0x{}", "0".repeat(40))), Err(AddressError::Null));
    for text in
        ["392cded14b8f12cb6cbb1c7922810f4fbd80c3f6", "0x392c", "0X392cded14b8f12cb6cbb1c7922810f4fbd80c3f6"]
    {
        assert!(matches!(eth(text), Err(AddressError::Invalid { .. })), "{text:?}");
    }
    let lower = eth("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed").unwrap();
    assert_eq!(lower.key(), eth("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed").unwrap().key());
}

#[test]
fn should_not_take_other_scripts_for_addresses() {
    for script in [&[][..], &[0x6a, 0x02, 1, 2], &[0x51; 34], &[0x52, 0x20], &[0x76, 0xa9, 0x14, 0x88, 0xac]]
    {
        assert_eq!(DepositAddress::of_script(script, Coin::BTC.main_network()), None);
    }
}

fn read(name: &str, content: &str) -> Result<(AddressFile, Vec<String>), AddressFileError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::File::create(&path).unwrap().write_all(content.as_bytes()).unwrap();
    let mut all = Vec::new();
    let file = read_address_file(&path, Coin::BTC.main_network(), |batch| {
        all.extend(batch.iter().map(ToString::to_string));
        Ok(())
    })?;
    Ok((file, all))
}

const A: &str = "1Lbof3DComkR1PZ71KZ1pKdvULLAgXH1Kr";
const B: &str = "1HWbuhpB6xrLYMUQDgyokGxXnshNhpBGxc";

#[test]
fn should_read_text_and_json_in_file_order() {
    let (file, all) = read("a.txt", &format!("# pool\n\n  {B}  \r\n{A}")).unwrap();
    assert_eq!((file.count, all), (2, vec![B.to_owned(), A.to_owned()]));
    let json = format!(r#"{{"note": [1, {{}}], "btc_addresses": ["{A}", "{B}"]}}"#);
    let (file, all) = read("a.json", &json).unwrap();
    assert_eq!((file.count, all), (2, vec![A.to_owned(), B.to_owned()]));
}

#[test]
fn should_name_every_bad_address_with_its_line() {
    let json = format!("{{\n\"btc_addresses\": [\n\"{A}\",\n\"{B}\",\n\"bad\"\n]}}");
    assert!(read("a.json", &json).unwrap_err().to_string().contains("line 5: \"bad\""));
    let content = format!("{A}\nnonsense\n{B}\nmipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn\n{A}\n");
    let message = read("a.txt", &content).unwrap_err().to_string();
    assert!(message.contains("3 bad address(es)"), "{message}");
    for part in ["line 2: \"nonsense\"", "line 4: ", "not of network bitcoin", "line 5: ", "duplicate"] {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn should_refuse_files_that_are_not_address_files() {
    for (name, content, part) in [
        ("a.json", "[]", "btc_addresses"),
        ("a.json", "{}", "missing"),
        ("a.json", r#"{"btc_addresses": [1]}"#, "expected"),
        ("a.json", &format!(r#"{{"btc_addresses": ["{A}"]}} x"#), "trailing"),
        ("a.json", r#"{"btc_addresses": []}"#, "no addresses"),
        ("a.txt", "# only comments\n", "no addresses"),
        ("a.json", &format!(r#"{{"btc_addresses": ["{A}", "x"]}}"#), "line 1"),
        ("a.json", &format!(r#"{{"btc_addresses": ["{A}", "{A}"]}}"#), "line 1"),
    ] {
        let message = read(name, content).unwrap_err().to_string();
        assert!(message.contains(part), "{part:?} in {message:?}");
    }
}

#[test]
fn should_tell_a_changed_file_by_its_digest() {
    let one = read("a.txt", A).unwrap().0;
    let same = read("b.txt", A).unwrap().0;
    let other = read("a.txt", &format!("{A}\n{B}")).unwrap().0;
    assert_eq!(one.digest, same.digest);
    assert_ne!(one.digest, other.digest);
}
