//! The object stores of tests: the embedded one, and a real S3 server (Garage).
//!
//! `eval "$(.ci/garage start)"` starts Garage and sets `TEST_S3_ENDPOINT`, `TEST_S3_REGION`, `TEST_S3_ACCESS_KEY` and
//! `TEST_S3_SECRET_KEY`. Then every [`crate::app::TestApp`] and every test of `on_both_stores!` uses it, each with a
//! separate bucket. With `REQUIRE_GARAGE=1` they fail if it is not running.

use blob_store::{ObjectStore, ObjectStoreSettings};
use embedded_s3::{EmbeddedStore, RunningStore, StoreClock, StoreConfig};
use tempfile::TempDir;

/// Makes of one test body, `async fn name(store: AnyStore)`, the tests `name::embedded` and `name::garage`.
#[macro_export]
macro_rules! on_both_stores {
    ($($(#[$attribute:meta])* async fn $name:ident($store:ident: AnyStore) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($store: $crate::stores::AnyStore) $body

            #[test]
            fn embedded() {
                $crate::runtime::block_on(async {
                    body($crate::stores::AnyStore::embedded().await).await;
                });
            }

            #[test]
            fn garage() {
                $crate::runtime::block_on(async {
                    match $crate::stores::AnyStore::garage().await {
                        Some(store) => body(store).await,
                        None => println!("skipped: TEST_S3_ENDPOINT is not set"),
                    }
                });
            }
        }
    )+};
}

/// An object store with a separate empty bucket for a test, and its client.
pub struct AnyStore {
    /// The product's own client.
    pub store: ObjectStore,
    /// The settings of the client.
    pub settings: ObjectStoreSettings,
    /// The embedded store; `None` for Garage.
    embedded: Option<(RunningStore, TempDir)>,
}

impl AnyStore {
    /// The embedded store, on a separate folder.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn embedded() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (running, settings) = start_embedded(&folder, StoreClock::default()).await;
        let store = ObjectStore::new(&settings).expect("a client");
        Self { store, settings, embedded: Some((running, folder)) }
    }

    /// A new bucket in Garage, if it is running.
    ///
    /// # Panics
    /// When it does not answer, or is not running although `REQUIRE_GARAGE=1` requires it.
    pub async fn garage() -> Option<Self> {
        let settings = garage_bucket().await?;
        let store = ObjectStore::new(&settings).expect("a client");
        Some(Self { store, settings, embedded: None })
    }

    /// Whether this is Garage. A test that calls it explains how Garage differs, and why that is harmless.
    #[must_use]
    pub const fn is_garage(&self) -> bool {
        self.embedded.is_none()
    }
}

/// Starts the embedded store on a folder, with a clock that dates its objects; returns the settings for a client.
///
/// # Panics
/// When it does not start.
pub async fn start_embedded(folder: &TempDir, clock: StoreClock) -> (RunningStore, ObjectStoreSettings) {
    let config = StoreConfig {
        folder: folder.path().to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        access_key: "key".into(),
        secret_key: "secret".into(),
        bucket: "handover".into(),
        region: "local".into(),
        limits: embedded_s3::connection_limits(),
        clock,
    };
    let running = EmbeddedStore::start(config).await.expect("the object store starts");
    let settings = settings_at(&running.addr().to_string());
    (running, settings)
}

/// The client settings of an embedded store at an address.
#[must_use]
pub fn settings_at(address: &str) -> ObjectStoreSettings {
    ObjectStoreSettings {
        endpoint: format!("http://{address}"),
        public_endpoint: None,
        region: "local".into(),
        bucket: "handover".into(),
        path_style: true,
        access_key: "key".into(),
        secret_key: "secret".into(),
    }
}

/// The settings of a new bucket in Garage, if it is running. The bucket is removed with the server.
///
/// # Panics
/// When it does not answer, or is not running although `REQUIRE_GARAGE=1` requires it.
pub async fn garage_bucket() -> Option<ObjectStoreSettings> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(endpoint) = variable("TEST_S3_ENDPOINT") else {
        let required = variable("REQUIRE_GARAGE").is_some_and(|value| value == "1");
        assert!(!required, "REQUIRE_GARAGE=1, but TEST_S3_ENDPOINT is not set");
        return None;
    };
    let needed = |name: &str| variable(name).unwrap_or_else(|| panic!("TEST_S3_ENDPOINT needs {name}"));
    let settings = ObjectStoreSettings {
        endpoint,
        public_endpoint: None,
        region: needed("TEST_S3_REGION"),
        bucket: format!("test-{}", crate::ids::v7()),
        path_style: true,
        access_key: needed("TEST_S3_ACCESS_KEY"),
        secret_key: needed("TEST_S3_SECRET_KEY"),
    };
    ObjectStore::new(&settings).expect("a client").ensure_bucket().await.expect("a bucket in Garage");
    Some(settings)
}
