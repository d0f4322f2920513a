//! The rows of one level of an answer: loaded together with all below them, then written one after the other.

use std::ops::Deref;

use async_graphql::context::QueryPathNode;
use async_graphql::parser::types::Field;
use async_graphql::{Context, Positioned, QueryPathSegment, ServerResult, Value as Answer};
use futures::FutureExt;
use futures::future::{BoxFuture, join, join_all, poll_immediate};
use transport::json;

use super::Planned;
use super::selection::{Plan, Value};
use super::writer::{Writer, give_way};
use crate::error::ApiError;

/// The place of a row or a value in the answer.
pub type Place<'p> = QueryPathNode<'p>;

/// A field of the rows of a level that loads the data below it, for all rows at once.
pub trait Branch<T>: Send + Sync {
    /// Whether the places of the rows matter while they are loaded.
    fn needs_places(&self) -> bool;

    /// Loads the data below the rows. Their places are missing unless they matter.
    fn load<'s: 'r, 'r>(&'s self, rows: &'r [T], places: &'r [Place<'r>]) -> BoxFuture<'r, Box<dyn Below + 's>>;
}

/// The loaded data below the rows of a level.
pub trait Below: Send + Sync {
    /// Writes the value of the row of this number.
    ///
    /// # Errors
    /// The error of the value, which is then one of the row.
    fn write(&self, row: usize, place: &Place<'_>, writer: &mut Writer<'_>) -> ServerResult<()>;
}

/// Rows of a level: those of a resolver's answer, or those that were loaded.
pub(super) enum Rows<'s, T> {
    Given(&'s [T]),
    Loaded(Vec<T>),
}

impl<T> Deref for Rows<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Rows::Given(rows) => rows,
            Rows::Loaded(rows) => rows,
        }
    }
}

/// Rows with the data to write.
pub(super) struct Level<'s, T> {
    plan: &'s Plan<'s, T>,
    rows: Rows<'s, T>,
    /// By branch.
    below: Vec<Box<dyn Below + 's>>,
    /// Row after row, by asked field.
    answers: Vec<ServerResult<Answer>>,
}

impl<'s, T: Planned> Level<'s, T> {
    /// Loads the data below the rows.
    pub(super) async fn load(plan: &'s Plan<'s, T>, rows: Rows<'s, T>, places: &[Place<'_>]) -> Self {
        let (below, answers) = {
            let branches = plan.branches.iter().map(|branch| branch.load(&rows, places));
            // All of them ask before any is answered: their statements are of one level.
            join(join_all(branches), plan.ask(&rows, places)).await
        };
        Self { plan, rows, below, answers }
    }

    /// Writes a row.
    pub(super) fn write_row(&self, number: usize, place: &Place<'_>, writer: &mut Writer<'_>) -> ServerResult<()> {
        let row = &self.rows[number];
        if self.plan.steps.is_empty() {
            writer.text.extend_from_slice(b"{");
        }
        let mut own = 0;
        for step in &self.plan.steps {
            let before = writer.text.len();
            writer.text.extend_from_slice(&step.name);
            let named = writer.text.len();
            let error = match &step.value {
                Value::Text(text) => {
                    writer.text.extend_from_slice(text);
                    Ok(())
                }
                Value::Leaf(write, ctx) => write(row, ctx, &mut writer.text).map_err(|error| (ctx, error)),
                Value::Bound(write, ctx) => write(row, ctx, &mut writer.text).map_err(|error| (ctx, error)),
                Value::Branch(branch) => {
                    self.below[*branch].write(number, place, writer)?;
                    own += named - before;
                    continue;
                }
                Value::Asked(field) => {
                    let answer = &self.answers[number * self.plan.asked.len() + field];
                    json::write(answer.as_ref().map_err(Clone::clone)?, &mut writer.text);
                    own += named - before;
                    continue;
                }
            };
            if let Err((ctx, error)) = error {
                return Err(writer.fault(ctx, &below(place, &ctx.item.node), error));
            }
            own += writer.text.len() - before;
        }
        writer.text.push(b'}');
        writer.count(own)
    }
}

impl<T: Planned> Below for Level<'_, T> {
    fn write(&self, row: usize, place: &Place<'_>, writer: &mut Writer<'_>) -> ServerResult<()> {
        self.write_row(row, place, writer)
    }
}

/// Something below a level that could not be loaded: each row has the error.
pub(super) struct Failed<'s> {
    ctx: &'s Context<'s>,
    error: ApiError,
}

impl<'s> Failed<'s> {
    pub(super) fn boxed(ctx: &'s Context<'s>, error: ApiError) -> Box<dyn Below + 's> {
        Box::new(Self { ctx, error })
    }
}

impl Below for Failed<'_> {
    fn write(&self, _: usize, place: &Place<'_>, writer: &mut Writer<'_>) -> ServerResult<()> {
        Err(writer.fault(self.ctx, &below(place, &self.ctx.item.node), self.error.clone()))
    }
}

impl<T: Planned> Plan<'_, T> {
    /// The answers of the fields that each row is asked for.
    async fn ask(&self, rows: &[T], places: &[Place<'_>]) -> Vec<ServerResult<Answer>> {
        if self.asked.is_empty() {
            return Vec::new();
        }
        let mut answers = Vec::with_capacity(rows.len() * self.asked.len());
        let (mut waiting, mut numbers) = (Vec::new(), Vec::new());
        for (row, place) in rows.iter().zip(places) {
            for &field in &self.asked {
                let mut answer: BoxFuture<'_, ServerResult<Answer>> = Box::pin(self.ask_row(row, field, place));
                // A future with an answer needs no waiting.
                let now = poll_immediate(&mut answer).now_or_never().flatten();
                if now.is_none() {
                    numbers.push(answers.len());
                    waiting.push(answer);
                }
                answers.push(now.unwrap_or(Ok(Answer::Null)));
            }
            give_way(&self.ctx).await;
        }
        for (number, answer) in numbers.into_iter().zip(join_all(waiting).await) {
            answers[number] = answer;
        }
        answers
    }

    async fn ask_row(&self, row: &T, field: &Positioned<Field>, place: &Place<'_>) -> ServerResult<Answer> {
        let place = Some(below(place, &field.node));
        let ctx = self.ctx.query_env.create_context(self.ctx.schema_env, place, field, self.ctx.execute_data);
        Ok(row.resolve_field(&ctx).await?.unwrap_or_default())
    }
}

/// The place of a field of a row.
pub(super) fn below<'p>(row: &'p Place<'p>, field: &'p Field) -> Place<'p> {
    Place { parent: Some(row), segment: QueryPathSegment::Name(&field.response_key().node) }
}

/// The place of a row of a list.
pub(super) fn at_index<'p>(list: &'p Place<'p>, index: usize) -> Place<'p> {
    Place { parent: Some(list), segment: QueryPathSegment::Index(index) }
}
