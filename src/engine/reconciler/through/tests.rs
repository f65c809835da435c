//! How often a node is asked again, and how long for.

use std::cell::RefCell;

use super::*;
use crate::engine::reconciler::tests::Desk;

/// Waits that no run comes near.
const NO_END: usize = 50;

/// Lets it compare everything; `meanwhile` is done in each wait. Answers how many blocks were left, and the waits.
async fn run(desk: &mut Desk, meanwhile: impl Fn(usize)) -> (Vec<u64>, Vec<u64>) {
    let (left, waits) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let clock = desk.clock();
    let wait = |time: Duration| {
        waits.borrow_mut().push(time.as_secs());
        clock.advance(time.as_secs());
        let count = waits.borrow().len();
        assert!(count < NO_END, "there is no end to it");
        meanwhile(count);
        std::future::ready(())
    };
    desk.reconciler.through_with(&|blocks| left.borrow_mut().push(blocks), wait).await;
    (left.into_inner(), waits.into_inner())
}

#[tokio::test]
async fn should_compare_all_that_is_final_and_say_how_much_is_left() {
    let mut desk = Desk::with_blocks(30).await;
    assert_eq!(run(&mut desk, |_| ()).await, (vec![20, 12, 4, 0], vec![]));
    let reading = desk.reading().unwrap();
    assert_eq!((reading.blocks, reading.trouble, reading.differences), (28, None, vec![]));
}

#[tokio::test]
async fn should_look_again_at_what_differs_and_no_more_at_what_stands() {
    let mut desk = Desk::with_blocks(12).await;
    desk.hide(5, "hidden");
    let (_, waits) = run(&mut desk, |_| ()).await;
    assert_eq!(waits, [10]);
    let reading = desk.reading().unwrap();
    let found: Vec<_> = reading.differences.iter().map(|found| (found.tx.as_str(), found.stands)).collect();
    assert_eq!(found, [("hidden", true)]);
}

#[tokio::test]
async fn should_tell_what_changes_from_look_to_look_as_what_was_looked_at_once() {
    let mut desk = Desk::with_blocks(12).await;
    desk.hide(5, "0");
    let hidden = desk.hider(5);
    let (_, waits) = run(&mut desk, |count| hidden(&count.to_string())).await;
    assert_eq!(waits, [10; 3]);
    let reading = desk.reading().unwrap();
    let doubted: Vec<_> = reading.differences.iter().filter(|found| !found.stands).collect();
    assert_eq!(doubted.iter().map(|found| found.tx.as_str()).collect::<Vec<_>>(), ["3"]);
}

#[tokio::test]
async fn should_give_a_node_up_that_stays_away_and_no_other() {
    let mut desk = Desk::with_blocks(12).await;
    desk.chain().set_away(true);
    let chain = desk.chain();
    let comes_back = |count| chain.set_away(count < 5);
    assert_eq!(run(&mut desk, comes_back).await, (vec![2, 0], vec![1; 5]));
    assert_eq!(desk.reading().unwrap().trouble, None);

    let mut desk = Desk::with_blocks(12).await;
    desk.chain().set_away(true);
    assert_eq!(run(&mut desk, |_| ()).await, (vec![], vec![1; 5]));
    let words = desk.reading().unwrap().trouble;
    assert!(words.as_ref().is_some_and(|words| words.contains("away")), "{words:?}");
}
