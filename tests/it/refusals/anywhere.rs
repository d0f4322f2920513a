//! Odd texts in every text of every command: refused or accepted, but never an internal error, and never repeated in a
//! refusal.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::samples::ordinary;
use super::setup::{Setup, who_may, without_photos};
use super::shape::{Path, Shape};

on_both_databases! {
    async fn odd_texts_cause_no_internal_error(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup::own(&app);
        setup.policy(without_photos()).await;
        let shape = Shape::read();
        let (long, emoji) = ("x".repeat(200_000), "😀".repeat(10_000));
        let mut users = BTreeMap::new();
        let (mut tried, mut defect) = (0, setup.assigned("1-101").await);
        for call in shape.mutations() {
            for place in shape.texts(&call) {
                for odd in ["a\0b", "", "'\"\\;--", long.as_str(), emoji.as_str()] {
                    let give = |path: &Path, kind: &str| match path.last().map_or("", String::as_str) {
                        _ if *path == place => Some(json!(odd)),
                        "defectId" if call.name != "defectLog" => Some(json!(defect)),
                        "projectId" => Some(json!(app.project.id)),
                        "unitId" => Some(json!(app.project.unit("1-101"))),
                        _ if kind == "ID" => Some(json!(v7())),
                        _ => ordinary(path, kind),
                    };
                    let wanted = [place.clone(), vec!["input".to_owned(), "defectId".to_owned()]];
                    let variables = shape.variables(&call, &wanted, &give);
                    let login = who_may(&call.name);
                    if !users.contains_key(login) {
                        users.insert(login, app.user(login).await);
                    }
                    let answer = users[login].query(&shape.document(&call), variables).await;
                    let faults: Vec<&Value> = answer["errors"].as_array().into_iter().flatten().collect();
                    let internal = faults.iter().any(|fault| fault["extensions"]["code"] == json!("INTERNAL"));
                    assert!(!internal, "{} {place:?} {odd:.9?}: {answer:#}", call.name);
                    tried += 1;
                    if answer["data"][&call.name]["userErrors"] == json!([]) {
                        // It was accepted, and the next command needs an unchanged defect.
                        defect = setup.assigned("1-101").await;
                    }
                }
            }
        }
        assert!(tried > 80, "the schema was read");
    }
}
