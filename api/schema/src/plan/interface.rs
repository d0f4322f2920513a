//! Objects of an interface: one plan for each type, and the objects of one type as one level.

use async_graphql::{Context, ContextSelectionSet, ServerResult};
use futures::future::{BoxFuture, join_all};

use super::level::{Below, Branch, Level, Place, Rows, below};
use super::selection::Plan;
use super::{Planned, Writer};

/// The plans of the types of an interface; none when one of them cannot be planned.
pub struct Interface<'a, N> {
    types: Option<Vec<Box<dyn TypePlan<N> + 'a>>>,
    selection: ContextSelectionSet<'a>,
    ctx: Context<'a>,
}

impl<'a, N: Sync + 'static> Interface<'a, N> {
    /// The plans for a field's selection.
    pub fn new(ctx: Context<'a>) -> Self {
        let selection = ctx.with_selection_set(&ctx.item.node.selection_set);
        Self { types: Some(Vec::new()), selection, ctx }
    }

    /// Adds a type of the interface.
    #[must_use]
    pub fn with<U: Planned>(mut self, object: fn(&N) -> Option<&U>) -> Self {
        match (Plan::of(&self.selection), &mut self.types) {
            (Some(plan), Some(types)) => types.push(Box::new(Typed { object, plan })),
            _ => self.types = None,
        }
        self
    }

    /// The plan of a field that may be null.
    pub fn plan<T: Planned>(self, node: fn(&T) -> Option<&N>) -> Option<Box<dyn Branch<T> + 'a>> {
        Some(Box::new(InterfaceBranch { node, types: self.types?, ctx: self.ctx }))
    }
}

/// The plan of one type of an interface.
trait TypePlan<N>: Send + Sync {
    fn needs_places(&self) -> bool;
    /// Whether an object is of the type.
    fn fits(&self, node: &N) -> bool;
    /// Loads the data below objects of the type.
    fn load<'s: 'r, 'r>(&'s self, nodes: Vec<&'r N>, places: Vec<Place<'r>>) -> BoxFuture<'r, Box<dyn Below + 's>>;
}

struct Typed<'a, N, U> {
    object: fn(&N) -> Option<&U>,
    plan: Plan<'a, U>,
}

impl<N: Sync, U: Planned> TypePlan<N> for Typed<'_, N, U> {
    fn needs_places(&self) -> bool {
        self.plan.needs_places
    }

    fn fits(&self, node: &N) -> bool {
        (self.object)(node).is_some()
    }

    fn load<'s: 'r, 'r>(&'s self, nodes: Vec<&'r N>, places: Vec<Place<'r>>) -> BoxFuture<'r, Box<dyn Below + 's>> {
        let objects = nodes.into_iter().filter_map(self.object).cloned().collect();
        Box::pin(async move {
            let level = Level::load(&self.plan, Rows::Loaded(objects), &places).await;
            Box::new(level) as Box<dyn Below + 's>
        })
    }
}

struct InterfaceBranch<'a, T, N> {
    node: fn(&T) -> Option<&N>,
    types: Vec<Box<dyn TypePlan<N> + 'a>>,
    ctx: Context<'a>,
}

impl<T: Planned, N: Sync + 'static> Branch<T> for InterfaceBranch<'_, T, N> {
    fn needs_places(&self) -> bool {
        self.types.iter().any(|of_type| of_type.needs_places())
    }

    fn load<'s: 'r, 'r>(&'s self, rows: &'r [T], places: &'r [Place<'r>]) -> BoxFuture<'r, Box<dyn Below + 's>> {
        let mut nodes: Vec<Option<&N>> = rows.iter().map(self.node).collect();
        let mut targets = vec![None; rows.len()];
        let mut levels = Vec::new();
        for of_type in &self.types {
            let (mut of_this, mut at) = (Vec::new(), Vec::new());
            for (row, node) in nodes.iter_mut().enumerate() {
                if let Some(object) = node.take_if(|object| of_type.fits(object)) {
                    targets[row] = Some((levels.len(), of_this.len()));
                    of_this.push(object);
                    let place = places.get(row).filter(|_| of_type.needs_places());
                    at.extend(place.map(|place| below(place, &self.ctx.item.node)));
                }
            }
            if !of_this.is_empty() {
                levels.push(of_type.load(of_this, at));
            }
        }
        Box::pin(async move {
            let levels = join_all(levels).await;
            Box::new(InterfaceBelow { ctx: &self.ctx, targets, levels }) as Box<dyn Below + 's>
        })
    }
}

struct InterfaceBelow<'s> {
    ctx: &'s Context<'s>,
    /// Of each row: which of the levels, and which row of it.
    targets: Vec<Option<(usize, usize)>>,
    levels: Vec<Box<dyn Below + 's>>,
}

impl Below for InterfaceBelow<'_> {
    fn write(&self, row: usize, place: &Place<'_>, writer: &mut Writer<'_>) -> ServerResult<()> {
        let place = below(place, &self.ctx.item.node);
        match self.targets[row] {
            None => writer.null(),
            Some((level, number)) => writer.nullable(|writer| self.levels[level].write(number, &place, writer)),
        }
        Ok(())
    }
}
