//! Records and lists in which an owner reads where disputed defects stand, or stood: the lineage of a round before and
//! after its closing, the content that the parties sign, and pages of a list.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use store::entity::{lineage_entries, rounds, signed_contents};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::hidden_steps::{Step, opened};
use crate::evidence::{defect, run};
use crate::inspections::setup::{ROUND_CLOSE, Round, read, text, uuid};
use crate::sync::Tablet;

const CONTENT: &str = "query($id: ID!) { unitInspectionContent(id: $id) { defects { defectId status statusText } } }";

const PAGE: &str =
    "query($id: ID!, $status: DefectStatus!, $by: DefectOrderField!, $after: String) { project(id: $id) {
    defects(first: 1, after: $after, filter: { status: [$status] }, orderBy: { field: $by }) {
        nodes { id status } pageInfo { hasNextPage endCursor } } } }";

/// The statuses in which a defect may be disputed.
const BEFORE: [&str; 3] = ["ASSIGNED", "IN_PROGRESS", "REWORK"];

/// A defect of the owner's home: where it stood before a dispute, and where it stands now.
struct Disputed {
    id: Uuid,
    before: &'static str,
    now: &'static str,
}

async fn take(app: &TestApp, (login, command, mut input): Step, id: Uuid) {
    input["defectId"] = json!(id);
    run(&app.user(login).await, command, input).await;
}

fn fixed(lead: &'static str) -> Step {
    (lead, "defectReportFixed", json!({ "attemptId": v7() }))
}

/// Of each status one that is disputed, and one that a dispute brought to another company.
async fn disputed(app: &TestApp) -> Vec<Disputed> {
    let site = Tablet::of(app, "site").await;
    let mut defects = Vec::new();
    for before in BEFORE {
        for now in ["DISPUTED", "ASSIGNED"] {
            let id = site.log("1-101").await;
            match before {
                "IN_PROGRESS" => take(app, ("worker.a", "defectStart", json!({})), id).await,
                "REWORK" => {
                    take(app, fixed("lead.a"), id).await;
                    let fail = json!({ "verdictId": v7(), "passed": false, "note": "still cracked" });
                    take(app, ("site", "defectVerify", fail), id).await;
                }
                _ => {}
            }
            let dispute = json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "the window maker's" });
            take(app, ("lead.a", "defectDispute", dispute), id).await;
            if now == "ASSIGNED" {
                let other = json!({ "outcome": "REASSIGNED", "companyId": app.project.company("B") });
                take(app, ("manager", "defectResolveDispute", other), id).await;
            }
            defects.push(Disputed { id, before, now });
        }
    }
    defects
}

/// The disputes end, and all of it is repaired.
async fn repair(app: &TestApp, defects: &[Disputed]) {
    for one in defects {
        if one.now == "DISPUTED" {
            take(app, ("manager", "defectResolveDispute", json!({ "outcome": "UPHELD" })), one.id).await;
        }
        take(app, fixed(if one.now == "DISPUTED" { "lead.a" } else { "lead.b" }), one.id).await;
    }
}

/// The status of each of the defects in a list of entries.
fn statuses(entries: &Value, defects: &[Disputed], id_of: impl Fn(&Value) -> Uuid) -> Vec<String> {
    let entries = entries.as_array().expect("entries");
    let status =
        |one: &Disputed| entries.iter().find(|entry| id_of(entry) == one.id).map(|entry| text(&entry["status"]));
    defects.iter().map(|one| status(one).expect("an entry")).collect()
}

async fn lineage(app: &TestApp, login: &str, round: &Round<'_>, defects: &[Disputed]) -> Vec<String> {
    let fields = "earlierDefects { status defect { id } }";
    let read = read(&app.user(login).await, round.inspection("1-101"), fields).await;
    statuses(&read["earlierDefects"], defects, |entry| uuid(&entry["defect"]["id"]))
}

async fn content(app: &TestApp, login: &str, round: &Round<'_>, defects: &[Disputed]) -> Vec<String> {
    let read = app.user(login).await.ok(CONTENT, json!({ "id": round.inspection("1-101") })).await;
    statuses(&read["unitInspectionContent"]["defects"], defects, |entry| uuid(&entry["defectId"]))
}

/// The database as a version before had it that kept neither what owners read of a content nor a lineage.
async fn forget(app: &TestApp, round: &Round<'_>) {
    let of_round = signed_contents::Column::InspectionId.eq(round.inspection("1-101"));
    let kept = signed_contents::Entity::find().filter(of_round).one(app.app.db.read()).await;
    let kept = kept.expect("the contents").expect("a content");
    // Contents are never changed; the newest of an inspection is read.
    let older = signed_contents::Model { submission_no: kept.submission_no + 1, shown_statuses: None, ..kept };
    let written = app.app.db.write(async |tx| {
        signed_contents::Entity::insert(older.into_active_model()).exec_without_returning(tx).await?;
        lineage_entries::Entity::delete_many().exec(tx).await?;
        let unset = Expr::value(Option::<i64>::None);
        rounds::Entity::update_many().col_expr(rounds::Column::LineageFrozenAt, unset).exec(tx).await
    });
    written.await.expect("an older database");
}

on_both_databases! {
    async fn lineage_and_signed_contents_tell_an_owner_of_no_dispute(db: TestDb) {
        let app = opened(&db).await;
        let defects = disputed(&app).await;
        app.advance_seconds(60);
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        let before: Vec<&str> = defects.iter().map(|one| one.before).collect();
        let now: Vec<&str> = defects.iter().map(|one| one.now).collect();
        for (login, expected) in [("owner1", &before), ("manager", &now)] {
            assert_eq!(&lineage(&app, login, &round, &defects).await, expected, "{login}");
            assert_eq!(&content(&app, login, &round, &defects).await, expected, "{login}");
        }
        app.user("manager").await.ok(ROUND_CLOSE, json!({ "input": { "roundId": round.id } })).await;
        app.advance_seconds(60);
        repair(&app, &defects).await;
        for (login, expected) in [("owner1", &before), ("manager", &now)] {
            assert_eq!(&lineage(&app, login, &round, &defects).await, expected, "{login}");
            assert_eq!(&content(&app, login, &round, &defects).await, expected, "{login}");
        }
        for one in &defects {
            assert_eq!(defect(&app.user("owner1").await, one.id, "status").await["status"], "FIXED");
        }
        // Of what an earlier version left, the events tell where disputed defects stood.
        forget(&app, &round).await;
        assert_eq!(app::inspection::lineage::freeze_closed(&app.app).await.expect("frozen"), 1);
        let told: Vec<&str> =
            defects.iter().map(|one| if one.now == "DISPUTED" { one.before } else { one.now }).collect();
        for (login, expected) in [("owner1", &told), ("manager", &now)] {
            assert_eq!(&lineage(&app, login, &round, &defects).await, expected, "{login}");
            assert_eq!(&content(&app, login, &round, &defects).await, expected, "{login}");
        }
    }

    async fn pages_of_an_owner_by_status_miss_and_repeat_nothing(db: TestDb) {
        let app = opened(&db).await;
        let defects = disputed(&app).await;
        let owner = app.user("owner1").await;
        for status in BEFORE {
            let mut expected: Vec<Uuid> = defects.iter().filter(|one| one.before == status).map(|one| one.id).collect();
            expected.sort_unstable();
            for by in ["DUE_AT", "SEVERITY", "PLACE", "NUMBER"] {
                let (mut found, mut after) = (Vec::new(), Value::Null);
                loop {
                    let variables = json!({ "id": app.project.id, "status": status, "by": by, "after": after });
                    let page = owner.ok(PAGE, variables).await["project"]["defects"].clone();
                    for node in page["nodes"].as_array().expect("nodes") {
                        assert_eq!(node["status"], status, "{by}");
                        found.push(uuid(&node["id"]));
                    }
                    if page["pageInfo"]["hasNextPage"] == json!(false) {
                        break;
                    }
                    after = page["pageInfo"]["endCursor"].clone();
                }
                found.sort_unstable();
                assert_eq!(found, expected, "{status} {by}");
            }
        }
    }
}
