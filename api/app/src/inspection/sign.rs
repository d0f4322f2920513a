//! Sign a submitted unit inspection for a party.

use domain::id::{InspectionId, PhotoId, SignatureId};
use domain::inspection::{InspectionCommand, SignatureSubject};
use domain::object_kind::ObjectKind;
use domain::{Refusal, RefusalCode};
use serde_json::json;
use store::entity::signatures;

use super::InspectionRow;
use super::command_context::InspectionCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::redacted::Redacted;
use crate::unit_of_work::ClientIdReservation;

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// The unit inspection.
    pub header: CommandHeader<InspectionId>,
    /// The signature's id, made by the client.
    pub signature_id: SignatureId,
    /// The hash of the content shown to the signer, in hexadecimal.
    pub content_hash: String,
    /// The image of the signature, a photo declared as one.
    pub photo_id: Option<PhotoId>,
}

/// Signs for the caller's party. When every required party has signed, the unit inspection is signed.
///
/// # Errors
/// The rule's refusal, `CONTENT_CHANGED`, `PHOTO_UNUSABLE`, or an internal error.
pub async fn sign(ctx: Context<'_>, input: Sign) -> Result<Redacted<InspectionRow>> {
    let mut command = InspectionCommandContext::open(ctx, input.header).await?;
    let hash = input.content_hash.to_ascii_lowercase();
    let content = json!({ "inspectionId": command.inspection.id, "contentHash": hash, "photoId": input.photo_id });
    if command.work.reserve_client_id(input.signature_id, ObjectKind::Signature, "signatureId", &content).await?
        == ClientIdReservation::Done
    {
        return Ok(command.unchanged());
    }
    command.permit(InspectionCommand::Sign)?;
    command.check_synced().await?;
    let signed = command.inspection.content_hash.clone().filter(|signed| hex::encode(signed) == hash);
    let signed = signed.ok_or_else(|| Refusal::at(RefusalCode::ContentChanged, "contentHash"))?;
    command.check_photo(input.photo_id).await?;
    let row = command.signature(&input, signed);
    store::inspections::insert_signature(&command.work.tx, row).await?;
    command.work.mark_changed(ObjectKind::Signature, input.signature_id, Some(command.inspection.unit_id));
    if let Some(photo_id) = input.photo_id {
        // From now on the photo belongs to the unit: a client that reads the changes of this unit only has not received
        // it yet.
        command.work.mark_changed(ObjectKind::Photo, photo_id, None);
    }
    let data = json!({
        "signatureId": input.signature_id,
        "party": command.actor.party(),
        "submissionNo": command.inspection.submission_no,
        "contentHash": hash,
    });
    command.apply(InspectionCommand::Sign);
    command.finish(InspectionCommand::Sign, None, data).await
}

impl InspectionCommandContext {
    async fn check_photo(&self, photo_id: Option<PhotoId>) -> Result<()> {
        let Some(photo_id) = photo_id else { return Ok(()) };
        let (inspection, person_id) = (&self.inspection, self.actor.person_id);
        let (project_id, unit_id) = (inspection.project_id, inspection.unit_id);
        if store::inspections::photo_fits(&self.work.tx, project_id, unit_id, person_id, photo_id).await? {
            return Ok(());
        }
        Err(Refusal::at(RefusalCode::PhotoUnusable, "photoId").into())
    }

    fn signature(&self, input: &Sign, content_hash: Vec<u8>) -> signatures::Model {
        signatures::Model {
            id: input.signature_id,
            project_id: self.inspection.project_id,
            subject_kind: SignatureSubject::UnitInspection,
            subject_id: self.inspection.id.uuid(),
            submission_no: self.inspection.submission_no,
            party: self.actor.party(),
            person_id: self.actor.person_id,
            company_id: self.actor.company_id(),
            role: self.actor.role(),
            signer_name: self.caller.name.clone(),
            photo_id: input.photo_id,
            content_hash,
            occurred_at: self.occurred_at.0,
            recorded_at: self.work.now.0,
            superseded_at: None,
        }
    }
}
