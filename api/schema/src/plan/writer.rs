//! The text of an answer while it is written, with its errors and its budget.

use async_graphql::{Context, ContextSelectionSet, ServerError, ServerResult};
use transport::batch::BatchQueue;
use transport::budget::{AnswerTooLarge, Budget};

use super::level::Place;
use crate::error::ApiError;

/// Rows that are counted at once.
const COUNTED_ROWS: u64 = 64;

/// The JSON of an answer.
pub struct Writer<'w> {
    pub(super) text: Vec<u8>,
    ctx: &'w ContextSelectionSet<'w>,
    budget: Option<&'w Budget>,
    /// Rows that have been written and not been counted yet.
    rows: u64,
    /// Bytes of their names and plain values; those of objects below are counted with these.
    bytes: usize,
}

impl<'w> Writer<'w> {
    pub(super) fn new(ctx: &'w ContextSelectionSet<'w>) -> Self {
        Self { text: Vec::with_capacity(1024), ctx, budget: budget_of(ctx), rows: 0, bytes: 0 }
    }

    pub(super) fn null(&mut self) {
        self.text.extend_from_slice(b"null");
    }

    /// A comma, unless something begins here.
    pub(super) fn separate(&mut self) {
        if self.text.last() != Some(&b'[') {
            self.text.push(b',');
        }
    }

    /// Counts a row and its own bytes.
    pub(super) fn count(&mut self, bytes: usize) -> ServerResult<()> {
        self.rows += 1;
        self.bytes += bytes;
        if self.rows < COUNTED_ROWS { Ok(()) } else { self.count_now() }
    }

    /// Counts the rows and bytes written so far.
    pub(super) fn count_now(&mut self) -> ServerResult<()> {
        let (rows, bytes) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.bytes));
        let Some(budget) = self.budget else { return Ok(()) };
        let counted = budget.write_objects(rows).and_then(|()| budget.write_bytes(bytes));
        counted.map_err(|error| refused(self.ctx, error))
    }

    /// Writes a value that may be null: an error is added to those of the answer, and null stands in its place.
    pub(super) fn nullable(&mut self, write: impl FnOnce(&mut Self) -> ServerResult<()>) {
        let before = self.text.len();
        if let Err(error) = write(self) {
            self.text.truncate(before);
            self.null();
            self.ctx.add_error(error);
        }
    }

    /// The error with the place of a value.
    pub(super) fn at(&self, place: &Place<'_>, error: ServerError) -> ServerError {
        let item = self.ctx.item;
        self.ctx.query_env.create_context(self.ctx.schema_env, Some(*place), item, None).set_error_path(error)
    }

    /// The error that a field answered, with its place.
    pub(super) fn fault(&self, field: &Context<'_>, place: &Place<'_>, error: ApiError) -> ServerError {
        self.at(place, async_graphql::Error::from(error).into_server_error(field.item.pos))
    }
}

/// The budget of the request; a schema of tests has none.
pub(super) fn budget_of<'c>(ctx: &'c ContextSelectionSet<'_>) -> Option<&'c Budget> {
    ctx.data_opt::<BatchQueue>().map(BatchQueue::budget)
}

fn refused(ctx: &ContextSelectionSet<'_>, error: AnswerTooLarge) -> ServerError {
    async_graphql::Error::from(ApiError::from(error)).into_server_error(ctx.item.pos)
}

/// Counts objects that no plan writes.
pub(super) fn count_objects(ctx: &ContextSelectionSet<'_>, objects: usize) -> ServerResult<()> {
    let Some(budget) = budget_of(ctx) else { return Ok(()) };
    budget.write_objects(objects as u64).map_err(|error| refused(ctx, error))
}

/// Lets other tasks go on after many rows: a list that never waits would hold its thread, and pass its time limit.
pub(super) async fn give_way(ctx: &ContextSelectionSet<'_>) {
    if let Some(budget) = budget_of(ctx).filter(|budget| budget.is_due_to_give_way()) {
        budget.give_way().await;
    }
}
