//! What an import did.

use std::fmt;

use domain::id::ProjectId;
use domain::import::{ImportedKind, Problem};
use serde_json::{Value, json};

/// Most codes that are named as not in the file.
const NAMED: usize = 100;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// The project.
    pub project_id: ProjectId,
    /// Its code.
    pub project_code: String,
    /// The counts of each kind of entry.
    pub tallies: Vec<Tally>,
    /// What the file said and the import did not do, with its place.
    pub notes: Vec<Problem>,
}

/// The counts of the entries of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The kind.
    pub kind: ImportedKind,
    /// New ones.
    pub created: usize,
    /// Those that the file changed.
    pub updated: usize,
    /// Those that were as the file says.
    pub unchanged: usize,
    /// How many are in the project and not in the file. They stay.
    pub not_in_file: usize,
    /// Their codes, at most 100.
    pub not_in_file_codes: Vec<String>,
}

impl ImportReport {
    /// The tally of a kind.
    #[must_use]
    pub fn tally(&self, kind: ImportedKind) -> Option<&Tally> {
        self.tallies.iter().find(|tally| tally.kind == kind)
    }

    /// The numbers, for the event.
    pub(super) fn summary(&self) -> Value {
        let numbers = |tally: &Tally| {
            let numbers = json!({"created": tally.created, "updated": tally.updated, "unchanged": tally.unchanged});
            (tally.kind.to_string(), numbers)
        };
        Value::Object(self.tallies.iter().map(numbers).collect())
    }
}

/// For people at the command line.
impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "project {} ({})", self.project_code, self.project_id)?;
        for tally in &self.tallies {
            let kind = tally.kind.to_string().to_lowercase().replace('_', " ");
            let (created, updated, unchanged) = (tally.created, tally.updated, tally.unchanged);
            write!(f, "{kind:>20}: {created} created, {updated} updated, {unchanged} unchanged")?;
            if tally.not_in_file > 0 {
                let codes = tally.not_in_file_codes.join(", ");
                let more = if tally.not_in_file > tally.not_in_file_codes.len() { ", …" } else { "" };
                write!(f, "; {} not in the file, left as they are: {codes}{more}", tally.not_in_file)?;
            }
            writeln!(f)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))
    }
}

impl Tally {
    /// Nothing done yet.
    pub(super) const fn new(kind: ImportedKind) -> Self {
        Self { kind, created: 0, updated: 0, unchanged: 0, not_in_file: 0, not_in_file_codes: Vec::new() }
    }

    /// Counts something that the project has and the file has not.
    pub(super) fn leave(&mut self, code: impl Into<String>) {
        self.not_in_file += 1;
        if self.not_in_file_codes.len() < NAMED {
            self.not_in_file_codes.push(code.into());
        }
    }
}
