//! Trying out a store at start, and telling its failures apart.

use app::object_store::StoreTraits;

use super::*;

#[tokio::test]
async fn the_probe_tells_what_the_store_enforces() {
    let scene = Scene::new().await;
    scene.store.ensure_bucket().await.unwrap();
    scene.store.ready().await.unwrap();
    let traits = scene.store.probe().await.unwrap();
    assert_eq!(traits, StoreTraits { enforces_sha256: true, enforces_length: true, takes_parts: true });
    assert_eq!(scene.files(), 0, "the probe cleans up");

    let wrong_key = ObjectStoreSettings { secret_key: "wrong".into(), ..settings(&scene.running.addr().to_string()) };
    let wrong_key = ObjectStore::new(&wrong_key).unwrap();
    assert!(matches!(wrong_key.probe().await, Err(ObjectError::Refused { status: 403, .. })));
    assert!(matches!(wrong_key.ready().await, Err(ObjectError::Refused { status: 403, .. })));
}

#[tokio::test]
async fn a_store_that_checks_no_signatures_is_refused() {
    // Takes everything, as some S3 servers for tests do.
    let anything = axum::Router::new().fallback(async || StatusCode::OK.as_u16().to_string());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, anything).into_future());
    let store = ObjectStore::new(&settings(&address.to_string())).unwrap();
    assert!(matches!(store.probe().await, Err(ObjectError::ChecksNoSignatures)));
}

#[tokio::test]
async fn a_store_out_of_reach_is_told_from_one_that_refuses() {
    let scene = Scene::new().await;
    let address = scene.running.addr().to_string();
    scene.running.shutdown().await;
    let error = scene.store.ready().await.unwrap_err();
    assert!(error.is_passing(), "{error}");
    assert!(scene.store.probe().await.unwrap_err().is_passing());
    let shown = format!("{error} {error:?} {:?}", settings(&address));
    assert!(!shown.contains("secret"), "{shown}");
}
