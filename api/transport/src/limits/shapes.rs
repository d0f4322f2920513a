//! The shapes of the schema's fields, for the cost: objects, lists and pages.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, OperationType, Type, TypeKind, TypeSystemDefinition};

use super::prices::{self, FieldCost, FlatPage, Prices, Size};

/// How one field multiplies the price of its selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// One object.
    One,
    /// A list without page arguments.
    List(Size),
    /// A list with `first`, of which so many rows are expected if that is left out.
    Some(u64),
    /// A connection: 1 to 100 rows.
    Page,
    /// A page at a flat price.
    Flat(FlatPage),
}

/// One field of an object or interface.
#[derive(Debug)]
pub(super) struct FieldShape {
    pub(super) rows: Rows,
    /// What it costs beside the objects that it answers.
    pub(super) field_cost: FieldCost,
    /// A wrapper inside of a page, paid for by the field that answers the page.
    pub(super) wrapper: bool,
    /// The name of the type it answers.
    pub(super) of: String,
}

/// The fields of every object and interface of the schema.
#[derive(Debug)]
pub struct Shapes {
    roots: [String; 3],
    objects: HashSet<String>,
    fields: HashMap<String, HashMap<String, FieldShape>>,
    /// Lists of objects that the table of prices does not name.
    unnamed: Vec<String>,
    prices: &'static Prices,
}

impl Shapes {
    /// Reads them from the schema's text.
    pub fn from_sdl(sdl: &str, prices: &'static Prices) -> Result<Self, async_graphql::parser::Error> {
        let mut roots = ["Query", "Mutation", "Subscription"].map(str::to_owned);
        let mut defined = Vec::new();
        let mut objects = HashSet::new();
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let schema = schema.node;
                    for (root, named) in roots.iter_mut().zip([schema.query, schema.mutation, schema.subscription]) {
                        if let Some(name) = named {
                            *root = name.node.to_string();
                        }
                    }
                }
                TypeSystemDefinition::Type(ty) => {
                    let fields = match ty.node.kind {
                        TypeKind::Object(object) => {
                            objects.insert(ty.node.name.node.to_string());
                            object.fields
                        }
                        TypeKind::Interface(interface) => interface.fields,
                        _ => continue,
                    };
                    defined.push((ty.node.name.node.to_string(), fields));
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        let composite: HashSet<String> = defined.iter().map(|(name, _)| name.clone()).collect();
        let mut fields: HashMap<_, HashMap<_, _>> = HashMap::new();
        for (name, definitions) in defined {
            let of_type = definitions.into_iter().map(|definition| {
                let shape = shape(prices, &name, &definition.node, &composite);
                (definition.node.name.node.to_string(), shape)
            });
            let of_type = of_type.collect();
            fields.insert(name, of_type);
        }
        let mut shapes = Self { roots, objects, fields, unnamed: Vec::new(), prices };
        shapes.mark_wrappers();
        shapes.unnamed = shapes.lists_without_a_size(&composite);
        Ok(shapes)
    }

    /// Lists of objects whose expected size stands in no table, and entries of the table that no list has. Both are
    /// faults of the schema's author.
    pub fn faults(&self) -> Vec<String> {
        let unknown = self.prices.named_lists().filter(|name| {
            let list = name.split_once('.').and_then(|(on, field)| self.field(Some(on), field));
            !list.is_some_and(|shape| matches!(shape.rows, Rows::List(_) | Rows::Some(_)))
        });
        self.unnamed.iter().cloned().chain(unknown).collect()
    }

    fn lists_without_a_size(&self, composite: &HashSet<String>) -> Vec<String> {
        let mut unnamed: Vec<String> = self
            .fields
            .iter()
            .flat_map(|(on, fields)| fields.iter().map(move |(name, shape)| (on, name, shape)))
            .filter(|(_, _, shape)| matches!(shape.rows, Rows::List(_)) && composite.contains(&shape.of))
            .filter(|(on, name, _)| self.prices.list(on, name).is_none())
            .map(|(on, name, _)| format!("{on}.{name}"))
            .collect();
        unnamed.sort_unstable();
        unnamed
    }

    /// The inside of a page is not counted again: the rows of the answering type, and the node of an edge.
    fn mark_wrappers(&mut self) {
        let mut pages: HashSet<String> = self
            .fields
            .values()
            .flat_map(HashMap::values)
            .filter(|field| matches!(field.rows, Rows::Page | Rows::Flat(_)))
            .map(|field| field.of.clone())
            .filter(|name| name.ends_with("Connection") || name.ends_with("Page"))
            .collect();
        pages.extend(self.fields.keys().filter(|name| name.ends_with("Edge")).cloned());
        for page in pages {
            for field in self.fields.get_mut(&page).into_iter().flat_map(HashMap::values_mut) {
                field.wrapper = true;
                field.field_cost = FieldCost::default();
                field.rows = Rows::One;
            }
        }
    }

    /// The prices of the fields.
    pub(super) fn prices(&self) -> &'static Prices {
        self.prices
    }

    pub(super) fn root(&self, operation: OperationType) -> &str {
        match operation {
            OperationType::Query => &self.roots[0],
            OperationType::Mutation => &self.roots[1],
            OperationType::Subscription => &self.roots[2],
        }
    }

    /// Whether a type is an object, not an interface.
    pub(super) fn is_object(&self, name: &str) -> bool {
        self.objects.contains(name)
    }

    pub(super) fn field(&self, on: Option<&str>, name: &str) -> Option<&FieldShape> {
        self.fields.get(on?)?.get(name)
    }
}

fn shape(prices: &Prices, on: &str, field: &FieldDefinition, composite: &HashSet<String>) -> FieldShape {
    let name = field.name.node.as_str();
    let sized = field.arguments.iter().any(|argument| matches!(argument.node.name.node.as_str(), "first" | "last"));
    let (list, of) = innermost(&field.ty.node);
    let flat = prices.flat.filter(|flat| sized && flat.of == of);
    let rows = match (sized, list) {
        (true, false) => Rows::Page,
        (true, true) => Rows::Some(match prices.list(on, name) {
            Some(Size::Expected(rows)) => rows,
            _ => prices::PAGE_DEFAULT,
        }),
        (false, true) => Rows::List(prices.list(on, name).unwrap_or(Size::Expected(prices::LIST_DEFAULT))),
        (false, false) => Rows::One,
    };
    let rows = flat.map_or(rows, Rows::Flat);
    FieldShape {
        field_cost: prices.field_cost_of(on, name, composite.contains(of), rows == Rows::Page),
        rows,
        wrapper: false,
        of: of.to_owned(),
    }
}

fn innermost(ty: &Type) -> (bool, &str) {
    match &ty.base {
        BaseType::Named(name) => (false, name.as_str()),
        BaseType::List(inner) => (true, innermost(inner).1),
    }
}
