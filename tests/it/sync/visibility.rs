//! Objects that become visible are sent completely, objects that become hidden are sent as removed, and a cursor is
//! valid for one reader only.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{events, memberships, projects};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{Tablet, operation};
use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;

fn change_of(changes: &[Value], id: impl serde::Serialize) -> Option<&Value> {
    let id = json!(id);
    changes.iter().find(|change| change["id"] == id)
}

on_both_databases! {
    async fn empty_filter_selects_no_unit(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        site.log("1-101").await;
        let unit = app.project.unit("1-101");
        for (filter, comes) in [
            (json!({}), true),
            (json!({ "unitIds": [unit] }), true),
            (json!({ "unitIds": [] }), false),
            (json!({ "unitIds": [], "buildingIds": [] }), false),
            (json!({ "unitIds": [], "buildingIds": [app.project.building] }), true),
        ] {
            let (nodes, _) = site.pull(&Value::Null, &filter).await;
            assert_eq!(nodes.iter().any(|node| node["kind"] == "DEFECT"), comes, "{filter}");
            assert!(nodes.iter().any(|node| node["kind"] == "PROJECT"), "{filter}");
        }
    }

    async fn assigned_defect_is_sent_to_its_contractor_completely(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, lead) = (Tablet::of(&app, "site").await, Tablet::of(&app, "lead.b").await);
        let id = site.log("1-101").await;
        let comment = v7();
        site.push_one(&operation("defectComment", json!({
            "defectId": id, "commentId": comment, "body": "wet", "visibility": "SHARED" }), None)).await;
        let (before, cursor) = lead.pull(&Value::Null, &Value::Null).await;
        assert!(change_of(&before, id).is_none() && change_of(&before, comment).is_none());
        site.push_one(&operation("defectAssign", json!({ "defectId": id, "companyId": app.project.company("B") }), Some(1))).await;
        let (news, _) = lead.pull(&cursor, &Value::Null).await;
        assert_eq!(change_of(&news, id).map(|change| &change["object"]["status"]), Some(&json!("ASSIGNED")));
        assert!(change_of(&news, comment).is_some_and(|change| change["object"].is_object()), "{news:#?}");
    }

    async fn void_defect_is_removed_for_its_owner_and_restored_completely(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, owner) = (Tablet::of(&app, "site").await, Tablet::of(&app, "owner1").await);
        let (id, comment) = (site.log("1-101").await, v7());
        site.push_one(&operation("defectComment", json!({
            "defectId": id, "commentId": comment, "body": "soon", "visibility": "OWNER" }), None)).await;
        let (before, cursor) = owner.pull(&Value::Null, &Value::Null).await;
        assert!(change_of(&before, id).is_some() && change_of(&before, comment).is_some());
        let void = json!({ "defectId": id, "reason": "NOT_A_DEFECT" });
        site.push_one(&operation("defectVoid", void, None)).await;
        // A defect that appeared and disappeared between two pulls is not sent.
        let brief = site.log("1-101").await;
        site.push_one(&operation("defectVoid", json!({ "defectId": brief, "reason": "ENTERED_IN_ERROR" }), None)).await;
        let (gone, cursor) = owner.pull(&cursor, &Value::Null).await;
        assert_eq!(change_of(&gone, id).map(|change| (&change["deleted"], &change["object"])), Some((&json!(true), &Value::Null)));
        assert!(change_of(&gone, brief).is_none(), "{gone:#?}");
        site.push_one(&operation("defectRestore", json!({ "defectId": id, "reason": "it is one" }), None)).await;
        let (back, _) = owner.pull(&cursor, &Value::Null).await;
        assert!(change_of(&back, id).is_some_and(|change| change["object"].is_object()));
        assert!(change_of(&back, comment).is_some_and(|change| change["object"].is_object()), "what hangs on it comes too");
    }

    async fn removal_of_a_void_defect_is_sent_to_its_owner_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, owner) = (Tablet::of(&app, "site").await, Tablet::of(&app, "owner1").await);
        let id = site.log("1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &site.user, id, "BEFORE").await;
        let (_, start) = owner.pull(&Value::Null, &Value::Null).await;
        let void = json!({ "defectId": id, "reason": "NOT_A_DEFECT" });
        site.push_one(&operation("defectVoid", void, None)).await;
        let (gone, cursor) = owner.pull(&start, &Value::Null).await;
        let told: Vec<_> = gone.iter().map(|change| (&change["id"], &change["deleted"])).collect();
        assert_eq!(told, [(&json!(id), &json!(true))]);
        // Later changes of it by the staff do not reach the owner.
        let words = json!({ "defectId": id, "commentId": v7(), "body": "a shadow", "visibility": "OWNER" });
        let written = site.push_one(&operation("defectComment", words, None)).await;
        assert_eq!(written["outcome"], "APPLIED", "{written:#}");
        assert_eq!(owner.pull(&cursor, &Value::Null).await, (Vec::new(), cursor.clone()));
        site.push_one(&operation("defectRestore", json!({ "defectId": id, "reason": "it is one" }), None)).await;
        let (back, _) = owner.pull(&cursor, &Value::Null).await;
        for whole in [id, shot.id] {
            assert!(change_of(&back, whole).is_some_and(|change| change["object"].is_object()), "{back:#?}");
        }
    }

    async fn selected_units_are_pulled_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let unit = app.project.unit("1-101");
        let only = json!({ "unitIds": [unit] });
        let (mine, theirs) = (site.log("1-101").await, site.log("1-102").await);
        let (all, cursor) = site.pull(&Value::Null, &only).await;
        assert!(change_of(&all, mine).is_some() && change_of(&all, theirs).is_none());
        assert!(all.iter().all(|change| change["unitId"].is_null() || change["unitId"] == json!(unit)));
        assert!(change_of(&all, app.project.building).is_some(), "what belongs to no unit comes, too");
        let house = json!({ "buildingIds": [app.project.building] });
        let (all, _) = site.pull(&Value::Null, &house).await;
        assert!(change_of(&all, mine).is_some() && change_of(&all, theirs).is_some());
        let page = site.page(&cursor, &house).await;
        assert_eq!((&page["resetRequired"], &page["resetReason"]), (&json!(true), &json!("SCOPE_CHANGED")));
    }

    async fn cursor_is_valid_for_one_person_in_one_project_and_one_role(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, manager) = (Tablet::of(&app, "site").await, Tablet::of(&app, "manager").await);
        let (_, cursor) = site.pull(&Value::Null, &Value::Null).await;
        let text = cursor.as_str().expect("a cursor");
        let mut altered = text.to_owned();
        let last = if altered.pop() == Some('A') { 'B' } else { 'A' };
        altered.push(last);
        for bad in [json!(altered), json!("nonsense"), json!("")] {
            assert_eq!(site.page(&bad, &Value::Null).await["resetReason"], "OTHER_CURSOR", "{bad}");
        }
        assert_eq!(manager.page(&cursor, &Value::Null).await["resetReason"], "OTHER_CURSOR");
        let promoted = memberships::Entity::update_many()
            .col_expr(memberships::Column::Role, Expr::value("DELIVERY_MANAGER"))
            .filter(memberships::Column::PersonId.eq(site.user.id));
        let written: Result<_, sea_orm::DbErr> = db.write(async |tx| promoted.exec(tx).await).await;
        written.expect("a new role");
        app.app.caller_cache.forget();
        assert_eq!(site.page(&cursor, &Value::Null).await["resetReason"], "SCOPE_CHANGED");
    }

    async fn restored_backup_is_detected_at_any_change_number(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = Tablet::of(&app, "site").await;
        let (_, early) = site.pull(&Value::Null, &Value::Null).await;
        site.log("1-101").await;
        let (_, cursor) = site.pull(&early, &Value::Null).await;
        assert_eq!(site.page(&cursor, &Value::Null).await["resetRequired"], json!(false));
        // In another life of the project the same numbers belong to other events.
        let moved = events::Entity::find().all(db.read()).await.expect("the events");
        let last = moved.iter().max_by_key(|event| event.seq).expect("an event").clone();
        let other = events::Model { id: v7().into(), seq: last.seq, ..last.clone() };
        let replaced: Result<(), sea_orm::DbErr> = db.write(async |tx| {
            use sea_orm::{ConnectionTrait, IntoActiveModel};
            let off = match tx.get_database_backend() {
                sea_orm::DbBackend::Sqlite => "DROP TRIGGER events_no_delete",
                _ => "ALTER TABLE events DISABLE TRIGGER events_no_delete",
            };
            tx.execute_unprepared(off).await?;
            events::Entity::delete_by_id(last.id).exec(tx).await?;
            events::Entity::insert(other.into_active_model()).exec_without_returning(tx).await.map(drop)
        }).await;
        replaced.expect("another life");
        assert_eq!(site.page(&cursor, &Value::Null).await["resetReason"], "RESTORED");
        assert_eq!(site.page(&early, &Value::Null).await["resetRequired"], json!(false), "what both lives share is good");
        let epoch = projects::Entity::update_many().col_expr(projects::Column::Epoch, Expr::value(v7()));
        let written: Result<_, sea_orm::DbErr> = db.write(async |tx| epoch.exec(tx).await).await;
        written.expect("another epoch");
        assert_eq!(site.page(&early, &Value::Null).await["resetReason"], "RESTORED");
    }
}
