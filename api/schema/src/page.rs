//! Relay connections over keyset pages.

use std::borrow::Cow;

use async_graphql::connection::PageInfo;
use async_graphql::{Object, OutputType, TypeName};
use store::page::{Cursor, Page, PageRequest};

use super::error::{ApiError, ApiResult};
use super::plan::{Columns, FieldPlan, How, Leaf, Planned, PlannedList, PlannedObject, part};

/// Rows on a page when the client does not say.
const DEFAULT_ROWS: u64 = 20;
/// Most rows on a page.
pub const MOST_ROWS: u64 = 100;

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
    /// `BAD_PAGE` for both ends at once or a count that is not 1 to 100, `BAD_CURSOR` for a cursor of another list.
    pub fn request(&self, list: &str) -> ApiResult<PageRequest> {
        if self.first.is_some() && self.last.is_some() {
            return Err(ApiError::bad_request("BAD_PAGE", "give either first or last, not both"));
        }
        let wanted = self.first.or(self.last);
        let limit = match wanted.map(u64::try_from) {
            None => DEFAULT_ROWS,
            Some(Ok(count)) if (1..=MOST_ROWS).contains(&count) => count,
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
pub fn connection<R, T: From<R>>(page: Page<R>, list: &'static str) -> Connection<T> {
    let Page { rows, has_previous, has_next } = page;
    let rows = rows.into_iter().map(|(cursor, row)| (cursor, T::from(row))).collect();
    Connection { rows, list, has_previous, has_next }
}

/// A connection: a page of a list.
pub struct Connection<T> {
    rows: Vec<(Cursor, T)>,
    /// The list and its order, which its cursors belong to.
    list: &'static str,
    has_previous: bool,
    has_next: bool,
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// A page of a list.
#[Object(name_type)]
impl<T: Planned> Connection<T> {
    /// Information to aid in pagination.
    fn page_info(&self) -> PageInfo {
        let cursor = |row: Option<&(Cursor, T)>| row.map(|(cursor, _)| cursor.encode(self.list));
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: cursor(self.rows.first()),
            end_cursor: cursor(self.rows.last()),
        }
    }

    /// A list of edges.
    fn edges(&self) -> PlannedList<Edge<T>> {
        let edge = |(cursor, node): &(Cursor, T)| Edge { node: node.clone(), cursor: cursor.encode(self.list) };
        PlannedList(self.rows.iter().map(edge).collect())
    }

    /// A list of nodes.
    fn nodes(&self) -> PlannedList<T> {
        PlannedList(self.rows.iter().map(|(_, node)| node.clone()).collect())
    }
}

/// A row of a page, and where it stands.
#[derive(Clone)]
pub struct Edge<T> {
    node: T,
    cursor: String,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// An edge in a connection.
#[Object(name_type)]
impl<T: Planned> Edge<T> {
    /// The item at the end of the edge
    fn node(&self) -> PlannedObject<T> {
        PlannedObject(self.node.clone())
    }

    /// A cursor for use in pagination
    fn cursor(&self) -> &str {
        &self.cursor
    }
}

impl<T: Planned> Planned for Edge<T> {
    fn field(name: &str) -> Option<FieldPlan<Self>> {
        let how = match name {
            "node" => How::Below(|ctx| part(ctx, |edge: &Self, _| PlannedObject(edge.node.clone()))),
            "cursor" => How::Leaf(|edge: &Self, _, text| edge.cursor.write_json(text)),
            _ => return None,
        };
        Some(FieldPlan::new(how, Columns::ALL))
    }
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
