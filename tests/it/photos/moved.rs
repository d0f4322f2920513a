//! A moved photo is removed from the copies of its former readers, and they get nothing else.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::Shot;
use super::pictures::some_jpeg;
use crate::sync::Tablet;

const UPDATE: &str = "mutation($input: PhotoUpdateInput!) { photoUpdate(input: $input) { userErrors { code } } }";
const WITHDRAW: &str = "mutation($input: PhotoWithdrawInput!) { photoWithdraw(input: $input) { userErrors { code } } }";

/// A tablet with its cursor.
struct Reader<'a> {
    tablet: Tablet<'a>,
    filter: Value,
    cursor: Value,
}

impl<'a> Reader<'a> {
    async fn of(app: &'a TestApp, login: &str, filter: Value) -> Self {
        let mut reader = Self { tablet: Tablet::of(app, login).await, filter, cursor: Value::Null };
        reader.next().await;
        reader
    }

    async fn next(&mut self) -> Vec<Value> {
        let (news, cursor) = self.tablet.pull(&self.cursor, &self.filter).await;
        self.cursor = cursor;
        news
    }

    /// The change of a photo in the next pull.
    async fn next_of(&mut self, photo: Uuid) -> Vec<Value> {
        of(self.next().await, photo)
    }

    /// The change of a photo in a full load.
    async fn loaded(&self, photo: Uuid) -> Vec<Value> {
        of(self.tablet.pull(&Value::Null, &self.filter).await.0, photo)
    }

    async fn learns_nothing(&mut self) {
        let before = self.cursor.clone();
        let news = self.next().await;
        assert_eq!((news, &self.cursor), (Vec::new(), &before), "{}", self.tablet.user.login);
    }
}

fn of(changes: Vec<Value>, id: Uuid) -> Vec<Value> {
    changes.into_iter().filter(|change| change["id"] == json!(id)).collect()
}

fn is_removal(change: &Value) -> bool {
    change["kind"] == "PHOTO"
        && change["deleted"] == json!(true)
        && change["object"].is_null()
        && change["unitId"].is_null()
}

fn is_object(changes: &[Value]) -> bool {
    changes.len() == 1 && changes[0]["object"].is_object()
}

/// Logs a defect: of plaster, which is contractor A's, or of tiles, which is contractor B's.
async fn log(app: &TestApp, unit: &str, kind: &str) -> Uuid {
    let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
    let (id, unit) = (v7(), app.project.unit(unit));
    app.user("site").await.ok(document, json!({ "input": { "defectId": id, "unitId": unit, "type": kind } })).await;
    id
}

async fn move_to(app: &TestApp, login: &str, photo: Uuid, defect: Uuid) {
    app.user(login).await.ok(UPDATE, json!({ "input": { "photoId": photo, "defectId": defect } })).await;
}

on_both_databases! {
    async fn moved_photo_is_removed_for_former_readers_and_added_for_new_ones(db: TestDb) {
        let app = TestApp::start(&db).await;
        for unit in ["1-101", "1-102"] {
            app.open_to_owner(app.project.unit(unit)).await;
        }
        let (wrong, right) = (log(&app, "1-101", "WALL.CRACK").await, log(&app, "1-102", "WALL.TILE_CRACK").await);
        let (shot, site) = (Shot::jpeg(some_jpeg()), app.user("site").await);
        shot.take(&app, &site, wrong, "BEFORE").await;
        let (old_unit, other_unit) = (app.project.unit("1-101"), app.project.unit("1-201"));
        let mut owner = Reader::of(&app, "owner1", Value::Null).await;
        let mut contractor = Reader::of(&app, "lead.a", Value::Null).await;
        let mut narrow = Reader::of(&app, "lead.a", json!({ "unitIds": [old_unit] })).await;
        let mut elsewhere = Reader::of(&app, "lead.a", json!({ "unitIds": [other_unit] })).await;
        let mut staff = Reader::of(&app, "supervisor", json!({ "unitIds": [old_unit] })).await;
        let mut new_owner = Reader::of(&app, "owner2", Value::Null).await;
        let mut new_contractor = Reader::of(&app, "lead.b", Value::Null).await;
        for reader in [&owner, &contractor, &narrow, &staff] {
            assert!(is_object(&reader.loaded(shot.id).await), "{}", reader.tablet.user.login);
        }
        let early = (owner.cursor.clone(), contractor.cursor.clone());

        move_to(&app, "manager", shot.id, right).await;
        let news = owner.next().await;
        assert!(news.len() == 1 && is_removal(&news[0]) && news[0]["id"] == json!(shot.id), "{news:#?}");
        for reader in [&mut contractor, &mut narrow] {
            let told = reader.next_of(shot.id).await;
            assert!(told.len() == 1 && is_removal(&told[0]), "{told:#?}");
        }
        assert_eq!(elsewhere.next_of(shot.id).await, Vec::<Value>::new());
        for reader in [&mut staff, &mut new_owner, &mut new_contractor] {
            let told = reader.next_of(shot.id).await;
            assert!(is_object(&told), "{}: {told:#?}", reader.tablet.user.login);
        }
        for reader in [&owner, &contractor, &narrow] {
            assert_eq!(reader.loaded(shot.id).await, Vec::<Value>::new(), "{}", reader.tablet.user.login);
        }

        // Later changes of it do not reach them.
        let third = log(&app, "1-201", "WALL.TILE_CRACK").await;
        let slip = json!({ "input": { "photoId": shot.id, "reason": "blurred" } });
        app.user("manager").await.ok(WITHDRAW, slip).await;
        owner.learns_nothing().await;
        contractor.learns_nothing().await;
        // A reader who was absent gets the removal later.
        for (reader, cursor) in [(&mut owner, early.0), (&mut contractor, early.1)] {
            reader.cursor = cursor;
            let told = reader.next_of(shot.id).await;
            assert!(told.len() == 1 && is_removal(&told[0]), "{told:#?}");
        }
        // Another photo that moved twice meanwhile.
        let other = Shot::jpeg(some_jpeg());
        other.take(&app, &site, wrong, "BEFORE").await;
        for reader in [&mut owner, &mut contractor] {
            assert!(is_object(&reader.next_of(other.id).await));
        }
        move_to(&app, "manager", other.id, right).await;
        move_to(&app, "manager", other.id, third).await;
        for reader in [&mut owner, &mut contractor] {
            let told = reader.next_of(other.id).await;
            assert!(told.len() == 1 && is_removal(&told[0]), "{told:#?}");
        }
        assert!(new_owner.next_of(other.id).await.is_empty(), "the photo came and went between two pulls");
    }

    async fn owner_learns_nothing_of_the_move_of_a_photo_that_was_not_shown(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (wrong, right) = (log(&app, "1-101", "WALL.CRACK").await, log(&app, "1-102", "WALL.TILE_CRACK").await);
        let shot = Shot::jpeg(some_jpeg());
        shot.declare(&app.user("site").await, wrong, "BEFORE").await;
        let mut owner = Reader::of(&app, "owner1", Value::Null).await;
        let mut contractor = Reader::of(&app, "lead.a", Value::Null).await;
        assert!(is_object(&contractor.loaded(shot.id).await) && owner.loaded(shot.id).await.is_empty());
        move_to(&app, "site", shot.id, right).await;
        owner.learns_nothing().await;
        let told = contractor.next_of(shot.id).await;
        assert!(told.len() == 1 && is_removal(&told[0]), "{told:#?}");
    }

    async fn contractor_learns_nothing_of_a_photo_that_moved_before_the_assignment(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (wrong, right) = (log(&app, "1-101", "WALL.CRACK").await, log(&app, "1-101", "WALL.CRACK").await);
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &app.user("site").await, wrong, "BEFORE").await;
        let mut late = Reader::of(&app, "lead.b", Value::Null).await;
        let mut contractor = Reader::of(&app, "lead.a", Value::Null).await;
        move_to(&app, "manager", shot.id, right).await;
        assert!(is_object(&contractor.next_of(shot.id).await), "it is at another defect of the same contractor");
        app.advance_seconds(60);
        let assign = "mutation($input: DefectAssignInput!) { defectAssign(input: $input) { userErrors { code } } }";
        let to_b = json!({ "defectId": wrong, "companyId": app.project.company("B") });
        app.user("manager").await.ok(assign, json!({ "input": to_b })).await;
        let news = late.next().await;
        assert!(of(news.clone(), wrong).len() == 1 && of(news, shot.id).is_empty());
    }
}
