//! A photo as the viewer sees it.

use app::photo::{PhotoRow, read};
use async_graphql::{Context, Object};
use domain::photo::{PhotoRejection, PhotoSize, PhotoStage, PhotoState};

use crate::graphql::ask::Ask;
use crate::graphql::error::ApiResult;
use crate::graphql::project::types::{Person, code, row_type};
use crate::graphql::scalars::{DateTime, Uid};

row_type! {
    /// A photo of a defect, or the picture of a signature. Originals are never altered.
    Photo(PhotoRow);
}

#[Object(use_type_description)]
impl Photo {
    /// The photo's id.
    pub async fn id(&self) -> Uid {
        Uid(self.0.id)
    }

    /// What it shows.
    async fn stage(&self) -> ApiResult<PhotoStage> {
        code(&self.0.stage)
    }

    /// How far it has come. One that was declared and never came stays `DECLARED`: it is missing.
    async fn state(&self) -> ApiResult<PhotoState> {
        code(&self.0.state)
    }

    /// Why it cannot be used; null unless it is `REJECTED`.
    async fn rejection(&self) -> ApiResult<Option<PhotoRejection>> {
        self.0.rejection.as_deref().map(code).transpose()
    }

    /// The media type of the original: `image/jpeg`, `image/png` or `image/webp`.
    async fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// The size of the original in bytes.
    async fn byte_size(&self) -> i64 {
        self.0.byte_size
    }

    /// Pixels across of the original when it stands upright; null until it is `READY`.
    async fn width(&self) -> Option<i32> {
        self.0.width
    }

    /// Pixels down of the original when it stands upright; null until it is `READY`.
    async fn height(&self) -> Option<i32> {
        self.0.height
    }

    /// A link to the picture, good for ten minutes at least; null until it is `READY`. Whoever has the link can read
    /// the picture. Owners get no `ORIGINAL`.
    async fn url(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How large; renditions are JPEG.", default_with = "PhotoSize::Large")] size: PhotoSize,
    ) -> ApiResult<Option<String>> {
        Ok(read::url(ctx.app(), ctx.caller()?, &self.0, size))
    }

    /// Who declared it; for owners only themselves.
    async fn declared_by(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.one(self.0.person_id).await
    }

    /// When it was taken, by the device's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When it was declared, by the server's clock.
    async fn declared_at(&self) -> DateTime {
        self.0.declared_at.into()
    }

    /// When its bytes were here, by the server's clock.
    async fn received_at(&self) -> Option<DateTime> {
        self.0.received_at.map(Into::into)
    }

    /// When its renditions were made, by the server's clock.
    async fn ready_at(&self) -> Option<DateTime> {
        self.0.ready_at.map(Into::into)
    }

    /// Raised by one with each change.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Those of a list that are of a stage, the first so many.
pub fn some_of(photos: Vec<Photo>, stage: Option<PhotoStage>, first: Option<u32>) -> Vec<Photo> {
    let wanted = photos.into_iter().filter(|photo| read::is_of(&photo.0, stage));
    wanted.take(first.map_or(usize::MAX, |first| first as usize)).collect()
}
