//! Declaring photos and completing their uploads.

use app::command::{Command, CommandResult};
use app::photo::complete::complete;
use app::photo::declare::{DeclarePhoto, PhotoSubject};
use app::photo::original::read_original;
use app::photo::upload::{PartTicket, Ticket};
use async_graphql::{Context, InputObject, Object, OneofObject, SimpleObject};
use domain::id::{DefectId, DeviceId, PhotoId, ProjectId};
use domain::photo::PhotoStage;

use super::types::Photo;
use crate::command::{into_command, run};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, payload, split};
use crate::scalars::{DateTime, Uid};

/// Declaring photos and completing their uploads.
#[derive(Default)]
pub struct PhotoMutation;

/// Where a signature will be used.
#[derive(InputObject, Clone)]
pub struct PhotoSignatureInput {
    /// The project.
    pub project_id: Uid<ProjectId>,
}

/// What a photo belongs to: one of these.
#[derive(OneofObject, Clone)]
pub enum PhotoSubjectInput {
    /// A defect.
    DefectId(Uid<DefectId>),
    /// The viewer's own signature, for a unit inspection or a review.
    Signature(PhotoSignatureInput),
}

impl From<PhotoSubjectInput> for PhotoSubject {
    fn from(input: PhotoSubjectInput) -> Self {
        match input {
            PhotoSubjectInput::DefectId(id) => Self::Defect(id.0),
            PhotoSubjectInput::Signature(signature) => Self::Signature { project_id: signature.project_id.0 },
        }
    }
}

/// A photo that is about to be uploaded.
#[derive(InputObject, Clone)]
pub struct PhotoUploadCreateInput {
    /// The photo's id, a UUID of version 7 made by the client. The same again with the same content is no second photo.
    pub photo_id: Uid<PhotoId>,
    /// SHA-256 of the bytes: 64 hexadecimal digits.
    pub sha256: String,
    /// Their number: at most 30,000,000, of a video clip 100,000,000.
    pub byte_size: i64,
    /// Their media type: one of the `photoTypes` of `apiInfo`. What the photo becomes, its bytes decide.
    pub content_type: String,
    /// Pixels across, if the app knows them: a photo of more pixels than `apiInfo { photoTypes { maxPixels } }` is
    /// refused before its upload. Ignored without `height`.
    pub width: Option<i32>,
    /// Pixels down, if the app knows them. Ignored without `width`.
    pub height: Option<i32>,
    /// What it belongs to.
    pub subject: PhotoSubjectInput,
    /// What it shows: `BEFORE` or `AFTER` of a defect, `SIGNATURE` of a signature.
    pub stage: PhotoStage,
    /// When it was taken, by the device's clock; left out = now.
    pub occurred_at: Option<DateTime>,
    /// The device that holds its bytes, by a UUID that it gives itself once and keeps: missing photos are listed by it.
    /// In a push the one that pushes, if left out.
    pub device_id: Option<Uid<DeviceId>>,
}

into_command! {
    PhotoUploadCreateInput => |input| Command::PhotoUploadCreate(input.into());
}

impl From<PhotoUploadCreateInput> for DeclarePhoto {
    fn from(input: PhotoUploadCreateInput) -> Self {
        Self {
            photo_id: input.photo_id.0,
            sha256: input.sha256,
            byte_size: input.byte_size,
            content_type: input.content_type,
            width: input.width,
            height: input.height,
            subject: input.subject.into(),
            stage: input.stage,
            occurred_at: input.occurred_at.map(|moment| moment.0),
            device_id: input.device_id.map(|id| id.0),
        }
    }
}

/// A header to send with an upload.
#[derive(SimpleObject)]
pub struct PhotoUploadHeader {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

/// How to upload the bytes to the object store. The link takes exactly the declared bytes.
#[derive(SimpleObject)]
pub struct PhotoUpload {
    /// Where to.
    pub url: String,
    /// `PUT`.
    pub method: &'static str,
    /// The headers to send, as they are; the signature covers them. A browser sets `content-length` by itself.
    pub headers: Vec<PhotoUploadHeader>,
    /// When the link is no longer good; the same mutation again gives another.
    pub expires_at: DateTime,
}

impl From<Ticket> for PhotoUpload {
    fn from(ticket: Ticket) -> Self {
        let headers = ticket.headers.into_iter().map(|(name, value)| PhotoUploadHeader { name, value }).collect();
        Self { url: ticket.url, method: "PUT", headers, expires_at: DateTime(ticket.expires_at) }
    }
}

/// One part of a large upload. Each part is sent like a whole upload: its bytes, its link, its headers.
#[derive(SimpleObject)]
pub struct PhotoUploadPart {
    /// Its number, from 1.
    pub number: i32,
    /// Bytes of the file before it.
    pub offset: i64,
    /// Its bytes.
    pub byte_size: i64,
    /// How to upload it.
    pub upload: PhotoUpload,
}

impl From<PartTicket> for PhotoUploadPart {
    fn from(part: PartTicket) -> Self {
        // At most 100 MB in 13 parts.
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Self {
            number: part.number.into(),
            offset: whole(part.offset),
            byte_size: whole(part.byte_size),
            upload: part.ticket.into(),
        }
    }
}

/// A declared photo, and how to upload its bytes.
#[derive(SimpleObject)]
pub struct PhotoUploadCreatePayload {
    /// The photo.
    pub photo: Option<Photo>,
    /// How to upload its bytes; null if they are there already: then go on with `photoUploadComplete`.
    pub upload: Option<PhotoUpload>,
    /// The same in parts, another way for files larger than 8 MB: only the parts that are still missing, so that after
    /// a break the same mutation lists the rest. Send them in any order, several at once if you like, then go on with
    /// `photoUploadComplete`. Empty for smaller files, and when all parts have arrived.
    pub parts: Vec<PhotoUploadPart>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// A photo whose bytes are uploaded.
#[derive(InputObject)]
pub struct PhotoUploadCompleteInput {
    /// The photo, declared by the viewer.
    pub photo_id: Uid<PhotoId>,
}

payload! {
    /// The photo after the check of its bytes.
    PhotoUploadCompletePayload {
        /// The photo.
        photo: Photo
    }
}

/// An original that is to be read.
#[derive(InputObject)]
pub struct PhotoOriginalReadInput {
    /// The photo, of another company or of an owner.
    pub photo_id: Uid<PhotoId>,
    /// Why the original is needed and the copy without metadata is not enough. At most 4,000 characters; it stays in
    /// the event.
    pub reason: String,
}

/// A link to an original.
#[derive(SimpleObject)]
pub struct PhotoOriginalReadPayload {
    /// The photo.
    pub photo: Option<Photo>,
    /// A link to the file as it was uploaded, with the place and the camera in it: good for five minutes at most. Null
    /// when refused.
    pub url: Option<String>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl PhotoMutation {
    /// Declares a photo for good, before its bytes are uploaded: until they arrive it is shown as missing. Staff
    /// photograph any defect that they see, owners their own findings; after-photos come from the responsible
    /// contractor.
    async fn photo_upload_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The photo: its id, its bytes and its subject.")] input: PhotoUploadCreateInput,
    ) -> ApiResult<PhotoUploadCreatePayload> {
        let declared = run(ctx, input).await?.and_then(CommandResult::into_declaration);
        let (declared, user_errors) = split(declared, ctx.language())?;
        let (photo, upload) = declared.map(|declared| (declared.photo, declared.upload)).unzip();
        let upload = upload.unwrap_or_default();
        Ok(PhotoUploadCreatePayload {
            photo: photo.map(Photo::from),
            upload: upload.whole.map(Into::into),
            parts: upload.parts.into_iter().map(Into::into).collect(),
            user_errors,
        })
    }

    /// Checks that the uploaded bytes match the declaration, keeps them, and has smaller renditions made.
    /// `PHOTO_NOT_THERE`, `PHOTO_MISMATCH`: upload again. Completing again answers the photo as it is now.
    async fn photo_upload_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which photo.")] input: PhotoUploadCompleteInput,
    ) -> ApiResult<PhotoUploadCompletePayload> {
        let answer = complete(ctx.acting()?, input.photo_id.0).await;
        PhotoUploadCompletePayload::from_result(answer, ctx.language())
    }

    /// Reads the original of a photo of another company or of an owner, as it was uploaded, with the place and the
    /// camera in it. Delivery managers only; each reading is an event (`PHOTO_ORIGINAL_READ`) with the reason.
    /// Everybody else has `url(size: ORIGINAL)`.
    async fn photo_original_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which photo, and why.")] input: PhotoOriginalReadInput,
    ) -> ApiResult<PhotoOriginalReadPayload> {
        let answer = read_original(ctx.acting()?, input.photo_id.0, &input.reason).await;
        let (read, user_errors) = split(answer, ctx.language())?;
        let (photo, url) = read.unzip();
        Ok(PhotoOriginalReadPayload { photo: photo.map(Photo::from), url, user_errors })
    }
}
