//! What the store is made of, alone.

mod lines;
mod people;
mod rows;

use super::*;

#[test]
fn should_tell_the_first_findings_and_count_the_rest() {
    let mut report = AuditReport::default();
    report.check(true, || "nothing".to_owned());
    assert_eq!(report.messages(), Vec::<String>::new());
    (1..=50).for_each(|number| report.check(false, || number.to_string()));
    assert_eq!((report.messages().len(), report.messages().last().cloned()), (50, Some("50".to_owned())));
    (51..=60).for_each(|number| report.check(false, || number.to_string()));
    assert_eq!((report.total, report.messages().len()), (60, 51));
    assert_eq!(report.messages().last().map(String::as_str), Some("and 10 more"));
}

#[test]
fn should_report_progress_from_time_to_time() {
    let (mut report, told) = (AuditReport::default(), std::cell::RefCell::new(Vec::new()));
    (0..250_000).for_each(|_| report.seen_row(&|rows| told.borrow_mut().push(rows)));
    assert_eq!((report.rows, told.into_inner()), (250_000, vec![100_000, 200_000]));
}

#[test]
fn should_go_on_after_what_was_refused_alone() {
    assert!(!invariant("no").is_fatal() && !StoreError::Busy.is_fatal());
    for error in [StoreError::Backend("no".into()), StoreError::Closed, StoreError::Inconsistent(vec![])] {
        assert!(error.is_fatal(), "{error}");
    }
}
