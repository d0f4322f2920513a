//! What an owner reviews, as a page for people.

use app::unit::content::{Checked, check};
use async_graphql::{Json, SimpleObject};
use domain::defect::{DefectStatus, Severity, number_text};
use domain::unit::content::{ReviewContent, ReviewedBlocker, ReviewedDefect, form1};
use domain::unit::readiness::BlockerCode;
use domain::vocabulary::Words;
use domain::{Language, Timestamp};
use serde_json::Value;

use crate::error::{ApiError, ApiResult};
use crate::inspection::content::{ContentWords, in_language};
use crate::scalars::{DateTime, Uid};

/// The content of a unit as its owner sees it, and its hash.
#[derive(SimpleObject)]
pub struct UnitReviewContent {
    /// The unit, its defects with their state, its readiness, as it is stored.
    pub content: Json<Value>,
    /// SHA-256 of `canonical` in hexadecimal, for `unitReview`: it is refused when the content has changed meanwhile.
    pub content_hash: String,
    /// Exactly the text that is hashed, so that any reader can hash it again.
    pub canonical: String,
    /// The form in which it is hashed: 2 for canonical JSON (RFC 8785); 1 for reviews of earlier versions.
    pub form: i32,
    /// Whether `contentHash` is the hash of `canonical`.
    pub verified: bool,
    /// The unit's number for people.
    pub unit_code: String,
    /// Whether the unit is ready for delivery.
    pub ready: bool,
    /// The defects, as the owner sees them.
    pub defects: Vec<ReviewContentDefect>,
    /// What stands between the unit and its delivery.
    pub blockers: Vec<ReviewContentBlocker>,
}

/// A defect, as its owner is shown it.
#[derive(SimpleObject)]
pub struct ReviewContentDefect {
    /// The number for people, like `D-000147`.
    pub number: String,
    /// The defect.
    pub defect_id: Uid,
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
    /// The status.
    pub status: DefectStatus,
    /// The status in plain words.
    pub status_text: &'static str,
    /// By when it is to be repaired.
    pub due_at: Option<DateTime>,
    /// SHA-256 in hexadecimal of the photos that the owner sees.
    pub photos: Vec<String>,
}

/// Something that stands between the unit and its delivery.
#[derive(SimpleObject)]
pub struct ReviewContentBlocker {
    /// What, for programs.
    pub code: BlockerCode,
    /// What, in plain words.
    pub message: String,
    /// Whether a delivery manager let it pass.
    pub waived: bool,
}

impl UnitReviewContent {
    /// A stored content in a language.
    ///
    /// # Errors
    /// When it is of no form that a version has written.
    pub fn new(content: Value, hash: &[u8], language: Language) -> ApiResult<Self> {
        let Checked { form, text, verified } = check(&content, hash)?;
        let page = if form == 1 { of_first_form(&content)? } else { read(&content)? };
        Ok(Self {
            content_hash: hex::encode(hash),
            canonical: text,
            form: i32::try_from(form).unwrap_or(i32::MAX),
            verified,
            unit_code: page.unit_code,
            ready: page.ready,
            defects: page.defects.into_iter().map(|row| defect(row, language)).collect(),
            blockers: page.blockers.into_iter().map(|row| blocker(row, language)).collect(),
            content: Json(content),
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(content: &Value) -> ApiResult<T> {
    serde_json::from_value(content.clone()).map_err(ApiError::internal)
}

/// The first form knew codes only: they stand for their names.
fn of_first_form(content: &Value) -> ApiResult<ReviewContent> {
    let first: form1::ReviewContent = read(content)?;
    let itself = |code: String| Words { zh: code.clone(), en: code.clone(), code };
    let defects = first.defects.into_iter().map(|row| ReviewedDefect {
        number: number_text(row.number),
        defect_id: row.defect_id,
        room: None,
        part: itself(row.part),
        kind: itself(row.type_code),
        severity: row.severity,
        description: row.description,
        status: row.status,
        due_at: row.due_at.map(Timestamp::to_rfc3339),
        photos: row.photos,
    });
    let blockers = first.blockers.into_iter().map(|row| ReviewedBlocker {
        code: row.code,
        subject_id: row.subject_id,
        waived: row.waived,
        en: row.code.to_string(),
        zh: row.code.to_string(),
    });
    Ok(ReviewContent::new(first.unit_id, first.unit_code, defects.collect(), first.ready, blockers.collect()))
}

fn words(words: Words, language: Language) -> ContentWords {
    ContentWords { name: words.name(language).to_owned(), code: words.code }
}

fn defect(row: ReviewedDefect, language: Language) -> ReviewContentDefect {
    ReviewContentDefect {
        number: row.number,
        defect_id: row.defect_id.into(),
        room: row.room.map(|room| room.name),
        part: words(row.part, language),
        kind: words(row.kind, language),
        severity: row.severity,
        severity_text: in_language(row.severity.plain_words(), language),
        description: row.description,
        status: row.status,
        status_text: in_language(row.status.plain_words(), language),
        due_at: row.due_at.as_deref().and_then(Timestamp::from_rfc3339).map(DateTime),
        photos: row.photos,
    }
}

fn blocker(row: ReviewedBlocker, language: Language) -> ReviewContentBlocker {
    let message = match language {
        Language::En => row.en,
        Language::Zh => row.zh,
    };
    ReviewContentBlocker { code: row.code, message, waived: row.waived }
}
