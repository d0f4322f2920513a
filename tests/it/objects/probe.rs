//! Probing a store at the start, and distinguishing its failures.

use blob_store::StoreTraits;
use tests::fault_proxy::{Fault, FaultProxy};

use super::*;
use crate::server_process::Process;

on_both_stores! {
    async fn probe_reports_the_checks_that_the_store_enforces(setup: AnyStore) {
        setup.store.ensure_bucket().await.unwrap();
        setup.store.ready().await.unwrap();
        assert_eq!(setup.store.traits(), StoreTraits::default(), "nothing is taken for granted");
        let traits = setup.store.probe().await.unwrap();
        assert_eq!(traits, StoreTraits { enforces_sha256: true, enforces_length: true, takes_parts: true });
        assert_eq!(setup.store.traits(), traits);
        assert_eq!(setup.count().await, 0, "the probe cleans up");
        assert_eq!(setup.store.unfinished_parts("", None, 10).await.unwrap().uploads, []);

        let wrong_key = ObjectStoreSettings { secret_key: "wrong".into(), ..setup.settings.clone() };
        let wrong_key = ObjectStore::new(&wrong_key).unwrap();
        assert!(matches!(wrong_key.probe().await, Err(ObjectError::Refused { status: 403, .. })));
        assert!(matches!(wrong_key.ready().await, Err(ObjectError::Refused { status: 403, .. })));
        let no_bucket = ObjectStoreSettings { bucket: "nowhere".into(), ..setup.settings.clone() };
        let no_bucket = ObjectStore::new(&no_bucket).unwrap();
        let unread = no_bucket.get_bytes("a", 1).await.map(drop);
        let unseen = no_bucket.head("a").await.map(drop);
        for failed in [put(&no_bucket, "a", "b").await, unread, unseen, no_bucket.ready().await] {
            // It is not reported as a missing object.
            let error = failed.unwrap_err();
            assert!(matches!(error, ObjectError::Refused { status: 404, .. }) && error.is_outage(), "{error}");
        }
    }
}

#[tokio::test]
async fn store_without_signature_checks_is_refused() {
    // It accepts everything, as some S3 servers for tests do.
    let anything = axum::Router::new().fallback(async || StatusCode::OK.as_u16().to_string());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, anything).into_future());
    let store = ObjectStore::new(&settings(&address.to_string())).unwrap();
    assert!(matches!(store.probe().await, Err(ObjectError::ChecksNoSignatures)));
}

#[tokio::test]
async fn server_starts_with_wrong_keys() {
    let setup = Setup::new().await;
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("test.db").display());
    let store = setup.running.addr().to_string();
    let wrong = [("S3_ACCESS_KEY", "other"), ("S3_SECRET_KEY", "other")];
    let server = Process::server(folder.path(), &database, &store, &wrong).await.unwrap();
    let status = async |path: &str| reqwest::get(format!("http://{}{path}", server.address)).await.unwrap().status();
    assert_eq!((status("/healthz").await, status("/readyz").await), (StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE));
    server.kill().await;
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("are its keys and its bucket right?"), "{log}");
}

#[tokio::test]
async fn unreachable_store_is_distinguished_from_one_that_refuses() {
    let setup = Setup::new().await;
    let address = setup.running.addr().to_string();
    setup.running.shutdown().await;
    let error = setup.store.ready().await.unwrap_err();
    assert!(error.is_passing(), "{error}");
    assert!(setup.store.probe().await.unwrap_err().is_passing());
    let shown = format!("{error} {error:?} {:?}", settings(&address));
    assert!(!shown.contains("secret"), "{shown}");
}

#[tokio::test]
async fn store_that_was_down_at_the_start_is_probed_later() {
    let setup = Setup::new().await;
    let proxy = FaultProxy::before(&setup.running.addr().to_string()).await;
    proxy.set(Fault::Down);
    let store =
        ObjectStore::new(&ObjectStoreSettings { bucket: "later".into(), ..settings(&proxy.address().to_string()) });
    let store = std::sync::Arc::new(store.unwrap());
    let probing = tokio::spawn({
        let store = std::sync::Arc::clone(&store);
        async move { store.probe_until_done().await }
    });
    while proxy.met() < 3 {
        tokio::task::yield_now().await;
    }
    assert!(store.ready().await.unwrap_err().is_passing());
    assert_eq!(store.traits(), StoreTraits::default(), "until then nothing is taken for granted");
    // First failing, then with wrong keys, then healthy.
    for fault in [Fault::Answers(503, "SlowDown"), Fault::Answers(403, "InvalidAccessKeyId")] {
        let before = proxy.met();
        proxy.set(fault);
        while proxy.met() == before {
            tokio::task::yield_now().await;
        }
    }
    assert!(!probing.is_finished());
    proxy.set(Fault::None);
    probing.await.unwrap();
    assert_eq!(store.traits(), StoreTraits { enforces_sha256: true, enforces_length: true, takes_parts: true });
    store.ready().await.unwrap();
}
