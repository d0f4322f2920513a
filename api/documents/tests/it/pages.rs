//! Pages: how many, numbered, and what stands on each of them.

use std::collections::HashMap;

use documents::{InspectionRecord, Picture, defect_list, inspection_record};
use domain::Language;

use crate::data;
use crate::pdf::Pdf;

fn record(record: &InspectionRecord) -> Pdf {
    Pdf::read(&inspection_record(record).expect("a record"))
}

#[test]
fn pages_grow_with_the_defects() {
    let count = |defects| record(&data::record(Language::En, false, defects)).page_count();
    let (none, one, eighty) = (count(0), count(1), count(80));
    assert!((2..=4).contains(&none), "{none} pages without defects");
    assert!(one <= none + 2, "{one} pages with one defect");
    assert!((15..=30).contains(&eighty), "{eighty} pages with 80 defects");
}

#[test]
fn every_page_names_the_document_and_its_number() {
    let pdf = record(&data::record(Language::Zh, false, 80));
    let count = pdf.page_count();
    for (at, page) in pdf.pages().iter().enumerate() {
        assert!(page.contains("分户验收记录 · 2-1-101"), "page {at}: {page}");
        assert!(page.contains(&format!("第 {} 页，共 {count} 页", at + 1)), "page {at}: {page}");
        assert!(page.contains("9f8e7d6c…b2a1a0") || page.contains("SHA-256 9f8e7d6c…"), "page {at}: {page}");
    }
}

#[test]
fn heads_of_tables_are_repeated() {
    let mut data = data::record(Language::En, false, 0);
    let room = &mut data.rooms[0];
    room.results = (0..120).map(|n| room.results[n % room.results.len()].clone()).collect();
    let pages = record(&data).pages();
    let with_results: Vec<&String> = pages.iter().filter(|page| page.contains("Walls flat, without cracks")).collect();
    assert!(with_results.len() >= 3, "{} pages", with_results.len());
    assert!(with_results.iter().all(|page| page.contains("Checked item")));
}

#[test]
fn a_row_higher_than_a_page_goes_on_on_the_next() {
    let mut data = data::record(Language::En, false, 1);
    let words: Vec<String> = (0..3_000).map(|n| format!("word{n}")).collect();
    data.defects[0].description = words.join(" ");
    data.rooms[0].results[0].note = Some(words.join(" "));
    let text = record(&data).pages().join("\n");
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    for word in &words {
        assert_eq!(counts.get(word.as_str()), Some(&2), "{word}");
    }
}

#[test]
fn what_cannot_be_shown_is_a_box_with_words() {
    let mut data = data::record(Language::En, false, 1);
    for bytes in [&b""[..], b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n", b"<svg/>"] {
        data.defects[0].photos[0].picture = Picture::File(bytes::Bytes::from_static(bytes));
        data.plans[0].picture = data.defects[0].photos[0].picture.clone();
        data.signatures[0].picture = Some(data.plans[0].picture.clone());
        let text = record(&data).text();
        assert_eq!(text.matches("Thispicturecannotbeshown").count(), 3, "{bytes:?}");
    }
}

#[test]
fn a_picture_that_is_used_often_is_stored_once() {
    let list = data::list(Language::En, false, 80);
    let pdf = Pdf::read(&defect_list(&list).expect("a list"));
    // The plan, 8 photos before and 8 after, the photo that is higher than wide.
    let pictures = pdf.count("/Subtype/Image");
    assert!(pictures <= 20, "{pictures} pictures");
}

#[test]
fn pictures_and_headings_have_tags() {
    let pdf = record(&data::record(Language::En, false, 1));
    for tag in
        ["/S/H1", "/S/H2", "/S/H3", "/S/Table", "/S/TH", "/S/Figure", "/Alt(Signature of Daniel Hartmann)", "/Outlines"]
    {
        assert!(pdf.has(tag), "{tag} is missing");
    }
    assert!(pdf.has("content.json"), "the content is attached");
}
