//! Values of arguments, read where they are without a copy: in the document, or in a variable that it names.

use std::collections::HashMap;

use async_graphql::parser::types::{Field, OperationDefinition};
use async_graphql::{Name, Value, Variables};
use async_graphql_value::Value as DocumentValue;

/// The variables of a request: those sent, and the defaults of the operation.
pub(super) struct Given<'a> {
    sent: &'a Variables,
    defaults: HashMap<&'a Name, &'a Value>,
    /// Bytes of each variable that was weighed.
    weights: HashMap<&'a Name, u64>,
}

/// A value of an argument.
#[derive(Clone, Copy)]
pub(super) enum Argument<'a> {
    Document(&'a DocumentValue),
    Variable(&'a Value),
}

impl<'a> Given<'a> {
    pub(super) fn new(sent: &'a Variables) -> Self {
        Self { sent, defaults: HashMap::new(), weights: HashMap::new() }
    }

    /// Takes the defaults of the operation that will run.
    pub(super) fn of_operation(&mut self, operation: &'a OperationDefinition) {
        let with_default =
            |variable: &'a async_graphql::Positioned<async_graphql::parser::types::VariableDefinition>| {
                let value = variable.node.default_value.as_ref()?;
                Some((&variable.node.name.node, &value.node))
            };
        self.defaults = operation.variable_definitions.iter().filter_map(with_default).collect();
    }

    /// The value of a field's argument; none if it is left out or null.
    pub(super) fn argument(&self, field: &'a Field, name: &str) -> Option<Argument<'a>> {
        self.resolve(Argument::Document(&field.get_argument(name)?.node))
    }

    /// A value inside of an input object.
    pub(super) fn inside(&self, outer: Argument<'a>, name: &str) -> Option<Argument<'a>> {
        let inner = match outer {
            Argument::Document(DocumentValue::Object(fields)) => Argument::Document(fields.get(name)?),
            Argument::Variable(Value::Object(fields)) => Argument::Variable(fields.get(name)?),
            _ => return None,
        };
        self.resolve(inner)
    }

    fn resolve(&self, argument: Argument<'a>) -> Option<Argument<'a>> {
        match argument {
            Argument::Document(DocumentValue::Variable(name)) => {
                let value = self.sent.get(name).or_else(|| self.defaults.get(name).copied())?;
                (*value != Value::Null).then_some(Argument::Variable(value))
            }
            Argument::Document(DocumentValue::Null) | Argument::Variable(Value::Null) => None,
            other => Some(other),
        }
    }

    /// Bytes of all variables that a field's arguments name: each use is validated and converted by itself.
    pub(super) fn weight(&mut self, field: &'a Field) -> u64 {
        let mut bytes = 0_u64;
        for (_, value) in &field.arguments {
            self.weigh(&value.node, &mut bytes);
        }
        bytes
    }

    fn weigh(&mut self, value: &'a DocumentValue, bytes: &mut u64) {
        match value {
            DocumentValue::Variable(name) => {
                let sent = self.sent;
                let weight = self.weights.entry(name).or_insert_with(|| sent.get(name).map_or(0, size));
                *bytes = bytes.saturating_add(*weight);
            }
            DocumentValue::List(values) => values.iter().for_each(|value| self.weigh(value, bytes)),
            DocumentValue::Object(fields) => fields.values().for_each(|value| self.weigh(value, bytes)),
            _ => {}
        }
    }

    /// Bytes of the variables that were weighed, each once.
    pub(super) fn weighed(&self) -> u64 {
        self.weights.values().fold(0, |sum, weight| sum.saturating_add(*weight))
    }
}

impl Argument<'_> {
    /// A whole number.
    pub(super) fn number(self) -> Option<i64> {
        match self {
            Self::Document(DocumentValue::Number(number)) | Self::Variable(Value::Number(number)) => {
                number.as_i64().or_else(|| number.as_f64().map(|number| if number < 0.0 { -1 } else { i64::MAX }))
            }
            _ => None,
        }
    }

    /// Items of a list; a single value stands for a list of one.
    pub(super) fn items(self) -> u64 {
        match self {
            Self::Document(DocumentValue::List(items)) => items.len() as u64,
            Self::Variable(Value::List(items)) => items.len() as u64,
            _ => 1,
        }
    }

    /// A text.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Document(DocumentValue::String(text)) | Self::Variable(Value::String(text)) => Some(text),
            _ => None,
        }
    }
}

/// Bytes of a value as JSON, roughly.
fn size(value: &Value) -> u64 {
    let separated = |size: u64| size.saturating_add(2);
    match value {
        Value::String(text) => separated(text.len() as u64),
        Value::List(values) => values.iter().fold(2, |sum, value| sum + separated(size(value))),
        Value::Object(fields) => {
            fields.iter().fold(2, |sum, (name, value)| sum + separated(name.len() as u64 + size(value)))
        }
        _ => 4,
    }
}
