//! A list of defects: of a contractor, of a building, or by any filter.

use crate::cards::Look;
use crate::error::DocumentError;
use crate::fonts::Fonts;
use crate::layout::style::BODY;
use crate::model::{About, Defect, Plan};
use crate::pins::Drawing;
use crate::sheet::{Fact, Sheet};
use crate::words;

/// A list of defects.
#[derive(Debug, Clone)]
pub struct DefectList {
    /// Language, time, project.
    pub about: About,
    /// By what the defects were chosen, as label and value: the contractor, the building, the status.
    pub filters: Vec<(String, String)>,
    /// The defects, in groups or in one without a title.
    pub groups: Vec<DefectGroup>,
    /// The plans to which the defects' pins refer.
    pub plans: Vec<Plan>,
}

/// Defects under one title.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DefectGroup {
    /// The unit, building or company; none if the list is not divided.
    pub title: Option<String>,
    /// The defects in their order.
    pub defects: Vec<Defect>,
}

/// The list as PDF/A-3. The same list gives the same bytes. Takes some hundredths of a second: not for a thread that
/// answers requests.
///
/// # Errors
/// Only faults of the program.
pub fn defect_list(list: &DefectList) -> Result<Vec<u8>, DocumentError> {
    let fonts = Fonts::open()?;
    let language = list.about.language;
    let title = words::say(language, words::LIST_TITLE);
    let subject = list.filters.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" · ");
    let mut sheet = Sheet::new(&fonts, &list.about, title, Some(subject.as_str()).filter(|text| !text.is_empty()));
    facts(&mut sheet, list);
    if list.groups.iter().all(|group| group.defects.is_empty()) {
        sheet.flow.heading(2, &words::counted(language, sheet.say(words::DEFECTS), 0));
        sheet.flow.paragraph(sheet.say(words::NO_DEFECTS_LISTED), BODY);
    }
    let unreadable = sheet.say(words::UNREADABLE);
    let plans: Vec<Drawing<'_>> = list.plans.iter().map(|plan| Drawing::new(plan, unreadable)).collect();
    let look = Look { columns: 5, words: 2, plans: &plans };
    for group in list.groups.iter().filter(|group| !group.defects.is_empty()) {
        let heading = group.title.as_deref().unwrap_or(sheet.say(words::DEFECTS));
        sheet.flow.heading(2, &words::counted(language, heading, group.defects.len()));
        for defect in &group.defects {
            sheet.card(defect, None, &look);
        }
    }
    sheet.write(title.to_owned(), "", None)
}

fn facts(sheet: &mut Sheet<'_>, list: &DefectList) {
    let mut facts: Vec<Fact> = vec![(sheet.say(words::PROJECT).to_owned(), list.about.project.clone())];
    facts.extend(list.filters.iter().cloned());
    facts.extend(sheet.facts_of_document());
    facts.push((sheet.say(words::SUMMARY).to_owned(), summary(sheet, list)));
    sheet.facts(&facts);
}

/// How many defects there are, by status in the order in which they appear.
fn summary(sheet: &Sheet<'_>, list: &DefectList) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for defect in list.groups.iter().flat_map(|group| &group.defects) {
        match counts.iter_mut().find(|(status, _)| *status == defect.status.text) {
            Some((_, count)) => *count += 1,
            None => counts.push((&defect.status.text, 1)),
        }
    }
    let all = counts.iter().map(|(_, count)| count).sum();
    let language = sheet.about.language;
    let lines = counts.iter().map(|(status, count)| words::labelled(language, (status, status), &count.to_string()));
    std::iter::once(words::defects(language, all)).chain(lines).collect::<Vec<_>>().join("\n")
}
