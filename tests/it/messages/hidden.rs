//! Nobody hears what the rules of sight hide: not by an event, not by an entry that is there by mistake, not by a digest.
//! The controls show that the looking finds what is there.

use sea_orm::EntityTrait;
use serde_json::{Value, json};
use store::entity::inbox_entries;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::setup::{UNTIL_DIGESTS, attempts, confirm, digests, inbox, unread};
use crate::evidence::{log, run};
use crate::sync::Tablet;

/// Words that stand in a description and in comments, and in no message.
const CANARY: &str = "canary-7f3a";

async fn entries(app: &TestApp) -> Vec<inbox_entries::Model> {
    inbox_entries::Entity::find().all(app.app.db.read()).await.expect("the entries")
}

/// Puts an entry about a defect into somebody's inbox, as a wrong rule would.
async fn put(app: &TestApp, login: &str, defect: Uuid, comment: Option<Uuid>) -> Uuid {
    let row = inbox_entries::Model {
        id: v7().into(),
        project_id: app.project.id.into(),
        person_id: app.person_id(login).into(),
        kind: domain::inbox::InboxKind::Mentioned,
        defect_id: Some(defect.into()),
        comment_id: comment.map(Into::into),
        pending_edit_id: None,
        device_id: None,
        cause: None,
        created_at: app.app.clock.now().0,
        read_at: None,
        digested_at: None,
    };
    app.app.db.write(async |tx| store::inbox::insert(tx, vec![row.clone()]).await).await.expect("an entry");
    row.id.uuid()
}

/// A comment that names everybody; answers its id.
async fn call_everybody(app: &TestApp, by: &str, defect: Uuid, visibility: &str) -> Uuid {
    let names = "@manager @relations @lead.a @worker.a @lead.b @worker.b @supervisor @property @escort @owner1 @owner2 \
                 @x.manager @root";
    let id = v7();
    let body = format!("{CANARY} {names}");
    let comment = json!({ "defectId": defect, "commentId": id, "body": body, "visibility": visibility });
    run(&app.user(by).await, "defectComment", comment).await;
    id
}

const EVERYBODY: [&str; 14] = [
    "manager",
    "site",
    "relations",
    "lead.a",
    "worker.a",
    "lead.b",
    "worker.b",
    "supervisor",
    "property",
    "escort",
    "owner1",
    "owner2",
    "x.manager",
    "root",
];

on_both_databases! {
    async fn a_mention_reaches_those_alone_who_may_read_the_comment(db: TestDb) {
        let app = TestApp::start(&db).await;
        for unit in ["1-101", "1-102"] {
            app.open_to_owner(app.project.unit(unit)).await;
        }
        let defect = log(&app, &app.user("site").await, "1-101", json!({})).await;
        let staff = ["manager", "relations", "lead.a", "worker.a", "supervisor", "property", "escort"];
        for (visibility, who) in [
            ("INTERNAL", &["manager", "relations"][..]),
            ("SHARED", &staff[..]),
            ("OWNER", &[&staff[..], &["owner1"]].concat()[..]),
        ] {
            let before = entries(&app).await.len();
            let mut cursors = Vec::new();
            for login in ["lead.b", "owner2"] {
                let tablet = Tablet::of(&app, login).await;
                let (_, cursor) = tablet.pull(&Value::Null, &Value::Null).await;
                cursors.push((tablet, cursor));
            }
            let comment = call_everybody(&app, "site", defect, visibility).await;
            for login in EVERYBODY {
                let inbox = inbox(&app.user(login).await).await;
                let told = inbox.iter().any(|entry| entry["comment"]["id"] == json!(comment));
                assert_eq!(told, who.contains(&login), "{visibility} for {login}");
            }
            assert_eq!(entries(&app).await.len() - before, who.len(), "{visibility}: an entry nobody sees is not kept");
            for (tablet, cursor) in cursors {
                let (news, next) = tablet.pull(&cursor, &Value::Null).await;
                assert_eq!((news, next), (Vec::new(), cursor), "{visibility} moves {}", tablet.user.login);
            }
        }
    }

    async fn an_entry_by_mistake_is_not_seen_and_not_told(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        for login in EVERYBODY {
            confirm(&app, login, &format!("{login}@home.example")).await;
        }
        let defect = log(&app, &app.user("site").await, "1-102", json!({ "description": CANARY })).await;
        let comment = call_everybody(&app, "supervisor", defect, "INTERNAL").await;
        // The defect is contractor A's, in another home than that of `owner1`; the comment is the supervisor's own.
        for (login, of) in [("lead.b", None), ("owner1", None), ("x.manager", None), ("root", None), ("manager", Some(comment))] {
            let id = put(&app, login, defect, of).await;
            let user = app.user(login).await;
            assert!(inbox(&user).await.iter().all(|entry| entry["id"] != json!(id)), "{login}");
            assert!(unread(&user).await.is_empty(), "{login}");
            let (node, changes) = ("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id }));
            assert!(user.ok(node, changes).await["node"].is_null(), "{login}");
        }
        // The control: the same entry is seen by somebody who sees the defect.
        let seen = put(&app, "worker.a", defect, None).await;
        assert!(inbox(&app.user("worker.a").await).await.iter().any(|entry| entry["id"] == json!(seen)));
        app.advance_seconds(UNTIL_DIGESTS);
        let digests = digests(&app).await;
        let mut told: Vec<&str> = digests.iter().map(|digest| digest["to"].as_str().expect("an address")).collect();
        told.sort_unstable();
        assert_eq!(told, ["lead.a@home.example", "worker.a@home.example"], "and to nobody else");
        assert!(entries(&app).await.iter().all(|entry| entry.digested_at.is_some()), "looked at once");
    }

    async fn what_is_out_of_sight_since_then_is_not_told(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let defect = log(&app, &app.user("site").await, "1-101", json!({})).await;
        for login in ["lead.a", "worker.a", "owner1"] {
            confirm(&app, login, &format!("{login}@home.example")).await;
        }
        call_everybody(&app, "site", defect, "OWNER").await;
        for login in ["lead.a", "worker.a", "owner1"] {
            assert!(unread(&app.user(login).await).await.contains(&"MENTIONED".to_owned()), "{login}");
        }
        // A's worker leaves, the home is closed to its owner.
        let held = store::projects::membership(app.app.db.read(), app.project.id.into(), app.person_id("worker.a").into()).await;
        let membership = held.expect("memberships").expect("a membership").id;
        let ended = json!({ "membershipId": membership, "reason": "another site" });
        run(&app.user("manager").await, "membershipEnd", ended).await;
        let closed = json!({ "unitIds": [app.project.unit("1-101")], "reason": "water" });
        run(&app.user("manager").await, "unitCloseToOwner", closed).await;
        for login in ["worker.a", "owner1"] {
            assert!(inbox(&app.user(login).await).await.is_empty(), "{login}");
        }
        app.advance_seconds(UNTIL_DIGESTS);
        let told: Vec<Value> = digests(&app).await.iter().map(|digest| digest["to"].clone()).collect();
        assert_eq!(told, [json!("lead.a@home.example")]);
    }

    async fn no_message_holds_words_of_people(db: TestDb) {
        let app = TestApp::start(&db).await;
        for login in ["lead.a", "worker.a", "manager"] {
            confirm(&app, login, &format!("{login}@home.example")).await;
        }
        let defect = log(&app, &app.user("site").await, "1-101", json!({ "description": CANARY })).await;
        call_everybody(&app, "site", defect, "SHARED").await;
        // The control: the words are in the inbox of somebody who may read them.
        let told = inbox(&app.user("worker.a").await).await;
        assert!(told[0]["comment"]["body"].as_str().is_some_and(|body| body.contains(CANARY)));
        app.advance_seconds(UNTIL_DIGESTS);
        let digests = digests(&app).await;
        assert_eq!(digests.len(), 3);
        assert!(digests.iter().all(|digest| !digest.to_string().contains(CANARY)));
        let kept = attempts(&app).await;
        assert!(kept.iter().all(|row| !format!("{:?}{}", row.body, row.params).contains(CANARY)));
    }
}
