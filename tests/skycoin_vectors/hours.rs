use teller::skycoin::{BurnFactor, CoinHours, HoursError, calculated_hours};
use teller::types::{Droplets, UnixTime};

use super::{json, list, number, text};

#[test]
fn should_earn_what_the_node_says() {
    let vectors = json("hours.json");
    for case in list(&vectors["hours"]) {
        let [coins, hours, made, now] = [0, 1, 2, 3].map(|field| number(&case[field]));
        let (made, now) = (UnixTime::new(made), UnixTime::new(now));
        let ours = calculated_hours(Droplets::new(coins), CoinHours::new(hours), made, now);
        match text(&case[4]) {
            "overflow" => assert_eq!(ours, Err(HoursError::OutOfRange), "{case}"),
            "sum overflow" => assert_eq!(ours, Ok(CoinHours::ZERO), "{case}"),
            hours => assert_eq!(ours, Ok(CoinHours::new(hours.parse().unwrap())), "{case}"),
        }
    }
    assert!(list(&vectors["hours"]).len() >= 400);
}

#[test]
fn should_ask_for_the_burn_that_the_node_asks_for() {
    let vectors = json("hours.json");
    for case in list(&vectors["fees"]) {
        let factor = BurnFactor::new(u32::try_from(number(&case[1])).unwrap()).unwrap();
        let [inputs, required, burnt] = [0, 2, 3].map(|field| CoinHours::new(number(&case[field])));
        assert_eq!(factor.required(inputs).unwrap_or_default(), required, "{case}");
        let ours = factor.check(inputs, inputs.saturating_sub(burnt));
        match text(&case[4]) {
            "ok" => assert_eq!(ours, Ok(burnt), "{case}"),
            "Transaction has zero coinhour fee" => assert!(ours.is_err() && burnt.is_zero(), "{case}"),
            _ => assert_eq!(ours, Err(HoursError::BurnTooSmall { burnt, required }), "{case}"),
        }
    }
    assert!(list(&vectors["fees"]).len() >= 200);
}
