use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::exchange::{Book, ClientId, Level, Market, MarketState, VenueOrderId};
use crate::types::{DepositNo, Exact, OrderNo, Symbol, Units, UnixTime};

const AT: UnixTime = UnixTime::new(7);

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    exact(text).get()
}

fn symbol(text: &str) -> Symbol {
    Symbol::parse(text).unwrap()
}

fn market() -> Market {
    Market {
        name: "SKYBTC".into(),
        base: "SKY".into(),
        quote: "BTC".into(),
        state: MarketState::Trading,
        price_step: decimal("0.00001"),
        quantity_step: decimal("0.01"),
        least_quantity: decimal("1"),
        least_cost: Decimal::ZERO,
    }
}

fn book(asks: &[(&str, &str)]) -> Book {
    let level =
        |(price, quantity): &(&str, &str)| Level { price: decimal(price), quantity: decimal(quantity) };
    Book { bids: Vec::new(), asks: asks.iter().map(level).collect() }
}

fn guard(slippage: &str, ceiling: Option<&str>, fee: &str) -> PriceGuard {
    PriceGuard { slippage: decimal(slippage), ceiling: ceiling.map(decimal), fee: decimal(fee) }
}

fn sized(budget: &str, asks: &[(&str, &str)], guard: PriceGuard) -> Result<(String, String), SizingRefused> {
    let sizing = size_order(exact(budget), &market(), &book(asks), &guard)?;
    Ok((sizing.price.to_string(), sizing.quantity.to_string()))
}

#[test]
fn should_order_at_the_worst_price_that_the_budget_reaches() {
    let asks = [("0.00201", "5"), ("0.002", "10"), ("0.003", "1000")];
    let all = guard("0.5", None, "0");
    // The first price has enough; the second is reached; the bound is half above the best.
    assert_eq!(sized("0.01", &asks, all), Ok(("0.002".into(), "5".into())));
    assert_eq!(sized("0.0249", &asks, all), Ok(("0.00201".into(), "12.38".into())));
    assert_eq!(sized("1", &asks, all), Ok(("0.003".into(), "333.33".into())));
    // Two in a hundred above the best is less than the third price.
    assert_eq!(sized("1", &asks, guard("0.02", None, "0")), Ok(("0.00204".into(), "490.19".into())));
    // A fee comes on top of the cost.
    assert_eq!(sized("0.01002", &asks, guard("0", None, "0.002")), Ok(("0.002".into(), "5".into())));
}

#[test]
fn should_hold_instead_of_buying_dear() {
    let asks = [("0.002", "10")];
    let dear = SizingRefused::TooDear { asks: decimal("0.002"), ceiling: decimal("0.0019") };
    assert_eq!(sized("1", &asks, guard("0.5", Some("0.0019"), "0")), Err(dear));
    assert_eq!(sized("1", &asks, guard("0.5", Some("0.0021"), "0")), Ok(("0.0021".into(), "476.19".into())));
    assert_eq!(sized("1", &[], guard("0.5", None, "0")), Err(SizingRefused::NoOffers));
    let closed = Market { state: MarketState::Closed, ..market() };
    let refused = size_order(exact("1"), &closed, &book(&asks), &guard("0", None, "0"));
    assert_eq!(refused, Err(SizingRefused::Closed));
}

#[test]
fn should_say_what_the_smallest_order_takes() {
    let (asks, plain) = ([("0.002", "10")], guard("0", None, "0.1"));
    let least = exact("0.0022");
    assert_eq!(sized("0.00219", &asks, plain), Err(SizingRefused::TooSmall { least }));
    assert_eq!(sized("0.0022", &asks, plain), Ok(("0.002".into(), "1".into())));
    let by_cost = Market { least_cost: decimal("0.005"), ..market() };
    let smallest = smallest_budget(&by_cost, &book(&asks), &guard("0", None, "0"));
    assert_eq!(smallest, Ok(exact("0.005")));
}

fn order(budgets: &[u128]) -> BuyOrder {
    let terms = Terms {
        exchange: "c2cx".into(),
        market: "BTC_SKY".into(),
        base: symbol("SKY"),
        quote: symbol("BTC"),
        quote_decimals: 8,
        client_id: ClientId("aa".into()),
        price: exact("0.002"),
        quantity: exact("10"),
        account: "5eed".into(),
    };
    let shares = (1..)
        .zip(budgets)
        .map(|(no, budget)| Share { payout: DepositNo::new(no), budget: Units::new(*budget) });
    BuyOrder::intended(OrderNo::FIRST, terms, shares.collect(), AT)
}

fn fee(asset: &str, amount: &str) -> PaidFee {
    PaidFee { asset: symbol(asset), amount: exact(amount) }
}

fn portions(budgets: &[u128], outcome: &Outcome) -> Vec<(u128, u64)> {
    let portions = order(budgets).portions(outcome).unwrap();
    portions.iter().map(|portion| (portion.spent.get(), portion.bought.get())).collect()
}

#[test]
fn should_share_what_was_bought_to_the_last_droplet() {
    // 10 SKY less a fee of 0.0000005 SKY are 9,999,999 droplets; 0.02 BTC were spent.
    let fees = vec![fee("SKY", "0.0000005")];
    let outcome = Outcome { filled: exact("10"), cost: exact("0.02"), fees };
    let thirds = [1_000_000, 1_000_000, 1_000_000];
    assert_eq!(
        portions(&thirds, &outcome),
        [(666_667, 3_333_333), (666_667, 3_333_333), (666_666, 3_333_333)]
    );
    // A fee in what is spent is spent as well, rounded up to the satoshi; one in another coin is neither.
    let fees = vec![fee("BTC", "0.000000001"), fee("BNB", "3")];
    let outcome = Outcome { filled: exact("1"), cost: exact("0.001"), fees };
    assert_eq!(portions(&[3_000_000], &outcome), [(100_001, 1_000_000)]);
    // More than was allowed is the desk's loss.
    let outcome = Outcome { filled: exact("1"), cost: exact("0.001"), fees: Vec::new() };
    assert_eq!(portions(&[60_000, 30_000], &outcome), [(60_000, 666_667), (30_000, 333_333)]);
}

proptest! {
    #[test]
    fn should_give_everything_and_nobody_more_than_their_part(
        weights in prop::collection::vec(0..u128::from(u64::MAX), 1..20),
        whole in 0..u128::from(u64::MAX),
    ) {
        let shares = share_out(whole, &weights);
        let sum: u128 = weights.iter().sum();
        prop_assert_eq!(shares.iter().sum::<u128>(), if sum == 0 { 0 } else { whole });
        if whole <= sum {
            prop_assert!(shares.iter().zip(&weights).all(|(share, weight)| share <= weight));
        }
        for (one, other) in shares.iter().zip(&shares[1..]).zip(weights.iter().zip(&weights[1..])) {
            let (share, weight) = (one.0.cmp(one.1), other.0.cmp(other.1));
            prop_assert!(share == weight || one.0.abs_diff(*one.1) <= 1);
        }
    }

    #[test]
    fn should_never_order_for_more_than_the_budget(
        budget in 1..10_000_000_000u64,
        levels in prop::collection::vec((1..1_000_000u64, 1..1_000_000u64), 1..10),
        fee in 0..100u64,
        slippage in 0..2_000u64,
    ) {
        let number = |number: u64, scale: u32| Decimal::new(i64::try_from(number).unwrap(), scale);
        let levels = levels.iter().map(|(price, quantity)| Level {
            price: number(*price, 5),
            quantity: number(*quantity, 2),
        });
        let book = Book { bids: Vec::new(), asks: levels.collect() };
        let guard = PriceGuard { slippage: number(slippage, 3), ceiling: None, fee: number(fee, 3) };
        let budget = Exact::new(number(budget, 8)).unwrap();
        if let Ok(Sizing { price, quantity }) = size_order(budget, &market(), &book, &guard) {
            let with_fee = price.get() * quantity.get() * (Decimal::ONE + guard.fee);
            prop_assert!(with_fee <= budget.get());
            prop_assert!(quantity.get() >= market().least_quantity);
            let best = book.asks.iter().map(|level| level.price).min().unwrap();
            prop_assert!(price.get() <= best * (Decimal::ONE + guard.slippage));
            prop_assert!(price.get() >= best);
        }
    }
}

#[test]
fn should_allow_no_step_out_of_turn() {
    let id = || VenueOrderId("1".into());
    let words = || "so be it".to_owned();
    let intended = order(&[5]);
    let placed = intended.clone().place(id(), AT).unwrap();
    let unclear = intended.clone().doubt(words(), AT).unwrap();
    let held = unclear.clone().hold(words(), AT).unwrap();
    let held_there = placed.clone().hold(words(), AT).unwrap();
    let missed = unclear.clone().miss(words(), AT).unwrap();
    let closed = placed.clone().close(Outcome::default(), AT).unwrap();
    let all = [&intended, &placed, &unclear, &held, &held_there, &missed, &closed];
    let allowed = |step: &dyn Fn(BuyOrder) -> bool| all.map(|order| u8::from(step(order.clone())));
    assert_eq!(allowed(&|order| order.place(id(), AT).is_ok()), [1, 0, 1, 1, 0, 0, 0]);
    assert_eq!(allowed(&|order| order.doubt(words(), AT).is_ok()), [1, 0, 0, 0, 0, 0, 0]);
    assert_eq!(allowed(&|order| order.hold(words(), AT).is_ok()), [1, 1, 1, 0, 0, 0, 0]);
    assert_eq!(allowed(&|order| order.look_again(AT).is_ok()), [0, 0, 0, 1, 1, 0, 0]);
    assert_eq!(allowed(&|order| order.miss(words(), AT).is_ok()), [1, 0, 1, 1, 0, 0, 0]);
    assert_eq!(allowed(&|order| order.close(Outcome::default(), AT).is_ok()), [0, 1, 0, 1, 1, 0, 0]);
    assert_eq!(allowed(&|order| order.is_open()), [1, 1, 1, 1, 1, 0, 0]);
    assert_eq!(held_there.look_again(AT).unwrap(), placed);
}
