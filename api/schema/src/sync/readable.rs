//! Operations that this server cannot read, of a newer app or with a fault in them, are answered one by one: without
//! this, GraphQL would refuse the whole push, and a tablet with one of them could never sync again.

use std::collections::HashMap;
use std::sync::OnceLock;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};
use async_graphql::{InputType, Name, Pos, Request, Value};

use super::command::NOT_KNOWN;
use super::inputs::SyncOperationInput;
use super::times::mend_times;

/// The input whose operations are looked at.
const PUSH: &str = "SyncPushInput";
const OPERATION: &str = "SyncOperationInput";
/// Characters of a reason: the parser's own repeats what it could not read.
const LONGEST_REASON: usize = 200;

/// Puts a note in place of each operation that cannot be read, in the variables of a request.
pub fn make_readable(request: &mut Request) {
    if !request.query.contains("syncPush") {
        return;
    }
    let Ok(document) = request.parsed_query() else { return };
    let names: Vec<Name> = document
        .operations
        .iter()
        .flat_map(|(_, operation)| &operation.node.variable_definitions)
        .filter(|definition| base(&definition.node.var_type.node) == PUSH)
        .map(|definition| definition.node.name.node.clone())
        .collect();
    for name in names {
        let Some(Value::Object(push)) = request.variables.get_mut(&name) else { continue };
        let Some(Value::List(operations)) = push.get_mut("operations") else { continue };
        for operation in operations {
            mend_times(operation);
            if let Err(why) = check(operation) {
                *operation = note(operation, why);
            }
        }
    }
}

fn check(operation: &Value) -> Result<(), String> {
    unknown_field(operation, OPERATION, "operation")?;
    let read = SyncOperationInput::parse(Some(operation.clone()));
    read.map(drop).map_err(|error| error.into_server_error(Pos::default()).message)
}

/// An operation of the same id that says why it cannot be read.
fn note(operation: &Value, why: String) -> Value {
    let id = match operation {
        Value::Object(fields) => fields.get("operationId").filter(|id| matches!(id, Value::String(_))).cloned(),
        _ => None,
    };
    let payload = Value::String(operation.to_string());
    let why = why.chars().take(LONGEST_REASON).collect();
    let unreadable = object([("message", Value::String(why)), ("payload", payload)]);
    let id = id.unwrap_or_else(|| Value::String(String::new()));
    object([("operationId", id), ("command", object([("unreadable", unreadable)]))])
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (Name::new(name), value)).collect())
}

/// The fields of each input object, with their types.
type Inputs = HashMap<String, HashMap<String, String>>;

/// Read once from the schema's own text.
fn inputs() -> &'static Inputs {
    static INPUTS: OnceLock<Inputs> = OnceLock::new();
    INPUTS.get_or_init(|| {
        let Ok(schema) = parse_schema(crate::sdl()) else { return Inputs::new() };
        let types = schema.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        });
        types
            .filter_map(|definition| {
                let TypeKind::InputObject(object) = definition.kind else { return None };
                let fields = object
                    .fields
                    .into_iter()
                    .map(|field| (field.node.name.node.to_string(), base(&field.node.ty.node).to_owned()));
                Some((definition.name.node.to_string(), fields.collect()))
            })
            .collect()
    })
}

fn base(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}

/// Names the first field that the schema does not know.
fn unknown_field(value: &Value, type_name: &str, path: &str) -> Result<(), String> {
    match (value, inputs().get(type_name)) {
        (Value::List(items), Some(_)) => items.iter().try_for_each(|item| unknown_field(item, type_name, path)),
        (Value::Object(fields), Some(known)) => fields.iter().try_for_each(|(name, value)| {
            let path = format!("{path}.{name}");
            match known.get(name.as_str()) {
                Some(inner) => unknown_field(value, inner, &path),
                None => Err(format!("{path}{NOT_KNOWN}")),
            }
        }),
        _ => Ok(()),
    }
}
