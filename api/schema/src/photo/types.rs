//! A photo as the viewer sees it.

mod plan;

use app::photo::{PhotoRow, read};
use app::redacted::Redacted;
use async_graphql::{Context, Object};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::id::PersonId;
use domain::photo::{PhotoFormat, PhotoRejection, PhotoSize, PhotoStage, PhotoState};
use store::partial::Partial;

use super::markup::PhotoMarkup;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::plan::ToOne;
use crate::project::types::{Person, row_type};
use crate::scalars::{DateTime, Uid};

/// The size of a picture that no argument names.
const DEFAULT_SIZE: PhotoSize = PhotoSize::Large;
/// The format of a picture that no argument names.
const DEFAULT_FORMAT: PhotoFormat = PhotoFormat::Jpeg;

row_type! {
    /// A photo of a defect, or the picture of a signature. Originals are never altered.
    Photo(Redacted<Partial<PhotoRow>>);
}

impl From<Redacted<PhotoRow>> for Photo {
    fn from(row: Redacted<PhotoRow>) -> Self {
        Redacted::<Partial<PhotoRow>>::from(row).into()
    }
}

#[Object(use_type_description)]
impl Photo {
    /// The photo's id.
    pub async fn id(&self) -> Uid {
        self.0.id().into()
    }

    /// The defect that it hangs on; null for a signature.
    fn defect_id(&self) -> Option<Uid> {
        self.0.defect_id().map(Uid::from)
    }

    /// What it shows.
    fn stage(&self) -> PhotoStage {
        self.0.stage()
    }

    /// How far it has come. One that was declared and never came stays `DECLARED`: it is missing.
    fn state(&self) -> PhotoState {
        self.0.state()
    }

    /// The person who wrote it off, the time and the reason; null unless it was written off. It stays when the photo
    /// arrives after all. Staff only.
    fn written_off(&self) -> ApiResult<Option<PhotoWriteOff>> {
        let who = self.0.written_off_at()?.zip(self.0.written_off_by()?).zip(self.0.write_off_reason()?.clone());
        Ok(who.map(|((at, by), reason)| PhotoWriteOff { at: at.into(), by, reason }))
    }

    /// Who withdrew it, when and why; null unless it was withdrawn. Staff only, and who did it.
    fn withdrawn(&self) -> ApiResult<Option<PhotoWithdrawal>> {
        let who = self.0.withdrawn_at()?.zip(self.0.withdrawn_by()).zip(self.0.withdraw_reason()?.clone());
        Ok(who.map(|((at, by), reason)| PhotoWithdrawal { at: at.into(), by, reason }))
    }

    /// Why it cannot be used; null unless it is `REJECTED`.
    fn rejection(&self) -> Option<PhotoRejection> {
        self.0.rejection()
    }

    /// Whether some of its pixels are lost, because its file is damaged: it is shown with the others.
    fn damaged(&self) -> ApiResult<bool> {
        Ok(self.0.damaged()?)
    }

    /// The media type of the original, as its bytes say once they are here, one of those in `apiInfo`.
    fn content_type(&self) -> &str {
        self.0.content_type().as_str()
    }

    /// The size of the original in bytes.
    fn byte_size(&self) -> ApiResult<i64> {
        Ok(self.0.byte_size()?)
    }

    /// Pixels across of the original when it stands upright; null until it is `READY`.
    fn width(&self) -> ApiResult<Option<i32>> {
        Ok(self.0.width()?)
    }

    /// Pixels down of the original when it stands upright; null until it is `READY`.
    fn height(&self) -> ApiResult<Option<i32>> {
        Ok(self.0.height()?)
    }

    /// How the camera was held: 1 to 8 as EXIF counts, 1 is upright. Width, height and renditions are upright already.
    fn orientation(&self) -> ApiResult<Option<i32>> {
        Ok(self.0.orientation()?)
    }

    /// A blurred picture to show until the photo is loaded: a ThumbHash in base64, some twenty bytes. Null until it is
    /// `READY`.
    fn placeholder(&self) -> ApiResult<Option<String>> {
        Ok(self.0.placeholder()?.as_deref().map(|bytes| STANDARD.encode(bytes)))
    }

    /// Milliseconds of a video clip; null of pictures, and until it is `KEPT`.
    fn duration_ms(&self) -> ApiResult<Option<i32>> {
        Ok(self.0.duration_ms()?)
    }

    /// A link to the picture, good for three minutes at least and five at most; null until it is `READY`. Any holder of
    /// the link can read the picture: select it when the picture is to be shown. `ORIGINAL` is the uploaded file for
    /// who took the photo and the own company, the same pixels without metadata for other staff, null for owners of
    /// others' photos. A `KEPT` file has no renditions and no copy without metadata, only its original.
    fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How large.", default_with = "DEFAULT_SIZE")] size: PhotoSize,
        #[graphql(
            desc = "The format of a rendition. WebP is made some minutes after the photo is ready: until then JPEG.",
            default_with = "DEFAULT_FORMAT"
        )]
        format: PhotoFormat,
        #[graphql(
            desc = "With the markup drawn in, of the `LARGE` one; without it while nothing is drawn, or not yet.",
            default
        )]
        marked: bool,
    ) -> ApiResult<Option<String>> {
        Ok(read::url(ctx.app(), ctx.caller()?, &self.0, read::RequestedImage { size, format, marked })?)
    }

    /// The drawing on it, as data; null without one. `url(marked: true)` is the picture with it.
    fn markup(&self) -> ApiResult<Option<PhotoMarkup>> {
        PhotoMarkup::of(&self.0)
    }

    /// Who declared it; for owners only themselves.
    fn declared_by(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id())
    }

    /// The device that holds the bytes, by the id that it gives itself; null if it gave none, and where the viewer may
    /// not know whose it is. For owners only their own.
    async fn device_id(&self, ctx: &Context<'_>) -> ApiResult<Option<Uid>> {
        let known = self.is_of_known_person(ctx).await?;
        Ok(self.0.device_id()?.map(Uid::from).filter(|_| known))
    }

    /// The name of that device, as its person gave it when signing in; null if the viewer may not know the device's
    /// person, because phones carry names. For owners only their own.
    async fn device_name(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        let known = self.is_of_known_person(ctx).await?;
        Ok(self.0.device_name()?.as_deref().filter(|_| known))
    }

    /// The camera's maker and model, as it wrote them into the file; null where the viewer may not know whose it is.
    /// For owners only their own.
    async fn camera(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        let known = self.is_of_known_person(ctx).await?;
        Ok(self.0.camera()?.as_deref().filter(|_| known))
    }

    /// When it was taken by the camera's own clock, as `2026-03-02T08:15:00`: the camera says of no time zone, so it is
    /// no point in time. Null if the camera wrote nothing.
    fn taken_local(&self) -> ApiResult<Option<&str>> {
        Ok(self.0.taken_local()?.as_deref())
    }

    /// When it was taken, by the camera's own clock: only if the camera also wrote how far its clock was ahead of UTC.
    fn taken_at(&self) -> ApiResult<Option<DateTime>> {
        Ok(read::taken_at(&self.0)?.map(DateTime))
    }

    /// When it was taken, by the device's clock, as the app said.
    fn occurred_at(&self) -> ApiResult<DateTime> {
        Ok(self.0.occurred_at()?.into())
    }

    /// When it was declared, by the server's clock.
    fn declared_at(&self) -> ApiResult<DateTime> {
        Ok(self.0.declared_at()?.into())
    }

    /// When its bytes were here, by the server's clock.
    fn received_at(&self) -> ApiResult<Option<DateTime>> {
        Ok(self.0.received_at()?.map(Into::into))
    }

    /// When its renditions were made, by the server's clock.
    fn ready_at(&self) -> ApiResult<Option<DateTime>> {
        Ok(self.0.ready_at()?.map(Into::into))
    }

    /// Raised by one with each change.
    fn version(&self) -> ApiResult<i32> {
        Ok(self.0.version()?)
    }
}

impl Photo {
    /// Whether the viewer may know who took it.
    async fn is_of_known_person(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        Ok(ctx.loaders().project.people.load(self.0.person_id()).await?.is_some())
    }
}

/// That a missing photo was written off.
#[derive(Clone)]
pub struct PhotoWriteOff {
    at: DateTime,
    by: PersonId,
    reason: String,
}

/// That a missing photo was written off.
#[Object]
impl PhotoWriteOff {
    /// When, by the server's clock.
    fn at(&self) -> DateTime {
        self.at
    }

    /// Who did it.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.by)
    }

    /// Why.
    fn reason(&self) -> &str {
        &self.reason
    }
}

/// That a photo was withdrawn.
#[derive(Clone)]
pub struct PhotoWithdrawal {
    at: DateTime,
    by: PersonId,
    reason: String,
}

/// That a photo was withdrawn.
#[Object]
impl PhotoWithdrawal {
    /// When, by the server's clock.
    fn at(&self) -> DateTime {
        self.at
    }

    /// Who did it.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.by)
    }

    /// Why.
    fn reason(&self) -> &str {
        &self.reason
    }
}
