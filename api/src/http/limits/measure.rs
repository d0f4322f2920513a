//! Measures a parsed document in one pass: every selection of it is looked at once.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{
    ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value, Variables};

use super::shapes::{Rows, Shapes};

/// Rows of a page whose size is left out, and the most that a page can have.
const PAGE_DEFAULT: u64 = 20;
const PAGE_MOST: u64 = 100;
/// Rows of a list without page arguments.
const LIST_ROWS: u64 = 10;
/// `__schema` and `__type`.
const META_COST: u64 = 20;

/// What one selection set amounts to, fragments expanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Fields, spreads and inline fragments.
    pub selections: u64,
    /// Levels of fields.
    pub depth: u64,
    /// Points.
    pub cost: u64,
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
        self.cost = self.cost.saturating_add(other.cost);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.root_fields = self.root_fields.saturating_add(other.root_fields);
        self.meta_depth = self.meta_depth.max(other.meta_depth);
        self.meta_lists = self.meta_lists.max(other.meta_lists);
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
            variables,
            defaults: HashMap::new(),
            fragments: HashMap::with_capacity(document.fragments.len()),
            visited: 0,
        };
        let mut operations = document.operations.iter();
        let chosen = operations.find(|(name, _)| operation.is_none() || name.map(Name::as_str) == operation);
        if let Some((_, chosen)) = chosen {
            meter.defaults = defaults(&chosen.node);
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
        Ok(Self {
            selections: selections.max().unwrap_or(0).max(all.selections),
            chosen: only.unwrap_or(all),
            visited: meter.visited,
        })
    }
}

/// The values that the operation gives to variables which are not sent.
fn defaults(operation: &OperationDefinition) -> HashMap<&Name, &Value> {
    operation
        .variable_definitions
        .iter()
        .filter_map(|variable| {
            let value = variable.node.default_value.as_ref()?;
            Some((&variable.node.name.node, &value.node))
        })
        .collect()
}

struct Meter<'a> {
    shapes: &'a Shapes,
    variables: &'a Variables,
    defaults: HashMap<&'a Name, &'a Value>,
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
        // An object is of one type only: of what is asked of several types, the dearest counts.
        let mut by_type: HashMap<&str, u64> = HashMap::new();
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
                let cost = by_type.entry(of).or_default();
                *cost = cost.saturating_add(std::mem::take(&mut measure.cost));
            }
            sum.add(measure);
        }
        sum.cost = sum.cost.saturating_add(by_type.into_values().max().unwrap_or(0));
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
            root_fields: 1,
            meta_lists: below.meta_lists + u64::from(is_meta_list(name)),
            ..below
        };
        if matches!(name, "__schema" | "__type") {
            measure.meta_depth = measure.depth;
            measure.meta_lists = below.meta_lists;
            measure.depth = 1;
            measure.cost = META_COST;
            return measure;
        }
        let is_object = !field.selection_set.node.items.is_empty();
        let own = u64::from(is_object && !shape.is_some_and(|shape| shape.wrapper));
        let rows = shape.map_or(0, |shape| self.rows(shape.rows, field));
        measure.cost = below.cost.saturating_add(own).saturating_mul(1 + rows / 10);
        measure
    }

    fn rows(&self, rows: Rows, field: &Field) -> u64 {
        match rows {
            Rows::One => 0,
            Rows::List => self.argument(field, "ids").unwrap_or(LIST_ROWS).min(PAGE_MOST),
            Rows::Page => ["first", "last"]
                .into_iter()
                .find_map(|name| self.argument(field, name))
                .unwrap_or(PAGE_DEFAULT)
                .min(PAGE_MOST),
        }
    }

    /// The value of an argument, from the document, the variables sent, or their defaults.
    fn argument(&self, field: &Field, name: &str) -> Option<u64> {
        // Of a variable's list only the length is taken: copying it for each field that names it would not be linear.
        let value = field.get_argument(name)?.node.clone().into_const_with(|variable| {
            let sent = self.variables.get(&variable);
            match sent.or_else(|| self.defaults.get(&variable).copied()) {
                Some(Value::Number(number)) => Ok(Value::Number(number.clone())),
                Some(Value::List(items)) => Ok(Value::Number((items.len() as u64).into())),
                _ => Ok::<_, Infallible>(Value::Null),
            }
        });
        let Ok(value) = value;
        match value {
            Value::Number(number) => Some(number.as_u64().unwrap_or(0)),
            Value::List(items) => Some(items.len() as u64),
            _ => None,
        }
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
