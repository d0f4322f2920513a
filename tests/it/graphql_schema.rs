//! `schema.graphql` equals the schema of the program, and every element has a description.

use std::path::Path;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition};

/// With `UPDATE_SCHEMA=1` the file is written instead.
#[test]
fn schema_file_equals_the_schema_of_the_program() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let served = schema::sdl();
    if std::env::var("UPDATE_SCHEMA").is_ok_and(|value| value == "1") {
        std::fs::write(&file, &served).expect("schema.graphql is written");
    }
    let kept = std::fs::read_to_string(&file).expect("schema.graphql is there");
    let line = kept.lines().zip(served.lines()).position(|(kept, served)| kept != served);
    assert!(
        kept == served,
        "schema.graphql differs from line {}; UPDATE_SCHEMA=1 cargo test -p tests graphql_schema writes it",
        line.map_or(kept.lines().count().min(served.lines().count()), |line| line) + 1
    );
}

#[test]
fn every_element_has_a_description() {
    let mut bare = Vec::new();
    for definition in parse_schema(schema::sdl()).expect("the schema can be read").definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let name = ty.node.name.node.to_string();
        note(&mut bare, &name, ty.node.description.as_ref());
        match &ty.node.kind {
            TypeKind::Object(object) => fields(&mut bare, &name, &object.fields),
            TypeKind::Interface(interface) => fields(&mut bare, &name, &interface.fields),
            TypeKind::InputObject(input) => inputs(&mut bare, &name, &input.fields),
            TypeKind::Enum(list) => {
                for value in &list.values {
                    let path = format!("{name}.{}", value.node.value.node);
                    note(&mut bare, &path, value.node.description.as_ref());
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert!(bare.is_empty(), "without description: {bare:#?}");
}

fn fields(bare: &mut Vec<String>, of: &str, fields: &[Positioned<FieldDefinition>]) {
    for field in fields {
        let path = format!("{of}.{}", field.node.name.node);
        note(bare, &path, field.node.description.as_ref());
        inputs(bare, &path, &field.node.arguments);
    }
}

fn inputs(bare: &mut Vec<String>, of: &str, inputs: &[Positioned<InputValueDefinition>]) {
    for input in inputs {
        note(bare, &format!("{of}.{}", input.node.name.node), input.node.description.as_ref());
    }
}

fn note(bare: &mut Vec<String>, path: &str, description: Option<&Positioned<String>>) {
    if description.is_none_or(|text| text.node.trim().len() < 3) {
        bare.push(path.to_owned());
    }
}
