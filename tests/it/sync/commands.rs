//! The commands that a device may push: their mutations, and that a stored input is read as the same command as the
//! received one.

use std::collections::{BTreeMap, BTreeSet};

use app::command::Command;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::{InputType, Pos, Value as GraphQlValue};
use domain::Timestamp;
use schema::sync::command::SyncCommandInput;
use serde_json::{Map, Value, json};

use crate::refusals::shape::Shape;

/// Mutations that need a connection: accounts, people, plans of the whole project, and what answers a link or acts on
/// what only the server knows.
const NEED_A_CONNECTION: &str = "sessionCreate sessionCodeRequest sessionCreateByLink unitInvite unitInvites
    unitInviteRevoke sessionRefresh sessionRevoke sessionEnd passwordChange passwordReset
    passwordResetCreate passwordResetRevoke memberInvite invitationRevoke invitationAccept personUpdate
    addressCodeRequest addressConfirm
    membershipSet membershipEnd unitOwnershipChange projectImport projectPolicyUpdate responsibilityRuleSet
    responsibilityRuleRemove checklistCreate roundCreate roundOpen roundClose roundUpdate roundDiscard roundReopen
    unitOpenToOwner unitCloseToOwner readinessWaive readinessWaiverRevoke photoUploadComplete photoOriginalRead
    photoWriteOff messageResolve messageMarkRead messagePreferenceSet deviceReport deviceExcuse pendingEditApply
    pendingEditDismiss syncPush";

/// What the server puts in place of an operation that it cannot read.
const UNREADABLE: &str = "unreadable";

/// The list of defects of a single mutation: an operation is on one defect.
const MANY: &str = "defectIds";

#[test]
fn each_mutation_can_be_pushed_or_is_listed_as_needing_a_connection() {
    let shape = Shape::read();
    let mutations: BTreeSet<String> = shape.mutations().into_iter().map(|call| call.name).collect();
    let commands: BTreeSet<String> = Command::NAMES.iter().map(ToString::to_string).collect();
    let connected: BTreeSet<String> = NEED_A_CONNECTION.split_whitespace().map(str::to_owned).collect();
    let both: Vec<&String> = commands.intersection(&connected).collect();
    assert!(both.is_empty(), "a command, and listed as needing a connection: {both:?}");
    let known: BTreeSet<String> = commands.union(&connected).cloned().collect();
    let unknown: Vec<&String> = mutations.difference(&known).collect();
    assert!(unknown.is_empty(), "make it a command of `app::command`, or list it here: {unknown:?}");
    let gone: Vec<&String> = known.difference(&mutations).collect();
    assert!(gone.is_empty(), "the schema has no such mutation: {gone:?}");
}

#[test]
fn input_of_a_push_has_all_commands() {
    let pushed: BTreeSet<String> = Shape::read().inputs_of("SyncCommandInput").into_iter().collect();
    let commands = Command::NAMES.iter().copied().chain([UNREADABLE]);
    assert_eq!(pushed, commands.map(str::to_owned).collect());
}

#[test]
fn stored_input_is_read_as_the_same_command() {
    let examples = Examples::read();
    for name in Command::NAMES {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let inputs = examples.of(&kind);
        assert!(inputs.len() > 2, "{name} has no examples");
        for input in inputs {
            let converted = converted(name, &input);
            let stored =
                Command::from_stored(name, &input).unwrap_or_else(|error| panic!("{name} {input:#}: {error:?}"));
            assert_eq!(stored, converted, "{input:#}");
            assert_eq!(stored.name(), *name);
            assert_eq!(stored.target().id, converted.target().id);
        }
    }
}

#[test]
fn stored_input_may_have_more_fields_and_single_values_for_lists() {
    let [id, other] = [id(1), id(2)];
    let input = json!({ "defectId": id, "attemptId": other, "photoIds": id, "defectIds": null, "colour": "blue" });
    let stored = Command::from_stored("defectReportFixed", &input).expect("a command");
    let known = json!({ "defectId": id, "attemptId": other, "photoIds": id });
    assert_eq!(stored, converted("defectReportFixed", &known));
    assert!(Command::from_stored("defectPaint", &input).is_err(), "no command has this name");
    assert!(Command::from_stored("defectReportFixed", &json!({ "defectId": id })).is_err(), "the attempt is missing");
}

#[test]
fn time_of_a_command_can_be_set() {
    let examples = Examples::read();
    for name in Command::NAMES {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let mut command = Command::from_stored(name, &examples.of(&kind)[0]).expect("a command");
        for moment in [Some(Timestamp(7)), None] {
            command.set_occurred_at(moment);
            assert_eq!(command.occurred_at(), moment, "{name}");
        }
    }
}

/// The command of a push.
fn converted(name: &str, input: &Value) -> Command {
    let value = GraphQlValue::from_json(json!({ name: input })).expect("a value");
    let read = SyncCommandInput::parse(Some(value)).map_err(|error| error.into_server_error(Pos::default()).message);
    let read = read.unwrap_or_else(|error| panic!("{name} {input:#}: {error}"));
    read.into_command().unwrap_or_else(|refusal| panic!("{name} {input:#}: {refusal:?}"))
}

fn id(number: u32) -> Value {
    json!(format!("019cb808-0000-7000-8000-{number:012}"))
}

/// Examples of inputs, made from the schema: each optional field alone with the required ones, each code, each member
/// of a union, and null for nullable fields.
struct Examples(BTreeMap<String, TypeDefinition>);

impl Examples {
    fn read() -> Self {
        let document = parse_schema(schema::sdl()).expect("the schema can be read");
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(found) => Some((found.node.name.node.to_string(), found.node)),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        });
        Self(types.collect())
    }

    /// Examples of a type; each has all required fields.
    fn of(&self, name: &str) -> Vec<Value> {
        match name {
            "ID" => vec![id(1), id(2)],
            "String" => vec![json!("墙面裂缝 \"wet\""), json!("")],
            "Int" => vec![json!(3), json!(0), json!(-7)],
            "Float" => vec![json!(0.25), json!(1), json!(0)],
            "Boolean" => vec![json!(true), json!(false)],
            "DateTime" => vec![json!("2026-03-01T08:30:00.000Z"), json!("2026-03-01T16:30:00+08:00")],
            _ => match self.0.get(name).map(|found| &found.kind) {
                Some(TypeKind::Enum(codes)) => {
                    codes.values.iter().map(|code| json!(code.node.value.node.as_str())).collect()
                }
                Some(TypeKind::InputObject(_)) => self.of_object(name),
                _ => panic!("make examples of {name}"),
            },
        }
    }

    fn of_object(&self, name: &str) -> Vec<Value> {
        let fields = self.fields(name);
        if self.0[name].directives.iter().any(|directive| directive.node.name.node == "oneOf") {
            let member = |field: &InputValueDefinition| {
                let (name, examples) = (field.name.node.to_string(), self.of_type(&field.ty.node));
                examples.into_iter().filter(|value| !value.is_null()).map(move |value| json!({ name.clone(): value }))
            };
            return fields.iter().flat_map(member).collect();
        }
        let is_required = |field: &&InputValueDefinition| !field.ty.node.nullable && field.default_value.is_none();
        let first =
            |field: &InputValueDefinition| (field.name.node.to_string(), self.of_type(&field.ty.node).remove(0));
        let required: Map<String, Value> = fields.iter().filter(is_required).map(first).collect();
        let full: Map<String, Value> = fields.iter().map(first).collect();
        let mut examples = vec![Value::Object(full), Value::Object(required.clone())];
        for field in &fields {
            for value in self.of_type(&field.ty.node) {
                let mut example = required.clone();
                example.insert(field.name.node.to_string(), value);
                examples.push(Value::Object(example));
            }
        }
        examples
    }

    /// The fields of an input; for a command on defects those for one defect.
    fn fields(&self, name: &str) -> Vec<InputValueDefinition> {
        let Some(TypeKind::InputObject(input)) = self.0.get(name).map(|found| &found.kind) else { return Vec::new() };
        let fields: Vec<InputValueDefinition> = input.fields.iter().map(|field| field.node.clone()).collect();
        let many = fields.iter().any(|field| field.name.node == MANY);
        let one = |mut field: InputValueDefinition| {
            field.ty.node.nullable &= !(many && field.name.node == "defectId");
            field
        };
        fields.into_iter().filter(|field| field.name.node != MANY).map(one).collect()
    }

    fn of_type(&self, ty: &Type) -> Vec<Value> {
        let mut examples = match &ty.base {
            BaseType::Named(name) => self.of(name),
            BaseType::List(inner) => {
                let of_inner = self.of_type(inner);
                // Lists with all and with no elements, and a single value in place of a list.
                vec![json!(of_inner), json!([]), of_inner[0].clone()]
            }
        };
        if ty.nullable {
            examples.push(Value::Null);
        }
        examples
    }
}
