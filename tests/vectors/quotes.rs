//! What amounts buy, as the page's script has to reckon too: `tests/data/quotes.json` is read by both.

use teller::types::{Rate, Units};

const FILE: &str = "tests/data/quotes.json";

/// Code, rate, decimals of the coin, decimals of what is paid.
const SCALES: [(&str, &str, u8, u8); 8] = [
    ("BTC", "500", 8, 3),
    ("BTC", "123456.789", 8, 6),
    ("BTC", "1/3", 8, 3),
    ("ETH", "100", 18, 3),
    ("ETH", "0.000001", 18, 6),
    ("SKY", "1", 6, 0),
    ("SKY", "7/11", 6, 6),
    ("USDT", "1/0.75", 6, 2),
];
const AMOUNTS: [u128; 9] = [
    0,
    1,
    199,
    200,
    1_234_567,
    100_000_000,
    987_654_321_012,
    1_000_000_000_000_000_000,
    123_456_789_123_456_789_123,
];

fn made() -> String {
    let mut rows = Vec::new();
    for (code, rate, decimals, places) in SCALES {
        let rate = Rate::parse(rate).unwrap();
        let (num, den) = rate.fraction();
        let least = rate.smallest_deposit(decimals, places).unwrap().get();
        for send in AMOUNTS {
            let Ok(quote) = rate.quote(Units::new(send), decimals, places) else { continue };
            rows.push(format!(
                "  {{ \"scale\": {{ \"code\": \"{code}\", \"num\": \"{num}\", \"den\": \"{den}\", \
                 \"decimals\": {decimals}, \"places\": {places} }}, \"send\": \"{send}\", \
                 \"get\": \"{}\", \"least\": \"{least}\" }}",
                quote.payout.get()
            ));
        }
    }
    format!("[\n{}\n]\n", rows.join(",\n"))
}

#[test]
fn should_be_what_the_script_is_held_to() {
    let file = std::fs::read_to_string(FILE).unwrap();
    assert_eq!(file, made(), "`cargo test --test vectors -- --ignored make_the_quotes` makes it anew");
}

#[test]
#[ignore = "makes tests/data/quotes.json anew"]
fn make_the_quotes() {
    std::fs::write(FILE, made()).unwrap();
}
