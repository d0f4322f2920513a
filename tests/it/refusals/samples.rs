//! Valid values for every type of the schema.

use serde_json::{Value, json};

use super::shape::Path;

/// An ordinary value for any type but an id; `None` for enums, whose first code is used.
pub(crate) fn ordinary(path: &Path, kind: &str) -> Option<Value> {
    let field = path.last().map_or("", String::as_str);
    match kind {
        "Boolean" => Some(json!(true)),
        "Int" => Some(json!(1)),
        "Float" => Some(json!(0.5)),
        "DateTime" => Some(json!(tests::app::START)),
        "Date" => Some(json!("2026-03-02")),
        "Upload" | "JSON" => Some(json!({})),
        "String" => Some(json!(match field {
            "type" => "WALL.CRACK",
            "trade" => "PLASTER",
            "part" => "WALL",
            "roomType" => "LIVING",
            "stage" => "INTERNAL_R1",
            "sha256" => "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "contentType" => "image/jpeg",
            "readings" | "design" => "1",
            "measurement" | "measurementCode" => "PLASTER_VERT_N",
            "file" | "content" | "document" => "{}",
            _ => "Some words",
        })),
        _ => match field {
            // The codes that activate the other fields of the same input.
            "outcome" if path.iter().any(|step| step == "results") => Some(json!("PASS")),
            "outcome" => Some(json!("REASSIGNED")),
            "reason" if kind == "VoidReason" => Some(json!("DUPLICATE")),
            "requiredParties" => Some(json!("DEVELOPER")),
            _ => None,
        },
    }
}
