//! The morning of `docs/sync.md`: an inspector in a basement, a conflict, late work and its resolution, a reset. With
//! `--nocapture` it prints the requests and answers, of which the page shows parts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use app::Clock;
use domain::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::app::{START, TestApp};
use tests::fixture::PASSWORD;
use tests::ids::v7;
use tests::on_both_databases;
use tests::tablet::error::RetryPolicy;
use tests::tablet::http::Http;
use tests::tablet::local::{Durability, Kept, Local, State};
use tests::tablet::session::Session;
use tests::tablet::wire::{Answer, Broken, Wire};
use tests::tablet::{Action, Tablet};
use uuid::Uuid;

on_both_databases! {
    async fn morning_of_the_documentation(db: TestDb) {
        let app = TestApp::start(&db).await;
        let unit = app.project.unit("1-101");
        let manager = Hand::of(&app, "manager").await;
        let (seep, crack, tile) = (v7(), v7(), v7());
        for (id, description) in [
            (seep, "Damp patch below the window"),
            (crack, "Crack beside the door"),
            (tile, "Tile sounds hollow"),
        ] {
            let input = json!({ "defectId": id, "unitId": unit, "roomId": app.project.room("1-101", "LIVING"),
                "type": "WALL.CRACK", "description": description });
            manager.does("defectLog", input, None).await;
        }
        manager.syncs().await;

        // 8:00, in the site office: both load everything.
        let ana = Hand::of(&app, "site").await;
        let worker = Hand::of(&app, "worker.a").await;
        ana.syncs().await;
        worker.syncs().await;

        // 8:30, in the basement: no signal.
        let found = v7();
        let input = json!({ "defectId": found, "unitId": unit, "roomId": app.project.room("1-101", "BATH"),
            "type": "WALL.CRACK", "description": "Hollow behind the basin" });
        ana.does("defectLog", input, None).await;
        let comment = json!({ "defectId": found, "commentId": v7(), "body": "Tap it: two hand's breadths", "visibility": "SHARED" });
        ana.does("defectComment", comment, None).await;
        ana.does("defectUpdate", json!({ "defectId": seep, "description": "Damp patch, 40 cm, wet to the touch" }), Some(seep)).await;
        ana.does("defectUpdate", json!({ "defectId": tile, "severity": "MAJOR" }), Some(tile)).await;
        worker.does("defectStart", json!({ "defectId": crack }), Some(crack)).await;

        // Meanwhile, upstairs.
        manager.does("defectUpdate", json!({ "defectId": seep, "description": "Damp patch; plumber is told" }), Some(seep)).await;
        manager.does("defectUpdate", json!({ "defectId": tile, "description": "Two tiles sound hollow" }), Some(tile)).await;
        manager.does("defectVoid", json!({ "defectId": crack, "reason": "NOT_A_DEFECT", "note": "A shadow" }), Some(crack)).await;
        manager.syncs().await;

        // 10:15, back in the yard: the answer to the first push is lost.
        app.advance_seconds(8_100);
        ana.tablet.session.wire.lose_the_answer_to_a_push();
        assert!(ana.tablet.sync().await.is_err());
        assert!(ana.kept().await.iter().all(|kept| kept.state == State::Queued));
        ana.syncs().await;
        let states: Vec<State> = ana.kept().await.iter().map(|kept| kept.state).collect();
        assert_eq!(states, [State::Acknowledged, State::Acknowledged, State::Parked, State::Acknowledged]);
        worker.syncs().await;
        assert_eq!(worker.kept().await[0].state, State::Parked);

        // The manager decides on both.
        resolve_edit(&manager, "pendingEditApply", ana.kept().await[2].operation.id, "Ana stood before it").await;
        resolve_edit(&manager, "pendingEditDismiss", worker.kept().await[0].operation.id, "It is void").await;
        for (hand, place, state) in [(&ana, 2, "APPLIED"), (&worker, 0, "DISMISSED")] {
            hand.syncs().await;
            let answer = hand.kept().await[place].answer.clone().expect("an answer");
            assert_eq!(answer["pendingEdit"]["state"], state, "{answer:#}");
        }
        let shown = ana.shows(seep).await;
        assert_eq!(shown["description"], "Damp patch, 40 cm, wet to the touch");

        // After lunch she has one unit left: the copy is restricted to it, which is a reset.
        let (person, project) = (ana.tablet.session.person_id(), app.project.id);
        let filter = json!({ "unitIds": [unit] });
        ana.tablet.local.narrow(person, project, Some(&filter)).await.expect("the tablet's disk");
        ana.syncs().await;
        assert_eq!(ana.shows(found).await["description"], "Hollow behind the basin");
    }
}

/// A person with a tablet.
struct Hand {
    tablet: Tablet<Told>,
    unit_id: Uuid,
    _folder: TempDir,
}

impl Hand {
    async fn of(app: &TestApp, login: &'static str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let wire = Told { http: Http::to(&app.url(""), Duration::from_secs(30)), who: login, loses: Arc::default() };
        let session = Session::sign_in(wire, login, PASSWORD, "tablet").await.expect("signed in");
        let local = Local::open(folder.path(), &format!("{login}'s tablet"), Durability::PowerCut).await;
        let tablet = Tablet {
            local: local.expect("a database"),
            session: Arc::new(session),
            project_id: app.project.id,
            clock: Clock::fixed(Timestamp::from_rfc3339(START).expect("a moment")),
            retry_policy: RetryPolicy::NONE,
        };
        Self { tablet, unit_id: app.project.unit("1-101"), _folder: folder }
    }

    async fn does(&self, command: &'static str, input: Value, object_id: Option<Uuid>) {
        self.tablet.clock.advance_seconds(60);
        let work = Action { command, input, object_id, unit_id: Some(self.unit_id) };
        self.tablet.record(work).await.expect("the tablet's disk");
    }

    async fn syncs(&self) {
        self.tablet.sync().await.expect("synchronised");
    }

    async fn kept(&self) -> Vec<Kept> {
        self.tablet.local.operations().await.expect("the tablet's disk")
    }

    async fn shows(&self, id: Uuid) -> Value {
        let (person, project) = (self.tablet.session.person_id(), self.tablet.project_id);
        let copy = self.tablet.local.copy(person, project).await.expect("the tablet's disk");
        copy.into_iter().find(|held| held.id == id.to_string()).expect("it is there").content
    }
}

async fn resolve_edit(hand: &Hand, command: &str, id: Uuid, note: &str) {
    let input = if command == "pendingEditApply" { "PendingEditApplyInput" } else { "PendingEditDismissInput" };
    let document = format!(
        "mutation($input: {input}!) {{ {command}(input: $input) {{
            pendingEdit {{ id state note }} userErrors {{ code message }} }} }}"
    );
    let variables = json!({ "input": { "pendingEditId": id, "note": note } });
    let data = hand.tablet.session.ask(&document, variables).await.expect("settled");
    assert_eq!(data[command]["userErrors"], json!([]), "{data:#}");
}

/// A connection that prints its requests and answers, and can lose an answer.
struct Told {
    http: Http,
    who: &'static str,
    loses: Arc<AtomicBool>,
}

impl Told {
    fn lose_the_answer_to_a_push(&self) {
        self.loses.store(true, Ordering::Relaxed);
    }
}

impl Wire for Told {
    async fn post(&self, token: Option<&str>, body: Vec<u8>) -> Result<Answer, Broken> {
        let request: Value = serde_json::from_slice(&body).unwrap_or_default();
        let document = request["query"].as_str().unwrap_or_default();
        let name = document.split(['{', '(']).find(|word| word.trim().len() > 8).unwrap_or_default().trim();
        println!("{} asks ({name}) {:#}", self.who, request["variables"]);
        let answer = self.http.post(token, body).await?;
        println!("is answered {:#}", serde_json::from_slice::<Value>(&answer.body).unwrap_or_default());
        let done = answer.status == 200 && document.contains("syncPush");
        if done && self.loses.swap(false, Ordering::Relaxed) {
            println!("and never learns of it");
            return Err(Broken("the answer was lost".to_owned()));
        }
        Ok(answer)
    }

    async fn put(&self, link: &Value, bytes: Vec<u8>) -> Result<u16, Broken> {
        self.http.put(link, bytes).await
    }
}
