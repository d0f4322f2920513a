//! Every command with an outdated version is refused.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::samples::ordinary;
use super::setup::{Setup, who_may, without_photos};
use super::shape::{Path, Shape};

on_both_databases! {
    async fn every_command_on_a_defect_refuses_a_stale_version(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup::own(&app);
        setup.policy(without_photos()).await;
        let shape = Shape::read();
        let calls = shape.mutations();
        let versioned: Vec<_> = calls
            .iter()
            .filter(|call| call.name.starts_with("defect") && shape.has(call, "expectedVersion"))
            .collect();
        assert!(versioned.len() >= 14, "the schema was read");
        for call in versioned {
            let defect = setup.ready_for(&call.name, "1-101").await;
            let into = setup.assigned("1-101").await;
            let current = version(&setup, defect).await;
            for stale in [current - 1, current + 1, 0, -1, i64::from(i32::MAX)] {
                let give = |path: &Path, kind: &str| match path.last().map_or("", String::as_str) {
                    "expectedVersion" => Some(json!(stale)),
                    "defectId" => Some(json!(defect)),
                    "intoDefectId" | "duplicateOf" => Some(json!(into)),
                    "companyId" => Some(json!(app.project.company("B"))),
                    _ if kind == "ID" => Some(json!(v7())),
                    _ => ordinary(path, kind),
                };
                let wanted: Vec<Path> = ["expectedVersion", "defectId", "companyId", "duplicateOf", "description"]
                    .map(|field| vec!["input".to_owned(), field.to_owned()])
                    .to_vec();
                let user = app.user(who_may(&call.name)).await;
                let answer = user.refused(&shape.document(call), shape.variables(call, &wanted, &give)).await;
                // For one defect the answer is at the top and with the result.
                assert!(answer.iter().all(|code| code == "STALE_VERSION"), "{} {stale}: {answer:?}", call.name);
            }
        }
    }
}

async fn version(setup: &Setup<'_>, defect: uuid::Uuid) -> i64 {
    let manager = setup.user("manager").await;
    let data: Value = manager.ok("query($id: ID!) { defect(id: $id) { version } }", json!({ "id": defect })).await;
    data["defect"]["version"].as_i64().expect("a version")
}
