//! Pages of other sites may not connect; apps, own pages and pages of named origins may.

use serde_json::json;
use tests::app::TestApp;
use tests::on_both_databases;

use super::setup::{Process, QUICK, token};
use super::socket::{FOLLOW, Socket};

on_both_databases! {
    async fn pages_of_other_sites_are_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let own = format!("http://{}", process.address);
        for (origin, may) in [
            (None, true),
            (Some(own.as_str()), true),
            (Some("https://app.example"), true),
            (Some("https://evil.example"), false),
            (Some("null"), false),
        ] {
            let headers: Vec<(&str, &str)> = origin.iter().map(|origin| ("origin", *origin)).collect();
            let opened = Socket::open(process.address, &headers).await.map(|_| ());
            assert_eq!(opened, if may { Ok(()) } else { Err(403) }, "{origin:?}");
        }
    }

    async fn pages_of_other_sites_get_no_stream_of_events(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let (token, own) = (token(&app, "manager").await, format!("http://{}", process.address));
        let follow = json!({ "query": FOLLOW, "variables": { "id": app.project.id } });
        let query = json!({ "query": "{ viewer { name } }" });
        let both = "application/json, text/event-stream";
        for (origin, may) in [
            (None, true),
            (Some(own.as_str()), true),
            (Some("https://app.example"), true),
            (Some("https://evil.example"), false),
            (Some("null"), false),
        ] {
            // The browser hides an answer that is no stream from such pages.
            let asked = [(&follow, "text/event-stream", may), (&query, "text/event-stream", may), (&follow, both, may)];
            for (body, accept, may) in asked.into_iter().chain([(&query, both, true)]) {
                let request = reqwest::Client::new().post(process.url()).bearer_auth(&token).json(body);
                let request = origin.iter().fold(request.header("accept", accept), |to, from| to.header("origin", *from));
                let answer = request.send().await.expect("an answer");
                assert_eq!(answer.status().as_u16(), if may { 200 } else { 403 }, "{origin:?} {accept} {body}");
                if !may {
                    assert!(answer.text().await.expect("a body").contains("ORIGIN_NOT_ALLOWED"));
                }
            }
        }
    }
}
