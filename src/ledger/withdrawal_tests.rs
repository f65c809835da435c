//! What a withdrawal comes to in the books.

use super::{Account, Asset, of_withdrawal};
use crate::types::Symbol;
use crate::upstream::withdrawal_tests::one_of_each;

#[test]
fn should_stand_on_the_way_until_it_arrives() {
    let asset = Asset::AtVenue(Symbol::parse("SKY").unwrap());
    for known in one_of_each() {
        let entry = of_withdrawal(&known).unwrap();
        entry.check().unwrap();
        let on = |account| {
            let balance = entry.on(asset, account);
            (balance.amount().to_coins_trimmed(24), balance.is_credit())
        };
        let (way, there, burnt) = match known.state.name() {
            "missed" => ("0", "0", "0"),
            "arrived" => ("0", "4.9", "0.1"),
            "left" | "held" => ("4.9", "0", "0.1"),
            _ => ("5", "0", "0"),
        };
        let told = [Account::OnTheWay, Account::Withdrawn, Account::Burnt].map(|account| on(account).0);
        assert_eq!(told, [way, there, burnt], "{}", known.state.name());
        assert_eq!(on(Account::AtExchange).1, known.state.name() != "missed");
    }
}
