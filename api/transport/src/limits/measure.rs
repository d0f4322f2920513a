//! Measures a parsed document in one pass: every selection of it is looked at once.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Variables};

use super::arguments::Given;
use super::prices::{self, Size};
use super::shapes::{FieldShape, Rows, Shapes};

/// The most rows of a page.
const PAGE_MOST: u64 = 100;
/// Bytes of a variable that one point pays for, each time that it is used after the first.
const VARIABLE_BYTES_PER_POINT: u64 = 16 * 1024;

/// What one selection set amounts to, fragments expanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Fields, spreads and inline fragments.
    pub selections: u64,
    /// Levels of fields.
    pub depth: u64,
    /// Objects that are expected in the answer.
    pub objects: u64,
    /// Objects that are expected for each item of the command around it.
    pub batch: u64,
    /// How many of the objects stand for the signing of links.
    pub links: u64,
    /// Points for statements and writes, however many rows there are.
    pub fixed: u64,
    /// Bytes of variables, counted at each use.
    pub variables: u64,
    /// Fields with an alias.
    pub aliases: u64,
    /// Directives.
    pub directives: u64,
    /// Fields of the outermost level.
    pub root_fields: u64,
    /// Levels of fields in introspection; 0 = none is asked for.
    pub meta_depth: u64,
    /// Lists in lists in introspection.
    pub meta_lists: u64,
}

impl Measure {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.depth = self.depth.max(other.depth);
        self.objects = self.objects.saturating_add(other.objects);
        self.batch = self.batch.saturating_add(other.batch);
        self.links = self.links.saturating_add(other.links);
        self.fixed = self.fixed.saturating_add(other.fixed);
        self.variables = self.variables.saturating_add(other.variables);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
        self.meta_depth = self.meta_depth.max(other.meta_depth);
        self.meta_lists = self.meta_lists.max(other.meta_lists);
    }

    /// Points.
    pub fn cost(&self) -> u64 {
        self.fixed.saturating_add(self.objects.div_ceil(prices::OBJECTS_PER_POINT))
    }

    /// The price of the selections of one of several types, taken out of the sum.
    fn take_price(&mut self) -> Price {
        Price {
            objects: std::mem::take(&mut self.objects),
            batch: std::mem::take(&mut self.batch),
            fixed: std::mem::take(&mut self.fixed),
        }
    }
}

/// The parts of a measure that make its cost.
#[derive(Clone, Copy, Default)]
struct Price {
    objects: u64,
    batch: u64,
    fixed: u64,
}

impl Price {
    fn add(&mut self, other: Self) {
        self.objects = self.objects.saturating_add(other.objects);
        self.batch = self.batch.saturating_add(other.batch);
        self.fixed = self.fixed.saturating_add(other.fixed);
    }

    fn max(self, other: Self) -> Self {
        Self {
            objects: self.objects.max(other.objects),
            batch: self.batch.max(other.batch),
            // Each type has its own statements.
            fixed: self.fixed.saturating_add(other.fixed),
        }
    }
}

/// The measures of a whole document.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Of the operation that is to run; of all together if that is not known.
    pub chosen: Measure,
    /// The most of: the selections of all operations together, and those of each fragment. Validation walks all of
    /// them, also what does not run.
    pub selections: u64,
    /// Selections looked at: those that the document's text holds, each once.
    pub visited: u64,
    /// A page argument is outside of its range.
    pub bad_page: Option<&'static str>,
}

impl Measured {
    /// Measures all of it. Fails with the name of a fragment that spreads itself.
    pub fn of<'a>(
        document: &'a ExecutableDocument,
        shapes: &'a Shapes,
        operation: Option<&str>,
        variables: &'a Variables,
    ) -> Result<Self, &'a Name> {
        let mut meter = Meter {
            shapes,
            given: Given::new(variables),
            bad_page: None,
            fragments: HashMap::with_capacity(document.fragments.len()),
            visited: 0,
        };
        let mut operations = document.operations.iter();
        let chosen = operations.find(|(name, _)| operation.is_none() || name.map(Name::as_str) == operation);
        if let Some((_, chosen)) = chosen {
            meter.given.of_operation(&chosen.node);
        }
        meter.fragments(document)?;
        let mut all = Measure::default();
        let mut only = None;
        for (name, definition) in document.operations.iter() {
            let measure = meter.operation(&definition.node);
            all.add(measure);
            if chosen.is_some_and(|(chosen, _)| chosen == name) && operation.is_some() {
                only = Some(measure);
            }
        }
        let selections = meter.fragments.values().map(|measure| measure.selections);
        let mut chosen = only.unwrap_or(all);
        let again = chosen.variables.saturating_sub(meter.given.weighed());
        chosen.fixed = chosen.fixed.saturating_add(again / VARIABLE_BYTES_PER_POINT);
        Ok(Self {
            selections: selections.max().unwrap_or(0).max(all.selections),
            chosen,
            visited: meter.visited,
            bad_page: meter.bad_page,
        })
    }
}

struct Meter<'a> {
    shapes: &'a Shapes,
    given: Given<'a>,
    bad_page: Option<&'static str>,
    fragments: HashMap<&'a Name, Measure>,
    visited: u64,
}

impl<'a> Meter<'a> {
    /// Measures each fragment after those that it spreads. No recursion from fragment to fragment: a chain of a
    /// hundred deep fragments would exhaust the stack.
    fn fragments(&mut self, document: &'a ExecutableDocument) -> Result<(), &'a Name> {
        let mut waits_for: HashMap<&Name, usize> = HashMap::new();
        let mut spread_by: HashMap<&Name, Vec<&'a Name>> = HashMap::new();
        for (name, fragment) in &document.fragments {
            let mut spreads = Vec::new();
            collect_spreads(&fragment.node.selection_set.node, &mut spreads);
            spreads.retain(|spread| document.fragments.contains_key(*spread));
            waits_for.insert(name, spreads.len());
            for spread in spreads {
                spread_by.entry(spread).or_default().push(name);
            }
        }
        let mut ready: Vec<&'a Name> =
            (document.fragments.keys()).filter(|name| waits_for.get(name) == Some(&0)).collect();
        while let Some(name) = ready.pop() {
            let Some(fragment) = document.fragments.get(name) else {
                continue;
            };
            let measure = self.fragment(&fragment.node);
            self.fragments.insert(name, measure);
            for waiting in spread_by.remove(name).unwrap_or_default() {
                if let Some(left) = waits_for.get_mut(waiting) {
                    *left -= 1;
                    if *left == 0 {
                        ready.push(waiting);
                    }
                }
            }
        }
        match (document.fragments.keys()).find(|name| !self.fragments.contains_key(name)) {
            Some(cyclic) => Err(cyclic),
            None => Ok(()),
        }
    }

    fn fragment(&mut self, fragment: &'a FragmentDefinition) -> Measure {
        let on = fragment.type_condition.node.on.node.as_str();
        let mut measure = self.set(&fragment.selection_set.node, Some(on));
        measure.directives = measure.directives.saturating_add(fragment.directives.len() as u64);
        measure
    }

    fn operation(&mut self, operation: &'a OperationDefinition) -> Measure {
        let root = self.shapes.root(operation.ty);
        let mut measure = self.set(&operation.selection_set.node, Some(root));
        let of_variables = operation.variable_definitions.iter().map(|v| v.node.directives.len());
        let own = operation.directives.len() + of_variables.sum::<usize>();
        measure.directives = measure.directives.saturating_add(own as u64);
        measure
    }

    fn set(&mut self, set: &'a SelectionSet, on: Option<&'a str>) -> Measure {
        let mut sum = Measure::default();
        // An object is of one type only: among the selections of several types, the most expensive counts.
        let mut by_type: HashMap<&str, Price> = HashMap::new();
        for selection in &set.items {
            self.visited += 1;
            let mut measure = match &selection.node {
                Selection::Field(field) => self.field(&field.node, on),
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on = condition.map_or(on, |condition| Some(condition.node.on.node.as_str()));
                    self.set(&inline.node.selection_set.node, on)
                }
                // An unknown fragment is for the validation to name.
                Selection::FragmentSpread(spread) => {
                    (self.fragments).get(&spread.node.fragment_name.node).copied().unwrap_or_default()
                }
            };
            measure.selections = measure.selections.saturating_add(1);
            let directives = selection.node.directives().len() as u64;
            measure.directives = measure.directives.saturating_add(directives);
            if let Some(of) = self.one_type_of_several(&selection.node, on) {
                by_type.entry(of).or_default().add(measure.take_price());
            }
            sum.add(measure);
        }
        let Price { objects, batch, fixed } = by_type.into_values().fold(Price::default(), Price::max);
        sum.add(Measure { objects, batch, fixed, ..Measure::default() });
        sum
    }

    /// The object type that an inline fragment narrows an interface to.
    fn one_type_of_several(&self, selection: &'a Selection, on: Option<&str>) -> Option<&'a str> {
        let Selection::InlineFragment(inline) = selection else { return None };
        let of = inline.node.type_condition.as_ref()?.node.on.node.as_str();
        (Some(of) != on && self.shapes.is_object(of)).then_some(of)
    }

    fn field(&mut self, field: &'a Field, on: Option<&'a str>) -> Measure {
        let name = field.name.node.as_str();
        let shape = self.shapes.field(on, name);
        let below = self.set(&field.selection_set.node, shape.map(|shape| shape.of.as_str()));
        let mut measure = Measure {
            depth: below.depth.saturating_add(1),
            aliases: below.aliases.saturating_add(u64::from(field.alias.is_some())),
            variables: below.variables.saturating_add(self.given.weight(field)),
            root_fields: 1,
            meta_lists: below.meta_lists + u64::from(is_meta_list(name)),
            ..below
        };
        if matches!(name, "__schema" | "__type") {
            measure.meta_depth = measure.depth;
            measure.meta_lists = below.meta_lists;
            measure.depth = 1;
            measure.fixed = prices::META_COST;
            measure.objects = 0;
            return measure;
        }
        if let Some(shape) = shape {
            self.price(field, shape, &mut measure);
        }
        if on == Some(self.shapes.root(OperationType::Mutation)) {
            self.price_command(field, &mut measure);
        }
        measure
    }

    /// Turns the price of the selection of one object into that of the field: `own + rows × below`.
    fn price(&mut self, field: &'a Field, shape: &FieldShape, measure: &mut Measure) {
        let is_object = !field.selection_set.node.items.is_empty();
        let one = measure.objects.saturating_add(u64::from(is_object && !shape.wrapper));
        let rows = match shape.rows {
            Rows::One => 1,
            Rows::List(Size::Expected(rows)) => rows,
            Rows::List(Size::Ids(argument)) => {
                self.given.argument(field, argument).map_or(0, |ids| ids.items().min(PAGE_MOST))
            }
            Rows::List(Size::Batch) => {
                measure.batch = measure.batch.saturating_add(one);
                0
            }
            Rows::Some(expected) => self.page_size(field).unwrap_or(expected).min(PAGE_MOST),
            Rows::Page => self.checked_page_size(field, PAGE_MOST, "first and last are 1 to 100"),
            Rows::Flat(flat) => {
                let rows = self.checked_page_size(field, flat.most, flat.range);
                let dearer = (one.div_ceil(flat.objects)).max(measure.fixed.div_ceil(flat.statements)).max(1);
                // Links die before a tablet shows them, so the reference client pulls none: they are paid as anywhere.
                let links = rows.saturating_mul(std::mem::take(&mut measure.links));
                measure.objects = 0;
                measure.fixed =
                    flat.points.saturating_mul(dearer).saturating_add(links.div_ceil(prices::OBJECTS_PER_POINT));
                return;
            }
        };
        let scan = shape.field_cost.scans.map_or(0, |text| self.scan(field, text));
        let (per_row, per_field) = match shape.field_cost.per_row {
            0 => (0, shape.field_cost.per_field.saturating_add(scan)),
            per_row => (per_row.saturating_add(scan), shape.field_cost.per_field),
        };
        let per_row = per_row.saturating_mul(prices::OBJECTS_PER_POINT).saturating_add(shape.field_cost.objects);
        measure.objects = rows.saturating_mul(one).saturating_add(per_row);
        measure.links = rows.saturating_mul(measure.links).saturating_add(shape.field_cost.objects);
        if shape.rows != Rows::List(Size::Batch) {
            measure.batch = rows.saturating_mul(measure.batch);
        }
        measure.fixed = measure.fixed.saturating_add(per_field);
    }

    /// Points of a search for words in a text that no index answers.
    fn scan(&self, field: &'a Field, [argument, of]: [&str; 2]) -> u64 {
        let text = self.given.argument(field, argument).and_then(|filter| self.given.inside(filter, of));
        let words = text.as_ref().and_then(|text| text.text()).map(|text| text.split_whitespace().count() as u64);
        words.map_or(0, |words| words.saturating_add(1).saturating_mul(prices::SCAN_COST))
    }

    /// Adds the price of a write: by the items that it touches, and what it answers of each.
    fn price_command(&mut self, field: &'a Field, measure: &mut Measure) {
        let command = (self.shapes.prices().command)(&field.name.node);
        let input = self.given.argument(field, "input");
        let of_list = |name: &&str| {
            let argument = input.and_then(|input| self.given.inside(input, name));
            // A text is a file: its items are its kibibytes.
            argument.map_or(0, |items| items.text().map_or_else(|| items.items(), |text| text.len() as u64 / 1_024))
        };
        let items = command.items.iter().map(of_list).fold(0, u64::saturating_add).min(command.most);
        let answered = items.max(1).saturating_mul(measure.batch);
        measure.objects = measure.objects.saturating_add(answered);
        measure.batch = 0;
        measure.fixed = measure.fixed.saturating_add(command.base).saturating_add(items.div_ceil(command.per_point));
    }

    /// Rows of a page; a size that is out of range is noted.
    fn checked_page_size(&mut self, field: &'a Field, most: u64, right: &'static str) -> u64 {
        for name in ["first", "last"] {
            let size = self.given.argument(field, name).and_then(|size| size.number());
            if size.is_some_and(|size| u64::try_from(size).map_or(true, |size| size == 0 || size > most)) {
                self.bad_page = Some(right);
            }
        }
        self.page_size(field).unwrap_or(prices::PAGE_DEFAULT).min(most)
    }

    fn page_size(&self, field: &'a Field) -> Option<u64> {
        let size = ["first", "last"].into_iter().find_map(|name| self.given.argument(field, name))?;
        Some(size.number().and_then(|size| u64::try_from(size).ok()).unwrap_or(0))
    }
}

fn is_meta_list(name: &str) -> bool {
    matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields")
}

fn collect_spreads<'a>(set: &'a SelectionSet, spreads: &mut Vec<&'a Name>) {
    for Positioned { node, .. } in &set.items {
        match node {
            Selection::Field(field) => collect_spreads(&field.node.selection_set.node, spreads),
            Selection::InlineFragment(inline) => collect_spreads(&inline.node.selection_set.node, spreads),
            Selection::FragmentSpread(spread) => spreads.push(&spread.node.fragment_name.node),
        }
    }
}
