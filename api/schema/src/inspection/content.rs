//! What the parties sign, as a page for people.

use app::inspection::content::Signed;
use async_graphql::SimpleObject;
use domain::defect::{DefectStatus, Severity};
use domain::id::CompanyId;
use domain::inspection::content::{ContentDefect, ContentItem, ContentMeasurement, ContentResult};
use domain::inspection::{CheckOutcome, EarlierOutcome};
use domain::vocabulary::{Named, Words};
use domain::{Language, Party, Timestamp};

use crate::scalars::{DateTime, Uid};

/// The content submitted for signing: if `verified`, the exact content of the signatures, with names and words as they
/// were then.
#[derive(SimpleObject)]
pub struct UnitInspectionContent {
    /// The unit inspection.
    pub inspection_id: Uid,
    /// Which submission.
    pub submission_no: i32,
    /// The form in which it was hashed: 2 for canonical JSON (RFC 8785); 1 for submissions of earlier versions.
    pub form: i32,
    /// When it was taken, by the server's clock.
    pub taken_at: Option<DateTime>,
    /// The round's number.
    pub round_number: i32,
    /// The round's name.
    pub round_name: String,
    /// The round's stage.
    pub stage: ContentWords,
    /// The parties that must sign.
    pub required_parties: Vec<ContentParty>,
    /// The unit's number for people.
    pub unit_code: String,
    /// The results: for staff of contractors those of the own company.
    pub results: Vec<ContentCheckResult>,
    /// The measurements, seen as results are.
    pub measurements: Vec<ContentMeasurementResult>,
    /// The defects found in the inspection, and the earlier ones that its page shows, as far as the viewer sees them.
    pub defects: Vec<ContentDefectEntry>,
    /// SHA-256 in hexadecimal of `canonical`; what the parties sign.
    pub content_hash: String,
    /// Exactly the text that was hashed, so that any reader can hash it again. Null for contractors and owners, who do
    /// not see all of it, and if content signed in `form` 1 has changed since.
    pub canonical: Option<String>,
    /// Whether `contentHash` is the hash of the content. False if the content has changed since it was signed in `form`
    /// 1.
    pub verified: bool,
}

/// A code with its name in the viewer's language.
#[derive(SimpleObject)]
pub struct ContentWords {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
}

/// A party with its name in the viewer's language.
#[derive(SimpleObject)]
pub struct ContentParty {
    /// The party.
    pub code: Party,
    /// The name.
    pub name: String,
}

/// A result of a checklist item in a room, as it was signed.
#[derive(SimpleObject)]
pub struct ContentCheckResult {
    /// The room's name.
    pub room: String,
    /// The checklist item.
    pub item: ContentWords,
    /// The party that found it.
    pub party: ContentParty,
    /// The company's name; null for owners.
    pub company: Option<String>,
    /// The result.
    pub result: CheckOutcome,
    /// The result in plain words.
    pub result_text: &'static str,
    /// In words; null for owners.
    pub note: Option<String>,
}

/// A measurement of a checklist item in a room, as it was signed.
#[derive(SimpleObject)]
pub struct ContentMeasurementResult {
    /// The room's name.
    pub room: String,
    /// The checklist item.
    pub item: ContentWords,
    /// The party that measured.
    pub party: ContentParty,
    /// The company's name; null for owners.
    pub company: Option<String>,
    /// The rule that judged it.
    pub rule: ContentWords,
    /// The design value, as a decimal, where the rule needs one.
    pub design: Option<String>,
    /// The readings, as decimals, in the order measured.
    pub readings: Vec<String>,
    /// How many readings are out of tolerance.
    pub out_of_tolerance: i32,
}

/// A defect, as it was signed.
#[derive(SimpleObject)]
pub struct ContentDefectEntry {
    /// The number for people, like `D-000147`.
    pub number: String,
    /// The defect.
    pub defect_id: Uid,
    /// Whether it was found in this inspection.
    pub found_here: bool,
    /// What became of it by then, seen from this round.
    pub outcome: EarlierOutcome,
    /// The same in plain words.
    pub outcome_text: &'static str,
    /// The room's name; null for the unit as a whole.
    pub room: Option<String>,
    /// The part.
    pub part: ContentWords,
    /// The defect type.
    #[graphql(name = "type")]
    pub kind: ContentWords,
    /// The severity.
    pub severity: Severity,
    /// The severity in plain words.
    pub severity_text: &'static str,
    /// In words.
    pub description: String,
    /// The status at the submission. For owners a dispute, and a company that follows from it, do not move it.
    pub status: DefectStatus,
    /// The status in plain words.
    pub status_text: &'static str,
    /// SHA-256 in hexadecimal of its photos; empty for owners.
    pub photos: Vec<String>,
}

/// One of two words, by language.
pub(crate) const fn in_language((en, zh): (&'static str, &'static str), language: Language) -> &'static str {
    match language {
        Language::En => en,
        Language::Zh => zh,
    }
}

fn words(words: &Words, language: Language) -> ContentWords {
    ContentWords { code: words.code.clone(), name: words.name(language).to_owned() }
}

fn item(item: &ContentItem, language: Language) -> ContentWords {
    words(&item.words, language)
}

fn party(code: Party, language: Language) -> ContentParty {
    ContentParty { code, name: in_language(code.plain_words(), language).to_owned() }
}

fn shown_name(company: Named<CompanyId>) -> Option<String> {
    Some(company.name).filter(|_| !company.id.is_nil())
}

impl UnitInspectionContent {
    /// The content in a language.
    pub fn new(signed: Signed, language: Language) -> Self {
        let content = signed.content;
        Self {
            inspection_id: content.inspection_id.into(),
            submission_no: content.submission_no,
            form: i32::try_from(signed.form).unwrap_or(i32::MAX),
            taken_at: Timestamp::from_rfc3339(&content.taken_at).map(DateTime),
            round_number: content.round.number,
            round_name: content.round.name,
            stage: words(&content.round.stage, language),
            required_parties: content.round.required_parties.into_iter().map(|code| party(code, language)).collect(),
            unit_code: content.unit.name,
            results: content.results.into_iter().map(|row| result(row, language)).collect(),
            measurements: content.measurements.into_iter().map(|row| measurement(row, language)).collect(),
            defects: content.defects.into_iter().map(|row| defect(row, language)).collect(),
            content_hash: hex::encode(signed.content_hash),
            canonical: signed.text,
            verified: signed.verified,
        }
    }
}

fn result(row: ContentResult, language: Language) -> ContentCheckResult {
    ContentCheckResult {
        room: row.room.name,
        item: item(&row.item, language),
        party: party(row.party, language),
        company: shown_name(row.company),
        result: row.outcome,
        result_text: in_language(row.outcome.plain_words(), language),
        note: row.note,
    }
}

fn measurement(row: ContentMeasurement, language: Language) -> ContentMeasurementResult {
    ContentMeasurementResult {
        room: row.room.name,
        item: item(&row.item, language),
        party: party(row.party, language),
        company: shown_name(row.company),
        rule: words(&row.rule, language),
        design: row.design,
        readings: row.readings,
        out_of_tolerance: row.out_of_tolerance,
    }
}

fn defect(row: ContentDefect, language: Language) -> ContentDefectEntry {
    ContentDefectEntry {
        number: row.number,
        defect_id: row.defect_id.into(),
        found_here: row.found_here,
        outcome: row.outcome,
        outcome_text: in_language(row.outcome.plain_words(), language),
        room: row.room.map(|room| room.name),
        part: words(&row.part, language),
        kind: words(&row.kind, language),
        severity: row.severity,
        severity_text: in_language(row.severity.plain_words(), language),
        description: row.description,
        status: row.status,
        status_text: in_language(row.status.plain_words(), language),
        photos: row.photos,
    }
}
