//! Random valid documents over the whole schema, by a seed that is printed.

use std::collections::BTreeMap;

use async_graphql::parser::types::{FieldDefinition, InputValueDefinition};
use tests::dice::Dice;
use uuid::Uuid;

use super::dataset::Dataset;
use crate::refusals::shape::{Shape, base_name};

/// Fields whose answer differs from one request to the next, or that take what no random document has.
const LEFT_OUT: [&str; 6] = ["apiInfo", "sessions", "syncLimits", "oneTimeLink", "defectDuplicates", "syncOperations"];
/// Levels of a document.
const LEVELS: usize = 5;
/// Most rows of a page.
const ROWS: usize = 4;

/// Makes documents.
pub(super) struct Documents<'a> {
    shape: &'a Shape,
    nodes: Vec<String>,
    /// The ids of objects by kind.
    ids: BTreeMap<&'static str, Vec<Uuid>>,
    dice: Dice,
    fragments: Vec<String>,
    /// Names in the answer that were made so far.
    names: usize,
    /// Whether the document still gets an argument that its field refuses.
    fault: bool,
}

impl<'a> Documents<'a> {
    pub(super) fn new(shape: &'a Shape, dataset: &Dataset<'_>, dice: Dice) -> Self {
        let kinds = [
            "Project",
            "Unit",
            "Defect",
            "Photo",
            "Checklist",
            "Round",
            "Inspection",
            "Person",
            "Company",
            "Room",
            "InboxEntry",
        ];
        let ids = kinds.into_iter().map(|kind| (kind, dataset.all(kind))).collect();
        let (nodes, fragments) = (shape.kinds_of("Node"), Vec::new());
        Self { shape, nodes, ids, dice, fragments, names: 0, fault: false }
    }

    /// A document; some have one argument that is refused while they run.
    pub(super) fn make(&mut self) -> String {
        (self.names, self.fault) = (0, self.dice.chance(20));
        self.fragments.clear();
        let selection = self.selection("Query", LEVELS, false);
        format!("{selection} {}", self.fragments.join(" "))
    }

    /// Some fields of a type. In an answer of several kinds of objects, names are told apart by kind.
    fn selection(&mut self, of: &str, levels: usize, kinds: bool) -> String {
        let count = 1 + self.dice.below(if of == "Query" { 3 } else { 6 });
        let items: Vec<String> = (0..count).map(|_| self.item(of, levels, kinds)).collect();
        format!("{{ {} }}", items.join(" "))
    }

    fn item(&mut self, of: &str, levels: usize, kinds: bool) -> String {
        let interface = !self.shape.kinds_of(of).is_empty();
        let roll = self.dice.below(100);
        if interface && levels > 0 && roll < 80 {
            return self.fragment(of, levels, true);
        }
        if levels > 0 && roll < 15 && of != "Query" {
            return self.fragment(of, levels, kinds);
        }
        if roll < 22 {
            return format!("__typename{}", self.directive());
        }
        match self.field(of, levels, kinds) {
            Some(field) => field,
            None => "__typename".to_owned(),
        }
    }

    /// A fragment in place, or a named one.
    fn fragment(&mut self, of: &str, levels: usize, kinds: bool) -> String {
        let possible = self.shape.kinds_of(of);
        let on = if possible.is_empty() { of.to_owned() } else { self.dice.pick(&possible).clone() };
        let (directive, selection) = (self.directive(), self.selection(&on, levels - 1, kinds));
        if self.dice.chance(50) {
            return format!("... on {on}{directive} {selection}");
        }
        let name = format!("F{}", self.fragments.len());
        self.fragments.push(format!("fragment {name} on {on} {selection}"));
        format!("...{name}{directive}")
    }

    fn directive(&mut self) -> String {
        if self.dice.chance(92) {
            return String::new();
        }
        let (name, value) = (*self.dice.pick(&["skip", "include"]), self.dice.chance(50));
        format!(" @{name}(if: {value})")
    }

    fn field(&mut self, of: &str, levels: usize, kinds: bool) -> Option<String> {
        let fields = self.shape.fields(of);
        let usable = |field: &&FieldDefinition| {
            let is_leaf = self.shape.fields(&base_name(&field.ty.node)).is_empty();
            (is_leaf || levels > 0) && !LEFT_OUT.contains(&field.name.node.as_str()) && self.can_ask(field)
        };
        let usable: Vec<FieldDefinition> = fields.iter().filter(usable).cloned().collect();
        if usable.is_empty() {
            return None;
        }
        let field = self.dice.pick(&usable).clone();
        let (name, inner) = (field.name.node.as_str(), base_name(&field.ty.node));
        let arguments = self.arguments(&field);
        let key = self.key(of, name, kinds, !arguments.is_empty());
        let kinds = kinds || !self.shape.kinds_of(&inner).is_empty();
        let is_leaf = self.shape.fields(&inner).is_empty();
        // A page's wrappers are no levels of their own.
        let is_page = inner.ends_with("Connection") || inner.ends_with("Edge");
        let below = if is_leaf { String::new() } else { self.selection(&inner, levels - usize::from(!is_page), kinds) };
        Some(format!("{key}{name}{arguments}{} {below}", self.directive()))
    }

    /// The name in the answer, with its colon, if it is another one than the field's.
    fn key(&mut self, of: &str, name: &str, kinds: bool, unlike: bool) -> String {
        if unlike {
            // The same field with other arguments needs another name.
            self.names += 1;
            return format!("n{}_{name}: ", self.names);
        }
        let told_apart = kinds && self.nodes.iter().any(|node| node == of);
        if told_apart || self.dice.chance(5) { format!("{of}_{name}: ") } else { String::new() }
    }

    /// Whether a value is known for each argument that must be given.
    fn can_ask(&self, field: &FieldDefinition) -> bool {
        let is_known = |argument: &InputValueDefinition| match base_name(&argument.ty.node).as_str() {
            "ID" => self.kinds_of(field, argument).is_some(),
            "Int" | "Boolean" => true,
            other => !self.shape.codes(other).is_empty(),
        };
        field.arguments.iter().all(|argument| {
            let argument = &argument.node;
            argument.ty.node.nullable || argument.default_value.is_some() || is_known(argument)
        })
    }

    /// The kinds of objects that an argument names.
    fn kinds_of(&self, field: &FieldDefinition, argument: &InputValueDefinition) -> Option<&'static [&'static str]> {
        Some(match (field.name.node.as_str(), argument.name.node.as_str()) {
            (_, "projectId") | ("project", "id") => &["Project"],
            ("unit", "id") | (_, "unitId") => &["Unit"],
            ("defect", "id") => &["Defect"],
            ("photo", "id") => &["Photo"],
            ("checklist", "id") => &["Checklist"],
            ("round", "id") => &["Round"],
            ("unitInspection" | "unitInspectionContent", "id") => &["Inspection"],
            ("node", "id") | ("nodes", "ids") => {
                &["Project", "Unit", "Defect", "Photo", "Inspection", "Person", "Company", "Room", "InboxEntry"]
            }
            _ => return None,
        })
    }

    fn arguments(&mut self, field: &FieldDefinition) -> String {
        let mut given = Vec::new();
        let paged = field.arguments.iter().any(|argument| argument.node.name.node == "after");
        for argument in &field.arguments {
            if let Some(value) = self.value(field, &argument.node, paged) {
                given.push(format!("{}: {value}", argument.node.name.node));
            }
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    fn value(&mut self, field: &FieldDefinition, argument: &InputValueDefinition, paged: bool) -> Option<String> {
        let (name, kind) = (argument.name.node.as_str(), base_name(&argument.ty.node));
        let mandatory = !argument.ty.node.nullable && argument.default_value.is_none();
        if name == "first" && paged && self.dice.chance(80) {
            // A page of none is refused where it is read.
            let is_refused = self.fault && self.dice.chance(30);
            self.fault &= !is_refused;
            return Some(if is_refused { "0".to_owned() } else { (1 + self.dice.below(ROWS)).to_string() });
        }
        if !mandatory && (paged || self.dice.chance(60)) {
            return None;
        }
        let codes = self.shape.codes(&kind);
        match kind.as_str() {
            "ID" => {
                let kinds = self.kinds_of(field, argument)?;
                let ids = |random: &mut Self| {
                    let kind = *random.dice.pick(kinds);
                    let all = random.ids.get(kind).filter(|all| !all.is_empty())?;
                    Some(format!("\"{}\"", random.dice.pick(all)))
                };
                if name == "ids" {
                    let some: Vec<String> = (0..3).filter_map(|_| ids(&mut *self)).collect();
                    return Some(format!("[{}]", some.join(", ")));
                }
                ids(self)
            }
            "Int" => Some(self.dice.below(ROWS).to_string()),
            "Boolean" => Some(self.dice.chance(50).to_string()),
            _ if codes.is_empty() => None,
            _ => Some(self.dice.pick(&codes).clone()),
        }
    }
}
