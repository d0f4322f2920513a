//! The example operations of the page: `api/assets/examples`, each a document and its variables.

use serde::Serialize;

/// An example as the page's script reads it.
#[derive(Serialize)]
pub(super) struct Example {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// The role code of the acting person, or `ANY`.
    pub(super) role: &'static str,
    /// A query whose answer fills the placeholders of the variables; empty if there is none.
    pub(super) lookup: String,
    /// The placeholders: each name, and the path of its value in the lookup's answer.
    pub(super) fill: Vec<(&'static str, &'static str)>,
    /// The document without its header.
    pub(super) query: &'static str,
    /// The JSON text of the variables, with placeholders.
    pub(super) variables: &'static str,
}

/// Name, document, variables.
type Files = (&'static str, &'static str, &'static str);

macro_rules! example {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../assets/examples/", $name, ".graphql")),
            include_str!(concat!("../../assets/examples/", $name, ".json")),
        )
    };
}

/// In the order of the page's list.
const EXAMPLES: &[Files] = &[
    example!("01-viewer"),
    example!("02-project"),
    example!("03-overview"),
    example!("04-import"),
    example!("05-my-round"),
    example!("06-inspection-start"),
    example!("07-results-record"),
    example!("08-defect-log"),
    example!("09-photo-declare"),
    example!("10-company-defects"),
    example!("11-defect-assign"),
    example!("12-defect-dispute"),
    example!("13-my-work"),
    example!("14-defect-start"),
    example!("15-defect-report-fixed"),
    example!("16-to-verify"),
    example!("17-defect-verify"),
    example!("18-supervisor-sign"),
    example!("19-earlier-defects"),
    example!("20-defect-reopen"),
    example!("21-property-sign"),
    example!("22-dispute-settle"),
    example!("23-readiness"),
    example!("24-waive"),
    example!("25-open-to-owner"),
    example!("26-owner-comment"),
    example!("27-my-home"),
    example!("28-owner-finding"),
    example!("29-owner-confirm"),
    example!("30-owner-reject"),
    example!("31-owner-review"),
    example!("32-history"),
    example!("33-owner-link"),
    example!("34-inbox"),
    example!("35-inbox-read"),
    example!("36-digest"),
    example!("37-messages"),
];

/// All examples.
pub(super) fn all() -> impl Iterator<Item = Example> {
    EXAMPLES.iter().map(|&(name, document, variables)| read(name, document, variables))
}

/// All examples as a JSON list.
pub(super) fn as_json() -> Vec<u8> {
    // Plain text in plain structs always serialises.
    serde_json::to_vec(&all().collect::<Vec<_>>()).unwrap_or_else(|_| b"[]".to_vec())
}

/// Removes the header lines of a document and returns them; `api/assets/README.md` explains them.
fn read(name: &'static str, document: &'static str, variables: &'static str) -> Example {
    let mut example =
        Example { name, title: name, role: "ANY", lookup: String::new(), fill: Vec::new(), query: document, variables };
    while let Some((line, rest)) = example.query.split_once('\n') {
        let Some((key, value)) = line.strip_prefix("# ").and_then(|line| line.split_once(": ")) else { break };
        match key {
            "title" => example.title = value,
            "role" => example.role = value,
            "lookup" => {
                example.lookup.push_str(value.trim());
                example.lookup.push('\n');
            }
            "fill" => example.fill.extend(value.split_once(" = ")),
            _ => break,
        }
        example.query = rest;
    }
    example
}
