//! Keyset pages: lists are read from a place in their order, never by counting rows away.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, Order, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

/// A place in an ordered list: the sort value, then the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The sort value (every order is by an integer).
    pub sort: i64,
    /// The id, which breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// The opaque text for a client. `list` names the list and its order, so that a cursor of another is refused.
    #[must_use]
    pub fn encode(&self, list: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("{list}|{}|{}", self.sort, self.id))
    }

    /// Reads the text back; `None` when it is no cursor of this list and order.
    #[must_use]
    pub fn decode(text: &str, list: &str) -> Option<Self> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = plain.split('|');
        let (name, sort, id) = (parts.next()?, parts.next()?, parts.next()?);
        if name != list || parts.next().is_some() {
            return None;
        }
        Some(Self { sort: sort.parse().ok()?, id: Uuid::try_parse(id).ok()? })
    }
}

/// Which rows of a list are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Only rows behind this place.
    pub after: Option<Cursor>,
    /// Only rows before this place.
    pub before: Option<Cursor>,
    /// How many rows at most, 1 to 100.
    pub limit: u64,
    /// The last rows of the range instead of the first.
    pub from_end: bool,
}

impl PageRequest {
    /// The first rows.
    #[must_use]
    pub const fn first(limit: u64) -> Self {
        Self { after: None, before: None, limit, from_end: false }
    }
}

/// A page: rows in the list's order, and whether there are more beyond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows with their places.
    pub rows: Vec<(Cursor, T)>,
    /// More rows before these.
    pub has_previous: bool,
    /// More rows behind these.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// Makes a page of the rows: up to `limit + 1` rows in reading order.
    pub fn of(request: &PageRequest, mut rows: Vec<(Cursor, T)>) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        if request.from_end {
            rows.reverse();
            Self { rows, has_previous: more, has_next: request.before.is_some() }
        } else {
            Self { rows, has_previous: request.after.is_some(), has_next: more }
        }
    }

    /// The same page of something else.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(|(cursor, row)| (cursor, f(row))).collect(),
            has_previous: self.has_previous,
            has_next: self.has_next,
        }
    }
}

/// The condition that keeps a query within the page's range, for an order by `sort` then `id`.
pub fn within(request: &PageRequest, descending: bool, sort: impl ColumnTrait, id: impl ColumnTrait) -> Condition {
    let mut all = Condition::all();
    if let Some(cursor) = request.after {
        all = all.add(beyond(cursor, !descending, sort, id));
    }
    if let Some(cursor) = request.before {
        all = all.add(beyond(cursor, descending, sort, id));
    }
    all
}

/// The condition that keeps a query within the page's range, for an order by `id` alone, rising.
pub fn within_ids<C: ColumnTrait>(request: &PageRequest, id: C) -> Condition {
    let mut all = Condition::all();
    if let Some(cursor) = request.after {
        all = all.add(id.gt(cursor.id));
    }
    if let Some(cursor) = request.before {
        all = all.add(id.lt(cursor.id));
    }
    all
}

/// `(sort, id) > (cursor)` as a row comparison, which both databases answer from an index.
fn beyond(cursor: Cursor, greater: bool, sort: impl ColumnTrait, id: impl ColumnTrait) -> Condition {
    let place = Expr::tuple([column(sort), column(id)]);
    let there = Expr::tuple([SimpleExpr::from(cursor.sort), SimpleExpr::from(cursor.id)]);
    if greater { place.gt(there).into_condition() } else { place.lt(there).into_condition() }
}

fn column<C: ColumnTrait>(column: C) -> SimpleExpr {
    Expr::col(column.as_column_ref())
}

/// The direction in which rows are read for the page.
#[must_use]
pub const fn reading_order(request: &PageRequest, descending: bool) -> Order {
    if request.from_end == descending { Order::Asc } else { Order::Desc }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let cursor = Cursor { sort: -5, id: Uuid::from_u128(7) };
        let text = cursor.encode("defects:due");
        assert_eq!(Cursor::decode(&text, "defects:due"), Some(cursor));
        assert_eq!(Cursor::decode(&text, "defects:number"), None);
        assert_eq!(Cursor::decode("nonsense", "defects:due"), None);
    }
}
