//! The import: two buildings, forty homes, and all people, by one file over HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::fixture::{PASSWORD, ROOT};
use tests::snapshot::{Fingerprint, fingerprint};
use uuid::Uuid;

use super::site::Site;
use crate::inspections::setup::uuid;

const FILE: &str = include_str!("project.yaml");

/// Tables in which each import writes a row.
const NOTED: [&str; 3] = ["events", "changes", "project_clock"];

const IMPORT: &str = "mutation($input: ProjectImportInput!) { projectImport(input: $input) {
    project { id code } report { kinds { kind created updated unchanged } } userErrors { code field message } } }";

/// Imports the file as the administrator; other people may not, a faulty file is refused, and a repetition changes
/// nothing.
pub(super) async fn import(app: &TestApp) -> Site<'_> {
    let content = FILE.replace("{plan}", &plan()).replace("{password}", PASSWORD);
    let input = |content: &str| json!({ "input": { "format": "YAML", "content": content } });
    let root = app.user(ROOT).await;
    let stranger = app.user("manager").await;
    assert_eq!(stranger.refused(IMPORT, input(&content)).await, ["ROLE_NOT_ALLOWED"]);
    let faulty = content.replace("{trade: CABINET, company: B}", "{trade: CABINET, company: C}");
    assert_eq!(root.refused(IMPORT, input(&faulty)).await, ["IMPORT_INVALID"]);

    let first = root.ok(IMPORT, input(&content)).await["projectImport"].clone();
    let made = [("BUILDING", 2), ("UNIT", 40), ("ROOM", 160), ("COMPANY", 5), ("PERSON", 12), ("OWNERSHIP", 2)];
    for (kind, count) in made {
        assert_eq!(tally(&first, kind), [count, 0, 0], "{kind}");
    }
    let before = content_of(app).await;
    let again = root.ok(IMPORT, input(&content)).await["projectImport"].clone();
    assert_eq!(tally(&again, "UNIT"), [0, 0, 40]);
    assert_eq!(before, content_of(app).await, "the same file again changes nothing");
    Site::of(app, id_of(&first)).await
}

/// All rows except those of the import itself.
async fn content_of(app: &TestApp) -> Fingerprint {
    let mut content = fingerprint(&app.app.db).await;
    content.retain(|table, _| !NOTED.contains(&table.as_str()));
    content
}

fn id_of(payload: &Value) -> Uuid {
    assert_eq!(payload["project"]["code"], "WALK");
    uuid(&payload["project"]["id"])
}

/// The numbers of created, updated and unchanged entries.
fn tally(payload: &Value, kind: &str) -> [i64; 3] {
    let kinds = payload["report"]["kinds"].as_array().expect("a report");
    let tally = kinds.iter().find(|tally| tally["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in the report"));
    ["created", "updated", "unchanged"].map(|count| tally[count].as_i64().expect("a count"))
}

/// The floor plan of four rooms, as PNG in base64.
fn plan() -> String {
    let picture = RgbImage::from_fn(200, 150, |x, y| {
        let wall = x % 100 < 3 || y % 75 < 3;
        Rgb(if wall { [40, 40, 40] } else { [245, 245, 240] })
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    STANDARD.encode(bytes.into_inner())
}
