//! Merges and duplicates: the original is always valid, both histories record the merge, and undoing restores the
//! earlier state.

use app::recount::duplicates::lost_duplicates;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::defects;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

const READ: &str = "query($id: ID!) { defect(id: $id) { status duplicateOf { id } duplicates { id }
    events { name from to data } } }";

struct Setup<'a> {
    app: &'a TestApp,
}

impl Setup<'_> {
    async fn logged(&self) -> Uuid {
        let id = v7();
        let input = json!({ "unitId": self.app.project.unit("1-101"), "type": "WALL.CRACK" });
        self.run("site", "defectLog", id, input).await;
        id
    }

    async fn run(&self, login: &str, mutation: &str, defect: Uuid, mut input: Value) {
        input["defectId"] = json!(defect);
        self.app.user(login).await.ok(&document(mutation), json!({ "input": input })).await;
    }

    async fn refused(&self, login: &str, mutation: &str, defect: Uuid, mut input: Value) -> Vec<String> {
        input["defectId"] = json!(defect);
        self.app.user(login).await.refused(&document(mutation), json!({ "input": input })).await
    }

    async fn merge(&self, defect: Uuid, into: Uuid) {
        self.run("site", "defectMerge", defect, json!({ "intoDefectId": into })).await;
    }

    async fn read(&self, defect: Uuid) -> Value {
        self.app.user("manager").await.ok(READ, json!({ "id": defect })).await["defect"].clone()
    }

    /// The status, and the original of a duplicate.
    async fn place(&self, defect: Uuid) -> (String, Option<Uuid>) {
        let read = self.read(defect).await;
        let repeats = read["duplicateOf"]["id"].as_str().and_then(|id| id.parse().ok());
        (read["status"].as_str().unwrap_or_default().to_owned(), repeats)
    }

    async fn names(&self, defect: Uuid) -> Vec<String> {
        let read = self.read(defect).await;
        let events = read["events"].as_array().cloned().unwrap_or_default();
        events.iter().map(|event| event["name"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// An invalid state that earlier versions could leave.
    async fn write(&self, defect: Uuid, reason: &str, duplicate_of: Uuid) {
        let update = defects::Entity::update_many()
            .col_expr(defects::Column::Status, Expr::value("VOID"))
            .col_expr(defects::Column::VoidReason, Expr::value(reason))
            .col_expr(defects::Column::StatusBeforeVoid, Expr::value("ASSIGNED"))
            .col_expr(defects::Column::DuplicateOf, Expr::value(duplicate_of))
            .filter(defects::Column::Id.eq(defect));
        self.app.app.db.write(async |tx| update.exec(tx).await).await.expect("written");
    }
}

fn document(mutation: &str) -> String {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code message field }} }} }}")
}

fn void_as_duplicate_of(other: Uuid) -> Value {
    json!({ "reason": "DUPLICATE", "duplicateOf": other })
}

on_both_databases! {
    async fn original_of_a_duplicate_is_valid(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup { app: &app };
        let [x, y, z] = [setup.logged().await, setup.logged().await, setup.logged().await];
        setup.run("site", "defectVoid", x, void_as_duplicate_of(y)).await;
        assert_eq!(setup.refused("site", "defectVoid", y, void_as_duplicate_of(x)).await, ["WRONG_STATE"]);
        assert_eq!(setup.refused("site", "defectVoid", z, void_as_duplicate_of(x)).await, ["WRONG_STATE"]);
        assert_eq!(setup.refused("site", "defectMerge", y, json!({ "intoDefectId": x })).await, ["WRONG_STATE"]);
        assert_eq!(setup.place(y).await, ("ASSIGNED".to_owned(), None));
        assert!(lost_duplicates(&app.app).await.expect("the check").is_empty());
    }

    async fn defect_is_not_merged_into_a_less_severe_one(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup { app: &app };
        let [critical, minor, other] = [setup.logged().await, setup.logged().await, setup.logged().await];
        setup.run("site", "defectUpdate", critical, json!({ "severity": "CRITICAL" })).await;
        let into = json!({ "intoDefectId": minor });
        assert_eq!(setup.refused("site", "defectMerge", critical, into).await, ["INVALID_VALUE"]);
        assert_eq!(setup.place(critical).await, ("ASSIGNED".to_owned(), None));
        setup.merge(other, minor).await;
        setup.merge(minor, critical).await;
        assert_eq!(setup.place(other).await, ("VOID".to_owned(), Some(critical)));
        // With the same severity it may be merged.
        setup.run("site", "defectUnmerge", minor, json!({})).await;
        setup.run("site", "defectUpdate", minor, json!({ "severity": "CRITICAL" })).await;
        setup.merge(critical, minor).await;
        assert_eq!(setup.place(critical).await, ("VOID".to_owned(), Some(minor)));
    }

    async fn merge_is_recorded_in_both_histories(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup { app: &app };
        let [x, y] = [setup.logged().await, setup.logged().await];
        setup.merge(x, y).await;
        assert_eq!(setup.names(x).await.last().map(String::as_str), Some("DEFECT_MERGED"));
        let survivor = setup.read(y).await;
        let told = survivor["events"].as_array().and_then(|events| events.last()).cloned().unwrap_or_default();
        assert_eq!((&told["name"], &told["data"]["defectId"]), (&json!("DEFECT_DUPLICATE_ADDED"), &json!(x)));
        setup.run("site", "defectUnmerge", x, json!({})).await;
        assert_eq!(setup.names(y).await.last().map(String::as_str), Some("DEFECT_DUPLICATE_REMOVED"));
        assert_eq!(setup.place(x).await, ("ASSIGNED".to_owned(), None));
    }

    async fn voiding_the_original_restores_its_duplicates(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup { app: &app };
        let [merged, declared, survivor] = [setup.logged().await, setup.logged().await, setup.logged().await];
        setup.run("worker.a", "defectStart", merged, json!({})).await;
        setup.merge(merged, survivor).await;
        setup.run("site", "defectVoid", declared, void_as_duplicate_of(survivor)).await;
        setup.run("site", "defectVoid", survivor, json!({ "reason": "NOT_A_DEFECT" })).await;
        assert_eq!(setup.place(merged).await, ("IN_PROGRESS".to_owned(), None), "where it stood");
        assert_eq!(setup.place(declared).await, ("ASSIGNED".to_owned(), None));
        assert_eq!(setup.names(merged).await.last().map(String::as_str), Some("DEFECT_UNMERGED"));
        assert_eq!(setup.names(declared).await.last().map(String::as_str), Some("DEFECT_RESTORED"));
        assert!(setup.names(merged).await.contains(&"DEFECT_MERGED".to_owned()), "the merge stays in the history");
        assert!(setup.names(survivor).await.contains(&"DEFECT_DUPLICATE_ADDED".to_owned()));
        // The same if a dispute ends with a void defect.
        setup.run("site", "defectRestore", survivor, json!({ "reason": "it is one" })).await;
        setup.merge(merged, survivor).await;
        let dispute = json!({ "disputeId": v7(), "ground": "NOT_A_DEFECT", "reason": "a shadow" });
        setup.run("lead.a", "defectDispute", survivor, dispute).await;
        setup.run("site", "defectResolveDispute", survivor, json!({ "outcome": "VOIDED" })).await;
        assert_eq!(setup.place(merged).await, ("IN_PROGRESS".to_owned(), None));
    }

    async fn duplicates_follow_an_original_that_is_merged_itself(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup { app: &app };
        let [a, b, c, d] = [setup.logged().await, setup.logged().await, setup.logged().await, setup.logged().await];
        setup.merge(a, b).await;
        setup.merge(b, c).await;
        setup.merge(d, c).await;
        for defect in [a, b, d] {
            assert_eq!(setup.place(defect).await, ("VOID".to_owned(), Some(c)), "a duplicate of the valid one");
        }
        setup.run("site", "defectUnmerge", b, json!({})).await;
        assert_eq!(setup.place(a).await, ("VOID".to_owned(), Some(b)), "with the defect that it was merged into");
        assert_eq!(setup.place(d).await, ("VOID".to_owned(), Some(c)));
        assert_eq!(setup.place(b).await, ("ASSIGNED".to_owned(), None));
    }

    async fn ring_of_duplicates_of_an_earlier_version_is_listed_and_restored(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup { app: &app };
        let [x, y, z] = [setup.logged().await, setup.logged().await, setup.logged().await];
        for (defect, of) in [(x, y), (y, z), (z, x)] {
            setup.write(defect, "MERGED", of).await;
        }
        let [lost, gone] = [setup.logged().await, setup.logged().await];
        setup.write(lost, "MERGED", gone).await;
        setup.run("site", "defectVoid", gone, json!({ "reason": "NOT_A_DEFECT" })).await;
        assert_eq!(setup.place(lost).await.0, "ASSIGNED", "the rule of today");
        setup.write(lost, "MERGED", gone).await;

        let listed = lost_duplicates(&app.app).await.expect("the check");
        let found: Vec<(Uuid, bool)> = listed.iter().map(|one| (one.defect_id.uuid(), one.in_ring)).collect();
        assert_eq!(found, [(x, true), (y, true), (z, true), (lost, false)]);
        assert!(listed[0].to_string().contains("D-000001 is a duplicate of D-000002"), "{}", listed[0]);

        let allowed = "query($id: ID!) { defect(id: $id) { allowedCommands { name allowed } } }";
        let data = app.user("site").await.ok(allowed, json!({ "id": x })).await;
        let commands = data["defect"]["allowedCommands"].as_array().cloned().unwrap_or_default();
        assert!(commands.contains(&json!({ "name": "RESTORE", "allowed": true })), "{commands:?}");
        for defect in [x, lost] {
            setup.run("site", "defectRestore", defect, json!({ "reason": "it is one" })).await;
            assert_eq!(setup.place(defect).await, ("ASSIGNED".to_owned(), None));
        }
        assert!(lost_duplicates(&app.app).await.expect("the check").is_empty(), "the ring has a valid end now");
    }

    async fn dispute_is_not_reassigned_to_the_same_company_and_upheld_restores_the_status(db: TestDb) {
        let app = TestApp::start(&db).await;
        let setup = Setup { app: &app };
        let defect = setup.logged().await;
        let dispute = || json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "not ours" });
        setup.run("worker.a", "defectStart", defect, json!({})).await;
        setup.run("lead.a", "defectDispute", defect, dispute()).await;
        let same = json!({ "outcome": "REASSIGNED", "companyId": app.project.company("A") });
        assert_eq!(setup.refused("site", "defectResolveDispute", defect, same).await, ["SAME_COMPANY"]);
        setup.run("site", "defectResolveDispute", defect, json!({ "outcome": "UPHELD" })).await;
        assert_eq!(setup.place(defect).await.0, "IN_PROGRESS");
        setup.run("lead.a", "defectDispute", defect, dispute()).await;
        setup.run("site", "defectResolveDispute", defect, json!({ "outcome": "VOIDED" })).await;
        setup.run("site", "defectRestore", defect, json!({ "reason": "it is one" })).await;
        assert_eq!(setup.place(defect).await.0, "IN_PROGRESS", "where it stood before the dispute");
    }
}
