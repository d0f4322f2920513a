//! Checks the values that GraphQL's types do not: ids, moments and days, which are texts to GraphQL.
//!
//! async-graphql finds such a fault where it runs the field, and names types. A person who typed a day that is none
//! needs the place of the input field, in the own language.

use std::convert::Infallible;

use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
    VariableDefinition,
};
use async_graphql::{Name, Positioned, ServerError, Variables};
use async_graphql_value::{ConstValue, Value as Given};
use domain::Language;
use domain::import::phrases::quoted;
use domain::words::{Bilingual, Phrase};

use super::rules::Rules;
use crate::masking::refusal;
use crate::profile::SchemaProfile;

const NO_INT: Phrase = ("is no whole number", "不是整数");
const NO_FLOAT: Phrase = ("is no number", "不是数字");

/// Refuses the first value of the arguments that is no id, moment, day or number where the schema asks for one. The
/// document is in its normal form; of any other, nothing is found.
pub(crate) fn check_values(
    profile: &SchemaProfile,
    rules: &Rules,
    document: &ExecutableDocument,
    variables: &Variables,
    language: Language,
) -> Result<(), ServerError> {
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(operations) => match operations.values().next() {
            Some(operation) if operations.len() == 1 => operation,
            _ => return Ok(()),
        },
    };
    let definitions = &operation.node.variable_definitions;
    let checker = Checker { profile, schema: rules.schema(), variables, definitions };
    match checker.operation(&operation.node) {
        Some(fault) => Err(refusal("BAD_USER_INPUT", fault.words().of(language).to_owned())),
        None => Ok(()),
    }
}

/// A value that does not fit, and where it stands.
struct Misfit {
    /// The names of fields and the indexes of lists, the innermost first.
    path: Vec<String>,
    shown: Bilingual,
    why: Phrase,
}

impl Misfit {
    fn new(value: &ConstValue, why: Phrase) -> Self {
        let shown = match value {
            ConstValue::String(text) => quoted(text),
            other => quoted(&other.to_string()),
        };
        Self { path: Vec::new(), shown, why }
    }

    fn under(mut self, step: impl Into<String>) -> Self {
        self.path.push(step.into());
        self
    }

    fn words(&self) -> Bilingual {
        let mut path = String::new();
        for step in self.path.iter().rev() {
            if !path.is_empty() && !step.starts_with('[') {
                path.push('.');
            }
            path.push_str(step);
        }
        let Self { shown, why, .. } = self;
        (format!("\"{path}\": {} {}", shown.en, why.0), format!("“{path}”：{}{}", shown.zh, why.1)).into()
    }
}

struct Checker<'a> {
    profile: &'a SchemaProfile,
    schema: &'a Schema,
    variables: &'a Variables,
    definitions: &'a [Positioned<VariableDefinition>],
}

impl Checker<'_> {
    fn operation(&self, operation: &OperationDefinition) -> Option<Misfit> {
        use apollo_compiler::ast::OperationType as Kind;
        let kind = match operation.ty {
            OperationType::Query => Kind::Query,
            OperationType::Mutation => Kind::Mutation,
            OperationType::Subscription => Kind::Subscription,
        };
        let root = self.schema.root_operation(kind)?;
        self.selections(root.as_str(), &operation.selection_set.node)
    }

    fn selections(&self, on: &str, set: &SelectionSet) -> Option<Misfit> {
        set.items.iter().find_map(|item| match &item.node {
            Selection::Field(field) => self.field(on, &field.node),
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let on = condition.map_or(on, |condition| condition.node.on.node.as_str());
                self.selections(on, &inline.node.selection_set.node)
            }
            // A normal form has none.
            Selection::FragmentSpread(_) => None,
        })
    }

    fn field(&self, on: &str, field: &Field) -> Option<Misfit> {
        let definition = self.schema.type_field(on, &field.name.node).ok()?;
        let in_arguments = field.arguments.iter().find_map(|(name, value)| {
            let argument = definition.argument_by_name(&name.node)?;
            let misfit = self.given(&argument.ty, &value.node, &name.node)?;
            Some(misfit.under(name.node.as_str()))
        });
        in_arguments.or_else(|| self.selections(definition.ty.inner_named_type().as_str(), &field.selection_set.node))
    }

    /// A value as the document has it, of the field or argument of this name.
    fn given(&self, of: &Type, value: &Given, name: &str) -> Option<Misfit> {
        match value {
            Given::Variable(variable) => self.value(of, self.variable(variable)?, name),
            Given::List(items) if of.is_list() => items
                .iter()
                .enumerate()
                .find_map(|(n, item)| Some(self.given(of.item_type(), item, name)?.under(format!("[{n}]")))),
            Given::Object(fields) if self.is_object(of) => fields.iter().find_map(|(name, value)| {
                let of = self.input_field(of, name)?;
                Some(self.given(of, value, name)?.under(name.as_str()))
            }),
            plain => {
                // A variable inside does not matter: no scalar that is checked is a list or an object.
                let known = plain.clone().into_const_with(|_| Ok::<_, Infallible>(ConstValue::Null)).ok()?;
                self.value(of, &known, name)
            }
        }
    }

    /// The value of a variable: the given one, or the default.
    fn variable(&self, name: &Name) -> Option<&ConstValue> {
        let default = || {
            let definition = self.definitions.iter().find(|definition| definition.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        };
        self.variables.get(name).or_else(default)
    }

    fn is_object(&self, of: &Type) -> bool {
        self.schema.get_input_object(of.inner_named_type().as_str()).is_some()
    }

    /// A value of the variables.
    fn value(&self, of: &Type, value: &ConstValue, name: &str) -> Option<Misfit> {
        match value {
            ConstValue::Null => None,
            ConstValue::List(items) if of.is_list() => items
                .iter()
                .enumerate()
                .find_map(|(n, item)| Some(self.value(of.item_type(), item, name)?.under(format!("[{n}]")))),
            ConstValue::Object(fields) if self.is_object(of) => fields.iter().find_map(|(name, value)| {
                let of = self.input_field(of, name)?;
                Some(self.value(of, value, name)?.under(name.as_str()))
            }),
            plain => {
                if self.profile.any_text.contains(&name) {
                    return None;
                }
                let why = misfit(self.profile, of.inner_named_type().as_str(), plain)?;
                Some(Misfit::new(plain, why))
            }
        }
    }

    fn input_field(&self, of: &Type, name: &str) -> Option<&Type> {
        let object = self.schema.get_input_object(of.inner_named_type().as_str())?;
        object.fields.get(name).map(|field| &*field.ty)
    }
}

/// Why a value does not fit a scalar.
fn misfit(profile: &SchemaProfile, scalar: &str, value: &ConstValue) -> Option<Phrase> {
    let text = match value {
        ConstValue::String(text) => Some(text.as_str()),
        _ => None,
    };
    let is_number = matches!(value, ConstValue::Number(_));
    let form = profile.scalars.iter().find(|form| form.name == scalar);
    let (fits, why) = match scalar {
        "Int" => (is_number, NO_INT),
        "Float" => (is_number, NO_FLOAT),
        _ => form.map(|form| (text.is_some_and(form.fits), form.why))?,
    };
    (!fits).then_some(why)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::profile::ScalarForm;

    const SDL: &str = "scalar DateTime scalar Date type Query { home(id: ID!): Home homes(of: Of): Int }
        type Home { name: String rooms(since: DateTime, first: Int): Int }
        input Of { ids: [ID!] from: Date push: [Push!] width: Float } input Push { operationId: ID! unit: ID }";

    const PROFILE: SchemaProfile = SchemaProfile {
        scalars: &[
            ScalarForm {
                name: "ID",
                fits: |text| Uuid::try_parse(text).is_ok(),
                why: (
                    "is no id; an id is a UUID in canonical lower-case form",
                    "不是有效的标识；标识须为小写规范形式的 UUID",
                ),
            },
            ScalarForm {
                name: "DateTime",
                fits: |text| text.ends_with('Z'),
                why: (
                    "is no moment; a moment is RFC 3339, like 2026-03-01T08:30:00.000Z",
                    "不是有效的时间；请写成 2026-03-01T08:30:00.000Z 的形式",
                ),
            },
            ScalarForm {
                name: "Date",
                fits: |text| text.len() == 10,
                why: ("is no day; a day is YYYY-MM-DD, like 2026-03-01", "不是有效的日期；请写成 2026-03-01 的形式"),
            },
        ],
        any_text: &["operationId"],
        ..SchemaProfile::PLAIN
    };

    /// The refusal in English, if any.
    fn refused(text: &str, variables: serde_json::Value, language: Language) -> Option<String> {
        let rules = Rules::new(SDL).expect("a schema");
        let document = parse_query(text).expect("a document");
        let checked = check_values(&PROFILE, &rules, &document, &Variables::from_json(variables), language);
        checked.err().map(|error| error.message)
    }

    #[test]
    fn a_value_that_does_not_fit_is_told_with_its_place() {
        let id = "018f2c3e-8a6b-7cde-8f01-23456789abcd";
        let of = "query($of: Of) { homes(of: $of) }";
        for (text, variables, path) in [
            ("{ home(id: \"x\") { name } }", json!({}), "\"id\": \"x\" is no id"),
            ("query($id: ID!) { home(id: $id) { name } }", json!({ "id": "X" }), "\"id\": \"X\" is no id"),
            ("query($id: ID!) { home(id: $id) { name } }", json!({ "id": 7 }), "\"id\": \"7\" is no id"),
            (of, json!({ "of": { "ids": [id, "y"] } }), "\"of.ids[1]\": \"y\" is no id"),
            (of, json!({ "of": { "ids": "y" } }), "\"of.ids\": \"y\" is no id"),
            (of, json!({ "of": { "from": "1 March" } }), "\"of.from\": \"1 March\" is no day"),
            (of, json!({ "of": { "width": "wide" } }), "\"of.width\": \"wide\" is no number"),
            (of, json!({ "of": { "push": [{ "operationId": "", "unit": "u" }] } }), "\"of.push[0].unit\": \"u\""),
            ("query($u: ID) { homes(of: { ids: [$u] }) }", json!({ "u": "u" }), "\"of.ids[0]\": \"u\" is no id"),
            ("query($u: Date = \"now\") { homes(of: { from: $u }) }", json!({}), "\"of.from\": \"now\" is no day"),
            ("query($u: Date) { homes(of: { from: { a: $u } }) }", json!({}), "\"of.from\": \"{a: null}\" is no day"),
            ("{ homes(of: { from: [\"2026-03-01\"] }) }", json!({}), "\"of.from\": "),
        ] {
            let told = refused(text, variables, Language::En).unwrap_or_else(|| panic!("{text} is taken"));
            assert!(told.starts_with(path), "{told}");
        }
        let below = format!("query($at: DateTime) {{ home(id: \"{id}\") {{ rooms(since: $at) }} }}");
        let told = refused(&below, json!({ "at": "soon" }), Language::Zh);
        let expected = "“since”：“soon”不是有效的时间；请写成 2026-03-01T08:30:00.000Z 的形式";
        assert_eq!(told.as_deref(), Some(expected));
        for good in [json!({ "at": "2026-03-01T08:30:00Z" }), json!({ "at": null }), json!({})] {
            assert_eq!(refused(&below, good, Language::En), None);
        }
        assert_eq!(refused(of, json!({ "of": { "push": [{ "operationId": "broken" }] } }), Language::En), None);
    }
}
