//! The markup that a photo bears.

use domain::photo::Markup;

use super::PhotoRow;
use crate::error::Result;
use crate::fingerprint::fingerprint;

/// The annotation of a photo; none if it has no drawing.
///
/// # Errors
/// When the stored annotation is not of this program.
pub fn markup_of(photo: &PhotoRow) -> Result<Option<Markup>> {
    Ok(photo.markup.clone().map(serde_json::from_value).transpose()?)
}

/// What tells a markup from any other.
pub(super) fn hash(markup: &Markup) -> Result<String> {
    Ok(hex::encode(fingerprint(markup)?))
}
