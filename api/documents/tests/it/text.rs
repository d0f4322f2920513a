//! Text: whatever people write is in the file as they wrote it, whole.

use documents::{InspectionRecord, defect_list, inspection_record};
use domain::Language;

use crate::data;
use crate::pdf::Pdf;

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Each of these texts is in the file, wherever its lines end.
fn assert_whole<'a>(text: &str, parts: impl IntoIterator<Item = &'a String>) {
    for part in parts {
        let part: String = squeezed(part).chars().filter(|c| !c.is_control() && *c != '\u{200D}').collect();
        assert!(text.contains(&part), "{part:?} is not in {text}");
    }
}

fn assert_record_is_whole(record: &InspectionRecord) {
    let text = Pdf::read(&inspection_record(record).expect("a record")).text();
    assert_whole(&text, [&record.about.project, &record.unit, &record.round, &record.stage]);
    assert_whole(&text, record.participants.iter().flat_map(|row| row.people.iter().chain(&row.company)));
    for room in &record.rooms {
        assert_whole(&text, [&room.name]);
        assert_whole(
            &text,
            room.results.iter().flat_map(|row| [&row.item, &row.outcome.text].into_iter().chain(&row.note)),
        );
        assert_whole(&text, room.measurements.iter().flat_map(|row| [&row.item, &row.tolerance, &row.unit]));
    }
    for defect in &record.defects {
        assert_whole(&text, [&defect.number, &defect.kind, &defect.description, &defect.status.text]);
        assert_whole(&text, defect.photos.iter().map(|photo| &photo.caption));
    }
    assert_whole(&text, record.signatures.iter().flat_map(|row| [&row.name, &row.role, &row.party]));
    assert_whole(&text, record.content.iter().map(|content| &content.hash));
}

#[test]
fn everything_of_a_record_is_in_the_file() {
    for language in [Language::En, Language::Zh] {
        for long in [false, true] {
            for count in [0, 1, 12] {
                assert_record_is_whole(&data::record(language, long, count));
            }
        }
    }
}

#[test]
fn everything_of_a_list_is_in_the_file() {
    for language in [Language::En, Language::Zh] {
        let list = data::list(language, true, 12);
        let text = Pdf::read(&defect_list(&list).expect("a list")).text();
        for defect in list.groups.iter().flat_map(|group| &group.defects) {
            assert_whole(&text, [&defect.number, &defect.description, &defect.kind, &defect.status.text]);
            assert_whole(&text, defect.place.iter().chain(&defect.assignee).chain(&defect.company));
        }
    }
}

#[test]
fn times_are_those_of_the_projects_zone() {
    let record = data::record(Language::En, false, 0);
    let text = Pdf::read(&inspection_record(&record).expect("a record")).text();
    // 2026-03-05T01:30:00Z in Shanghai.
    assert!(text.contains("Signed:2026-03-0509:30"), "{text}");
    assert!(text.contains("Asia/Shanghai"), "{text}");
}

#[test]
fn characters_without_a_font_stay_in_the_text() {
    let mut record = data::record(Language::Zh, false, 1);
    for name in [
        "𠮷田",
        "عمر",
        "王😀",
        "a\u{0}b\u{7}c",
        "\u{E000}\u{FFFE}",
        "ᄀ각",
        "हिन्दी",
        "\u{1F468}\u{200D}\u{1F469}",
        "é\u{301}",
    ] {
        record.signatures[0].name = name.to_owned();
        record.defects[0].description = format!("{name}{name}");
        let pdf = inspection_record(&record).unwrap_or_else(|error| panic!("{name:?}: {error}"));
        let text = Pdf::read(&pdf).text();
        let is_shown = |c: &char| !c.is_control() && *c != '\u{200D}' && *c != '\u{FFFE}';
        let kept: String = name.chars().filter(is_shown).map(|c| if c == '\u{E000}' { '〓' } else { c }).collect();
        assert!(text.contains(&kept), "{name:?} is not in {text}");
    }
}

#[test]
fn a_list_without_defects_says_so() {
    let list = data::list(Language::Zh, false, 0);
    let text = Pdf::read(&defect_list(&list).expect("a list")).text();
    assert!(text.contains("没有符合条件的问题"), "{text}");
    let record = data::record(Language::En, false, 0);
    let text = Pdf::read(&inspection_record(&record).expect("a record")).text();
    assert!(text.contains("Nodefectswererecorded"), "{text}");
}
