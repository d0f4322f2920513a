//! What the checks of one document share.

use std::collections::HashSet;

use crate::import::problems::Problems;
use crate::words::Bilingual;

/// The look at one document.
pub(super) struct Check {
    pub(super) problems: Problems,
    /// Codes that the project has already, and that new ones may not be: odd in their form, or the same to read as
    /// another.
    pub(super) known_codes: HashSet<String>,
    /// Codes of the document that were refused for their form.
    pub(super) odd_codes: HashSet<String>,
}

impl Check {
    pub(super) fn problem(&mut self, path: impl Into<String>, message: impl Into<Bilingual>) {
        self.problems.push(path, message);
    }
}
