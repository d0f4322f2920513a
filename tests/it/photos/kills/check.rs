//! The checks after all kills and the recovery.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use app::photo::gc::{GcReport, collect};
use app::photo::verify::{Thoroughness, verify_objects};
use app::{App, Clock, jobs};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::db::Db;
use store::entity::{events, jobs as job_rows, photos};
use tests::database::TestDb;
use uuid::Uuid;

use super::Troubles;
use super::server_process::ServerProcess;
use super::tablet::{Asker, Entry, Fate};
use crate::photos::{PHOTO, owned};

/// Longer than leases of dead workers, and than the maximum pause before a job is repeated.
const OVER: i64 = 11 * 60;
/// The time in which the server must recover from all kills by itself.
const REST: Duration = Duration::from_secs(240);

const MISSING: &str = "query($project: ID!, $after: String) { project(id: $project) { missingPhotoCount
    missingPhotos(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }";

type Faults = Vec<String>;

/// Waits until the server has no work left.
pub(super) async fn comes_to_rest(server: &ServerProcess, journal: &[Entry]) -> Result<(), Faults> {
    let mut site = server.asker("site", Troubles::default());
    let waited = tokio::time::timeout(REST, async {
        for entry in journal.iter().filter(|entry| entry.acknowledged) {
            while state(&mut site, entry.id).await != "READY" {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    });
    waited.await.map_err(|_| vec![format!("the server did not come to rest within {} s", REST.as_secs())])
}

async fn state(asker: &mut Asker, id: Uuid) -> String {
    let answer = asker.ask(PHOTO, json!({ "id": id })).await.unwrap_or_default();
    answer["photo"]["state"].as_str().unwrap_or_default().to_owned()
}

/// Collects garbage, and checks everything: database, store, and the people's view.
pub(super) async fn after(db: &TestDb, server: &mut ServerProcess, journal: &[Entry]) -> Result<String, Faults> {
    let app = reopened(db, server).await;
    let (cleaned, mut faults) = collect_garbage(&app).await;
    let rows = photos::Entity::find().all(app.db.read()).await.expect("the photos");
    faults.extend(wrong_rows(&rows, journal));
    faults.extend(wrong_events(&app.db, &rows).await);
    faults.extend(unfinished_jobs(&app.db).await);
    faults.extend(wrong_objects(&app, &rows).await);
    app.db.close().await.expect("the database closes");
    if faults.is_empty() {
        server.start_again().await.map_err(|fault| vec![fault])?;
        faults = wrong_to_people(server, &rows, journal).await;
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let of = |state: &str| rows.iter().filter(|row| row.state.as_str() == state).count();
    let (ready, missing, completed) = (of("READY"), of("DECLARED"), cleaned.completed);
    Ok(format!(
        "{ready} photos ready, {missing} missing, {completed} completed by the garbage collection ({cleaned:?})"
    ))
}

/// The services of a program on the same data, some time later.
async fn reopened(db: &TestDb, server: &ServerProcess) -> App {
    let opened = Db::connect(&db.settings).await.expect("the database opens");
    let clock = Clock::fixed(Clock::default().now().plus_seconds(OVER));
    App { clock, ..App::new(opened, Arc::new(server.objects())) }
}

async fn collect_garbage(app: &App) -> (GcReport, Faults) {
    let mut faults = Vec::new();
    jobs::run_due(app).await.expect("the jobs are run");
    let cleaned = collect(app, Duration::ZERO).await.expect("the garbage collection succeeds");
    jobs::run_due(app).await.expect("the jobs are run");
    let again = collect(app, Duration::ZERO).await.expect("the garbage collection succeeds");
    if again != GcReport::default() {
        faults.push(format!("a second garbage collection finds something to do: {again:?}"));
    }
    let how = Thoroughness { hashed_percent: 100, repair: false };
    let looked = verify_objects(app, how, |_, finding| faults.extend(finding.map(ToString::to_string))).await;
    looked.expect("the verification succeeds");
    (cleaned, faults)
}

/// Each photo of the journals exists once, in its right state; there is no other one.
fn wrong_rows(rows: &[photos::Model], journal: &[Entry]) -> Faults {
    let by_id: HashMap<Uuid, &photos::Model> = rows.iter().map(|row| (row.id.uuid(), row)).collect();
    let known: HashSet<Uuid> = journal.iter().map(|entry| entry.id).collect();
    let strangers = rows.iter().filter(|row| !known.contains(&row.id.uuid()));
    let mut faults: Faults =
        strangers.map(|row| format!("photo {} ({}): no tablet knows of it", row.id, row.state)).collect();
    for entry in journal {
        let Some(row) = by_id.get(&entry.id) else {
            faults.push(format!("photo {}: it was declared and is not there", entry.id));
            continue;
        };
        let right = row.sha256 == Sha256::digest(entry.bytes.as_slice()).as_slice();
        let must_be_there = entry.acknowledged || entry.uploaded;
        match row.state.as_str() {
            "READY" if right && entry.fate != Fate::Lost => {}
            "DECLARED" if right && !must_be_there => {}
            state if must_be_there => {
                faults.push(format!("photo {}: it was acknowledged and is lost ({state}): {entry}", entry.id));
            }
            state => faults.push(format!("photo {}: {state}, right: {right}, {entry}", entry.id)),
        }
    }
    faults
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { fate, uploaded, acknowledged, .. } = self;
        write!(f, "{fate:?}, uploaded: {uploaded}, acknowledged: {acknowledged}")
    }
}

/// Each photo's history contains each step once.
async fn wrong_events(db: &Db, rows: &[photos::Model]) -> Faults {
    let mut told: BTreeMap<(Uuid, String), usize> = BTreeMap::new();
    for event in events::Entity::find().all(db.read()).await.expect("the events") {
        *told.entry((event.object_id, event.name.to_string())).or_default() += 1;
    }
    let mut faults = Vec::new();
    for row in rows {
        let there = usize::from(row.state.as_str() == "READY");
        for (name, times) in [("PHOTO_DECLARED", 1), ("PHOTO_RECEIVED", there), ("PHOTO_READY", there)] {
            let found = told.get(&(row.id.uuid(), name.to_owned())).copied().unwrap_or(0);
            if found != times {
                faults.push(format!("photo {} ({}): {found} times {name}", row.id, row.state));
            }
        }
    }
    faults
}

async fn unfinished_jobs(db: &Db) -> Faults {
    let rows = job_rows::Entity::find().all(db.read()).await.expect("the jobs");
    // WebP is made ten minutes later, with the lowest priority; a begun job is still completed.
    let waits = |job: &job_rows::Model| job.kind == "PHOTO_WEBP" && job.attempts == 0;
    let open = rows.iter().filter(|job| job.done_at.is_none() && !waits(job));
    open.map(|job| format!("a job is not done after {} attempts: {:?}", job.attempts, job.last_error)).collect()
}

/// The store contains each content once, its copy without metadata, its two renditions, and nothing else.
async fn wrong_objects(app: &App, rows: &[photos::Model]) -> Faults {
    let owned = owned(rows);
    let contents: BTreeSet<&[u8]> =
        rows.iter().filter(|row| row.object_key.is_some()).map(|row| row.sha256.as_slice()).collect();
    let mut faults = Vec::new();
    let jpegs = owned.iter().filter(|key| !key.ends_with(".webp")).count();
    if jpegs != contents.len() * 4 {
        faults.push(format!("{} contents are kept in {jpegs} objects", contents.len()));
    }
    let (mut found, mut from) = (BTreeSet::new(), None);
    loop {
        let page = app.objects.list("", from.as_deref(), 1_000).await.expect("the keys");
        found.extend(page.objects.into_iter().map(|object| object.key).filter(|key| !key.contains("/plans/")));
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    faults.extend(found.difference(&owned).map(|key| format!("orphaned object: {key}")));
    faults.extend(owned.difference(&found).map(|key| format!("an object is not there: {key}")));
    faults
}

/// The people's view: the right bytes of each ready photo, and all others in the list of the missing.
async fn wrong_to_people(server: &ServerProcess, rows: &[photos::Model], journal: &[Entry]) -> Faults {
    let mut site = server.asker("site", Troubles::default());
    let photographers: BTreeSet<&str> = super::PEOPLE.into_iter().collect();
    let mut photographers: Vec<_> =
        photographers.into_iter().map(|login| server.asker(login, Troubles::default())).collect();
    let mut faults = Vec::new();
    let missing = missing(&mut site, server.project_id()).await;
    let declared: BTreeSet<Uuid> =
        rows.iter().filter(|row| row.state.as_str() == "DECLARED").map(|row| row.id.uuid()).collect();
    if missing != declared {
        faults.push(format!("{} photos are missing, {} are listed", declared.len(), missing.len()));
    }
    for entry in journal.iter().filter(|entry| !declared.contains(&entry.id)) {
        let photo = site.ask(PHOTO, json!({ "id": entry.id })).await.expect("an answer")["photo"].clone();
        // The uploaded file is for its photographer and the own company; others get a copy without metadata.
        let mut whole = false;
        for photographer in &mut photographers {
            let seen = photographer.ask(PHOTO, json!({ "id": entry.id })).await.expect("an answer")["photo"].clone();
            whole = whole || download(photographer, &seen["original"]).await == *entry.bytes;
        }
        if !whole {
            faults.push(format!("photo {}: the link gives other bytes", entry.id));
        }
        for size in ["url", "thumb"] {
            if image::load_from_memory(&download(&site, &photo[size]).await).is_err() {
                faults.push(format!("photo {}: {size} is no picture", entry.id));
            }
        }
    }
    faults
}

async fn missing(asker: &mut Asker, project_id: Uuid) -> BTreeSet<Uuid> {
    let (mut ids, mut after) = (BTreeSet::new(), Value::Null);
    loop {
        let asked = json!({ "project": project_id, "after": after });
        let project = asker.ask(MISSING, asked).await.expect("the missing photos")["project"].clone();
        let nodes = project["missingPhotos"]["nodes"].as_array().expect("nodes").clone();
        ids.extend(nodes.iter().filter_map(|node| node["id"].as_str()?.parse::<Uuid>().ok()));
        let page = &project["missingPhotos"]["pageInfo"];
        if page["hasNextPage"] != json!(true) {
            assert_eq!(project["missingPhotoCount"], json!(ids.len()));
            return ids;
        }
        after = page["endCursor"].clone();
    }
}

async fn download(asker: &Asker, url: &Value) -> Vec<u8> {
    let Some(url) = url.as_str() else { return Vec::new() };
    let answer = asker.http.get(url).send().await.expect("an answer");
    answer.bytes().await.expect("the bytes").to_vec()
}
