//! Whether variables fit their definitions.
//!
//! async-graphql validates each document with the variables of the request, which takes longer than all other steps
//! before it runs. In a document that [`super::Rules`] has found valid, only the variables can still be wrong. If they
//! surely fit, that validation is left out.

use apollo_compiler::Schema;
use apollo_compiler::ast::Type as FieldType;
use async_graphql::Variables;
use async_graphql::parser::types::{BaseType, DocumentOperations, ExecutableDocument, Type};
use async_graphql_value::ConstValue;

use super::rules::Rules;

/// Whether the variables surely fit the only operation of a document. False also where that is hard to say: for null,
/// and for values of a scalar of the schema's own that are no texts.
pub(crate) fn variables_fit(rules: &Rules, document: &ExecutableDocument, variables: &Variables) -> bool {
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(operations) => match operations.values().next() {
            Some(operation) if operations.len() == 1 => operation,
            _ => return false,
        },
    };
    let fitting = Fitting(rules.schema());
    operation.node.variable_definitions.iter().all(|definition| {
        let definition = &definition.node;
        let default = definition.default_value.as_ref().map(|value| &value.node);
        match variables.get(&definition.name.node).or(default) {
            Some(value) => fitting.variable(&definition.var_type.node, value),
            None => definition.var_type.node.nullable,
        }
    })
}

struct Fitting<'a>(&'a Schema);

impl Fitting<'_> {
    fn variable(&self, of: &Type, value: &ConstValue) -> bool {
        match (&of.base, value) {
            (_, ConstValue::Null) => false,
            (BaseType::List(item), ConstValue::List(values)) => values.iter().all(|value| self.variable(item, value)),
            (BaseType::List(item), value) => self.variable(item, value),
            (BaseType::Named(name), value) => self.named(name, value),
        }
    }

    fn field(&self, of: &FieldType, value: &ConstValue) -> bool {
        match (of, value) {
            (_, ConstValue::Null) => !of.is_non_null(),
            (FieldType::List(item) | FieldType::NonNullList(item), ConstValue::List(values)) => {
                values.iter().all(|value| self.field(item, value))
            }
            (FieldType::List(item) | FieldType::NonNullList(item), value) => self.field(item, value),
            (FieldType::Named(name) | FieldType::NonNullNamed(name), value) => self.named(name, value),
        }
    }

    fn named(&self, name: &str, value: &ConstValue) -> bool {
        match (name, value) {
            ("Int", ConstValue::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            ("Float", ConstValue::Number(_)) | ("Boolean", ConstValue::Boolean(_)) => true,
            ("String" | "ID", ConstValue::String(_)) => true,
            ("Int" | "Float" | "Boolean" | "String" | "ID", _) => false,
            (name, ConstValue::String(text)) => match self.0.get_enum(name) {
                Some(codes) => codes.values.contains_key(text.as_str()),
                None => self.0.get_scalar(name).is_some(),
            },
            (name, ConstValue::Object(values)) => self.0.get_input_object(name).is_some_and(|object| {
                !object.directives.has("oneOf")
                    && object
                        .fields
                        .iter()
                        .all(|(name, field)| values.contains_key(name.as_str()) || !field.is_required())
                    && values.iter().all(|(name, value)| {
                        object.fields.get(name.as_str()).is_some_and(|field| self.field(&field.ty, value))
                    })
            }),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    const SDL: &str = "directive @oneOf on INPUT_OBJECT scalar Day enum Colour { RED GREEN }
        input One @oneOf { a: Int b: Int } input Of { colour: Colour! many: [Int!] day: Day more: Of size: Int! = 1 }
        type Query { home(id: ID!, first: Int, of: Of, colours: [Colour!], one: One): Int }";

    fn fit(definitions: &str, variables: serde_json::Value) -> bool {
        let rules = Rules::new(SDL).expect("a schema");
        let document = parse_query(format!("query({definitions}) {{ home(id: \"1\") }}")).expect("a document");
        variables_fit(&rules, &document, &Variables::from_json(variables))
    }

    #[test]
    fn variables_that_fit_are_told_from_variables_that_may_not() {
        for (definitions, variables) in [
            ("$id: ID!", json!({ "id": "x" })),
            ("$first: Int", json!({})),
            ("$first: Int! = 2", json!({})),
            ("$day: Day = \"2026-03-01\"", json!({})),
            ("$first: Int", json!({ "first": -5 })),
            ("$some: Float!, $is: Boolean!", json!({ "some": 1, "is": true })),
            ("$colours: [Colour!]", json!({ "colours": ["RED", "GREEN"] })),
            ("$colours: [Colour!]", json!({ "colours": "RED" })),
            ("$of: Of", json!({ "of": { "colour": "RED", "many": [1], "day": "2026-03-01", "more": null } })),
            ("$of: Of", json!({ "of": { "colour": "RED", "more": { "colour": "GREEN" } } })),
        ] {
            assert!(fit(definitions, variables.clone()), "{definitions} {variables}");
        }
        for (definitions, variables) in [
            ("$id: ID!", json!({})),
            ("$id: ID!", json!({ "id": null })),
            ("$id: ID", json!({ "id": null })),
            ("$id: ID!", json!({ "id": 1 })),
            ("$first: Int", json!({ "first": "1" })),
            ("$first: Int", json!({ "first": 3_000_000_000_u32 })),
            ("$first: Int", json!({ "first": 1.5 })),
            ("$colours: [Colour!]", json!({ "colours": ["BLUE"] })),
            ("$of: Of", json!({ "of": { "many": [1] } })),
            ("$of: Of", json!({ "of": { "colour": "RED", "many": [null] } })),
            ("$of: Of", json!({ "of": { "colour": "RED", "other": 1 } })),
            ("$of: Of", json!({ "of": { "colour": "RED", "size": null } })),
            ("$of: Of", json!({ "of": "RED" })),
            ("$one: One", json!({ "one": { "a": 1 } })),
            ("$day: Day", json!({ "day": 5 })),
            ("$day: Day = 5", json!({})),
            ("$first: Int = null", json!({})),
        ] {
            assert!(!fit(definitions, variables.clone()), "{definitions} {variables}");
        }
    }
}
