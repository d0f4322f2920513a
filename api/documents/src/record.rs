//! The signed inspection record of a unit 分户验收记录.

mod signatures;

use bytes::Bytes;
use domain::Timestamp;

use crate::cards::Look;
use crate::error::DocumentError;
use crate::fonts::Fonts;
use crate::layout::row::Row;
use crate::layout::style::{BODY, LABEL};
use crate::model::{About, Defect, Picture, Pin, Plan, Status, Tone};
use crate::pdf::Attachment;
use crate::pins::{Drawing, Numbered, with_pins};
use crate::sheet::{Fact, Sheet, plain, status};
use crate::words;

/// The height of a plan with all pins at most, in points.
const PLAN_HEIGHT: f32 = 330.0;
/// The height that a plan may have at the end of a page, rather than go to the next one.
const LEAST_PLAN_HEIGHT: f32 = 210.0;
/// The lines below a plan.
const PLAN_CAPTION: f32 = 30.0;

/// The inspection of a unit in a round.
#[derive(Debug, Clone)]
pub struct InspectionRecord {
    /// Language, time, project.
    pub about: About,
    /// The unit's number for people.
    pub unit: String,
    /// Its building.
    pub building: Option<String>,
    /// Its unit type.
    pub unit_type: Option<String>,
    /// The round with its number and name.
    pub round: String,
    /// The stage of the round.
    pub stage: String,
    /// The status of the inspection.
    pub status: Status,
    /// When the first result was recorded.
    pub started_at: Option<Timestamp>,
    /// When it was submitted for signing.
    pub submitted_at: Option<Timestamp>,
    /// Who inspected.
    pub participants: Vec<Participant>,
    /// The rooms in the order of the unit.
    pub rooms: Vec<Room>,
    /// The defects that the page of the inspection shows, by number.
    pub defects: Vec<Defect>,
    /// The plans to which the defects' pins refer.
    pub plans: Vec<Plan>,
    /// The signatures that are valid, in the order of signing.
    pub signatures: Vec<Signature>,
    /// Parties that must still sign.
    pub unsigned: Vec<String>,
    /// What was submitted for signing; none before the first submission.
    pub content: Option<SignedContent>,
}

/// A company that inspects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Participant {
    /// The party.
    pub party: String,
    /// The company; none for owners.
    pub company: Option<String>,
    /// Its people, with their roles.
    pub people: Vec<String>,
}

/// The results of a room.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// The results of all parties, in the order of the checklist.
    pub results: Vec<CheckResult>,
    /// The measurements of all parties.
    pub measurements: Vec<Measurement>,
}

/// The result of a checklist item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckResult {
    /// The text of the item.
    pub item: String,
    /// The result.
    pub outcome: Status,
    /// The company that recorded it; none where the reader is not told.
    pub company: Option<String>,
    /// Its note.
    pub note: Option<String>,
}

/// Readings that were judged by a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measurement {
    /// The name of the rule.
    pub item: String,
    /// The readings as decimals, in the order measured.
    pub readings: Vec<String>,
    /// The design value as a decimal.
    pub design: Option<String>,
    /// The tolerance in words: `≤ 4`, `−5 … +5`.
    pub tolerance: String,
    /// The unit of measure of all of them.
    pub unit: String,
    /// How it was judged.
    pub outcome: Status,
    /// The company that measured; none where the reader is not told.
    pub company: Option<String>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The picture of the signature; none if it was given without.
    pub picture: Option<Picture>,
    /// Who signed.
    pub name: String,
    /// In which role.
    pub role: String,
    /// For which party.
    pub party: String,
    /// For which company; none for owners.
    pub company: Option<String>,
    /// When, by the device.
    pub signed_at: Timestamp,
    /// When it reached the server.
    pub recorded_at: Timestamp,
}

/// What was submitted for signing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignedContent {
    /// SHA-256 in hexadecimal.
    pub hash: String,
    /// Exactly the text that was hashed, which is attached to the PDF; only for readers who may see all of it.
    pub text: Option<String>,
}

/// The record as PDF/A-3. The same record gives the same bytes. Takes some hundredths of a second: not for a thread
/// that answers requests.
///
/// # Errors
/// Only faults of the program.
pub fn inspection_record(record: &InspectionRecord) -> Result<Vec<u8>, DocumentError> {
    let fonts = Fonts::open()?;
    let title = words::say(record.about.language, words::RECORD_TITLE);
    let mut sheet = Sheet::new(&fonts, &record.about, title, Some(&record.unit));
    facts(&mut sheet, record);
    participants(&mut sheet, &record.participants);
    rooms(&mut sheet, &record.rooms);
    defects(&mut sheet, record);
    signatures::add(&mut sheet, record);
    let hash = record.content.as_ref().map_or("", |content| &content.hash);
    let text = record.content.as_ref().and_then(|content| content.text.as_ref());
    let file = text.map(|text| Attachment {
        name: "content.json",
        media_type: "application/json",
        description: sheet.say(words::CONTENT_FILE),
        bytes: Bytes::copy_from_slice(text.as_bytes()),
    });
    sheet.write(format!("{title} · {} · {}", record.unit, record.round), hash, file)
}

fn facts(sheet: &mut Sheet<'_>, record: &InspectionRecord) {
    let time = |moment: Option<Timestamp>| moment.map(|moment| sheet.time(moment));
    let facts = [
        (words::PROJECT, Some(record.about.project.clone())),
        (words::UNIT, Some(record.unit.clone())),
        (words::BUILDING, record.building.clone()),
        (words::UNIT_TYPE, record.unit_type.clone()),
        (words::ROUND, Some(record.round.clone())),
        (words::STAGE, Some(record.stage.clone())),
        (words::STATUS, Some(record.status.text.clone())),
        (words::STARTED, time(record.started_at)),
        (words::SUBMITTED, time(record.submitted_at)),
    ];
    let known = facts.into_iter().filter_map(|(label, value)| Some((sheet.say(label).to_owned(), value?)));
    let mut facts: Vec<Fact> = known.collect();
    facts.extend(sheet.facts_of_document());
    facts.push((sheet.say(words::SUMMARY).to_owned(), summary(sheet, record)));
    sheet.facts(&facts);
}

/// How many results, measurements and defects there are.
fn summary(sheet: &Sheet<'_>, record: &InspectionRecord) -> String {
    let language = sheet.about.language;
    let results: Vec<&Status> = record.rooms.iter().flat_map(|room| &room.results).map(|row| &row.outcome).collect();
    let measured = record.rooms.iter().flat_map(|room| &room.measurements).map(|row| &row.outcome);
    let measured: Vec<&Status> = measured.collect();
    let failed = |outcomes: &[&Status]| outcomes.iter().filter(|outcome| outcome.tone == Tone::Bad).count();
    [
        words::results(language, results.len(), failed(&results)),
        words::measurements(language, measured.len(), failed(&measured)),
        words::defects(language, record.defects.len()),
    ]
    .join("\n")
}

fn participants(sheet: &mut Sheet<'_>, participants: &[Participant]) {
    if participants.is_empty() {
        return;
    }
    sheet.flow.heading(2, sheet.say(words::PARTIES));
    let row = |row: &Participant| {
        let people = row.people.join("\n");
        [plain(Some(&row.party)), plain(row.company.as_deref()), plain(Some(&people))]
    };
    let heads = [words::PARTY, words::COMPANY, words::PEOPLE];
    sheet.table([1.2, 2.4, 2.6], heads, participants.iter().map(row).collect());
}

fn rooms(sheet: &mut Sheet<'_>, rooms: &[Room]) {
    sheet.flow.heading(2, sheet.say(words::RESULTS));
    let is_empty = |room: &Room| room.results.is_empty() && room.measurements.is_empty();
    if rooms.iter().all(is_empty) {
        return sheet.flow.paragraph(sheet.say(words::NO_RESULTS), BODY);
    }
    for room in rooms.iter().filter(|room| !is_empty(room)) {
        sheet.flow.heading(3, &room.name);
        results(sheet, &room.results);
        if !room.results.is_empty() && !room.measurements.is_empty() {
            sheet.flow.add(Row::new(vec![sheet.flow.stack().gap(5.0)]));
        }
        measurements(sheet, &room.measurements);
    }
}

fn results(sheet: &mut Sheet<'_>, results: &[CheckResult]) {
    let row = |row: &CheckResult| {
        [plain(Some(&row.item)), status(&row.outcome), plain(row.company.as_deref()), plain(row.note.as_deref())]
    };
    let heads = [words::ITEM, words::RESULT, words::RECORDED_BY, words::NOTE];
    sheet.table([3.2, 1.2, 1.8, 1.8], heads, results.iter().map(row).collect());
}

fn measurements(sheet: &mut Sheet<'_>, measurements: &[Measurement]) {
    let row = |row: &Measurement| {
        [
            plain(Some(&row.item)),
            plain(Some(&row.readings.join(", "))),
            plain(row.design.as_deref()),
            plain(Some(&row.tolerance)),
            plain(Some(&row.unit)),
            status(&row.outcome),
            plain(row.company.as_deref()),
        ]
    };
    let heads = [
        words::MEASURED,
        words::READINGS,
        words::DESIGN,
        words::TOLERANCE,
        words::MEASURE,
        words::RESULT,
        words::RECORDED_BY,
    ];
    sheet.table([2.3, 1.9, 0.8, 1.1, 0.7, 1.3, 1.6], heads, measurements.iter().map(row).collect());
}

fn defects(sheet: &mut Sheet<'_>, record: &InspectionRecord) {
    let language = sheet.about.language;
    sheet.flow.heading(2, &words::counted(language, sheet.say(words::DEFECTS), record.defects.len()));
    if record.defects.is_empty() {
        return sheet.flow.paragraph(sheet.say(words::NO_DEFECTS), BODY);
    }
    plans(sheet, record);
    let look = Look { columns: 4, words: 2, plans: &[] };
    for (at, defect) in record.defects.iter().enumerate() {
        let marker = defect.pin.filter(|pin| pin.plan < record.plans.len()).map(|_| at + 1);
        sheet.card(defect, marker, &look);
    }
}

/// The plans with the pins of the defects, each with the number of its card.
fn plans(sheet: &mut Sheet<'_>, record: &InspectionRecord) {
    for (at, plan) in record.plans.iter().enumerate() {
        let pin = |(number, defect): (usize, &Defect)| {
            let pin: Pin = defect.pin.filter(|pin| pin.plan == at)?;
            Some(Numbered { number: number + 1, x: pin.x, y: pin.y })
        };
        let pins: Vec<Numbered> = record.defects.iter().enumerate().filter_map(pin).collect();
        if pins.is_empty() {
            continue;
        }
        let drawing = Drawing::new(plan, sheet.say(words::UNREADABLE));
        let caption = sheet.labelled(words::PLAN, &plan.name);
        let left = sheet.flow.room_left() - PLAN_CAPTION;
        let most = if left < LEAST_PLAN_HEIGHT { PLAN_HEIGHT } else { left.min(PLAN_HEIGHT) };
        let drawn = with_pins(sheet.flow.stack(), &drawing, &pins, most, &caption);
        sheet.flow.add(Row::new(vec![drawn.gap(2.0).text(&caption, LABEL)]).padded(0.0, 8.0));
    }
}
