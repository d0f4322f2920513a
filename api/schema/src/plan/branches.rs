//! The branches of plans: the objects below the rows of a level, by a relation or from the rows themselves.

use std::marker::PhantomData;

use async_graphql::{Context, ServerResult};

use futures::future::BoxFuture;

use super::level::{Below, Branch, Failed, Level, Place, Rows, at_index, below};
use super::part::{Held, Holds};
use super::relation::{ById, Key, Relates, ToMany, ToOne, known};
use super::selection::{Plan, Value, selects_id_only};
use super::{Planned, Writer};
use crate::context::ContextExt;
use crate::error::{ApiError, ApiResult};

/// Plans a field that is a relation to one object.
pub fn one<'a, T: Planned, R: Relates>(
    ctx: Context<'a>,
    of: fn(&T, &Context<'_>) -> R,
) -> Option<Box<dyn Branch<T> + 'a>> {
    let selection = ctx.with_selection_set(&ctx.item.node.selection_set);
    let (plan, id_only) = (Plan::of(&selection)?, selects_id_only::<R::Object>(&selection));
    Some(Box::new(OneBranch { of, id_only, plan, ctx }))
}

struct OneBranch<'a, T, R: Relates> {
    of: fn(&T, &Context<'_>) -> R,
    id_only: bool,
    plan: Plan<'a, R::Object>,
    ctx: Context<'a>,
}

/// The state of the related object of one row before loading.
enum Sought<U: ById> {
    /// Only the id is selected.
    IdOnly(ToOne<U>),
    Object(U),
    Id(U::Id),
}

impl<U: ById> Sought<U> {
    fn id(&self) -> Option<&U::Id> {
        match self {
            Self::Id(id) => Some(id),
            Self::IdOnly(_) | Self::Object(_) => None,
        }
    }
}

/// The written form of the related object of one row.
enum Target<U: ById> {
    Null,
    IdOnly(ToOne<U>),
    /// The object of this number.
    Object(usize),
}

impl<T: Planned, U: ById, R: Relates<Object = U>> OneBranch<'_, T, R> {
    fn sought(&self, row: &T) -> ApiResult<Option<Sought<U>>> {
        let one = (self.of)(row, &self.ctx).relation()?;
        let Some(id) = one.id.clone() else { return Ok(None) };
        if self.id_only && one.seen.is_some() {
            return Ok(Some(Sought::IdOnly(one)));
        }
        Ok(Some(known(&id, self.plan.columns, &self.ctx).map_or(Sought::Id(id), Sought::Object)))
    }

    /// The targets of the rows, and the objects of those that have one, in the same order.
    async fn find(&self, rows: &[T]) -> ApiResult<(Vec<Target<U>>, Vec<U>)> {
        let sought = rows.iter().map(|row| self.sought(row)).collect::<ApiResult<Vec<Option<Sought<U>>>>>()?;
        let wanted = sought.iter().flatten().filter_map(Sought::id).cloned().collect();
        let loaded = U::loader(self.ctx.loaders(), self.plan.columns).load_many(wanted).await?;
        let mut objects = Vec::new();
        let mut targets = Vec::with_capacity(rows.len());
        for sought in sought {
            let object = match sought {
                Some(Sought::IdOnly(one)) => {
                    targets.push(Target::IdOnly(one));
                    continue;
                }
                Some(Sought::Object(object)) => Some(object),
                Some(Sought::Id(id)) => loaded.get(&id).cloned(),
                None => None,
            };
            targets.push(if object.is_some() { Target::Object(objects.len()) } else { Target::Null });
            objects.extend(object);
        }
        Ok((targets, objects))
    }
}

impl<T: Planned, R: Relates> Branch<T> for OneBranch<'_, T, R> {
    fn needs_places(&self) -> bool {
        self.plan.needs_places
    }

    fn load<'s: 'r, 'r>(&'s self, rows: &'r [T], places: &'r [Place<'r>]) -> BoxFuture<'r, Box<dyn Below + 's>> {
        Box::pin(async move {
            let (targets, objects) = match self.find(rows).await {
                Ok(found) => found,
                Err(error) => return Failed::boxed(&self.ctx, error),
            };
            let with_object =
                targets.iter().zip(self.plan.places(places)).filter(|(target, _)| matches!(target, Target::Object(_)));
            let places: Vec<Place<'_>> = with_object.map(|(_, place)| below(place, &self.ctx.item.node)).collect();
            let level = Level::load(&self.plan, Rows::Loaded(objects), &places).await;
            Box::new(OneBelow { ctx: &self.ctx, plan: &self.plan, targets, level }) as Box<dyn Below + 's>
        })
    }
}

struct OneBelow<'s, U: ById> {
    ctx: &'s Context<'s>,
    plan: &'s Plan<'s, U>,
    targets: Vec<Target<U>>,
    level: Level<'s, U>,
}

impl<U: ById> OneBelow<'_, U> {
    /// Writes an object of which only the id is selected.
    fn write_id_only(&self, one: &ToOne<U>, writer: &mut Writer<'_>) -> ApiResult<()> {
        if self.plan.steps.is_empty() {
            writer.text.push(b'{');
        }
        for step in &self.plan.steps {
            writer.text.extend_from_slice(&step.name);
            match (&step.value, &one.id, one.seen) {
                (Value::Text(text), ..) => writer.text.extend_from_slice(text),
                (_, Some(id), Some(write)) => write(id, &mut writer.text)?,
                _ => writer.null(),
            }
        }
        writer.text.push(b'}');
        Ok(())
    }
}

impl<U: ById> Below for OneBelow<'_, U> {
    fn write(&self, row: usize, place: &Place<'_>, writer: &mut Writer<'_>) -> ServerResult<()> {
        let place = below(place, &self.ctx.item.node);
        match &self.targets[row] {
            Target::Null => writer.null(),
            Target::IdOnly(one) => {
                let before = writer.text.len();
                self.write_id_only(one, writer).map_err(|error| writer.fault(self.ctx, &place, error))?;
                writer.count(writer.text.len() - before)?;
            }
            Target::Object(number) => writer.nullable(|writer| self.level.write_row(*number, &place, writer)),
        }
        Ok(())
    }
}

/// Plans a field that is a relation to a list of objects.
pub fn many<'a, T: Planned, K: Key, U: Planned>(
    ctx: Context<'a>,
    of: impl Fn(&T, &Context<'_>) -> ToMany<K, U> + Send + Sync + 'static,
) -> Option<Box<dyn Branch<T> + 'a>> {
    let plan = Plan::of(&ctx.with_selection_set(&ctx.item.node.selection_set))?;
    Some(Box::new(ManyBranch { of, plan, ctx, rows: PhantomData }))
}

struct ManyBranch<'a, T, K, U, F> {
    of: F,
    plan: Plan<'a, U>,
    ctx: Context<'a>,
    rows: PhantomData<fn(&T) -> K>,
}

impl<T: Planned, K: Key, U: Planned, F> ManyBranch<'_, T, K, U, F>
where
    F: Fn(&T, &Context<'_>) -> ToMany<K, U> + Send + Sync,
{
    async fn find(&self, rows: &[T]) -> ApiResult<Lists<U>> {
        let related: Vec<ToMany<K, U>> = rows.iter().map(|row| (self.of)(row, &self.ctx)).collect();
        let Some(loader) = related.first().map(|many| (many.loader)(self.ctx.loaders())) else {
            return Ok(Lists::default());
        };
        let key = |many: &ToMany<K, U>| many.key.clone().map(|key| key.with_columns(self.plan.columns));
        let keys: Vec<Option<K>> = related.iter().map(key).collect();
        let loaded = loader.load_many(keys.iter().flatten().cloned().collect()).await?;
        let mut lists = Lists::default();
        for (many, key) in related.iter().zip(&keys) {
            let list = key.as_ref().and_then(|key| loaded.get(key)).map(Vec::as_slice).unwrap_or_default();
            // Before it is copied: a list that many rows have in common multiplies.
            loader.count(list.len())?;
            lists.add(many.pick(list));
        }
        Ok(lists)
    }
}

impl<T: Planned, K: Key, U: Planned, F> Branch<T> for ManyBranch<'_, T, K, U, F>
where
    F: Fn(&T, &Context<'_>) -> ToMany<K, U> + Send + Sync,
{
    fn needs_places(&self) -> bool {
        self.plan.needs_places
    }

    fn load<'s: 'r, 'r>(&'s self, rows: &'r [T], places: &'r [Place<'r>]) -> BoxFuture<'r, Box<dyn Below + 's>> {
        Box::pin(async move {
            match self.find(rows).await {
                Ok(lists) => ManyBelow::load(&self.plan, &self.ctx, lists, self.plan.places(places)).await,
                Err(error) => Failed::boxed(&self.ctx, error),
            }
        })
    }
}

/// The lists of the rows of a level, one after the other.
struct Lists<U> {
    objects: Vec<U>,
    /// The end of the list of each row.
    ends: Vec<usize>,
    /// The errors of rows that have no list.
    errors: Vec<(usize, ApiError)>,
}

impl<U> Default for Lists<U> {
    fn default() -> Self {
        Self { objects: Vec::new(), ends: Vec::new(), errors: Vec::new() }
    }
}

impl<U> Lists<U> {
    /// Adds the list of the next row.
    fn add(&mut self, list: impl IntoIterator<Item = U>) {
        self.objects.extend(list);
        self.ends.push(self.objects.len());
    }
}

struct ManyBelow<'s, U> {
    ctx: &'s Context<'s>,
    ends: Vec<usize>,
    errors: Vec<(usize, ApiError)>,
    level: Level<'s, U>,
}

impl<'s, U: Planned> ManyBelow<'s, U> {
    /// Loads the objects below the lists.
    async fn load(
        plan: &'s Plan<'s, U>,
        ctx: &'s Context<'s>,
        lists: Lists<U>,
        places: &[Place<'_>],
    ) -> Box<dyn Below + 's> {
        let Lists { objects, ends, errors } = lists;
        let of_lists: Vec<Place<'_>> = places.iter().map(|place| below(place, &ctx.item.node)).collect();
        let (mut of_objects, mut start) = (Vec::new(), 0);
        for (list, end) in of_lists.iter().zip(&ends) {
            of_objects.extend((0..end - start).map(|index| at_index(list, index)));
            start = *end;
        }
        let level = Level::load(plan, Rows::Loaded(objects), &of_objects).await;
        Box::new(Self { ctx, ends, errors, level })
    }
}

impl<U: Planned> Below for ManyBelow<'_, U> {
    fn write(&self, row: usize, place: &Place<'_>, writer: &mut Writer<'_>) -> ServerResult<()> {
        let list = below(place, &self.ctx.item.node);
        if let Some((_, error)) = self.errors.iter().find(|(failed, _)| *failed == row) {
            return Err(writer.fault(self.ctx, &list, error.clone()));
        }
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        writer.text.push(b'[');
        for (index, number) in (start..self.ends[row]).enumerate() {
            if index > 0 {
                writer.text.push(b',');
            }
            let place = at_index(&list, index);
            self.level.write_row(number, &place, writer).map_err(|error| writer.at(&place, error))?;
        }
        writer.text.push(b']');
        Ok(())
    }
}

/// Plans a field whose objects the rows themselves hold.
pub fn part<'a, T: Planned, H: Holds>(
    ctx: Context<'a>,
    of: fn(&T, &Context<'_>) -> H,
) -> Option<Box<dyn Branch<T> + 'a>> {
    let plan = Plan::of(&ctx.with_selection_set(&ctx.item.node.selection_set))?;
    Some(Box::new(PartBranch { of, plan, ctx }))
}

struct PartBranch<'a, T, H: Holds> {
    of: fn(&T, &Context<'_>) -> H,
    plan: Plan<'a, H::Object>,
    ctx: Context<'a>,
}

impl<T: Planned, H: Holds> Branch<T> for PartBranch<'_, T, H> {
    fn needs_places(&self) -> bool {
        self.plan.needs_places
    }

    fn load<'s: 'r, 'r>(&'s self, rows: &'r [T], places: &'r [Place<'r>]) -> BoxFuture<'r, Box<dyn Below + 's>> {
        let (mut lists, mut is_list) = (Lists::default(), false);
        for row in rows {
            match (self.of)(row, &self.ctx).held() {
                Held::One(object) => lists.add(object),
                Held::List(objects) => {
                    is_list = true;
                    lists.add(objects);
                }
                Held::Error(error) => {
                    lists.errors.push((lists.ends.len(), error));
                    lists.add(None);
                }
            }
        }
        let places = self.plan.places(places);
        Box::pin(async move {
            if is_list {
                return ManyBelow::load(&self.plan, &self.ctx, lists, places).await;
            }
            OnePart::load(&self.plan, &self.ctx, lists, places, H::IS_NULLABLE).await
        })
    }
}

/// One object of each row at most.
struct OnePart<'s, U> {
    of_lists: ManyBelow<'s, U>,
    is_nullable: bool,
}

impl<'s, U: Planned> OnePart<'s, U> {
    async fn load(
        plan: &'s Plan<'s, U>,
        ctx: &'s Context<'s>,
        lists: Lists<U>,
        places: &[Place<'_>],
        is_nullable: bool,
    ) -> Box<dyn Below + 's> {
        let Lists { objects, ends, errors } = lists;
        let has_object = |row: usize| ends[row] > if row == 0 { 0 } else { ends[row - 1] };
        let with_object = places.iter().enumerate().filter(|(row, _)| has_object(*row));
        let of_objects: Vec<Place<'_>> = with_object.map(|(_, place)| below(place, &ctx.item.node)).collect();
        let level = Level::load(plan, Rows::Loaded(objects), &of_objects).await;
        Box::new(Self { of_lists: ManyBelow { ctx, ends, errors, level }, is_nullable })
    }
}

impl<U: Planned> Below for OnePart<'_, U> {
    fn write(&self, row: usize, place: &Place<'_>, writer: &mut Writer<'_>) -> ServerResult<()> {
        let ManyBelow { ctx, ends, errors, level } = &self.of_lists;
        let place = below(place, &ctx.item.node);
        if let Some((_, error)) = errors.iter().find(|(failed, _)| *failed == row) {
            return Err(writer.fault(ctx, &place, error.clone()));
        }
        let number = if row == 0 { 0 } else { ends[row - 1] };
        if number == ends[row] {
            writer.null();
        } else if self.is_nullable {
            writer.nullable(|writer| level.write_row(number, &place, writer));
        } else {
            level.write_row(number, &place, writer)?;
        }
        Ok(())
    }
}
