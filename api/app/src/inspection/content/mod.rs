//! The content that the parties sign: gathered at the submission, kept as the canonical text that is hashed, and read
//! again.

mod form1;
mod gather;
mod read;
mod shown;

use domain::inspection::content::FORM;
use sha2::{Digest, Sha256};
use store::entity::signed_contents;

pub use read::{Signed, of_inspection};

use super::command_context::InspectionCommandContext;
use crate::error::{Error, Result};

impl InspectionCommandContext {
    /// Gathers the content to sign and keeps it; returns its hash.
    pub(super) async fn store_signed_content(&self) -> Result<Vec<u8>> {
        let content = gather::gather(&self.work.tx, &self.inspection, &self.round, self.work.now).await?;
        let bytes = content.canonical()?;
        let hash = Sha256::digest(&bytes).to_vec();
        let row = signed_contents::Model {
            inspection_id: self.inspection.id,
            submission_no: self.inspection.submission_no,
            project_id: self.inspection.project_id,
            form: i32::try_from(FORM).unwrap_or(i32::MAX),
            content_hash: hash.clone(),
            content: String::from_utf8(bytes).map_err(Error::internal)?,
            recorded_at: self.work.now.0,
            shown_statuses: Some(shown::statuses(&content)?),
        };
        store::inspections::insert_content(&self.work.tx, row).await?;
        Ok(hash)
    }
}
