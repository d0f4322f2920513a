//! What the cost needs to know of the schema: which fields are objects, lists and pages.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, OperationType, Type, TypeKind, TypeSystemDefinition};

/// How one field multiplies what is asked below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// One object.
    One,
    /// A list without page arguments.
    List,
    /// A connection, or a list with `first` or `last`.
    Page,
}

/// One field of an object or interface.
#[derive(Debug)]
pub(super) struct FieldShape {
    pub(super) rows: Rows,
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
}

impl Shapes {
    /// Reads them from the schema's text.
    pub fn from_sdl(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
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
        let mut fields: HashMap<_, HashMap<_, _>> = HashMap::new();
        for (name, definitions) in defined {
            let of_type = fields.entry(name).or_default();
            for definition in definitions {
                of_type.insert(definition.node.name.node.to_string(), shape(&definition.node));
            }
        }
        let mut shapes = Self { roots, objects, fields };
        shapes.mark_wrappers();
        Ok(shapes)
    }

    /// What is inside of a page is not counted again: the rows of the answering type, and the node of an edge.
    fn mark_wrappers(&mut self) {
        let mut pages: HashSet<String> = self
            .fields
            .values()
            .flat_map(HashMap::values)
            .filter(|field| field.rows == Rows::Page)
            .map(|field| field.of.clone())
            .filter(|name| name.ends_with("Connection") || name.ends_with("Page"))
            .collect();
        pages.extend(self.fields.keys().filter(|name| name.ends_with("Edge")).cloned());
        for page in pages {
            for field in self.fields.get_mut(&page).into_iter().flat_map(HashMap::values_mut) {
                field.wrapper = true;
                field.rows = Rows::One;
            }
        }
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

fn shape(field: &FieldDefinition) -> FieldShape {
    let paged = field.arguments.iter().any(|argument| matches!(argument.node.name.node.as_str(), "first" | "last"));
    let (list, of) = innermost(&field.ty.node);
    FieldShape {
        rows: match (paged, list) {
            (true, _) => Rows::Page,
            (false, true) => Rows::List,
            (false, false) => Rows::One,
        },
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
