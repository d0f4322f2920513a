//! Rows as one caller may see them.

use std::ops::Deref;

use domain::Caller;
use store::partial::Partial;

/// A kind of row of which some callers may not know everything.
pub trait Redact: Sized {
    /// Removes from the row the values that the caller may not know.
    fn redact_for(&mut self, caller: &Caller);
}

/// A row as one caller may see it. GraphQL types are made of it alone, so no resolver can answer a row that was not
/// redacted.
#[derive(Debug, Clone, PartialEq)]
pub struct Redacted<R>(R);

impl<R: Redact> Redacted<R> {
    /// Redacts a row for the caller. There is no other way to make a `Redacted`.
    #[must_use]
    pub fn of(caller: &Caller, mut row: R) -> Self {
        row.redact_for(caller);
        Self(row)
    }

    /// The same for many rows.
    #[must_use]
    pub fn all(caller: &Caller, mut rows: Vec<R>) -> Vec<Self> {
        // In place: rows of many columns are large.
        rows.iter_mut().for_each(|row| row.redact_for(caller));
        rows.into_iter().map(Self).collect()
    }

    /// The row itself; the redacted values stay removed.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.0
    }
}

/// The rule of the whole row. It decides by columns that are always read.
impl<M: Redact> Redact for Partial<M> {
    fn redact_for(&mut self, caller: &Caller) {
        self.change(|row| row.redact_for(caller));
    }
}

impl<M> From<Redacted<M>> for Redacted<Partial<M>> {
    /// A redacted row as a partly read one: redacted by the same rule.
    fn from(row: Redacted<M>) -> Self {
        Self(Partial::whole(row.0))
    }
}

impl<R> Deref for Redacted<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.0
    }
}
