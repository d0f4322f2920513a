//! Fields that a document selects twice at one place, as combined fragments often do, are answered once and completely.

use serde_json::json;
use tests::app::TestApp;
use tests::on_both_databases;

use super::dataset::Dataset;
use super::people::Users;

/// The same fields selected twice, and once.
const PAIRS: [[&str; 2]; 5] = [
    ["unit(id: $unit) { building { id } building { name } }", "unit(id: $unit) { building { id name } }"],
    [
        "unit(id: $unit) { rooms { id } ...More }",
        "unit(id: $unit) { rooms { id name } building { id code } unitType { id } ...More }",
    ],
    [
        "unit(id: $unit) { rooms { defects { id unit { id } } defects { number unit { code } assignee { id } } } }",
        "unit(id: $unit) { rooms { defects { id unit { id code } number assignee { id } } } }",
    ],
    [
        "changes(projectId: $project) { nodes { id } nodes { kind object { id } } }",
        "changes(projectId: $project) { nodes { id kind object { id } } }",
    ],
    [
        "changes(projectId: $project, first: 500) { nodes { object { ... on Defect { unit { id } }
            ... on Node { id } ... on Defect { unit { code } room { id } } ... on Room { unit { id } } } } }",
        "changes(projectId: $project, first: 500) { nodes { object { ... on Defect { unit { id code } id room { id } }
            ... on Node { id } ... on Room { unit { id } } } } }",
    ],
];

on_both_databases! {
    async fn fields_selected_twice_are_answered_completely(db: TestDb) {
        let app = TestApp::start(&db).await;
        let users = Users::of(&app).await;
        Dataset::create(&app, &users).await;
        let variables = json!({ "project": app.project.id, "unit": app.project.unit("1-101") });
        for login in ["manager", "lead.b", "owner1"] {
            for pair in PAIRS {
                let mut answers = Vec::new();
                for selection in pair {
                    let fragment = if selection.contains("...More") {
                        "fragment More on Unit { rooms { name } building { code } unitType { id } building { id } }"
                    } else {
                        ""
                    };
                    let document = format!(
                        "query($unit: ID!, $project: ID!) {{ {selection} one: unit(id: $unit) {{ id }}
                            all: project(id: $project) {{ id }} }} {fragment}"
                    );
                    answers.push(users.get(login).ok(&document, variables.clone()).await);
                }
                assert_eq!(answers[0], answers[1], "{login} asks for {pair:?}");
            }
        }
    }
}
