//! The schema as an attacker reads it: every query and mutation, and every id in their inputs.

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use serde_json::{Map, Value, json};

/// A field of the schema's roots.
pub(crate) struct Call {
    /// `query` or `mutation`.
    pub(crate) root: &'static str,
    /// The field's name.
    pub(crate) name: String,
    pub(crate) arguments: Vec<(String, Type)>,
    pub(crate) answer: Type,
}

/// A position in the input, from the argument's name inwards; lists do not count.
pub(crate) type Path = Vec<String>;

/// The value of a scalar or enum at a position of the input; `None` leaves out an optional one.
pub(crate) type Give<'a> = dyn Fn(&Path, &str) -> Option<Value> + 'a;

/// The schema's types by name.
pub(crate) struct Shape(BTreeMap<String, TypeDefinition>);

impl Shape {
    pub(crate) fn read() -> Self {
        let document = parse_schema(schema::sdl()).expect("the schema can be read");
        let types = document.definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(found) => Some((found.node.name.node.to_string(), found.node)),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        });
        Self(types.collect())
    }

    pub(crate) fn queries(&self) -> Vec<Call> {
        self.calls("query", "Query")
    }

    pub(crate) fn mutations(&self) -> Vec<Call> {
        self.calls("mutation", "Mutation")
    }

    fn calls(&self, root: &'static str, type_name: &str) -> Vec<Call> {
        let call = |field: &FieldDefinition| Call {
            root,
            name: field.name.node.to_string(),
            arguments: field.arguments.iter().map(|a| (a.node.name.node.to_string(), a.node.ty.node.clone())).collect(),
            answer: field.ty.node.clone(),
        };
        self.fields(type_name).iter().map(call).collect()
    }

    /// The names of all object types.
    pub(crate) fn objects(&self) -> Vec<String> {
        let objects = self.0.iter().filter(|(_, found)| matches!(found.kind, TypeKind::Object(_)));
        objects.map(|(name, _)| name.clone()).collect()
    }

    /// The object types of an interface; none for other types.
    pub(crate) fn kinds_of(&self, interface: &str) -> Vec<String> {
        let implements = |kind: &TypeKind| match kind {
            TypeKind::Object(object) => object.implements.iter().any(|name| name.node == interface),
            _ => false,
        };
        self.0.iter().filter(|(_, found)| implements(&found.kind)).map(|(name, _)| name.clone()).collect()
    }

    /// The codes of an enum.
    pub(crate) fn codes(&self, type_name: &str) -> Vec<String> {
        match self.0.get(type_name).map(|found| &found.kind) {
            Some(TypeKind::Enum(codes)) => codes.values.iter().map(|code| code.node.value.node.to_string()).collect(),
            _ => Vec::new(),
        }
    }

    /// The fields of a type as calls.
    pub(crate) fn calls_of(&self, type_name: &str) -> Vec<Call> {
        self.calls("query", type_name)
    }

    pub(crate) fn fields(&self, type_name: &str) -> Vec<FieldDefinition> {
        match self.0.get(type_name).map(|found| &found.kind) {
            Some(TypeKind::Object(object)) => object.fields.iter().map(|field| field.node.clone()).collect(),
            Some(TypeKind::Interface(interface)) => interface.fields.iter().map(|field| field.node.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// Every position of a text in the input.
    pub(crate) fn texts(&self, call: &Call) -> Vec<Path> {
        self.places(call, "String")
    }

    /// Every position of an id in the input.
    pub(crate) fn ids(&self, call: &Call) -> Vec<Path> {
        self.places(call, "ID")
    }

    fn places(&self, call: &Call, kind: &str) -> Vec<Path> {
        let mut found = Vec::new();
        for (name, ty) in &call.arguments {
            self.places_in(ty, vec![name.clone()], kind, &mut found);
        }
        found
    }

    fn places_in(&self, ty: &Type, path: Path, kind: &str, found: &mut Vec<Path>) {
        let name = base_name(ty);
        if name == kind {
            found.push(path);
            return;
        }
        for field in self.input_fields(&name) {
            let mut inner = path.clone();
            inner.push(field.name.node.to_string());
            self.places_in(&field.ty.node, inner, kind, found);
        }
    }

    /// The names of an input's fields.
    pub(crate) fn inputs_of(&self, type_name: &str) -> Vec<String> {
        self.input_fields(type_name).iter().map(|field| field.name.node.to_string()).collect()
    }

    fn input_fields(&self, type_name: &str) -> Vec<InputValueDefinition> {
        match self.0.get(type_name).map(|found| &found.kind) {
            Some(TypeKind::InputObject(input)) => input.fields.iter().map(|field| field.node.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the position exists in the input, for tests of one field in many commands.
    pub(crate) fn has(&self, call: &Call, field: &str) -> bool {
        let inputs = call.arguments.iter().flat_map(|(_, ty)| self.input_fields(&base_name(ty)));
        inputs.into_iter().any(|found| found.name.node == field)
    }

    /// The variables of a call: the mandatory ones, and those that lead to one of the `wanted` positions.
    pub(crate) fn variables(&self, call: &Call, wanted: &[Path], give: &Give<'_>) -> Value {
        let mut variables = Map::new();
        for (name, ty) in &call.arguments {
            let path = vec![name.clone()];
            if !ty.nullable || leads(wanted, &path) {
                variables.insert(name.clone(), self.value(ty, &path, wanted, give));
            }
        }
        Value::Object(variables)
    }

    fn value(&self, ty: &Type, path: &Path, wanted: &[Path], give: &Give<'_>) -> Value {
        match &ty.base {
            BaseType::List(inner) => json!([self.value(inner, path, wanted, give)]),
            BaseType::Named(name) => match self.0.get(name.as_str()).map(|found| &found.kind) {
                Some(TypeKind::InputObject(_)) => self.object(name, path, wanted, give),
                Some(TypeKind::Enum(codes)) => {
                    let first = || codes.values.first().map(|code| json!(code.node.value.node.as_str()));
                    give(path, name).or_else(first).unwrap_or_default()
                }
                _ => give(path, name).unwrap_or_else(|| panic!("no value for {name} at {}", path.join("."))),
            },
        }
    }

    fn object(&self, name: &str, path: &Path, wanted: &[Path], give: &Give<'_>) -> Value {
        let one_of = self.0[name].directives.iter().any(|directive| directive.node.name.node == "oneOf");
        let fields = self.input_fields(name);
        let mut object = Map::new();
        for field in &fields {
            let mut inner = path.clone();
            inner.push(field.name.node.to_string());
            let mandatory = !field.ty.node.nullable && field.default_value.is_none();
            if mandatory || leads(wanted, &inner) {
                object.insert(field.name.node.to_string(), self.value(&field.ty.node, &inner, wanted, give));
            }
        }
        if one_of && object.is_empty() {
            let field = &fields[0];
            let mut inner = path.clone();
            inner.push(field.name.node.to_string());
            object.insert(field.name.node.to_string(), self.value(&field.ty.node, &inner, wanted, give));
        }
        Value::Object(object)
    }

    /// The call as a document that selects the ids of the answer, and all user errors.
    pub(crate) fn document(&self, call: &Call) -> String {
        let declared: Vec<String> = call.arguments.iter().map(|(name, ty)| format!("${name}: {ty}")).collect();
        let passed: Vec<String> = call.arguments.iter().map(|(name, _)| format!("{name}: ${name}")).collect();
        let (declared, passed) = if declared.is_empty() {
            (String::new(), String::new())
        } else {
            (format!("({})", declared.join(", ")), format!("({})", passed.join(", ")))
        };
        let answer = base_name(&call.answer);
        let selection = if call.root == "mutation" { self.payload(&answer) } else { self.identity(&answer) };
        format!("{} T{declared} {{ {}{passed}{selection} }}", call.root, call.name)
    }

    /// The fields of a payload: objects by their ids, user errors completely.
    fn payload(&self, type_name: &str) -> String {
        let fields: Vec<String> = self
            .fields(type_name)
            .iter()
            .map(|field| {
                let (name, inner) = (&field.name.node, base_name(&field.ty.node));
                let selection = match inner.as_str() {
                    "UserError" => " { code message field }".to_owned(),
                    list if list.ends_with("Result") => self.payload(list),
                    other => self.identity(other),
                };
                format!("{name}{selection}")
            })
            .collect();
        format!(" {{ {} }}", fields.join(" "))
    }

    fn identity(&self, type_name: &str) -> String {
        let fields = self.fields(type_name);
        match self.0.get(type_name).map(|found| &found.kind) {
            Some(TypeKind::Object(_) | TypeKind::Interface(_)) => {
                let has_id = fields.iter().any(|field| field.name.node == "id" && field.arguments.is_empty());
                if has_id { " { __typename id }".to_owned() } else { " { __typename }".to_owned() }
            }
            Some(TypeKind::Union(_)) => " { __typename }".to_owned(),
            _ => String::new(),
        }
    }
}

/// Whether a position is one of the wanted ones, or on the way to one.
fn leads(wanted: &[Path], path: &Path) -> bool {
    wanted.iter().any(|place| place.starts_with(path))
}

/// The name of a type without lists and exclamation marks.
pub(crate) fn base_name(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => base_name(inner),
    }
}
