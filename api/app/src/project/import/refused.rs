//! The refusal of a file.

use domain::import::Problem;
use domain::words::Bilingual;
use domain::{Refusal, RefusalCode};

use crate::error::Error;

/// The problems of a file as refusals, each at its place.
pub(super) fn refused(problems: Vec<Problem>) -> Error {
    let refusal = |problem: Problem| {
        let field = problem.path.replace('[', ".").replace(']', "");
        let Bilingual { en, zh } = problem.words();
        Refusal::at(RefusalCode::ImportInvalid, &field).with_words("message", &en, &zh)
    };
    Error::Refused(problems.into_iter().map(refusal).collect())
}
