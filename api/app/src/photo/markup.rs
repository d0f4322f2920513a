//! The markup that a photo bears.

use domain::photo::Markup;
use serde::Deserialize;
use serde_json::Value;

use crate::error::Result;
use crate::fingerprint::fingerprint;

/// The annotation in a photo's column; none if it has no drawing.
///
/// # Errors
/// When the stored annotation is not of this program.
pub fn parse_markup(stored: Option<&Value>) -> Result<Option<Markup>> {
    Ok(stored.map(Markup::deserialize).transpose()?)
}

/// What tells a markup from any other.
pub(super) fn hash(markup: &Markup) -> Result<String> {
    Ok(hex::encode(fingerprint(markup)?))
}
