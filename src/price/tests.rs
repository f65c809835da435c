use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::types::{Exact, Rate, UnixTime};

const NOW: UnixTime = UnixTime::new(1_000_000);

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn rate(text: &str) -> Rate {
    Rate::parse(text).unwrap()
}

fn guards() -> Guards {
    Guards {
        max_age: Duration::from_secs(120),
        spread: exact("0.01"),
        band: exact("0.2"),
        disagree: exact("0.05"),
    }
}

/// A market where one SKY costs so many coins, heard so many seconds ago.
fn says(price: &str, ago: u64) -> Told {
    let at = UnixTime::new(NOW.get() - ago);
    Told::Says(Reading { rate: Rate::of_price(exact(price)).unwrap(), words: price.to_owned(), at })
}

fn sources(count: usize) -> Vec<PriceSource> {
    (0..count).map(|n| PriceSource::parse(&format!("binance:SKY{n}")).unwrap()).collect()
}

fn of(told: &[Told]) -> Result<Quoted, NoPrice> {
    let sources = sources(told.len());
    let all: Vec<_> = sources.iter().zip(told).collect();
    quote(&all, Some(&rate("500")), &guards(), NOW)
}

#[test]
fn should_read_sources_as_they_are_written() {
    for text in [
        "500",
        "1/3",
        "exchange:BTC_SKY",
        "binance:SKYBTC",
        "feed:/var/lib/prices.json",
        "push",
        "median(binance:SKYBTC, kraken:SKYXBT)",
        "median(push, feed:/a.json, kraken:SKY/XBT)",
    ] {
        assert_eq!(PriceSource::parse(text).unwrap().to_string(), text);
    }
    let median = PriceSource::parse("median(binance:A,kraken:B)").unwrap();
    assert_eq!(median.asked().len(), 2);
    assert_eq!(PriceSource::parse("0.5").unwrap().fixed(), Some(&rate("0.5")));
}

#[test]
fn should_refuse_what_is_no_source() {
    for text in [
        "",
        "abc",
        "0",
        "feed:prices.json",
        "feed:",
        ":SKY",
        "binance:",
        "Binance:SKYBTC",
        "binance:SKY BTC",
        "median(binance:A)",
        "median()",
        "median(binance:A, 500)",
        "median(binance:A, binance:A)",
        "median(binance:A, median(push, kraken:B))",
        "median(binance:A, kraken:B",
        "pushed",
    ] {
        assert!(PriceSource::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn should_keep_the_spread_and_tell_where_a_price_came_from() {
    let quoted = of(&[says("0.0021", 30)]).unwrap();
    // 1 / 0.0021, less one percent.
    assert_eq!(quoted.rate, rate("3300/7"));
    assert_eq!(quoted.note.source, "binance:SKY0 at 0.0021");
    assert_eq!((quoted.note.at, quoted.note.spread), (UnixTime::new(999_970), exact("0.01")));
    assert!(quoted.is_good(UnixTime::new(1_000_090)) && !quoted.is_good(UnixTime::new(1_000_091)));
    assert!(Quoted::fixed(rate("500"), NOW).is_good(UnixTime::new(u64::MAX)));
}

#[test]
fn should_refuse_what_is_too_old_or_from_a_time_to_come() {
    assert!(of(&[says("0.002", 120)]).is_ok());
    assert!(matches!(of(&[says("0.002", 121)]), Err(NoPrice::TooOld(_))));
    let Told::Says(reading) = says("0.002", 0) else { panic!("it says something") };
    let later = |seconds| Told::Says(Reading { at: UnixTime::new(NOW.get() + seconds), ..reading.clone() });
    assert!(of(&[later(60)]).is_ok());
    assert!(matches!(of(&[later(61)]), Err(NoPrice::TooOld(_))));
}

#[test]
fn should_refuse_what_is_far_from_the_operators_own_idea() {
    // 500 SKY for one, by no more than a fifth: from 400 to 600.
    for (price, is_taken) in
        [("0.0025", true), ("0.00250001", false), ("0.00166667", true), ("0.00166666", false)]
    {
        let quoted = of(&[says(price, 0)]);
        assert_eq!(quoted.is_ok(), is_taken, "{price}: {quoted:?}");
        assert!(is_taken || matches!(quoted, Err(NoPrice::OutOfBand { .. })));
    }
}

#[test]
fn should_hear_several_and_believe_no_outlier() {
    let silent = || Told::Silent("no answer".to_owned());
    // Of two the one that gives less SKY, and they have to agree.
    let quoted = of(&[says("0.002", 0), says("0.00205", 7)]).unwrap();
    assert_eq!(quoted.rate, rate("400/0.82").less(exact("0.01")).unwrap());
    assert_eq!(quoted.note.source, "median of binance:SKY1 at 0.00205, binance:SKY0 at 0.002");
    assert_eq!(quoted.note.at, UnixTime::new(NOW.get() - 7));
    assert!(matches!(of(&[says("0.002", 0), says("0.0022", 0)]), Err(NoPrice::SourcesDisagree(_))));
    // One alone vouches for nothing.
    assert!(matches!(of(&[says("0.002", 0), silent()]), Err(NoPrice::NoReading(_))));
    assert!(matches!(of(&[says("0.002", 0), says("0.002", 999)]), Err(NoPrice::TooOld(_))));
    // Of three one may be silent, or off by any factor.
    assert!(of(&[says("0.002", 0), says("0.00201", 0), silent()]).is_ok());
    assert_eq!(of(&[says("0.0002", 0), says("0.002", 0), says("0.00201", 0)]).unwrap().rate, rate("495"));
    assert!(matches!(
        of(&[says("0.0002", 0), says("0.002", 0), says("0.02", 0)]),
        Err(NoPrice::SourcesDisagree(_))
    ));
}

#[test]
fn should_refuse_the_sky_of_another_project() {
    let eth = Moved { on: "ETH", contract: Some("0x56072C95FAA701256059aa122697B133aDEd9279") };
    let problem = |networks: Option<&[Moved<'_>]>| identity_problem("BTC", "SKY", "BTC", networks, false);
    let words = problem(Some(&[eth])).unwrap();
    assert!(words.contains("another coin") && words.contains("0x5607"), "{words}");
    // No word of the operator's stands against what the exchange says itself.
    assert!(identity_problem("BTC", "SKY", "BTC", Some(&[eth]), true).is_some());
    assert!(problem(Some(&[])).is_some());
    assert!(problem(Some(&[Moved { on: "SKY", contract: Some("0x1") }])).is_some());
    assert_eq!(problem(Some(&[eth, Moved { on: "Skycoin", contract: None }])), None);
    // Where nothing is said, the name alone is not enough.
    assert!(problem(None).is_some());
    assert_eq!(identity_problem("BTC", "SKY", "BTC", None, true), None);
    for (code, base, quote, is_right) in [
        ("BTC", "SKY", "XXBT", true),
        ("BTC", "sky", "btc", true),
        ("DOGE", "SKY", "XDG", true),
        ("BTC", "SKY", "ETH", false),
        ("BTC", "BTC", "BTC", false),
    ] {
        assert_eq!(
            identity_problem(code, base, quote, None, true).is_none(),
            is_right,
            "{code} {base} {quote}"
        );
    }
    let refused = of(&[says("0.002", 0), says("0.002", 0), Told::WrongAsset(words)]);
    assert!(matches!(refused, Err(NoPrice::WrongAsset(_))));
}

#[test]
fn should_say_why_in_words() {
    let told = of(&[Told::Silent("no answer".to_owned())]).unwrap_err();
    assert_eq!(
        (told.code(), told.to_string()),
        ("no_reading", "no price is known: binance:SKY0: no answer".to_owned())
    );
    let far = of(&[says("0.06", 0)]).unwrap_err();
    assert!(far.to_string().contains("out of the band: 50/3 SKY for one"), "{far}");
}

proptest! {
    /// Whatever the sources say: a price is near the operator's idea and what most of the sources say, less the spread.
    #[test]
    fn should_stay_inside_all_guards(
        prices in prop::collection::vec((1_000u32..4_000, 0u64..300), 1..6),
    ) {
        let told: Vec<Told> = prices.iter().map(|(price, ago)| says(&format!("0.00{price:04}"), *ago)).collect();
        let Ok(quoted) = of(&told) else { return Ok(()) };
        let fresh = || prices.iter().filter(|(_, ago)| *ago <= 120);
        let before = |price: u32| Rate::of(1_000_000, price.into()).unwrap();
        let less = |rate: &Rate| rate.less(exact("0.01")).as_ref() == Some(&quoted.rate);
        let chosen = fresh().map(|(price, _)| before(*price)).find(less);
        let chosen = chosen.expect("what was said, less the spread");
        prop_assert!(chosen.is_near(&rate("500"), exact("0.2")));
        let near = fresh().filter(|(price, _)| before(*price).is_near(&chosen, exact("0.05"))).count();
        prop_assert!(near * 2 > prices.len());
        prop_assert!(quoted.rate.compare(&chosen).is_lt());
        prop_assert!(quoted.is_good(NOW));
    }

    /// What is promised never gives more than the market, whatever the spread.
    #[test]
    fn should_never_give_away_the_spread(price in 1u64..1_000_000_000, spread in 0u32..1_000) {
        let market = Rate::of_price(exact(&format!("0.{price:010}"))).unwrap();
        let spread = exact(&format!("0.{spread:03}"));
        let less = market.less(spread).unwrap();
        prop_assert!(less.compare(&market).is_le());
        prop_assert_eq!(less.compare(&market).is_eq(), spread.is_zero());
    }

    #[test]
    fn should_never_panic_on_any_text(text in ".{0,80}") {
        let _ = PriceSource::parse(&text);
    }
}
