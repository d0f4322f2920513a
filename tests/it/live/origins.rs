//! Pages of other sites may not connect; apps, own pages and named ones may.

use tests::app::TestApp;
use tests::on_both_databases;

use super::setup::{Process, QUICK};
use super::socket::Socket;

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
}
