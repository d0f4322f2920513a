//! The same data gives the same bytes; other data does not.

use documents::{defect_list, inspection_record};
use domain::Language;

use crate::data;

#[test]
fn same_record_gives_same_bytes() {
    let make = || inspection_record(&data::record(Language::Zh, true, 9)).expect("a record");
    assert!(make() == make(), "the bytes differ");
}

#[test]
fn same_list_gives_same_bytes() {
    let make = || defect_list(&data::list(Language::En, true, 9)).expect("a list");
    assert!(make() == make(), "the bytes differ");
}

#[test]
fn another_time_gives_other_bytes() {
    let first = data::list(Language::En, false, 1);
    let mut later = first.clone();
    later.about.made_at = later.about.made_at.plus_seconds(60);
    assert!(defect_list(&first).expect("a list") != defect_list(&later).expect("a list"));
}
