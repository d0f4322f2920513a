//! Declare a photo for good, and get a link to upload its bytes.

use domain::change::ChangeAudience;
use domain::id::{DefectId, DeviceId, PhotoId, ProjectId};
use domain::object_kind::ObjectKind;
use domain::photo::{self, Declared, PhotoCommand, PhotoStage, PhotoState, PhotographedDefect, permit_declare};
use domain::quota::Quota;
use domain::{Actor, Caller, Refusal, RefusalCode, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::entity::photos::NewPhoto;

use super::redeclare::declare_anew;
use super::upload::{self, Upload};
use super::{PhotoRow, object_keys};
use crate::context::Context;
use crate::defect::DefectRow;
use crate::error::{Error, Result};
use crate::input::occurred;
use crate::operation::OperationContext;
use crate::project::rules::ProjectRules;
use crate::redacted::Redacted;
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// What a photo belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PhotoSubject {
    /// A defect.
    #[serde(rename = "Defect")]
    Defect(DefectId),
    /// The caller's own signature, to be used once in this project.
    #[serde(rename = "Signature")]
    Signature {
        /// The project.
        #[serde(rename = "project_id")]
        project_id: ProjectId,
    },
}

/// A photo that a tablet is about to upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeclarePhoto {
    /// The photo's id, made by the client.
    #[serde(rename = "photo_id")]
    pub photo_id: PhotoId,
    /// SHA-256 of the bytes in hexadecimal.
    #[serde(rename = "sha256")]
    pub sha256: String,
    /// Their number.
    #[serde(rename = "byte_size")]
    pub byte_size: i64,
    /// Their media type.
    #[serde(rename = "content_type")]
    pub content_type: String,
    /// Pixels across and down, if the device knows them; not part of what makes two inputs the same.
    #[serde(skip)]
    pub width: Option<i32>,
    /// Pixels down.
    #[serde(skip)]
    pub height: Option<i32>,
    /// What it belongs to.
    #[serde(rename = "subject")]
    pub subject: PhotoSubject,
    /// What it shows.
    #[serde(rename = "stage")]
    pub stage: PhotoStage,
    /// When it was taken, by the device; not part of what makes two inputs the same.
    #[serde(skip)]
    pub occurred_at: Option<Timestamp>,
    /// The device that holds it, by the id that it gives itself; not part of what makes two inputs the same.
    #[serde(skip)]
    pub device_id: Option<DeviceId>,
}

/// A declared photo.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// The photo.
    pub photo: Redacted<PhotoRow>,
    /// How to upload its bytes.
    pub upload: Upload,
}

/// Declares a photo. A repetition makes no second photo, but new links for the missing bytes.
///
/// # Errors
/// Refusals of the declaration or of rights, `STORE_UNAVAILABLE`, or an internal error.
pub async fn declare_photo(ctx: Context<'_>, mut input: DeclarePhoto) -> Result<Declaration> {
    input.sha256.make_ascii_lowercase();
    let bytes =
        photo::check_declaration(&input.sha256, input.byte_size, &input.content_type, input.width.zip(input.height))
            .map_err(Error::Refused)?;
    let mut work = ctx.begin().await?;
    let said = occurred(input.occurred_at, work.now)?;
    let (actor, defect) = subject(&mut work, ctx.caller, input.subject, said).await?;
    match work.reserve_client_id(input.photo_id, ObjectKind::Photo, "photoId", &input).await {
        Ok(ClientIdReservation::New) => {}
        Ok(ClientIdReservation::Done) => {
            work.tx.rollback().await?;
            return repeated_answer(ctx, input.photo_id).await;
        }
        Err(reused) => {
            work.tx.rollback().await?;
            return declare_anew(ctx, &input, bytes).await?.ok_or(reused);
        }
    }
    permit_declare(&actor, input.stage, defect.as_ref().map(facts).as_ref())?;
    if input.stage == PhotoStage::Signature && !bytes.content_type.has_renditions() {
        return Err(Refusal::at(RefusalCode::PhotoTypeUnsupported, "contentType").into());
    }
    let rules = ProjectRules::load(&work.tx, actor.project_id).await?;
    let occurred_at = work.plausible_time(said, earliest(&rules, input.stage, defect.as_ref()));
    let mut photo = draft(&work, &actor, &input, bytes, defect.as_ref(), occurred_at);
    if let Some(session_id) = ctx.caller.session_id {
        photo.device_name = store::sessions::device(&work.tx, session_id).await?;
    }
    if store::photos::find_same_content(&work.tx, &photo).await?.is_none() {
        photo.staging_key = Some(object_keys::staging(photo.id, work.new_id()));
    }
    store::photos::insert(&work.tx, photo.clone()).await?;
    work.charge(&rules, &actor, &[(Quota::Photos, 1), (Quota::PhotoBytes, photo.byte_size)]).await?;
    if photo.defect_id.is_some() {
        // Viewers who verify those defects learn from now on that their photo is used again.
        let (project_id, own) = (photo.project_id, photo.defect_id);
        for (other, unit_id) in store::photos::defects_with_bytes(&work.tx, project_id, &photo.sha256, own).await? {
            work.mark_changed_for(ChangeAudience::Staff, ObjectKind::Defect, other, unit_id);
        }
    }
    work.add_event(NewEvent {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        to: Some(PhotoState::Declared.as_str()),
        data: json!({ "stage": photo.stage, "byteSize": photo.byte_size }),
        ..NewEvent::new(PhotoCommand::Declare.event(), ObjectKind::Photo, photo.id, occurred_at)
    });
    work.commit().await?;
    let upload = upload::first_upload(ctx.app, &photo).await?;
    Ok(Declaration { photo: Redacted::of(ctx.caller, photo), upload })
}

/// The subject as the caller may see it, and the role in which the caller acts on it. A defect is locked before it is
/// read, so that it is not moved to another unit until the photo that takes its unit is committed.
pub(super) async fn subject(
    work: &mut UnitOfWork,
    caller: &Caller,
    subject: PhotoSubject,
    said: Timestamp,
) -> Result<(Actor, Option<DefectRow>)> {
    match subject {
        PhotoSubject::Defect(id) => {
            store::defects::lock_shared(&work.tx, &[id]).await?;
            let found = store::defects::find(&work.tx, &caller.visibility(), id).await?;
            let defect = found.ok_or_else(|| Error::not_found("subject.defectId"))?;
            Ok((work.act_in_project_at(caller, defect.project_id, said).await?, Some(defect)))
        }
        PhotoSubject::Signature { project_id } => {
            if caller.actor_in(project_id).is_none() {
                return Err(Error::not_found("subject.signature.projectId"));
            }
            Ok((work.act_in_project_at(caller, project_id, said).await?, None))
        }
    }
}

/// No photo of this stage was taken before this time: of a repair, not before the defect was found.
pub(super) fn earliest(rules: &ProjectRules, stage: PhotoStage, defect: Option<&DefectRow>) -> Timestamp {
    let after_defect = defect.filter(|_| stage == PhotoStage::After);
    after_defect.map_or_else(|| rules.earliest(), |defect| Timestamp(defect.occurred_at))
}

pub(super) fn facts(defect: &DefectRow) -> PhotographedDefect {
    PhotographedDefect {
        unit_id: defect.unit_id,
        raised_by: defect.raised_by,
        responsible_company_id: defect.responsible_company_id,
    }
}

fn draft(
    work: &UnitOfWork,
    actor: &Actor,
    input: &DeclarePhoto,
    bytes: Declared,
    defect: Option<&DefectRow>,
    occurred_at: Timestamp,
) -> PhotoRow {
    PhotoRow::declared(NewPhoto {
        id: input.photo_id,
        actor,
        stage: input.stage,
        bytes,
        defect,
        device_id: input.device_id.or_else(|| work.operation.as_ref().map(OperationContext::device_id)),
        occurred_at,
        declared_at: work.now,
    })
}

/// The answer to a repetition: the photo as it is now, and the upload of the missing bytes.
async fn repeated_answer(ctx: Context<'_>, id: PhotoId) -> Result<Declaration> {
    let gone = || Error::internal("a declared photo is not there");
    let photo = store::photos::load(ctx.app.db.read(), id).await?.ok_or_else(gone)?;
    let upload = upload::missing_upload(ctx.app, &photo).await?;
    Ok(Declaration { photo: Redacted::of(ctx.caller, photo), upload })
}
