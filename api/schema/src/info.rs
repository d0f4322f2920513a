//! What a client wants to know of the server before anything else.

use async_graphql::{Context, Object, SimpleObject};
use domain::photo::{MAX_VIDEO_SECONDS, PhotoType};

use super::context::ContextExt;
use super::page::MOST_ROWS;
use super::scalars::DateTime;

/// The server's version, limits and clock.
#[derive(SimpleObject)]
pub struct ApiInfo {
    /// The version of the program: in full to people who are signed in, to everybody else its first two numbers.
    pub version: &'static str,
    /// Most rows on a page of a list.
    pub max_page_size: u64,
    /// Most ids in `nodes`, and most `defectIds` in a command.
    pub max_ids: u64,
    /// What a document may ask for.
    pub limits: ApiLimits,
    /// What may be declared as a photo's media type.
    pub photo_types: Vec<PhotoTypeInfo>,
    /// The server's clock, for devices that want to know how wrong theirs is.
    pub time: DateTime,
}

/// The limits of a document; a document above them is refused before it runs.
#[derive(Clone, SimpleObject)]
pub struct ApiLimits {
    /// Bytes of a request's body.
    pub body_bytes: u64,
    /// Bytes of a request's body without a valid access token, such as a sign-in.
    pub anonymous_body_bytes: u64,
    /// Bytes of the document's text.
    pub document_bytes: u64,
    /// Levels of nested fields.
    pub depth: u64,
    /// Points of cost: ten expected objects cost 1, a statement 1, a count 10, the overview 50, a command 5 and more by
    /// what it touches.
    pub cost: u64,
    /// Fields at the root of the operation.
    pub root_fields: u64,
    /// Aliases in the operation.
    pub aliases: u64,
    /// Seconds after which a query is broken off.
    pub query_seconds: u64,
    /// Objects in one answer; a query whose answer has more is refused with `ANSWER_TOO_LARGE`.
    pub answer_objects: u64,
    /// Bytes of one answer before compression; a query whose answer has more is refused with `ANSWER_TOO_LARGE`.
    pub answer_bytes: u64,
    /// Points that a person, or an address without a valid access token, may spend at once; null when unlimited.
    pub points: Option<u64>,
    /// Points that come back each second; null when unlimited.
    pub points_per_second: Option<u64>,
    /// Bytes of a document that cost one point, whether or not it is refused. A request costs the dearer of its bytes
    /// and its cost.
    pub document_bytes_per_point: u64,
    /// Bytes of a request's body that cost one point, whether or not it is refused.
    pub body_bytes_per_point: u64,
}

/// A media type of photos.
#[derive(SimpleObject)]
pub struct PhotoTypeInfo {
    /// As it is declared, such as `image/jpeg`. Other names in use and parameters are taken, too.
    pub content_type: &'static str,
    /// Whether the server makes smaller pictures of it; a file without them is kept as received.
    pub renditions: bool,
    /// The most bytes.
    pub max_bytes: i64,
    /// The most pixels, width times height; null where there is no limit.
    pub max_pixels: Option<i32>,
    /// The longest, in seconds; null of pictures.
    pub max_seconds: Option<i32>,
}

impl From<PhotoType> for PhotoTypeInfo {
    fn from(kind: PhotoType) -> Self {
        Self {
            content_type: kind.as_str(),
            renditions: kind.has_renditions(),
            max_bytes: i64::try_from(kind.max_bytes()).unwrap_or(i64::MAX),
            max_pixels: kind.max_pixels().map(|most| i32::try_from(most).unwrap_or(i32::MAX)),
            max_seconds: kind.is_video().then_some(i32::try_from(MAX_VIDEO_SECONDS).unwrap_or(i32::MAX)),
        }
    }
}

/// The program's version. Who is not signed in learns which API it has, and not which faults are mended in it.
const fn version(is_signed_in: bool) -> &'static str {
    if is_signed_in {
        env!("CARGO_PKG_VERSION")
    } else {
        concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"))
    }
}

/// Reading the properties of the server.
#[derive(Default)]
pub struct InfoQuery;

#[Object]
impl InfoQuery {
    /// The server's version, limits and clock; for everybody, also without signing in.
    fn api_info(&self, ctx: &Context<'_>) -> ApiInfo {
        ApiInfo {
            version: version(ctx.maybe_caller().is_some()),
            max_page_size: MOST_ROWS,
            max_ids: 100,
            limits: ctx.data_unchecked::<ApiLimits>().clone(),
            photo_types: PhotoType::ALL.iter().map(|&kind| kind.into()).collect(),
            time: DateTime(ctx.app().clock.now()),
        }
    }
}
