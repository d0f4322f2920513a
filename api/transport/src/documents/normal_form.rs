//! The normal form of a document: the operation that runs, with its directives resolved, its fragments put where they
//! apply, and each field of an object once.
//!
//! async-graphql merges the answers of a field that is selected twice, but not if one of them is JSON already
//! ([`crate::json`]), and takes the root field of a subscription from the operation itself only. A normal form
//! has nothing to merge and no fragment but those that tell the types of an interface apart.

use std::collections::HashSet;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, InlineFragment, OperationDefinition, OperationType,
    Selection, SelectionSet, TypeCondition,
};
use async_graphql::{Name, Pos, Positioned, ServerError, Variables};
use async_graphql_value::{ConstValue, Value as Given};

use super::rules::Rules;

/// The normal form of the named operation, or of the only one. A document in which none can be chosen stays as it is:
/// the schema says why. Fails if a directive asks for a variable that is no Boolean.
///
/// The document must be valid, and its size measured: fragments are put in wherever they are spread.
pub(crate) fn normal_form(
    rules: &Rules,
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
) -> Result<Option<ExecutableDocument>, ServerError> {
    let Some(chosen) = chosen(document, operation) else { return Ok(None) };
    let schema = rules.schema();
    let former = Former { schema, document, operation: &chosen.node, variables };
    let Some(root) = former.root() else { return Ok(None) };
    let selections = &chosen.node.selection_set;
    let mut formed = chosen.clone();
    formed.node.directives.clear();
    formed.node.selection_set = Positioned::new(former.set(root, &[&selections.node])?, selections.pos);
    let mut used = HashSet::new();
    note_variables(&formed.node.selection_set.node, &mut used);
    formed.node.variable_definitions.retain(|definition| used.contains(&definition.node.name.node));
    let operations = match operation {
        Some(name) => DocumentOperations::Multiple([(Name::new(name), formed)].into()),
        None => DocumentOperations::Single(formed),
    };
    Ok(Some(ExecutableDocument { operations, fragments: Default::default() }))
}

fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a Positioned<OperationDefinition>> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations.values().next(),
        _ => None,
    }
}

/// The state of making a normal form.
struct Former<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
}

/// The places of an object's fields that have one response name.
type Group<'a> = Vec<&'a Positioned<Field>>;

impl<'a> Former<'a> {
    fn root(&self) -> Option<&'a str> {
        use apollo_compiler::ast::OperationType as Kind;
        let kind = match self.operation.ty {
            OperationType::Query => Kind::Query,
            OperationType::Mutation => Kind::Mutation,
            OperationType::Subscription => Kind::Subscription,
        };
        self.schema.root_operation(kind).map(|name| name.as_str())
    }

    /// What these selections together select of a type.
    fn set(&self, on: &'a str, selections: &[&'a SelectionSet]) -> Result<SelectionSet, ServerError> {
        let is_object = self.schema.get_object(on).is_some();
        let mut items = Vec::new();
        if is_object || !self.narrows(on, selections)? {
            items = self.fields(on, selections)?;
        } else {
            for object in self.objects_of(on) {
                let fields = self.fields(object, selections)?;
                if !fields.is_empty() {
                    items.push(fragment(object, SelectionSet { items: fields }));
                }
            }
        }
        if items.is_empty() {
            items.push(nothing(on));
        }
        Ok(SelectionSet { items })
    }

    /// The fields of one type, each once, in the order in which the document names them first.
    fn fields(&self, of: &'a str, selections: &[&'a SelectionSet]) -> Result<Vec<Positioned<Selection>>, ServerError> {
        let mut collected = Collected { former: self, of, groups: IndexMap::new(), spread: HashSet::new() };
        for set in selections {
            collected.add(set)?;
        }
        collected.groups.values().map(|group| self.field(of, group)).collect()
    }

    fn field(&self, of: &'a str, fields: &Group<'a>) -> Result<Positioned<Selection>, ServerError> {
        let first = fields[0];
        let below: Vec<&SelectionSet> = fields.iter().map(|field| &field.node.selection_set.node).collect();
        let selection_set = if below.iter().all(|set| set.items.is_empty()) {
            SelectionSet::default()
        } else {
            match self.schema.type_field(of, &first.node.name.node) {
                Ok(definition) => self.set(definition.ty.inner_named_type().as_str(), &below)?,
                // Validation has refused such a field.
                Err(_) => SelectionSet::default(),
            }
        };
        let field = Field {
            alias: first.node.alias.clone(),
            name: first.node.name.clone(),
            arguments: first.node.arguments.clone(),
            directives: Vec::new(),
            selection_set: Positioned::new(selection_set, first.node.selection_set.pos),
        };
        Ok(Positioned::new(Selection::Field(Positioned::new(field, first.pos)), first.pos))
    }

    /// Whether these selections ask for different fields of different types of an interface.
    fn narrows(&self, on: &str, selections: &[&'a SelectionSet]) -> Result<bool, ServerError> {
        let mut spread = HashSet::new();
        let mut left = selections.to_vec();
        while let Some(set) = left.pop() {
            for item in &set.items {
                let (condition, below) = match &item.node {
                    Selection::Field(_) => continue,
                    Selection::InlineFragment(inline) => (condition_of(&inline.node), &inline.node.selection_set.node),
                    Selection::FragmentSpread(spreading) => {
                        let name = &spreading.node.fragment_name.node;
                        match self.document.fragments.get(name) {
                            Some(fragment) if spread.insert(name) => (
                                Some(fragment.node.type_condition.node.on.node.as_str()),
                                &fragment.node.selection_set.node,
                            ),
                            _ => continue,
                        }
                    }
                };
                if !self.is_included(item.node.directives())? {
                    continue;
                }
                if condition.is_some_and(|condition| !self.applies(condition, on)) {
                    return Ok(true);
                }
                left.push(below);
            }
        }
        Ok(false)
    }

    /// Whether a fragment with this condition applies to every object of a type.
    fn applies(&self, condition: &str, of: &str) -> bool {
        condition == of || self.schema.is_subtype(condition, of)
    }

    fn objects_of(&self, on: &'a str) -> impl Iterator<Item = &'a str> {
        let types = self.schema.types.iter().filter(move |(name, ty)| ty.is_object() && self.applies(on, name));
        types.map(|(name, _): (_, &ExtendedType)| name.as_str())
    }

    fn is_included(&self, directives: &[Positioned<Directive>]) -> Result<bool, ServerError> {
        for Positioned { node: directive, pos } in directives {
            let wanted = match directive.name.node.as_str() {
                "skip" => false,
                "include" => true,
                _ => continue,
            };
            let given = directive.get_argument("if").map(|given| &given.node);
            let value = match given {
                Some(Given::Variable(name)) => self.variable(name),
                Some(given) => given.clone().into_const(),
                None => None,
            };
            match value {
                Some(ConstValue::Boolean(value)) if value == wanted => {}
                Some(ConstValue::Boolean(_)) => return Ok(false),
                _ => {
                    let message = format!("the argument \"if\" of @{} must be true or false", directive.name.node);
                    return Err(ServerError::new(message, Some(*pos)));
                }
            }
        }
        Ok(true)
    }

    fn variable(&self, name: &Name) -> Option<ConstValue> {
        let default = || {
            let mut definitions = self.operation.variable_definitions.iter().map(|definition| &definition.node);
            definitions.find(|definition| definition.name.node == *name)?.default_value().cloned()
        };
        self.variables.get(name).cloned().or_else(default)
    }
}

/// The fields that an object type takes of selections, by response name.
struct Collected<'f, 'a> {
    former: &'f Former<'a>,
    of: &'a str,
    groups: IndexMap<&'a str, Group<'a>>,
    spread: HashSet<&'a Name>,
}

impl<'a> Collected<'_, 'a> {
    fn add(&mut self, set: &'a SelectionSet) -> Result<(), ServerError> {
        for item in &set.items {
            if !self.former.is_included(item.node.directives())? {
                continue;
            }
            match &item.node {
                Selection::Field(field) => {
                    self.groups.entry(field.node.response_key().node.as_str()).or_default().push(field);
                }
                Selection::InlineFragment(inline) => {
                    if condition_of(&inline.node).is_none_or(|condition| self.former.applies(condition, self.of)) {
                        self.add(&inline.node.selection_set.node)?;
                    }
                }
                Selection::FragmentSpread(spread) => self.spread(&spread.node.fragment_name.node)?,
            }
        }
        Ok(())
    }

    fn spread(&mut self, name: &'a Name) -> Result<(), ServerError> {
        let Some(fragment) = self.former.document.fragments.get(name) else { return Ok(()) };
        let applies = self.former.applies(&fragment.node.type_condition.node.on.node, self.of);
        if applies && self.spread.insert(name) { self.add(&fragment.node.selection_set.node) } else { Ok(()) }
    }
}

fn condition_of(inline: &InlineFragment) -> Option<&str> {
    inline.type_condition.as_ref().map(|condition| condition.node.on.node.as_str())
}

/// A fragment for one type of an interface.
fn fragment(on: &str, set: SelectionSet) -> Positioned<Selection> {
    let on = Positioned::new(Name::new(on), Default::default());
    let inline = InlineFragment {
        type_condition: Some(Positioned::new(TypeCondition { on }, Default::default())),
        directives: Vec::new(),
        selection_set: Positioned::new(set, Default::default()),
    };
    Positioned::new(Selection::InlineFragment(Positioned::new(inline, Default::default())), Default::default())
}

/// Nothing of an object, which is an object without fields in the answer. A field without any selection would be a
/// scalar.
fn nothing(on: &str) -> Positioned<Selection> {
    let pos = Pos::default();
    let never = (Positioned::new(Name::new("if"), pos), Positioned::new(Given::Boolean(true), pos));
    let skip = Directive { name: Positioned::new(Name::new("skip"), pos), arguments: vec![never] };
    let field = Field {
        alias: None,
        name: Positioned::new(Name::new("__typename"), pos),
        arguments: Vec::new(),
        directives: vec![Positioned::new(skip, pos)],
        selection_set: Positioned::default(),
    };
    let skipped = Positioned::new(Selection::Field(Positioned::new(field, pos)), pos);
    fragment(on, SelectionSet { items: vec![skipped] })
}

/// Notes the variables that the arguments of fields use.
fn note_variables<'a>(set: &'a SelectionSet, used: &mut HashSet<&'a Name>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                field.node.arguments.iter().for_each(|(_, value)| note_variables_of(&value.node, used));
                note_variables(&field.node.selection_set.node, used);
            }
            Selection::InlineFragment(inline) => note_variables(&inline.node.selection_set.node, used),
            // A normal form has none.
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn note_variables_of<'a>(value: &'a Given, used: &mut HashSet<&'a Name>) {
    match value {
        Given::Variable(name) => {
            used.insert(name);
        }
        Given::List(values) => values.iter().for_each(|value| note_variables_of(value, used)),
        Given::Object(fields) => fields.values().for_each(|value| note_variables_of(value, used)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    const SDL: &str = "type Query { home: Home node: Node } interface Node { id: ID! }
        type Home implements Node { id: ID! name: String rooms(first: Int): [Room!]! }
        type Room implements Node { id: ID! name: String } type Subscription { changed(of: ID!): Home }";

    /// The normal form as a text, without what the notation leaves open.
    fn formed(text: &str, variables: serde_json::Value) -> String {
        let rules = Rules::new(SDL).expect("a schema");
        let parsed = rules.parse(text).expect("a document");
        rules.check(&parsed).expect("a valid document");
        let formed =
            normal_form(&rules, &parsed.document, None, &Variables::from_json(variables)).expect("a normal form");
        let formed = formed.expect("one operation");
        let DocumentOperations::Single(operation) = &formed.operations else { panic!("one operation") };
        written(&operation.node.selection_set.node)
    }

    fn written(set: &SelectionSet) -> String {
        let items = set.items.iter().map(|item| match &item.node {
            Selection::Field(field) if !field.node.directives.is_empty() => "-".to_owned(),
            Selection::Field(field) => {
                let arguments: Vec<_> = field
                    .node
                    .arguments
                    .iter()
                    .map(|(name, value)| format!("({}: {})", name.node, value.node))
                    .collect();
                format!(
                    "{}{}{}",
                    field.node.response_key().node,
                    arguments.concat(),
                    written(&field.node.selection_set.node)
                )
            }
            Selection::InlineFragment(inline) => {
                let on = condition_of(&inline.node).unwrap_or_default();
                format!("{on}{}", written(&inline.node.selection_set.node))
            }
            Selection::FragmentSpread(_) => "...".to_owned(),
        });
        let items: Vec<_> = items.collect();
        if items.is_empty() { String::new() } else { format!("{{{}}}", items.join(" ")) }
    }

    #[test]
    fn fields_stand_once_and_skipped_ones_not_at_all() {
        for (document, expected) in [
            ("{ home { name @skip(if: true) } home { id } }", "{home{id}}"),
            ("{ home { name @skip(if: true) } }", "{home{Home{-}}}"),
            (
                "{ home { rooms(first: 1) { id } ...f ...f } } fragment f on Home { rooms(first: 1) { name } id }",
                "{home{rooms(first: 1){id name} id}}",
            ),
            ("{ ... { ... on Query { home { ... on Node { id } } } } }", "{home{id}}"),
            ("{ a: home { id } home @include(if: false) { id } }", "{a{id}}"),
            (
                "{ home { id } home { rooms { ...r @skip(if: true) } } } fragment r on Room { id }",
                "{home{id rooms{Room{-}}}}",
            ),
            ("subscription { ...s } fragment s on Subscription { changed(of: 1) { id } }", "{changed(of: 1){id}}"),
        ] {
            assert_eq!(formed(document, json!({})), expected, "{document}");
        }
    }

    #[test]
    fn types_of_an_interface_are_told_apart_only_where_they_differ() {
        for (document, expected) in [
            ("{ node { id } }", "{node{id}}"),
            ("{ node { id ... on Node { __typename } } }", "{node{id __typename}}"),
            ("{ node { ... on Room { name } id } }", "{node{Home{id} Room{name id}}}"),
            ("{ node { ... on Room { name } } }", "{node{Room{name}}}"),
            ("{ node { ... on Room @skip(if: true) { name } } }", "{node{Node{-}}}"),
        ] {
            assert_eq!(formed(document, json!({})), expected, "{document}");
        }
    }

    #[test]
    fn variables_decide_and_those_that_are_not_used_go() {
        let document = "query($a: Boolean! = false, $b: Int) { home { id @include(if: $a) rooms(first: $b) { id } } }";
        assert_eq!(formed(document, json!({})), "{home{rooms(first: $b){id}}}");
        assert_eq!(formed(document, json!({ "a": true })), "{home{id rooms(first: $b){id}}}");
        let rules = Rules::new(SDL).expect("a schema");
        let parsed = parse_query(document).expect("a document");
        let formed = normal_form(&rules, &parsed, None, &Variables::default()).expect("a normal form").expect("one");
        let (_, operation) = formed.operations.iter().next().expect("one");
        let names: Vec<_> = operation.node.variable_definitions.iter().map(|one| one.node.name.node.as_str()).collect();
        assert_eq!(names, ["b"]);
        let wrong = Variables::from_json(json!({ "a": "no" }));
        assert!(normal_form(&rules, &parsed, None, &wrong).is_err());
    }
}
