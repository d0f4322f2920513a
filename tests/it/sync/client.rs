//! The reference client against a scripted server, for situations that a correct server does not produce.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::Clock;
use domain::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::app::START;
use tests::ids::v7;
use tests::tablet::error::{RetryPolicy, TabletError};
use tests::tablet::local::{Durability, Kept, Local, Photo, PhotoState, State};
use tests::tablet::session::Session;
use tests::tablet::wire::{Answer, Broken, Wire};
use tests::tablet::{Action, Shot, Tablet};
use uuid::Uuid;

/// Pauses that are short enough for a test.
const QUICK: RetryPolicy =
    RetryPolicy { shortest: Duration::from_millis(2), longest: Duration::from_millis(20), times: 3 };

#[tokio::test]
async fn batches_have_a_hundred_operations_in_order_and_halve_when_they_are_too_large() {
    let setup = Setup::new(RetryPolicy::NONE).await;
    for n in 0..230 {
        setup.comment(&format!("{n}")).await;
    }
    setup.server.on_push(|batch| match batch.len() {
        0..60 => Reply::All("APPLIED"),
        _ => Reply::Status(413),
    });
    let pushed = setup.tablet.push().await.expect("pushed");
    assert_eq!((pushed.answered, pushed.later), (230, 0));
    let sizes: Vec<usize> = setup.server.batches().iter().map(Vec::len).collect();
    assert_eq!(sizes, [100, 50, 50, 50, 50, 30]);
    let sent: Vec<Uuid> = setup.server.batches()[1..].concat();
    let made: Vec<Uuid> = setup.kept().await.iter().map(|kept| kept.operation.id).collect();
    assert_eq!(sent, made);
}

#[tokio::test]
async fn batch_stays_below_the_size_limit_of_the_server() {
    let setup = Setup::new(RetryPolicy::NONE).await;
    for _ in 0..3 {
        setup.comment(&"long ".repeat(80_000)).await;
    }
    setup.server.on_push(|_| Reply::All("APPLIED"));
    setup.tablet.push().await.expect("pushed");
    assert_eq!(setup.server.batches().iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn unacceptable_operation_is_put_aside_and_delays_no_other() {
    let setup = Setup::new(RetryPolicy::NONE).await;
    for n in 0..8 {
        setup.comment(&format!("{n}")).await;
    }
    let poison = setup.kept().await[5].operation.id;
    setup.server.on_push(move |batch| if batch.contains(&poison) { Reply::Status(400) } else { Reply::All("APPLIED") });
    setup.tablet.push().await.expect("pushed");
    let states: Vec<State> = setup.kept().await.iter().map(|kept| kept.state).collect();
    let mut expected = [State::Acknowledged; 8];
    expected[5] = State::Refused;
    assert_eq!(states, expected);
}

#[tokio::test]
async fn nothing_leaves_the_queue_when_the_server_does_not_understand_the_app() {
    let setup = Setup::new(RetryPolicy::NONE).await;
    setup.comment("kept").await;
    setup.server.on_push(|_| Reply::Status(400));
    assert!(matches!(setup.tablet.push().await, Err(TabletError::Refused(_))));
    assert_eq!(setup.kept().await[0].state, State::Queued);
}

#[tokio::test]
async fn interrupted_operations_are_sent_again_under_the_same_ids() {
    let setup = Setup::new(QUICK).await;
    for n in 0..3 {
        setup.comment(&format!("{n}")).await;
    }
    let mut replies = VecDeque::from([Reply::Broken, Reply::Half, Reply::Status(503), Reply::FirstOnly("APPLIED")]);
    setup.server.on_push(move |_| replies.pop_front().unwrap_or(Reply::All("MERGED")));
    let pushed = setup.tablet.push().await.expect("pushed");
    assert_eq!((pushed.answered, pushed.later), (1, 2));
    let batches = setup.server.batches();
    assert!(batches.iter().all(|batch| *batch == batches[0]), "{batches:?}");
    assert_eq!(setup.tablet.push().await.expect("pushed").answered, 2);
    assert!(setup.kept().await.iter().all(|kept| kept.state == State::Acknowledged));
}

#[tokio::test]
async fn queue_is_unchanged_when_the_repetitions_end() {
    let setup = Setup::new(QUICK).await;
    setup.comment("kept").await;
    setup.server.on_push(|_| Reply::Broken);
    assert!(matches!(setup.tablet.push().await, Err(TabletError::Broken(_))));
    assert_eq!(setup.server.batches().len(), 1 + QUICK.times);
    assert_eq!(setup.kept().await[0].state, State::Queued);
}

#[tokio::test]
async fn restored_server_gets_the_journal_and_a_full_load_runs_beside_the_old_copy() {
    let setup = Setup::new(RetryPolicy::NONE).await;
    setup.comment("acknowledged").await;
    setup.comment("refused").await;
    let mut first = true;
    setup.server.on_push(move |batch| match (std::mem::take(&mut first), batch.len()) {
        (true, _) => Reply::Each(vec!["APPLIED", "REJECTED"]),
        (false, _) => Reply::All("ALREADY_APPLIED"),
    });
    setup.server.next_pages([page(&[("a", 1)], "c1", false)]);
    setup.tablet.sync().await.expect("synchronised");
    assert_eq!(setup.copy().await, ["a"]);

    let reset =
        json!({ "nodes": [], "cursor": null, "hasMore": false, "resetRequired": true, "resetReason": "RESTORED" });
    setup.server.next_pages([reset, page(&[("b", 1)], "d1", true), Value::from("break")]);
    assert!(setup.tablet.sync().await.is_err());
    // During the load the old copy is shown, and the journal is not offered yet.
    assert_eq!(setup.copy().await, ["a"]);
    assert_eq!(setup.kept().await.iter().map(|kept| kept.state).collect::<Vec<_>>(), [State::Queued, State::Refused]);
    setup.server.next_pages([page(&[("c", 2)], "d2", false)]);
    setup.tablet.sync().await.expect("synchronised");
    assert_eq!(setup.copy().await, ["b", "c"]);
    assert_eq!(setup.server.batches().last().expect("a batch"), &[setup.kept().await[0].operation.id]);
    assert_eq!(
        setup.server.cursors(),
        [None, Some("c1"), None, Some("d1"), Some("d1")].map(|at| at.map(str::to_owned))
    );
}

#[tokio::test]
async fn copy_is_deleted_and_work_stays_when_the_role_ends() {
    let setup = Setup::new(RetryPolicy::NONE).await;
    setup.server.next_pages([page(&[("a", 1)], "c1", false)]);
    setup.tablet.sync().await.expect("synchronised");
    setup.comment("done before the end was known").await;
    setup.server.on_push(|_| Reply::Broken);
    setup.server.next_pages([Value::Null]);
    assert!(setup.tablet.pull().await.expect("an answer").no_standing);
    assert!(setup.copy().await.is_empty());
    assert_eq!(setup.kept().await[0].state, State::Queued);
}

#[tokio::test]
async fn removed_defect_is_deleted_with_its_objects() {
    let setup = Setup::new(RetryPolicy::NONE).await;
    let mut whole = page(&[("a", 1), ("b", 2), ("c", 3)], "c1", false);
    whole["nodes"][1]["defectId"] = json!("a");
    whole["nodes"][1]["kind"] = json!("COMMENT");
    let mut removal = page(&[("a", 4)], "c2", false);
    removal["nodes"][0]["deleted"] = json!(true);
    removal["nodes"][0]["object"] = Value::Null;
    setup.server.next_pages([whole, removal]);
    setup.tablet.pull().await.expect("pulled");
    assert_eq!(setup.copy().await, ["b", "a", "c"]);
    setup.tablet.pull().await.expect("pulled");
    assert_eq!(setup.copy().await, ["c"]);
}

#[tokio::test]
async fn photo_follows_its_declaration_and_is_pending_until_the_server_has_it() {
    let setup = Setup::new(RetryPolicy::NONE).await;
    let (id, unit) = (v7(), v7());
    let shot = Shot {
        id,
        bytes: vec![7; 1_000],
        content_type: "image/jpeg",
        stage: "BEFORE",
        defect_id: v7(),
        unit_id: Some(unit),
    };
    setup.tablet.take_photo(shot).await.expect("the disk");
    let local = &setup.tablet.local;
    let waiting = local.waiting(setup.tablet.project_id).await.expect("the disk");
    assert_eq!((waiting[0].operations, waiting[0].photos, waiting[0].photo_bytes), (1, 1, 1_000));
    let due = |photos: Vec<(Photo, PhotoState)>| photos.len();
    let person = setup.tablet.session.person_id();
    assert_eq!(due(local.photos_to_send(person, setup.tablet.project_id).await.expect("the disk")), 0);
    setup.server.on_push(|_| Reply::All("APPLIED"));
    setup.tablet.push().await.expect("pushed");
    assert_eq!(due(local.photos_to_send(person, setup.tablet.project_id).await.expect("the disk")), 1);
    local.move_photo(id, PhotoState::Complete).await.expect("the disk");
    assert!(local.waiting(setup.tablet.project_id).await.expect("the disk").is_empty());
}

#[tokio::test]
async fn work_is_sent_only_by_its_author_and_outlives_sessions_and_the_app() {
    let setup = Setup::new(RetryPolicy::NONE).await;
    setup.comment("hers").await;
    setup.tablet.local.close().await;
    let local = Local::open(setup.folder.path(), "renamed", Durability::Crash).await.expect("a database");
    let session = Session::with_token(setup.server.clone(), v7(), "another".to_owned());
    let other = Tablet { local, session: Arc::new(session), ..setup.tablet.clone() };
    setup.server.on_push(|_| Reply::All("APPLIED"));
    assert_eq!(other.push().await.expect("pushed").answered, 0);
    let hers = Tablet { session: Arc::clone(&setup.tablet.session), ..other };
    assert_eq!(hers.push().await.expect("pushed").answered, 1);
}

/// A tablet and a scripted server.
struct Setup {
    server: Puppet,
    tablet: Tablet<Puppet>,
    folder: TempDir,
}

impl Setup {
    async fn new(retry_policy: RetryPolicy) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Puppet::default();
        let tablet = Tablet {
            local: Local::open(folder.path(), "a tablet", Durability::Crash).await.expect("a database"),
            session: Arc::new(Session::with_token(server.clone(), v7(), "token".to_owned())),
            project_id: v7(),
            clock: Clock::fixed(Timestamp::from_rfc3339(START).expect("a moment")),
            retry_policy,
        };
        Self { server, tablet, folder }
    }

    async fn comment(&self, body: &str) {
        let input = json!({ "defectId": v7(), "commentId": v7(), "body": body, "visibility": "SHARED" });
        let work = Action { command: "defectComment", input, object_id: None, unit_id: None };
        self.tablet.record(work).await.expect("the disk");
    }

    async fn kept(&self) -> Vec<Kept> {
        self.tablet.local.operations().await.expect("the disk")
    }

    async fn copy(&self) -> Vec<String> {
        let (person, project) = (self.tablet.session.person_id(), self.tablet.project_id);
        let copy = self.tablet.local.copy(person, project).await.expect("the disk");
        copy.into_iter().map(|held| held.id).collect()
    }
}

fn page(objects: &[(&str, i64)], cursor: &str, has_more: bool) -> Value {
    let nodes = objects.iter().map(|(id, seq)| {
        json!({ "seq": seq, "kind": "DEFECT", "id": id, "deleted": false, "object": { "id": id, "version": 1 } })
    });
    json!({ "nodes": nodes.collect::<Vec<_>>(), "cursor": cursor, "hasMore": has_more, "resetRequired": false })
}

/// The answer to a push.
enum Reply {
    All(&'static str),
    Each(Vec<&'static str>),
    /// The others must be sent again.
    FirstOnly(&'static str),
    Status(u16),
    Broken,
    Half,
}

type OnPush = Box<dyn FnMut(&[Uuid]) -> Reply + Send>;

/// A scripted server.
#[derive(Clone, Default)]
struct Puppet(Arc<Mutex<Strings>>);

#[derive(Default)]
struct Strings {
    on_push: Option<OnPush>,
    pages: VecDeque<Value>,
    batches: Vec<Vec<Uuid>>,
    cursors: Vec<Option<String>>,
}

impl Puppet {
    fn with<T>(&self, what: impl FnOnce(&mut Strings) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn on_push(&self, reply: impl FnMut(&[Uuid]) -> Reply + Send + 'static) {
        self.with(|strings| strings.on_push = Some(Box::new(reply)));
    }

    fn next_pages(&self, pages: impl IntoIterator<Item = Value>) {
        self.with(|strings| strings.pages = pages.into_iter().collect());
    }

    fn batches(&self) -> Vec<Vec<Uuid>> {
        self.with(|strings| strings.batches.clone())
    }

    fn cursors(&self) -> Vec<Option<String>> {
        self.with(|strings| strings.cursors.clone())
    }

    fn push(&self, operations: &[Value]) -> Result<Answer, Broken> {
        let ids: Vec<Uuid> =
            operations.iter().map(|one| one["operationId"].as_str().expect("an id").parse().expect("an id")).collect();
        let reply = self.with(|strings| {
            if !ids.is_empty() {
                strings.batches.push(ids.clone());
            }
            strings.on_push.as_mut().map_or(Reply::All("APPLIED"), |reply| reply(&ids))
        });
        let outcomes: Vec<&str> = match reply {
            Reply::Broken => return Err(Broken("broken".to_owned())),
            Reply::Status(status) => {
                return Ok(answer(status, &json!({ "errors": [{ "extensions": { "code": "BAD_REQUEST" } }] })));
            }
            Reply::Half => return Ok(Answer { body: b"{\"data\":{\"sync".to_vec(), ..answer(200, &Value::Null) }),
            Reply::All(outcome) => vec![outcome; ids.len()],
            Reply::Each(outcomes) => outcomes,
            Reply::FirstOnly(outcome) => {
                [outcome].into_iter().chain(std::iter::repeat_n("TRY_AGAIN", ids.len() - 1)).collect()
            }
        };
        let result = |(id, outcome): (&Uuid, &str)| match outcome {
            "TRY_AGAIN" => json!({ "operationId": id, "outcome": "REJECTED", "userErrors": [{ "code": "TRY_AGAIN" }] }),
            outcome => json!({ "operationId": id, "outcome": outcome, "userErrors": [] }),
        };
        let results: Vec<Value> = ids.iter().zip(outcomes).map(result).collect();
        Ok(answer(200, &json!({ "data": { "syncPush": { "results": results, "userErrors": [] } } })))
    }

    fn changes(&self, cursor: &Value) -> Result<Answer, Broken> {
        let page = self.with(|strings| {
            strings.cursors.push(cursor.as_str().map(str::to_owned));
            strings.pages.pop_front()
        });
        match page {
            None | Some(Value::String(_)) => Err(Broken("no page".to_owned())),
            Some(page) => Ok(answer(200, &json!({ "data": { "changes": page } }))),
        }
    }
}

impl Wire for Puppet {
    async fn post(&self, _token: Option<&str>, body: Vec<u8>) -> Result<Answer, Broken> {
        let request: Value = serde_json::from_slice(&body).expect("JSON");
        let (document, variables) = (request["query"].as_str().unwrap_or_default(), &request["variables"]);
        if document.contains("syncPush") {
            let none = Vec::new();
            return self.push(variables["input"]["operations"].as_array().unwrap_or(&none));
        }
        if document.contains("changes(") {
            return self.changes(&variables["cursor"]);
        }
        Ok(answer(200, &json!({ "data": { "deviceReport": { "userErrors": [] } } })))
    }

    async fn put(&self, _link: &Value, _bytes: Vec<u8>) -> Result<u16, Broken> {
        Ok(200)
    }
}

fn answer(status: u16, body: &Value) -> Answer {
    Answer { status, retry_after: None, body: body.to_string().into_bytes() }
}
