//! The items of a checklist, checked against the project's vocabulary.

use std::collections::HashSet;

use domain::id::{ChecklistItemId, ChecklistVersionId, ProjectId};
use domain::taxonomy::TermKind;
use domain::text::{NAME_LIMIT, folded, plain_code, required};
use domain::{Refusal, RefusalCode};
use serde::Serialize;
use store::Connection;
use store::entity::checklist_items;

use crate::error::{Error, Result};

/// Most items of one checklist.
const ITEM_LIMIT: usize = 2_000;
/// Longest code of an item, in characters.
const CODE_LIMIT: usize = 60;

/// An item: one thing to inspect in each room of a type.
#[derive(Debug, Clone, Serialize)]
pub struct ItemInput {
    /// Its code, unique in the checklist.
    #[serde(rename = "code")]
    pub code: String,
    /// The type of rooms in which it is looked at.
    #[serde(rename = "room_type")]
    pub room_type: String,
    /// The part that is looked at.
    #[serde(rename = "part")]
    pub part: Option<String>,
    /// The text in Chinese.
    #[serde(rename = "zh")]
    pub zh: String,
    /// The text in English.
    #[serde(rename = "en")]
    pub en: String,
    /// Whether an inspection cannot be submitted without its result.
    #[serde(rename = "mandatory")]
    pub mandatory: bool,
    /// The rule that judges its readings.
    #[serde(rename = "measurement_code")]
    pub measurement_code: Option<String>,
}

/// The project's codes that items may name.
struct Vocabulary {
    room_types: Vec<String>,
    parts: Vec<String>,
    rules: Vec<String>,
}

/// Checks items and makes the rows of a version of them.
///
/// # Errors
/// All faults, each at its field (`items.3.roomType`).
pub(super) async fn rows(
    conn: &Connection,
    project_id: ProjectId,
    version_id: ChecklistVersionId,
    items: &[ItemInput],
    new_id: impl Fn() -> ChecklistItemId,
) -> Result<Vec<checklist_items::Model>> {
    check_count(items)?;
    let words = Vocabulary::load(conn, project_id).await?;
    let mut refusals = Vec::new();
    let mut codes = HashSet::new();
    let mut rows = Vec::with_capacity(items.len());
    for (n, item) in items.iter().enumerate() {
        let mut faults = Vec::new();
        let [code, zh, en] = texts(item, &mut faults);
        faults.extend(words.faults(item));
        if plain_code(&code) != code {
            faults.push(odd(&code));
        } else if !code.is_empty() && !codes.insert(folded(&code)) {
            let twice = Refusal::at(RefusalCode::InvalidValue, "code");
            faults.push(twice.because("another item has this code", "编码重复"));
        }
        refusals.extend(faults.into_iter().map(|refusal| refusal.under(&format!("items.{n}"))));
        rows.push(checklist_items::Model {
            id: new_id(),
            project_id,
            checklist_version_id: version_id,
            code,
            room_type: item.room_type.clone(),
            part: item.part.clone(),
            zh,
            en,
            mandatory: item.mandatory,
            measurement_code: item.measurement_code.clone(),
            sort: i32::try_from(n).unwrap_or(i32::MAX),
        });
    }
    if refusals.is_empty() { Ok(rows) } else { Err(Error::Refused(refusals)) }
}

fn check_count(items: &[ItemInput]) -> Result<()> {
    if items.is_empty() {
        let none = Refusal::at(RefusalCode::InvalidValue, "items");
        return Err(none.because("a checklist has at least one item", "检查表至少要有一项").into());
    }
    if items.len() > ITEM_LIMIT {
        return Err(Refusal::at(RefusalCode::TooMany, "items").with("limit", ITEM_LIMIT).into());
    }
    Ok(())
}

/// Of a code with characters that look like others: new ones are written in plain characters.
fn odd(code: &str) -> Refusal {
    let plain = plain_code(code);
    let refusal = Refusal::at(RefusalCode::InvalidCode, "code").with("value", code);
    refusal.expecting(&format!("a code in plain characters, \"{plain}\""), &format!("普通字符的编码“{plain}”"))
}

/// The code and the two texts of an item, each in its normal form.
fn texts(item: &ItemInput, faults: &mut Vec<Refusal>) -> [String; 3] {
    let texts = [(&item.code, CODE_LIMIT, "code"), (&item.zh, NAME_LIMIT, "zh"), (&item.en, NAME_LIMIT, "en")];
    texts.map(|(text, limit, field)| {
        required(text, limit, field).unwrap_or_else(|fault| {
            faults.push(fault);
            String::new()
        })
    })
}

impl Vocabulary {
    async fn load(conn: &Connection, project_id: ProjectId) -> Result<Self> {
        let codes = async |kind: TermKind| store::checklists::term_codes(conn, project_id, kind).await;
        Ok(Self {
            room_types: codes(TermKind::RoomType).await?,
            parts: codes(TermKind::Part).await?,
            rules: store::checklists::rule_codes(conn, project_id).await?,
        })
    }

    /// What of one item the project's vocabulary does not have.
    fn faults(&self, item: &ItemInput) -> Vec<Refusal> {
        let part = item.part.as_ref().and_then(|part| unknown(&self.parts, part, "part", "parts"));
        let rule = item.measurement_code.as_ref();
        let rule = rule.and_then(|rule| unknown(&self.rules, rule, "measurementCode", "measurement rules"));
        let room_type = unknown(&self.room_types, &item.room_type, "roomType", "room types");
        [room_type, part, rule].into_iter().flatten().collect()
    }
}

/// The refusal of a code that a list of the project's vocabulary does not have.
fn unknown(known: &[String], code: &str, field: &str, list: &str) -> Option<Refusal> {
    if known.iter().any(|word| word == code) {
        return None;
    }
    let shown: String = code.chars().filter(|c| !c.is_control()).take(80).collect();
    let refusal = Refusal::at(RefusalCode::InvalidCode, field).with("value", shown);
    let in_chinese = match list {
        "room types" => "房间类型",
        "parts" => "部位",
        "measurement rules" => "实测规则",
        "defect types" => "问题类型",
        _ => "词汇表",
    };
    Some(refusal.expecting(&format!("a code of the project's {list}"), &format!("项目{in_chinese}中的代码")))
}
