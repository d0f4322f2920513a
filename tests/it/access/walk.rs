//! Selections of every field of the schema, level by level.

use std::collections::BTreeMap;

use async_graphql::parser::types::FieldDefinition;

use crate::refusals::shape::{Shape, base_name};

/// The separator of kind and field in an alias.
pub(super) const OF_KIND: &str = "__";

/// The fragments of a document by name: each type and level has one.
pub(super) struct Walk<'a> {
    shape: &'a Shape,
    nodes: Vec<String>,
    fragments: BTreeMap<String, String>,
}

impl<'a> Walk<'a> {
    /// A document that selects everything of a type, in `{}` in the selection; the query field itself if it is a leaf.
    pub(super) fn document(shape: &'a Shape, selection: &str, type_name: &str, levels: usize) -> String {
        let mut walk = Self { shape, nodes: shape.kinds_of("Node"), fragments: BTreeMap::new() };
        let leaf = shape.fields(type_name).is_empty();
        let spread = if leaf { String::new() } else { walk.fields_of(type_name, levels) };
        let fragments: Vec<&str> = walk.fragments.values().map(String::as_str).collect();
        format!("{{ {} }} {}", selection.replace("{}", &spread), fragments.join(" "))
    }

    /// Every field of a type, and of the types below it to a depth.
    fn fields_of(&mut self, type_name: &str, levels: usize) -> String {
        let kinds = self.shape.kinds_of(type_name);
        if !kinds.is_empty() {
            let each = kinds.iter().map(|kind| format!("... on {kind} {}", self.fields_of(kind, levels)));
            return format!("{{ __typename {} }}", each.collect::<Vec<_>>().join(" "));
        }
        let name = format!("{type_name}{levels}");
        if !self.fragments.contains_key(&name) {
            let fields = self.shape.fields(type_name);
            let all: Vec<String> = fields.iter().filter_map(|field| self.field(type_name, field, levels)).collect();
            let text = format!("fragment {name} on {type_name} {{ __typename {} }}", all.join(" "));
            self.fragments.insert(name.clone(), text);
        }
        format!("{{ ...{name} }}")
    }

    fn field(&mut self, of: &str, field: &FieldDefinition, levels: usize) -> Option<String> {
        let (name, inner) = (field.name.node.as_str(), base_name(&field.ty.node));
        if self.shape.fields(&inner).is_empty() {
            return Some(self.leaf(of, field));
        }
        if levels == 0 {
            return None;
        }
        // Objects that have no id are no level of their own; an edge has the same content as the page's nodes.
        let of_its_own = inner == "Node" || self.nodes.contains(&inner);
        let below = if inner.ends_with("Edge") { 0 } else { levels - usize::from(of_its_own) };
        let paged = field.arguments.iter().any(|argument| argument.node.name.node == "first");
        let arguments = if paged { "(first: 100)" } else { "" };
        let key = self.key(of, name);
        Some(format!("{key}: {name}{arguments} {}", self.fields_of(&inner, below)))
    }

    /// The alias in the answer. Fields of one name have different types in different kinds of `Node`, and one answer
    /// contains several kinds.
    fn key(&self, of: &str, name: &str) -> String {
        if self.nodes.iter().any(|node| node == of) { format!("{of}{OF_KIND}{name}") } else { name.to_owned() }
    }

    /// A leaf field; with each code of an enum argument.
    fn leaf(&self, of: &str, field: &FieldDefinition) -> String {
        let name = field.name.node.as_str();
        let key = self.key(of, name);
        let each = field.arguments.iter().flat_map(|argument| {
            let codes = self.shape.codes(&base_name(&argument.node.ty.node)).into_iter();
            codes.map(|code| format!("{key}_{code}: {name}({}: {code})", argument.node.name.node))
        });
        let each: Vec<String> = each.collect();
        if each.is_empty() { format!("{key}: {name}") } else { each.join(" ") }
    }
}
