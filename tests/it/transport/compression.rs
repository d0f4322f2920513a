//! Long answers are compressed in an encoding that the client accepts.

use reqwest::header::{CONTENT_ENCODING, VARY};
use serde_json::{Value, json};
use tests::tablet::encoding::decoded;
use transport::Limits;

use super::server::{Server, settings};

fn long() -> Value {
    let fields: String = (0..300).map(|n| format!(" a{n}: hello")).collect();
    json!({ "query": format!("{{{fields} }}") })
}

async fn ask(server: &Server, accepted: &str, body: &Value) -> (Option<String>, Vec<u8>, bool) {
    let answer = server.post().header("accept-encoding", accepted).json(body).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (encoding, vary) = (header(CONTENT_ENCODING), header(VARY));
    let varies = vary.is_some_and(|vary| vary.to_lowercase().contains("accept-encoding"));
    (encoding, answer.bytes().await.expect("a whole body").to_vec(), varies)
}

#[tokio::test]
async fn long_answers_are_compressed_as_the_client_accepts() {
    let mut generous = settings();
    generous.limits = Limits { cost: 10_000, root_fields: 1_000, aliases: 1_000, ..generous.limits };
    let server = Server::with(generous).await;
    let (none, plain, _) = ask(&server, "identity", &long()).await;
    assert_eq!(none, None);
    for (accepted, encoding) in [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, zstd", "gzip"),
        ("gzip;q=0.9, zstd", "zstd"),
        ("zstd;q=0, gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
    ] {
        let (chosen, bytes, varies) = ask(&server, accepted, &long()).await;
        assert_eq!((chosen.as_deref(), varies), (Some(encoding), true), "{accepted}");
        assert!(bytes.len() * 5 < plain.len(), "{} of {}", bytes.len(), plain.len());
        assert_eq!(decoded(Some(encoding), bytes.clone()).await.expect("it can be read"), plain);
        // An incomplete body is detected.
        let half = bytes[..bytes.len() / 2].to_vec();
        decoded(Some(encoding), half).await.expect_err("half a body");
    }
    let (short, _, _) = ask(&server, "gzip, zstd", &json!({ "query": "{ hello }" })).await;
    assert_eq!(short, None);
}
