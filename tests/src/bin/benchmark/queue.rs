//! A queue of photos: the server's memory while it is processed, and the time of answers meanwhile, relative to an idle
//! server.
//!
//! `cargo run --release -p tests --bin benchmark photos [count]`: 1,000 photos of 12 megapixels by default, on SQLite
//! and the embedded store.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt, TryStreamExt};
use image::{Rgb, RgbImage};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::ids::v7;
use uuid::Uuid;

use crate::Fault;
use crate::people::Throttled;
use crate::servers::{DEMO_PASSWORD, Server};

/// The number of photos of one defect.
const OF_A_DEFECT: usize = 100;
/// The number of concurrent uploads.
const TABLETS: usize = 4;
/// The interval of the polls.
const PAUSE: Duration = Duration::from_millis(200);
/// The duration of the measurement of the idle server.
const IDLE: Duration = Duration::from_secs(10);

struct Client<'a> {
    server: &'a Server,
    token: String,
    http: reqwest::Client,
    throttled: Throttled,
}

/// Uploads the photos, and measures until the last one is ready.
pub(crate) async fn run(count: usize) -> Result<(), Fault> {
    let server = Server::embedded().await?;
    let token = server.sign_in_as("daniel.hartmann@riverside.example", DEMO_PASSWORD).await?;
    let client = Client { server: &server, token, http: reqwest::Client::new(), throttled: Throttled::default() };
    let [unit, other] = client.units().await?;
    let begun = Instant::now();
    let mut idle = Waits::default();
    while begun.elapsed() < IDLE {
        client.wait(&unit, &mut idle).await?;
    }
    let photo = photo()?;
    println!("{count} photos of 4032 x 3024, {:.1} MB each", photo.len() as f64 / 1e6);
    let begun = Instant::now();
    let last = client.upload(&other, &photo, count).await?;
    println!("uploaded in {:.0} s", begun.elapsed().as_secs_f64());
    let (mut busy, mut memory) = (Waits::default(), Vec::new());
    let worked = Instant::now();
    for number in 0_u32.. {
        client.wait(&unit, &mut busy).await?;
        if number % 25 == 0 {
            memory.push(server.memory()?.0);
            if client.is_ready(last).await? {
                break;
            }
        }
    }
    let (idle, busy) = (idle.p99(), busy.p99());
    println!("queue worked off {:.0} s later", worked.elapsed().as_secs_f64());
    println!("answers 429: {}", client.throttled.count());
    println!("p99 of a unit: idle {:.1} ms, meanwhile {:.1} ms, {:.2} times", idle, busy, busy / idle);
    let thirds = memory.chunks(memory.len().div_ceil(3).max(1)).map(|part| part.iter().max().copied().unwrap_or(0));
    println!(
        "memory, most in each third of the time: {:?} MiB; most of all: {} MiB",
        thirds.collect::<Vec<_>>(),
        server.memory()?.1
    );
    Ok(())
}

/// The times of answers.
#[derive(Default)]
struct Waits(Vec<Duration>);

impl Waits {
    fn p99(&mut self) -> f64 {
        self.0.sort_unstable();
        let place = self.0.len() * 99 / 100;
        self.0.get(place).map_or(0.0, |wait| wait.as_secs_f64() * 1_000.0)
    }
}

impl Client<'_> {
    async fn ask(&self, document: &str, variables: Value) -> Result<Value, Fault> {
        let request = self.http.post(format!("http://{}/graphql", self.server.address)).bearer_auth(&self.token);
        let request = request.json(&json!({ "query": document, "variables": variables }));
        let answer: Value = self.throttled.send(request).await?.json().await?;
        if answer["errors"].is_array() || answer["data"].is_null() {
            return Err(format!("{document} was answered {answer}").into());
        }
        Ok(answer["data"].clone())
    }

    /// A unit to read, and another one for the photos.
    async fn units(&self) -> Result<[String; 2], Fault> {
        let found =
            self.ask("{ projects(first: 1) { nodes { units(first: 2) { nodes { id } } } } }", json!({})).await?;
        let nodes = &found["projects"]["nodes"][0]["units"]["nodes"];
        let id = |place: usize| nodes[place]["id"].as_str().map(str::to_owned).ok_or("no unit");
        Ok([id(0)?, id(1)?])
    }

    /// Reads a unit as a screen does, and records the time.
    async fn wait(&self, unit: &str, waits: &mut Waits) -> Result<(), Fault> {
        let document = "query($id: ID!) { unit(id: $id) { code rooms { name defects { number status
            photos(first: 2) { url(size: THUMB) } } } } }";
        let begun = Instant::now();
        self.ask(document, json!({ "id": unit })).await?;
        waits.0.push(begun.elapsed());
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    /// Uploads this many photos with different bytes; returns the id of the last one.
    async fn upload(&self, unit: &str, photo: &[u8], count: usize) -> Result<Uuid, Fault> {
        let mut defects = Vec::new();
        for _ in 0..count.div_ceil(OF_A_DEFECT) {
            let id = v7();
            let input = json!({ "defectId": id, "unitId": unit, "type": "WALL.CRACK" });
            let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
            self.ask(document, json!({ "input": input })).await?;
            defects.push(id);
        }
        let uploads = stream::iter(0..count).map(|number| self.one(defects[number / OF_A_DEFECT], photo));
        let ids: Vec<Uuid> = uploads.buffered(TABLETS).try_collect().await?;
        ids.last().copied().ok_or_else(|| "no photo".into())
    }

    async fn one(&self, defect: Uuid, photo: &[u8]) -> Result<Uuid, Fault> {
        let id = v7();
        // Bytes after the picture make the file unique.
        let bytes = [photo, id.as_bytes()].concat();
        let declare = "mutation($input: PhotoUploadCreateInput!) { photoUploadCreate(input: $input) {
            upload { url headers { name value } } userErrors { code } } }";
        let input = json!({ "photoId": id, "sha256": hex::encode(Sha256::digest(&bytes)), "byteSize": bytes.len(),
            "contentType": "image/jpeg", "subject": { "defectId": defect }, "stage": "BEFORE" });
        let declared = self.ask(declare, json!({ "input": input })).await?;
        let upload = &declared["photoUploadCreate"]["upload"];
        let mut put = self.http.put(upload["url"].as_str().ok_or_else(|| format!("no link: {declared}"))?);
        for header in upload["headers"].as_array().into_iter().flatten() {
            if let (Some(name), Some(value)) = (header["name"].as_str(), header["value"].as_str())
                && name != "content-length"
            {
                put = put.header(name, value);
            }
        }
        put.body(bytes).send().await?.error_for_status()?;
        let complete = "mutation($id: ID!) { photoUploadComplete(input: { photoId: $id }) { userErrors { code } } }";
        self.ask(complete, json!({ "id": id })).await?;
        Ok(id)
    }

    async fn is_ready(&self, photo: Uuid) -> Result<bool, Fault> {
        let found = self.ask("query($id: ID!) { photo(id: $id) { state } }", json!({ "id": photo })).await?;
        Ok(found["photo"]["state"] == "READY")
    }
}

/// A photo of 12 megapixels with the noise of a camera.
fn photo() -> Result<Vec<u8>, Fault> {
    let mut grain = 1_u32;
    let picture = RgbImage::from_fn(4_032, 3_024, |x, y| {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let surface = (x / 9 % 160 + y / 13 % 90) as u8;
        let noise = (grain >> 28) as u8;
        Rgb([surface + noise, surface / 2 + noise + 40, 250 - surface + noise / 4])
    });
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture)?;
    Ok(bytes)
}
