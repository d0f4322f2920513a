//! Declare a photo for good, and get a link to upload its bytes.

use domain::object_kind::ObjectKind;
use domain::photo::{
    self, Declared, PhotoCommand, PhotoStage, PhotoState, PhotoSubjectKind, PhotographedDefect, permit_declare,
};
use domain::quota::Quota;
use domain::{Actor, Caller, Refusal, RefusalCode, Timestamp};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::read::seen_by;
use super::redeclare::declare_anew;
use super::upload::{self, Upload};
use super::{PhotoRow, keys};
use crate::App;
use crate::defect::DefectRow;
use crate::error::{Error, Result};
use crate::input::occurred;
use crate::project::rules::ProjectRules;
use crate::sync::Pushed;
use crate::work::{Claim, Happening, Work};

/// What a photo belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PhotoSubject {
    /// A defect.
    Defect(Uuid),
    /// The caller's own signature, to be used once in this project.
    Signature {
        /// The project.
        project_id: Uuid,
    },
}

/// A photo that a tablet is about to upload.
#[derive(Debug, Clone, Serialize)]
pub struct DeclarePhoto {
    /// The photo's id, made by the client.
    pub photo_id: Uuid,
    /// SHA-256 of the bytes in hexadecimal.
    pub sha256: String,
    /// Their number.
    pub byte_size: i64,
    /// Their media type.
    pub content_type: String,
    /// Pixels across and down, if the device knows them; not part of what makes two inputs the same.
    #[serde(skip)]
    pub width: Option<i32>,
    /// Pixels down.
    #[serde(skip)]
    pub height: Option<i32>,
    /// What it belongs to.
    pub subject: PhotoSubject,
    /// What it shows.
    pub stage: PhotoStage,
    /// When it was taken, by the device; not part of what makes two inputs the same.
    #[serde(skip)]
    pub occurred_at: Option<Timestamp>,
    /// The device that holds it, by the id that it gives itself; not part of what makes two inputs the same.
    #[serde(skip)]
    pub device_id: Option<Uuid>,
}

/// A declared photo.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// The photo.
    pub photo: PhotoRow,
    /// How to upload its bytes.
    pub upload: Upload,
}

/// Declares a photo. Again is no second photo, but new links for what is still missing.
///
/// # Errors
/// Refusals of what is declared or of rights, `STORE_UNAVAILABLE`, or a fault of ours.
pub async fn declare(app: &App, caller: &Caller, mut input: DeclarePhoto) -> Result<Declaration> {
    input.sha256.make_ascii_lowercase();
    let bytes =
        photo::check_declaration(&input.sha256, input.byte_size, &input.content_type, input.width.zip(input.height))
            .map_err(Error::Refused)?;
    let mut work = app.begin(caller).await?;
    let said = occurred(input.occurred_at, work.now)?;
    let (actor, defect) = subject(&mut work, caller, input.subject).await?;
    match work.claim(input.photo_id, ObjectKind::Photo, "photoId", &input).await {
        Ok(Claim::New) => {}
        Ok(Claim::Done) => {
            work.tx.rollback().await?;
            return again(app, caller, input.photo_id).await;
        }
        Err(reused) => {
            work.tx.rollback().await?;
            return declare_anew(app, caller, &input, bytes).await?.ok_or(reused);
        }
    }
    permit_declare(&actor, input.stage, defect.as_ref().map(facts).as_ref())?;
    if input.stage == PhotoStage::Signature && !bytes.content_type.has_renditions() {
        return Err(Refusal::at(RefusalCode::PhotoTypeUnsupported, "contentType").into());
    }
    let rules = ProjectRules::load(&work.tx, actor.project_id).await?;
    let occurred_at = work.plausible(said, earliest(&rules, input.stage, defect.as_ref()));
    let mut photo = draft(&work, &actor, &input, bytes, defect.as_ref(), occurred_at);
    if let Some(session_id) = caller.session_id {
        photo.device_name = store::sessions::device(&work.tx, session_id).await?;
    }
    if store::photos::stored_twin(&work.tx, &photo).await?.is_none() {
        photo.staging_key = Some(keys::staging(photo.id, work.new_id()));
    }
    store::photos::insert(&work.tx, photo.clone()).await?;
    work.charge(&rules, &actor, &[(Quota::Photos, 1), (Quota::PhotoBytes, photo.byte_size)]).await?;
    if photo.defect_id.is_some() {
        // Whoever verifies those defects is told from now on that their photo is used again.
        let (project_id, own) = (photo.project_id, photo.defect_id);
        for (other, unit_id) in store::photos::defects_with_bytes(&work.tx, project_id, &photo.sha256, own).await? {
            work.changed_for_staff(other, unit_id);
        }
    }
    work.event(Happening {
        unit_id: photo.unit_id,
        defect_id: photo.defect_id,
        to: Some(PhotoState::Declared.as_str()),
        data: json!({ "stage": photo.stage, "byteSize": photo.byte_size }),
        ..Happening::new(PhotoCommand::Declare.event(), ObjectKind::Photo, photo.id, occurred_at)
    });
    work.commit().await?;
    let upload = upload::first(app, &photo).await?;
    Ok(Declaration { photo: seen_by(caller, photo), upload })
}

/// The subject as the caller may see it, and as what the caller acts on it. A defect is held before it is read, so that it
/// is not moved to another unit until the photo that takes its unit is committed.
pub(super) async fn subject(
    work: &mut Work,
    caller: &Caller,
    subject: PhotoSubject,
) -> Result<(Actor, Option<DefectRow>)> {
    match subject {
        PhotoSubject::Defect(id) => {
            store::defects::hold(&work.tx, &[id]).await?;
            let found = store::defects::find(&work.tx, &caller.sight(), id).await?;
            let defect = found.ok_or_else(|| Error::not_found("subject.defectId"))?;
            Ok((work.enter(caller, defect.project_id)?, Some(defect)))
        }
        PhotoSubject::Signature { project_id } => {
            let stranger = |_| Error::not_found("subject.signature.projectId");
            Ok((work.enter(caller, project_id).map_err(stranger)?, None))
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
    work: &Work,
    actor: &Actor,
    input: &DeclarePhoto,
    bytes: Declared,
    defect: Option<&DefectRow>,
    occurred_at: Timestamp,
) -> PhotoRow {
    let kind = if defect.is_some() { PhotoSubjectKind::Defect } else { PhotoSubjectKind::Signature };
    PhotoRow {
        id: input.photo_id,
        project_id: actor.project_id,
        unit_id: defect.map(|defect| defect.unit_id),
        subject_kind: kind.as_str().to_owned(),
        defect_id: defect.map(|defect| defect.id),
        attempt_id: None,
        stage: input.stage.as_str().to_owned(),
        sha256: bytes.sha256.to_vec(),
        byte_size: input.byte_size,
        content_type: bytes.content_type.as_str().to_owned(),
        state: PhotoState::Declared.as_str().to_owned(),
        rejection: None,
        staging_key: None,
        object_key: None,
        thumb_key: None,
        large_key: None,
        width: None,
        height: None,
        person_id: actor.person_id,
        company_id: actor.company_id(),
        party: actor.party().as_str().to_owned(),
        visible_to_owner: defect.is_some(),
        occurred_at: occurred_at.0,
        declared_at: work.now.0,
        received_at: None,
        ready_at: None,
        version: 1,
        device_id: input.device_id.or_else(|| work.pushed.as_ref().map(Pushed::device_id)),
        device_name: None,
        multipart_id: None,
        written_off_at: None,
        written_off_by: None,
        write_off_reason: None,
        taken_local: None,
        taken_offset: None,
        camera: None,
        orientation: None,
        placeholder: None,
        duration_ms: None,
        webp_at: None,
        markup: None,
        markup_by: None,
        markup_at: None,
        marked_key: None,
        removed_at: None,
        stripped_key: None,
        damaged: false,
        reader_version: None,
        withdrawn_at: None,
        withdrawn_by: None,
        withdraw_reason: None,
        drawn_in: None,
        drawn_by: None,
        drawn_device: None,
        moved_in: None,
        moved_by: None,
        moved_device: None,
        moved_at: None,
    }
}

/// The answer to a repetition: the photo as it stands, and how to upload what is still missing.
async fn again(app: &App, caller: &Caller, id: Uuid) -> Result<Declaration> {
    let gone = || Error::internal("a declared photo is not there");
    let photo = store::photos::load(app.db.read(), id).await?.ok_or_else(gone)?;
    let upload = upload::missing(app, &photo).await?;
    Ok(Declaration { photo: seen_by(caller, photo), upload })
}
