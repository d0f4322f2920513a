//! Changes since a cursor, over HTTP: in the order of commits, each object once, with each person's permissions.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

const PULL: &str = "query($id: ID!, $cursor: String, $first: Int) {
    changes(projectId: $id, cursor: $cursor, first: $first) {
        cursor hasMore resetRequired
        nodes { seq kind id deleted object { id ... on Defect { number status description } } }
    } }";

on_both_databases! {
    async fn pages_contain_each_changed_object_once_in_its_newest_state(db: TestDb) {
        let setup = Setup { app: TestApp::start(&db).await };
        let cursor = setup.pull_all("manager").await;
        let defects = [setup.log("1-101").await, setup.log("1-101").await, setup.log("1-102").await];
        setup.describe(defects[0], "said twice").await;
        setup.describe(defects[0], "said three times").await;

        let whole = setup.pull("manager", &cursor, 500).await;
        let changed = of_kind(&whole, "DEFECT");
        let order: Vec<String> = [defects[1], defects[2], defects[0]].iter().map(ToString::to_string).collect();
        assert_eq!(changed.iter().map(|change| text(&change["id"])).collect::<Vec<_>>(), order);
        assert_eq!(changed[2]["object"]["description"], "said three times");
        let numbers: Vec<i64> = nodes(&whole).iter().filter_map(|change| change["seq"].as_i64()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");

        // In smaller pages it is the same, and then there is nothing more.
        let (mut paged, mut at) = (Vec::new(), cursor);
        loop {
            let page = setup.pull("manager", &at, 2).await;
            paged.extend(nodes(&page));
            at = page["cursor"].clone();
            if page["hasMore"] == json!(false) {
                break;
            }
        }
        assert_eq!(paged, nodes(&whole));
        assert_eq!(nodes(&setup.pull("manager", &at, 500).await), Vec::<Value>::new());
    }

    async fn each_person_gets_only_visible_objects(db: TestDb) {
        let setup = Setup { app: TestApp::start(&db).await };
        setup.app.open_to_owner(setup.app.project.unit("1-101")).await;
        let mut cursors = Vec::new();
        for login in ["manager", "lead.a", "lead.b", "owner1"] {
            cursors.push((login, setup.pull_all(login).await));
        }
        let own = setup.log("1-101").await.to_string();
        let neighbours = setup.log("1-102").await.to_string();
        for (login, cursor) in cursors {
            let page = setup.pull(login, &cursor, 500).await;
            let seen: Vec<String> = of_kind(&page, "DEFECT").iter().map(|change| text(&change["id"])).collect();
            let expected: &[&String] = match login {
                "manager" | "lead.a" => &[&own, &neighbours],
                "owner1" => &[&own],
                _ => &[],
            };
            assert_eq!(seen.iter().collect::<Vec<_>>(), expected, "{login}");
        }
        for login in ["owner2", "x.manager"] {
            let answer = setup.pull(login, &Value::Null, 500).await;
            assert!(answer.is_null(), "{login}: {answer}");
        }
    }

    async fn invalid_cursor_starts_a_full_load(db: TestDb) {
        let setup = Setup { app: TestApp::start(&db).await };
        let strangers = setup.app.user("x.manager").await;
        let theirs = strangers.ok(PULL, json!({ "id": setup.app.other.id, "first": 500 })).await;
        for cursor in [json!("nonsense"), json!(""), theirs["changes"]["cursor"].clone()] {
            let page = setup.pull("manager", &cursor, 500).await;
            assert_eq!(page["resetRequired"], json!(true), "{cursor}");
            assert!(page["cursor"].is_null() && nodes(&page).is_empty(), "{page}");
        }
    }
}

struct Setup {
    app: TestApp,
}

impl Setup {
    async fn pull(&self, login: &str, cursor: &Value, first: i32) -> Value {
        let variables = json!({ "id": self.app.project.id, "cursor": cursor, "first": first });
        self.app.user(login).await.ok(PULL, variables).await["changes"].clone()
    }

    /// The full load; answers the cursor behind it.
    async fn pull_all(&self, login: &str) -> Value {
        let mut cursor = Value::Null;
        loop {
            let page = self.pull(login, &cursor, 500).await;
            cursor = page["cursor"].clone();
            assert!(cursor.is_string(), "{login}: {page}");
            if page["hasMore"] == json!(false) {
                return cursor;
            }
        }
    }

    async fn log(&self, unit: &str) -> Uuid {
        let id = v7();
        let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
        let project = &self.app.project;
        let (unit_id, room_id) = (project.unit(unit), project.room(unit, "LIVING"));
        let input = json!({ "defectId": id, "unitId": unit_id, "roomId": room_id, "type": "WALL.CRACK" });
        self.app.user("site").await.ok(document, json!({ "input": input })).await;
        id
    }

    async fn describe(&self, defect_id: Uuid, description: &str) {
        let document = "mutation($input: DefectUpdateInput!) { defectUpdate(input: $input) { userErrors { code } } }";
        let input = json!({ "defectId": defect_id, "description": description });
        self.app.user("site").await.ok(document, json!({ "input": input })).await;
    }
}

fn nodes(page: &Value) -> Vec<Value> {
    page["nodes"].as_array().cloned().unwrap_or_default()
}

fn of_kind(page: &Value, kind: &str) -> Vec<Value> {
    nodes(page).into_iter().filter(|change| change["kind"] == kind).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
