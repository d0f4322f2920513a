//! The example operations of the page: `api/assets/examples`, each a document and its variables.

use serde::Serialize;

/// An example as the page's script reads it.
#[derive(Serialize)]
pub(super) struct Example {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// The role's code of the person who does this, or `ANY`.
    pub(super) role: &'static str,
    /// The document without its header.
    pub(super) query: &'static str,
    /// The variables' JSON text, with places to fill in.
    pub(super) variables: &'static str,
}

/// Name, document, variables.
type Files = (&'static str, &'static str, &'static str);

macro_rules! example {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../assets/examples/", $name, ".graphql")),
            include_str!(concat!("../../../assets/examples/", $name, ".json")),
        )
    };
}

/// In the order of the page's list.
const EXAMPLES: &[Files] = &[example!("01-viewer"), example!("02-project")];

/// All examples.
pub(super) fn all() -> impl Iterator<Item = Example> {
    EXAMPLES.iter().map(|&(name, document, variables)| read(name, document, variables))
}

/// All examples as a JSON list.
pub(super) fn as_json() -> Vec<u8> {
    // Plain text in plain structs always serialises.
    serde_json::to_vec(&all().collect::<Vec<_>>()).unwrap_or_else(|_| b"[]".to_vec())
}

/// Reads the header lines `# title: …` and `# role: …` off a document.
fn read(name: &'static str, document: &'static str, variables: &'static str) -> Example {
    let mut example = Example { name, title: name, role: "ANY", query: document, variables };
    while let Some((line, rest)) = example.query.split_once('\n') {
        if let Some(title) = line.strip_prefix("# title:") {
            example.title = title.trim();
        } else if let Some(role) = line.strip_prefix("# role:") {
            example.role = role.trim();
        } else {
            break;
        }
        example.query = rest;
    }
    example
}
