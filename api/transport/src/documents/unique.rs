//! The rule "unique input fields", which `apollo-compiler` does not have: a field of an input object stands there once.

use std::collections::HashSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, Selection, Value};
use async_graphql::ServerError;

use super::rules::beginning;

/// Every field of an input object that stands there once more.
pub(super) fn twice_given(document: &Document) -> Vec<ServerError> {
    let mut check = Check { document, found: Vec::new() };
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                let defaults = operation.variables.iter().filter_map(|variable| variable.default_value.as_ref());
                defaults.for_each(|value| check.value(value));
                check.selections(&operation.selection_set);
            }
            Definition::FragmentDefinition(fragment) => check.selections(&fragment.selection_set),
            _ => {}
        }
    }
    check.found
}

struct Check<'a> {
    document: &'a Document,
    found: Vec<ServerError>,
}

impl Check<'_> {
    fn selections(&mut self, selections: &[Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    field.arguments.iter().for_each(|argument| self.value(&argument.value));
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(inline) => self.selections(&inline.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn value(&mut self, value: &Node<Value>) {
        match &**value {
            Value::List(values) => values.iter().for_each(|value| self.value(value)),
            Value::Object(fields) => {
                let mut seen = HashSet::new();
                for (name, value) in fields {
                    if !seen.insert(name.as_str()) {
                        let place = name.line_column_range(&self.document.sources).map(beginning);
                        let message = format!("the input field \"{name}\" is given twice: give it once");
                        self.found.push(ServerError::new(message, place));
                    }
                    self.value(value);
                }
            }
            _ => {}
        }
    }
}
