use teller::skycoin::Address;

use super::{json, list, text};

#[test]
fn should_say_of_every_text_what_the_original_says() {
    let cases = json("addresses.json");
    for case in list(&cases) {
        let (given, says) = (text(&case[0]), text(&case[1]));
        match Address::decode(given) {
            Ok(address) => assert_eq!((address.to_string().as_str(), "ok"), (given, says)),
            Err(error) => assert_eq!(error.to_string(), says, "{given:?}"),
        }
    }
    assert!(list(&cases).len() > 100);
}
