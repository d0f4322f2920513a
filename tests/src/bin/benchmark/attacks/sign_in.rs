//! A flood of sign-ins from 4 addresses, with honest sign-ins from another address and from a known device behind one
//! of the four.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::{Value, json};

use crate::Fault;
use crate::servers::{DEMO_PASSWORD, Server};

/// The number of concurrent attempts of the flood.
const FLOOD: usize = 1_000;
/// The addresses of the flood.
const ADDRESSES: [[u8; 4]; 4] = [[127, 0, 0, 2], [127, 0, 0, 3], [127, 0, 0, 4], [127, 0, 0, 5]];
/// The maximum time of an honest sign-in.
const LONGEST: Duration = Duration::from_secs(1);

const SIGN_IN: &str = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) {
    session { id } deviceToken userErrors { code } } }";

pub(crate) async fn run() -> Result<(), Fault> {
    println!("\n{FLOOD} anonymous sign-ins at once from {} addresses, beside honest ones", ADDRESSES.len());
    let server = Server::embedded().await?;
    let url = format!("http://{}/graphql", server.address);
    let (login, password) = ("daniel.hartmann@riverside.example", DEMO_PASSWORD);
    let honest = client([127, 0, 7, 1])?;
    let neighbour = client(ADDRESSES[0])?;
    let quiet = timed(&honest, &url, json!({ "login": login, "password": password })).await?;
    println!("{:<58} {:>8.0} ms", "honest sign-in, nothing else", milliseconds(quiet.took));
    let device = quiet.device_token.ok_or("no device token: cannot sign in")?;

    let processor = server.processor_ms()?;
    let begun = Instant::now();
    let flood = tokio::spawn(flood(url.clone()));
    // The flood has filled the queue.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut slowest = Duration::ZERO;
    let attempts = [
        (
            "honest sign-in from another network during the flood",
            &honest,
            json!({ "login": login, "password": password }),
        ),
        (
            "known device behind an address of the flood",
            &neighbour,
            json!({ "login": login, "password": password, "deviceToken": device }),
        ),
    ];
    for (name, client, input) in attempts {
        let outcome = timed(client, &url, input).await?;
        println!("{name:<58} {:>8.0} ms, {}", milliseconds(outcome.took), outcome.code);
        // A client that shares an address with the flood also shares its points.
        if outcome.code != "OK" && outcome.code != "RATE_LIMITED" {
            return Err(format!("{name}: {}", outcome.code).into());
        }
        slowest = slowest.max(outcome.took);
    }
    let codes = flood.await??;
    let count = |code: &str| codes.iter().filter(|found| *found == code).count();
    println!(
        "flood: {} looked at, {} slowed, {} answered 503, {} answered 429, in {:.1} s and {} ms of processor time",
        count("SIGN_IN_FAILED"),
        count("SIGN_IN_SLOWED"),
        count("OVERLOADED"),
        count("RATE_LIMITED"),
        begun.elapsed().as_secs_f64(),
        server.processor_ms()?.saturating_sub(processor)
    );
    if slowest > LONGEST {
        return Err(format!("an honest sign-in took {slowest:?}").into());
    }
    Ok(())
}

/// Sends all attempts of the flood at once, each with another login; returns the codes.
async fn flood(url: String) -> Result<Vec<String>, Fault> {
    let clients = ADDRESSES.into_iter().map(client).collect::<Result<Vec<_>, _>>()?;
    let attempts = futures::stream::iter(0..FLOOD).map(|n| {
        let (client, url) = (&clients[n % clients.len()], &url);
        async move { timed(client, url, json!({ "login": format!("x{n}"), "password": "p" })).await }
    });
    let outcomes: Vec<_> = attempts.buffer_unordered(FLOOD).collect().await;
    outcomes.into_iter().map(|outcome| outcome.map(|outcome| outcome.code)).collect()
}

struct Outcome {
    took: Duration,
    code: String,
    device_token: Option<String>,
}

async fn timed(client: &reqwest::Client, url: &str, input: Value) -> Result<Outcome, Fault> {
    let body = json!({ "query": SIGN_IN, "variables": { "input": input } });
    let begun = Instant::now();
    let answer: Value = client.post(url).json(&body).send().await?.json().await?;
    let took = begun.elapsed();
    let payload = &answer["data"]["sessionCreate"];
    let refusal = payload["userErrors"][0]["code"].as_str();
    let refusal = refusal.or_else(|| answer["errors"][0]["extensions"]["code"].as_str());
    let code = if payload["session"].is_object() { "OK" } else { refusal.unwrap_or("no answer") };
    let device_token = payload["deviceToken"].as_str().map(str::to_owned);
    Ok(Outcome { took, code: code.to_owned(), device_token })
}

fn client(address: [u8; 4]) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().local_address(IpAddr::from(address)).timeout(Duration::from_secs(60)).build()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
