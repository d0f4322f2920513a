//! Relay connections over keyset pages.

use async_graphql::OutputType;
use async_graphql::connection::{Connection, CursorType, Edge, EmptyFields};
use store::page::{Cursor, Page, PageRequest};

use super::error::{ApiError, ApiResult};

/// Rows on a page when the client does not say.
const DEFAULT_ROWS: u64 = 20;
/// Most rows on a page.
pub const MOST_ROWS: u64 = 100;

/// An opaque cursor, already encoded.
pub struct Place(String);

impl CursorType for Place {
    type Error = std::convert::Infallible;

    fn decode_cursor(text: &str) -> Result<Self, Self::Error> {
        Ok(Self(text.to_owned()))
    }

    fn encode_cursor(&self) -> String {
        self.0.clone()
    }
}

/// A connection of nodes.
pub type Nodes<T> = Connection<Place, T, EmptyFields, EmptyFields>;

/// The paging arguments of a list.
#[derive(Debug, Clone, Default)]
pub struct Paging {
    /// The first so many.
    pub first: Option<i32>,
    /// Behind this cursor.
    pub after: Option<String>,
    /// The last so many.
    pub last: Option<i32>,
    /// Before this cursor.
    pub before: Option<String>,
}

impl Paging {
    /// The page that is asked for, of the named list and order.
    ///
    /// # Errors
    /// `BAD_PAGE` for both ends at once or a negative count, `BAD_CURSOR` for a cursor of another list.
    pub fn request(&self, list: &str) -> ApiResult<PageRequest> {
        if self.first.is_some() && self.last.is_some() {
            return Err(ApiError::bad_request("BAD_PAGE", "give either first or last, not both"));
        }
        let wanted = self.first.or(self.last);
        let limit = match wanted.map(u64::try_from) {
            None => DEFAULT_ROWS,
            Some(Ok(count)) if count >= 1 => count.min(MOST_ROWS),
            Some(_) => return Err(ApiError::bad_request("BAD_PAGE", "first and last are 1 to 100")),
        };
        Ok(PageRequest {
            after: decode(self.after.as_deref(), list)?,
            before: decode(self.before.as_deref(), list)?,
            limit,
            from_end: self.last.is_some(),
        })
    }
}

fn decode(text: Option<&str>, list: &str) -> ApiResult<Option<Cursor>> {
    let bad = || ApiError::bad_request("BAD_CURSOR", "this cursor is of another list or order; start without it");
    text.map(|text| Cursor::decode(text, list).ok_or_else(bad)).transpose()
}

/// The connection of a page.
pub fn nodes<R, T: OutputType + From<R>>(page: Page<R>, list: &str) -> Nodes<T> {
    let mut connection = Connection::new(page.has_previous, page.has_next);
    connection.edges =
        page.rows.into_iter().map(|(cursor, row)| Edge::new(Place(cursor.encode(list)), T::from(row))).collect();
    connection
}

/// Whether a list of ids is short enough to be looked up.
///
/// # Errors
/// `TOO_MANY`.
pub fn check_count(count: usize, limit: usize) -> ApiResult<()> {
    if count > limit {
        return Err(ApiError::bad_request("TOO_MANY", format!("at most {limit} at once")));
    }
    Ok(())
}
