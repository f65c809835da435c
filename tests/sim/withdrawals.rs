//! What was bought comes to the hot wallet: once, whatever the exchange answers and whenever the desk dies.

use std::time::Duration;

use rust_decimal::Decimal;
use teller::engine::operator::{Order, WithdrawalAct, decide_withdrawal};
use teller::exchange::{AssetNetwork, Refusal, WithdrawalTrace};
use teller::ledger::{Account, Asset, VENUE_DECIMALS};
use teller::skycoin::Address;
use teller::store::{Books, Withdrawals};
use teller::testing::{Faults, Habit, StepEnd, UpstreamSettings, World};
use teller::types::{Droplets, Exact, Symbol, WithdrawalNo};
use teller::upstream::{Departure, Withdrawal};

use crate::random::Random;

const ANNA: Address = Address::from_bytes([1; 20]);
const TRACES: [WithdrawalTrace; 3] =
    [WithdrawalTrace::Repeat, WithdrawalTrace::ById, WithdrawalTrace::ByTerms];

/// A world that buys upstream and withdraws. A withdrawal costs a tenth of a SKY.
pub(crate) fn world(trace: WithdrawalTrace) -> World {
    let mut world = World::new(Droplets::new(100_000_000_000), 16);
    world.settings.upstream = Some(UpstreamSettings { withdraws: true, ..UpstreamSettings::default() });
    world.exchange.change(|state| {
        state.vault.trace = Some(trace);
        state.vault.is_fee_on_top = trace == WithdrawalTrace::Repeat;
        state.vault.tells_fee = trace != WithdrawalTrace::Repeat;
    });
    world.stop();
    world.start().unwrap();
    world
}

/// Buys about five SKY for each 0.01 bitcoin.
pub(crate) async fn buy(world: &mut World, tx: &str, satoshi: u64) {
    assert!(matches!(world.bind(ANNA).await, StepEnd::Done(_)));
    let address = world.acked.binds.last().unwrap().1;
    assert!(matches!(world.deposit(address, tx, 0, satoshi).await, StepEnd::Done(_)));
    // Nothing is bought before it was looked what left the wallet.
    assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
    // Until the order has ended: nothing is withdrawn yet.
    for _ in 0..5 {
        assert!(matches!(world.buyer_step().await, StepEnd::Done(_)));
        world.clock.advance(2);
    }
}

pub(crate) async fn rest(world: &mut World) {
    for _ in 0..5 {
        let end = world.rest().await;
        assert!(matches!(end, StepEnd::Done(_)), "no rest: {end:?}");
        world.clock.advance(700);
    }
    world.verify(true).unwrap();
}

fn all(world: &mut World) -> Vec<Withdrawal> {
    world.service().unwrap().store.snapshot().withdrawals(WithdrawalNo::new(0), usize::MAX).unwrap()
}

pub(crate) fn states(world: &mut World) -> Vec<&'static str> {
    all(world).iter().map(|known| known.state.name()).collect()
}

fn on(world: &mut World, account: Account) -> String {
    let books = world.service().unwrap().store.snapshot().balances().unwrap();
    books.amount(Asset::AtVenue(Symbol::parse("SKY").unwrap()), account).to_coins_trimmed(VENUE_DECIMALS)
}

#[tokio::test]
async fn should_bring_what_was_bought_to_the_wallet() {
    for trace in TRACES {
        let mut world = world(trace);
        let before = world.node.gifts().get();
        buy(&mut world, "aa", 1_002_000).await;
        // Less the fee of the order, 4.99 SKY.
        assert_eq!(on(&mut world, Account::AtExchange), "4.99");
        assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
        assert!(matches!(world.withdrawer_step().await, StepEnd::Done(_)));
        let most = all(&mut world)[0].terms.most().unwrap().to_string();
        assert_eq!((states(&mut world), on(&mut world, Account::OnTheWay)), (vec!["asked"], most));
        rest(&mut world).await;
        assert_eq!(states(&mut world), ["arrived"]);
        let (arrived, cost, left) = match trace {
            // A whole SKY is kept back for a fee that comes on top, and a tenth of it is taken.
            WithdrawalTrace::Repeat => ("3.99", "0.1", "0.9"),
            WithdrawalTrace::ById | WithdrawalTrace::ByTerms => ("4.89", "0.1", "0"),
        };
        assert_eq!(on(&mut world, Account::Withdrawn), arrived, "{trace:?}");
        assert_eq!(on(&mut world, Account::AtExchange), left, "{trace:?}");
        assert_eq!(all(&mut world)[0].departure().unwrap().fee.to_string(), cost);
        let came = Units(world.node.gifts().get() - before);
        assert_eq!(came.0, u128::from(Droplets::parse_coins(arrived).unwrap().get()));
    }
}

struct Units(u128);

#[tokio::test]
async fn should_withdraw_once_whatever_becomes_of_the_reply() {
    let habits = [Habit::LoseReply, Habit::LoseRequest, Habit::Late, Habit::TooOften, Habit::Down];
    for trace in TRACES {
        for habit in habits {
            for then in [Habit::Fine, Habit::Down, Habit::LoseReply] {
                let mut world = world(trace);
                buy(&mut world, "aa", 1_002_000).await;
                world.payer_step().await;
                world.exchange.change(|state| {
                    state.vault.habits = vec![habit, then];
                });
                world.withdrawer_step().await;
                world.exchange.change(|state| state.asking = vec![then, then]);
                rest(&mut world).await;
                let made = world.exchange.state().vault.all.len();
                let ended: Vec<_> =
                    states(&mut world).into_iter().filter(|state| *state != "missed").collect();
                assert_eq!((made, ended), (1, vec!["arrived"]), "{trace:?} {habit:?} {then:?}");
            }
        }
    }
}

/// What a venue may say before it looks for the first one: of the key, of clocks, of anything.
const BESIDE: [Refusal; 4] = [Refusal::Credentials, Refusal::Clock, Refusal::Market, Refusal::Other];

#[tokio::test]
async fn should_not_take_a_refused_repeat_for_one_that_never_was() {
    for kind in BESIDE {
        let mut world = world(WithdrawalTrace::Repeat);
        buy(&mut world, "aa", 1_002_000).await;
        world.payer_step().await;
        let mut habits = vec![Habit::Refuse(kind); 500];
        habits.insert(0, Habit::LoseReply);
        world.exchange.change(|state| state.vault.habits = habits);
        rest(&mut world).await;
        assert_eq!(states(&mut world), ["held"], "{kind:?}: a person looks");
        world.exchange.change(|state| state.vault.habits = Vec::new());
        let store = world.service().unwrap().store.clone();
        let order = Order::new("anna", "the key works again").unwrap();
        decide_withdrawal(&store, WithdrawalNo::FIRST, WithdrawalAct::Look, order).await.unwrap();
        rest(&mut world).await;
        assert_eq!(
            (states(&mut world), world.exchange.state().vault.all.len()),
            (vec!["arrived"], 1),
            "{kind:?}"
        );
        world.verify(true).unwrap();
    }
}

#[tokio::test]
async fn should_have_coins_that_come_back_due_again() {
    let mut world = world(WithdrawalTrace::ById);
    world.exchange.change(|state| state.vault.fails = 1);
    buy(&mut world, "aa", 1_002_000).await;
    world.payer_step().await;
    rest(&mut world).await;
    assert_eq!(states(&mut world), ["missed", "arrived"]);
    assert_eq!(on(&mut world, Account::Withdrawn), "4.89");
}

/// Told to be sent, by a transaction that is replaced or that a fork takes: then it never was.
#[tokio::test]
async fn should_have_coins_due_again_that_come_back_after_they_were_sent() {
    for trace in TRACES {
        for tells_txid in [true, false] {
            let place = format!("{trace:?} {tells_txid}");
            let mut world = world(trace);
            world.exchange.change(|state| (state.vault.lost, state.vault.tells_txid) = (1, tells_txid));
            buy(&mut world, "aa", 1_002_000).await;
            world.payer_step().await;
            for _ in 0..6 {
                world.withdrawer_step().await;
                world.clock.advance(61);
            }
            // Sent, by the exchange's word, and nowhere: on the way, and not due.
            assert_eq!(states(&mut world), ["left"], "{place}");
            let net = all(&mut world)[0].departure().unwrap().net().unwrap().to_string();
            assert_eq!(on(&mut world, Account::OnTheWay), net, "{place}");
            assert_eq!(on(&mut world, Account::Withdrawn), "0", "{place}");
            world.verify(false).unwrap();
            world.stop();
            world.start().unwrap();
            world.exchange.change(|state| (state.vault.takes_back, state.vault.tells_txid) = (true, true));
            rest(&mut world).await;
            assert_eq!(states(&mut world), ["missed", "arrived"], "{place}");
            assert_eq!(on(&mut world, Account::OnTheWay), "0", "{place}");
            let arrived = if trace == WithdrawalTrace::Repeat { "3.99" } else { "4.89" };
            assert_eq!(on(&mut world, Account::Withdrawn), arrived, "{place}");
        }
    }
}

#[tokio::test]
async fn should_keep_one_that_takes_its_time_on_the_way_and_stop_nothing_for_it() {
    let mut world = world(WithdrawalTrace::ById);
    world.exchange.change(|state| state.vault.pending = Duration::from_secs(100_000));
    buy(&mut world, "aa", 1_002_000).await;
    world.payer_step().await;
    for tx in ["bb", "cc"] {
        for _ in 0..200 {
            world.clock.advance(61);
            assert!(matches!(world.work().await, StepEnd::Done(_)));
        }
        buy(&mut world, tx, 1_002_000).await;
    }
    assert_eq!(states(&mut world), ["asked"], "one at a time");
    assert_eq!(
        (on(&mut world, Account::OnTheWay), on(&mut world, Account::AtExchange)),
        ("4.99".into(), "9.98998".into())
    );
    let view = world.service().unwrap().live.withdrawals().unwrap();
    assert_eq!(view.trouble.unwrap(), "withdrawal 1 is late: the exchange has not sent it yet");
    world.verify(false).unwrap();
    world.clock.advance(100_000);
    rest(&mut world).await;
    assert_eq!(states(&mut world), ["arrived", "arrived"]);
}

#[tokio::test]
async fn should_have_a_person_book_what_no_transaction_is_told_of() {
    let mut world = world(WithdrawalTrace::ById);
    world.exchange.change(|state| state.vault.tells_txid = false);
    buy(&mut world, "aa", 1_002_000).await;
    world.payer_step().await;
    rest(&mut world).await;
    assert_eq!(states(&mut world), ["held"]);
    let store = world.service().unwrap().store.clone();
    let order = || Order::new("anna", "seen in the wallet").unwrap();
    let no = WithdrawalNo::FIRST;
    let exact = |text: &str| text.parse::<Exact>().unwrap();
    let more = Departure { amount: exact("6"), fee: exact("0.1") };
    assert!(decide_withdrawal(&store, no, WithdrawalAct::Booked(more), order()).await.is_err());
    decide_withdrawal(&store, no, WithdrawalAct::Look, order()).await.unwrap();
    assert_eq!(states(&mut world), ["left"]);
    rest(&mut world).await;
    let told = Departure { amount: exact("4.99"), fee: exact("0.1") };
    decide_withdrawal(&store, no, WithdrawalAct::Booked(told), order()).await.unwrap();
    assert_eq!(states(&mut world), ["arrived"]);
    assert!(decide_withdrawal(&store, no, WithdrawalAct::Missed, order()).await.is_err(), "it has ended");
    world.verify(true).unwrap();
}

#[tokio::test]
async fn should_not_withdraw_what_may_be_another_coin_or_costs_too_much() {
    let mut world = world(WithdrawalTrace::ById);
    buy(&mut world, "aa", 1_002_000).await;
    world.payer_step().await;
    let contract = Some("0x56072c95faa701256059aa122697b133aded9279".to_owned());
    world.exchange.change(|state| {
        state.networks = Some(vec![AssetNetwork { name: "ETH".to_owned(), contract }]);
    });
    for _ in 0..3 {
        world.withdrawer_step().await;
        world.clock.advance(700);
    }
    let trouble = |world: &mut World| world.service().unwrap().live.withdrawals().unwrap().trouble.unwrap();
    assert!(trouble(&mut world).contains("SKY"), "{}", trouble(&mut world));
    world.exchange.change(|state| (state.networks, state.vault.fee) = (None, Decimal::TWO));
    world.withdrawer_step().await;
    assert_eq!(trouble(&mut world), "a withdrawal costs 2 SKY, and the operator pays no more than 1");
    assert_eq!(states(&mut world), [""; 0]);
    world.exchange.change(|state| state.vault.fee = Decimal::ONE);
    world.clock.advance(700);
    world.withdrawer_step().await;
    assert_eq!(states(&mut world), ["asked"]);
}

#[tokio::test]
async fn should_leave_what_another_key_has_asked_for_to_a_person() {
    let mut world = world(WithdrawalTrace::Repeat);
    buy(&mut world, "aa", 1_002_000).await;
    world.payer_step().await;
    world.exchange.change(|state| state.vault.habits = vec![Habit::LoseReply]);
    world.withdrawer_step().await;
    assert_eq!(states(&mut world), ["unclear"]);
    world.stop();
    let account = "another".to_owned();
    world.settings.upstream =
        Some(UpstreamSettings { withdraws: true, account, ..UpstreamSettings::default() });
    world.start().unwrap();
    for _ in 0..5 {
        world.clock.advance(700);
        world.withdrawer_step().await;
    }
    assert_eq!(states(&mut world), ["held"]);
    assert_eq!(world.exchange.state().vault.all.len(), 1);
}

#[tokio::test]
async fn should_have_a_person_look_at_one_like_it_that_seems_older() {
    let mut world = world(WithdrawalTrace::ByTerms);
    buy(&mut world, "aa", 1_002_000).await;
    world.payer_step().await;
    world.exchange.change(|state| {
        state.vault.habits = vec![Habit::LoseReply];
        state.vault.behind = Duration::from_secs(3_600);
    });
    rest(&mut world).await;
    assert_eq!((states(&mut world), world.exchange.state().vault.all.len()), (vec!["held"], 1));
}

#[tokio::test]
async fn should_wait_for_a_list_of_withdrawals_that_lags() {
    for trace in [WithdrawalTrace::ById, WithdrawalTrace::ByTerms] {
        let mut world = world(trace);
        buy(&mut world, "aa", 1_002_000).await;
        world.payer_step().await;
        world.exchange.change(|state| {
            state.vault.habits = vec![Habit::Late];
            (state.late, state.vault.settling) = (Duration::from_secs(300), Duration::from_secs(600));
        });
        for _ in 0..20 {
            world.withdrawer_step().await;
            world.clock.advance(10);
        }
        assert_eq!(states(&mut world), ["unclear"], "{trace:?}");
        rest(&mut world).await;
        assert_eq!(
            (states(&mut world), world.exchange.state().vault.all.len()),
            (vec!["arrived"], 1),
            "{trace:?}"
        );
    }
}

#[tokio::test]
async fn should_know_at_once_what_the_exchange_tells_at_once() {
    for trace in [WithdrawalTrace::ById, WithdrawalTrace::ByTerms] {
        let mut world = world(trace);
        buy(&mut world, "aa", 1_002_000).await;
        world.payer_step().await;
        world.exchange.change(|state| {
            state.vault.habits = vec![Habit::LoseReply];
            state.vault.settling = Duration::from_secs(600);
        });
        for _ in 0..6 {
            world.withdrawer_step().await;
            world.clock.advance(10);
        }
        // That is a tenth of the time that it may take.
        let there = world.exchange.state().vault.all.len();
        assert_eq!((states(&mut world), there), (vec!["arrived"], 1), "{trace:?}");
    }
}

#[tokio::test]
async fn should_go_on_withdrawing_though_the_clock_is_set_back() {
    let mut world = world(WithdrawalTrace::ById);
    buy(&mut world, "aa", 1_002_000).await;
    world.payer_step().await;
    rest(&mut world).await;
    assert_eq!(states(&mut world), ["arrived"]);
    buy(&mut world, "bb", 1_002_000).await;
    assert_eq!(states(&mut world), ["arrived"]);
    world.clock.set_back(30 * 86_400);
    world.stop();
    world.start().unwrap();
    world.payer_step().await;
    for _ in 0..20 {
        world.withdrawer_step().await;
        world.clock.advance(700);
    }
    assert_eq!(states(&mut world).len(), 2, "{:?}", states(&mut world));
}

#[tokio::test]
async fn should_ask_again_a_day_after_one_that_cost_too_much() {
    let mut world = world(WithdrawalTrace::Repeat);
    buy(&mut world, "aa", 1_002_000).await;
    world.payer_step().await;
    world.exchange.change(|state| (state.coins, state.vault.fee) = (Decimal::from(100), Decimal::TWO));
    // The account was given coins that the books know nothing of: they are not held against it here.
    for _ in 0..12 {
        assert!(matches!(world.work().await, StepEnd::Done(_)));
        world.confirm_all();
        world.clock.advance(61);
    }
    assert_eq!(states(&mut world), ["arrived"]);
    buy(&mut world, "bb", 2_004_000).await;
    world.clock.advance(700);
    world.withdrawer_step().await;
    let trouble = world.service().unwrap().live.withdrawals().unwrap().trouble.unwrap();
    assert_eq!(trouble, "the last withdrawal cost 2 SKY, and the operator pays no more than 1");
    assert_eq!(states(&mut world), ["arrived"]);
    world.exchange.change(|state| state.vault.fee = Decimal::new(1, 1));
    world.clock.advance(86_400);
    world.withdrawer_step().await;
    assert_eq!(states(&mut world), ["arrived", "asked"]);
}

/// Whenever it dies: before and after each sync of the disk, and each call to node and exchange.
async fn survive(trace: WithdrawalTrace, habit: Habit, moment: u64) -> bool {
    let mut world = world(trace);
    world.exchange.change(|state| {
        state.vault.habits = vec![habit, Habit::Fine, Habit::Late];
        state.vault.fails = 1;
    });
    let mut random = Random::new(moment);
    world.set_faults(Faults::default());
    buy(&mut world, "aa", 1_002_000).await;
    world.fuse.set(moment);
    let mut deaths = 0;
    for _ in 0..12 {
        if world.work().await == StepEnd::Died {
            deaths += 1;
            world.cut_power(|| random.one_in(2));
            world.start().unwrap();
            world.verify(false).unwrap();
        }
        world.confirm_all();
        world.clock.advance(61);
    }
    world.fuse.unset();
    rest(&mut world).await;
    assert!(states(&mut world).contains(&"arrived"), "{trace:?} {moment}: {:?}", states(&mut world));
    assert!(deaths <= 1);
    deaths == 1
}

#[tokio::test]
async fn should_withdraw_everything_once_whenever_it_dies() {
    for trace in TRACES {
        for habit in [Habit::Fine, Habit::LoseReply] {
            let mut moments = 0;
            while survive(trace, habit, moments).await {
                moments += 1;
            }
            println!("{trace:?} {habit:?}: died at {moments} different moments");
            assert!(moments > 30, "only {moments} moments");
        }
    }
}
