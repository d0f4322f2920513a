//! Honest requests during attacks with documents whose refusal takes much processor time, on the default settings.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tests::ids::v7;
use tokio::task::JoinSet;

use crate::Fault;
use crate::servers::{DEMO_PASSWORD, Server};

/// The duration of the measurement of each row.
const TURN: Duration = Duration::from_secs(12);
/// The interval of honest requests.
const PAUSE: Duration = Duration::from_millis(20);
/// A person of the demo.
const LOGIN: &str = "chen.jing@riverside.example";
/// The attacker's address; the honest client has another.
const ATTACKER: [u8; 4] = [127, 0, 1, 1];

/// The attacker's document, and its number of connections.
struct Attack {
    name: &'static str,
    body: String,
    connections: usize,
}

pub(crate) async fn run() -> Result<(), Fault> {
    let server = Server::embedded().await?;
    let token = server.sign_in_as(LOGIN, DEMO_PASSWORD).await?;
    println!(
        "attacker's documents, his connections: his answers 200 / 429 / 503 | honest query p50 / p95 / longest | sign-in p50 / longest | processor"
    );
    for attack in attacks() {
        row(&server, &token, DEMO_PASSWORD, attack).await?;
        // Waits for full buckets before the next row.
        tokio::time::sleep(Duration::from_secs(11)).await;
    }
    let (now, most) = server.memory()?;
    println!("memory of the server: {now} MiB, {most} MiB at most");
    Ok(())
}

fn attacks() -> Vec<Attack> {
    let query = |document: String| json!({ "query": document }).to_string();
    let nested = query(format!("{{{}}}", format!("{}b{}", "a{".repeat(11), "}".repeat(11)).repeat(900)));
    let lists = query(format!("{{ a(x: [{}]) }}", format!("{}1{},", "[".repeat(55), "]".repeat(55)).repeat(250)));
    let fields = query(format!("{{ viewer {{ {} }} }}", "id ".repeat(4_990)));
    let uses: String =
        (0..29).map(|number| format!("a{number}: syncPush(input: $i) {{ results {{ outcome }} }} ")).collect();
    let operation = json!({ "operationId": v7(), "command": { "x": "x".repeat(970_000) } });
    let push = json!({ "query": format!("mutation($i: SyncPushInput!) {{ {uses} }}"),
        "variables": { "i": { "deviceId": v7(), "operations": [operation] } } })
    .to_string();
    let attack = |name, body: &String, connections| Attack { name, body: body.clone(), connections };
    vec![
        attack("none", &query("{ __typename }".to_owned()), 0),
        attack("30 kB of nested fields", &nested, 4),
        attack("30 kB of nested fields", &nested, 32),
        attack("30 kB of nested fields", &nested, 128),
        attack("29 kB of lists in lists", &lists, 128),
        attack("15 kB of one field", &fields, 128),
        attack("{ __typename }", &query("{ __typename }".to_owned()), 128),
        attack("1 MB variable used 29 times", &push, 4),
    ]
}

async fn row(server: &Server, token: &str, password: &str, attack: Attack) -> Result<(), Fault> {
    let url = format!("http://{}/graphql", server.address);
    let counts: Arc<[AtomicU64; 3]> = Arc::default();
    let before = server.processor_ms()?;
    let mut attackers = JoinSet::new();
    for _ in 0..attack.connections {
        attackers.spawn(flood(url.clone(), attack.body.clone(), Arc::clone(&counts)));
    }
    let (queries, sign_ins) = tokio::join!(
        repeated(PAUSE, || query(&url, token)),
        repeated(Duration::from_secs(1), || sign_in(&url, password)),
    );
    attackers.shutdown().await;
    let spent = server.processor_ms()? - before;
    let [ok, limited, busy] = [0, 1, 2].map(|index| counts[index].load(Ordering::Relaxed));
    let (queries, sign_ins) = (queries?, sign_ins?);
    println!(
        "{}, {}: {ok} / {limited} / {busy} | {:.1?} / {:.1?} / {:.1?} of {} | {:.1?} / {:.1?} of {} | {spent} ms",
        attack.name,
        attack.connections,
        at(&queries, 50),
        at(&queries, 95),
        at(&queries, 100),
        queries.len(),
        at(&sign_ins, 50),
        at(&sign_ins, 100),
        sign_ins.len(),
    );
    Ok(())
}

/// Sends the same body repeatedly, from the attacker's address.
async fn flood(url: String, body: String, counts: Arc<[AtomicU64; 3]>) -> Result<(), Fault> {
    let client = reqwest::Client::builder().local_address(std::net::IpAddr::from(ATTACKER)).build()?;
    loop {
        let request = client.post(&url).header("content-type", "application/json").body(body.clone());
        let Ok(answer) = request.send().await else { continue };
        let index = match answer.status().as_u16() {
            429 => 1,
            503 => 2,
            _ => 0,
        };
        counts[index].fetch_add(1, Ordering::Relaxed);
        let _ = answer.bytes().await;
    }
}

/// The times of consecutive requests during a turn, sorted.
async fn repeated<F: Future<Output = Result<(), Fault>>>(
    pause: Duration,
    request: impl Fn() -> F,
) -> Result<Vec<Duration>, Fault> {
    let (turn, mut times) = (Instant::now(), Vec::new());
    while turn.elapsed() < TURN {
        let begun = Instant::now();
        request().await?;
        times.push(begun.elapsed());
        tokio::time::sleep(pause).await;
    }
    times.sort_unstable();
    Ok(times)
}

async fn query(url: &str, token: &str) -> Result<(), Fault> {
    let body = json!({ "query": "{ viewer { name memberships { role project { name } } } }" });
    post(url, Some(token), &body).await
}

async fn sign_in(url: &str, password: &str) -> Result<(), Fault> {
    let document = "mutation($login: String!, $password: String!) {
        sessionCreate(input: { login: $login, password: $password }) { session { viewer { id } } } }";
    post(url, None, &json!({ "query": document, "variables": { "login": LOGIN, "password": password } })).await
}

async fn post(url: &str, token: Option<&str>, body: &serde_json::Value) -> Result<(), Fault> {
    thread_local! {
        static CLIENT: reqwest::Client = reqwest::Client::new();
    }
    let request = CLIENT.with(|client| client.post(url)).json(body);
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await?.error_for_status()?.bytes().await?;
    Ok(())
}

fn at(times: &[Duration], share: usize) -> Duration {
    times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}
