//! Photos that were announced and have not arrived: listed until they come or are written off.

use app::photo::read;
use app::photo::write_off::{WriteOffResult, write_off};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::id::{DeviceId, InspectionId, PersonId, PhotoId, ProjectId, UnitId};
use store::photos::MissingFilter;

use super::types::Photo;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::{Connection, Paging, check_count, connection};
use crate::payload::{UserError, split};
use crate::scalars::Uid;

/// Most ids of one kind in a filter.
const MOST_IDS: usize = 100;
/// The list, for its cursors.
const LIST: &str = "missingPhotos";

/// The filter of missing photos: fields are ANDed, ids of one field mean any of them, an absent field means all.
#[derive(InputObject, Clone, Default)]
pub struct MissingPhotoFilter {
    /// Of these units.
    pub unit_ids: Option<Vec<Uid<UnitId>>>,
    /// Of defects that were found in these unit inspections.
    pub inspection_ids: Option<Vec<Uid<InspectionId>>>,
    /// Held by these devices, by the ids that they give themselves.
    pub device_ids: Option<Vec<Uid<DeviceId>>>,
    /// Announced by these people.
    pub person_ids: Option<Vec<Uid<PersonId>>>,
}

impl MissingPhotoFilter {
    fn check(self) -> ApiResult<MissingFilter> {
        Ok(MissingFilter {
            units: ids(self.unit_ids)?,
            inspections: ids(self.inspection_ids)?,
            devices: ids(self.device_ids)?,
            people: ids(self.person_ids)?,
        })
    }
}

fn ids<I>(given: Option<Vec<Uid<I>>>) -> ApiResult<Vec<I>> {
    let given = given.unwrap_or_default();
    check_count(given.len(), MOST_IDS)?;
    Ok(given.into_iter().map(|id| id.0).collect())
}

/// A page of a project's missing photos.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, `TOO_MANY`, or an internal error.
pub async fn of_project(
    ctx: &Context<'_>,
    project_id: ProjectId,
    filter: Option<MissingPhotoFilter>,
    paging: &Paging,
) -> ApiResult<Connection<Photo>> {
    let (filter, request) = (filter.unwrap_or_default().check()?, paging.request(LIST)?);
    let page = read::missing(ctx.app(), ctx.caller()?, project_id, &filter, &request).await?;
    Ok(connection(page, LIST))
}

/// How many they are.
///
/// # Errors
/// `TOO_MANY`, or an internal error.
pub async fn count(ctx: &Context<'_>, project_id: ProjectId, filter: Option<MissingPhotoFilter>) -> ApiResult<i32> {
    let filter = filter.unwrap_or_default().check()?;
    let count = read::missing_count(ctx.app(), ctx.caller()?, project_id, &filter).await?;
    Ok(i32::try_from(count).unwrap_or(i32::MAX))
}

/// Writing missing photos off.
#[derive(Default)]
pub struct MissingPhotoMutation;

/// The missing photos to write off.
#[derive(InputObject)]
pub struct PhotoWriteOffInput {
    /// The photos, at most 100.
    pub photo_ids: Vec<Uid<PhotoId>>,
    /// Why they will not come, at most 4,000 characters.
    pub reason: String,
}

/// What a command did with one of several photos.
#[derive(SimpleObject)]
pub struct PhotoCommandResult {
    /// The photo that was named.
    pub photo_id: Uid,
    /// The photo as it is now, done or refused; null when there is none that the viewer may see.
    pub photo: Option<Photo>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// What became of each photo.
#[derive(SimpleObject)]
pub struct PhotoWriteOffPayload {
    /// The photos of the input as they are now, those that the viewer may see.
    pub photos: Vec<Photo>,
    /// One answer for each photo of the input, in its order.
    pub results: Vec<PhotoCommandResult>,
    /// Validation and permission errors of all photos. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl MissingPhotoMutation {
    /// A delivery manager writes off missing photos with a reason, for example a lost tablet. They do not count as
    /// missing any more. A photo that arrives after all is accepted. Each photo is done or refused for itself.
    async fn photo_write_off(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which photos, and why.")] input: PhotoWriteOffInput,
    ) -> ApiResult<PhotoWriteOffPayload> {
        let ids: Vec<PhotoId> = input.photo_ids.iter().map(|id| id.0).collect();
        let answer = write_off(ctx.acting()?, &ids, &input.reason).await;
        let (answers, mut user_errors) = split(answer, ctx.language())?;
        let result = |one: WriteOffResult| PhotoCommandResult {
            photo_id: one.photo_id.into(),
            photo: one.photo.map(Photo::from),
            user_errors: one.refusal.iter().map(|refusal| UserError::new(refusal, ctx.language())).collect(),
        };
        let results: Vec<_> = answers.unwrap_or_default().into_iter().map(result).collect();
        user_errors.extend(results.iter().flat_map(|one| one.user_errors.clone()));
        let photos = results.iter().filter_map(|one| one.photo.clone()).collect();
        Ok(PhotoWriteOffPayload { photos, results, user_errors })
    }
}
