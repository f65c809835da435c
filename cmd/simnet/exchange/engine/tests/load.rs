//! What is measured is sound.

use super::work::{Load, Mix};

#[test]
fn should_stay_sound_under_load() {
    for mix in [Mix::Match, Mix::Mixed, Mix::Steady] {
        for kept_orders in [None, Some(20)] {
            let mut load = Load::new(1, 300, 20, kept_orders);
            let trades = load.run(mix, 3_000);
            assert!(trades > 300, "{trades} trades in {mix:?}");
            load.exchange().check().unwrap();
        }
    }
}

#[test]
fn should_keep_the_book_as_large_as_it_is() {
    let mut load = Load::new(1, 2_000, 50, Some(20));
    load.move_in_front();
    let before = load.resting();
    load.run(Mix::Steady, 4_000);
    let after = load.resting();
    assert!(after.abs_diff(before) < 500, "of {before} orders {after} rest");
    load.exchange().check().unwrap();
}

#[test]
fn should_come_to_the_same_exchange_by_the_same_operations() {
    let [one, other] = [(), ()].map(|()| {
        let mut load = Load::new(7, 100, 20, None);
        load.run(Mix::Mixed, 500);
        format!("{:?}", load.exchange())
    });
    assert!(one == other, "the same operations led to two different exchanges");
}
