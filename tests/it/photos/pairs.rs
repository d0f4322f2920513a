//! Before and after: the photos of a defect, paired with each repair attempt.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::pictures::some_jpeg;
use super::{Shot, log_defect};

const PAIRS: &str = "query($id: ID!) { defect(id: $id) { photoPairs {
    attempt { number } before { id stage } after { id url } pin { x y } } } }";

async fn pairs(user: &User<'_>, defect: Uuid) -> Vec<(Value, Vec<Uuid>, Vec<Uuid>)> {
    let data = user.ok(PAIRS, json!({ "id": defect })).await;
    let ids = |photos: &Value| -> Vec<Uuid> {
        let photos = photos.as_array().expect("photos");
        photos.iter().map(|photo| photo["id"].as_str().expect("an id").parse().expect("an id")).collect()
    };
    let pairs = data["defect"]["photoPairs"].as_array().expect("pairs").clone();
    pairs.iter().map(|pair| (pair["attempt"]["number"].clone(), ids(&pair["before"]), ids(&pair["after"]))).collect()
}

async fn take(app: &TestApp, user: &User<'_>, defect: Uuid, stage: &str) -> Uuid {
    app.advance_seconds(60);
    let shot = Shot::jpeg(some_jpeg());
    shot.take(app, user, defect, stage).await;
    shot.id
}

async fn command(user: &User<'_>, name: &str, mut input: Value, defect: Uuid) {
    let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}");
    input["defectId"] = json!(defect);
    user.ok(&document, json!({ "input": input })).await;
}

on_both_databases! {
    async fn photos_are_paired_with_each_attempt(db: TestDb) {
        let app = TestApp::start(&db).await;
        let unit = app.project.unit("1-101");
        app.open_to_owner(unit).await;
        let (site, worker, owner) = (app.user("site").await, app.user("worker.a").await, app.user("owner1").await);
        let defect = v7();
        let logged = json!({ "unitId": unit, "type": "WALL.CRACK", "pin": { "x": 0.25, "y": 0.75 } });
        command(&site, "defectLog", logged, defect).await;
        assert_eq!(pairs(&site, defect).await, []);
        let found = take(&app, &site, defect, "BEFORE").await;
        let missing = Shot::jpeg(some_jpeg());
        missing.declare(&site, defect, "BEFORE").await;
        assert_eq!(pairs(&owner, defect).await, [(Value::Null, vec![found], vec![])]);
        assert_eq!(pairs(&site, defect).await, [(Value::Null, vec![found, missing.id], vec![])]);

        let first = take(&app, &worker, defect, "AFTER").await;
        command(&worker, "defectReportFixed", json!({ "attemptId": v7(), "photoIds": [first] }), defect).await;
        command(&site, "defectVerify", json!({ "verdictId": v7(), "passed": false, "note": "Still cracked" }), defect).await;
        let again = take(&app, &site, defect, "BEFORE").await;
        let second = take(&app, &worker, defect, "AFTER").await;
        command(&worker, "defectReportFixed", json!({ "attemptId": v7(), "photoIds": [second] }), defect).await;
        let seen_by_owner = [(json!(1), vec![found], vec![first]), (json!(2), vec![again], vec![second])];
        assert_eq!(pairs(&owner, defect).await, seen_by_owner);
        assert_eq!(pairs(&worker, defect).await[0].1, [found, missing.id]);
        let data = owner.ok(PAIRS, json!({ "id": defect })).await;
        let pair = &data["defect"]["photoPairs"][1];
        assert_eq!(pair["pin"], json!({ "x": 0.25, "y": 0.75 }));
        assert!(pair["after"][0]["url"].is_string() && pair["before"][0]["stage"] == "BEFORE");
    }

    async fn pairs_cost_two_statements_for_any_number_of_defects(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let mut counts = Vec::new();
        for defects in [1, 7] {
            for _ in counts.len()..defects {
                let defect = log_defect(&app, &site, "1-101").await;
                Shot::jpeg(some_jpeg()).take(&app, &site, defect, "BEFORE").await;
            }
            let document = "query($id: ID!) { project(id: $id) { defects(first: 50) { nodes { photoPairs {
                attempt { number } before { url(marked: true) markup { shapes { kind } } } after { url } } } } } }";
            let before = db.statements().count();
            let data = site.ok(document, json!({ "id": app.project.id })).await;
            let rows = data["project"]["defects"]["nodes"].as_array().expect("rows").clone();
            assert!(rows.iter().all(|row| row["photoPairs"][0]["before"][0]["url"].is_string()));
            counts.push((rows.len(), db.statements().count() - before));
        }
        assert!(counts[1].0 > counts[0].0);
        assert_eq!(counts[0].1, counts[1].1, "statements for one defect and for seven");
    }
}
