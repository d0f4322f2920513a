//! The object store of the settings: an S3 server, or the embedded store with generated keys.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::http::HeaderValue;
use blob_store::{ObjectError, ObjectStore, ObjectStoreSettings};
use embedded_s3::{EmbeddedStore, RunningStore, StoreClock, StoreConfig};
use listener::Limits;
use serde::{Deserialize, Serialize};

use super::connections::connections;
use super::error::StartError;
use super::settings::Settings;

/// The maximum time for which the start waits for the store; after it the server starts without.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(5);

/// The pause between two attempts to add CORS rules to an unreachable store.
const BETWEEN_TRIES: Duration = Duration::from_secs(30);

/// The store's client, and the embedded store if there is one.
pub(super) struct Objects {
    pub(super) client: Arc<ObjectStore>,
    pub(super) embedded: Option<RunningStore>,
    /// The origin of links to photos.
    pub(super) public_origin: String,
}

/// The keys of the embedded store, generated once for a data folder.
#[derive(Serialize, Deserialize)]
struct Keys {
    access_key: String,
    secret_key: String,
}

/// Whether the settings of the store are valid; opens nothing.
pub(super) fn check(settings: &Settings) -> Result<(), StartError> {
    let (endpoint, keys) = match &settings.s3_endpoint {
        Some(endpoint) => (endpoint.clone(), keys_of(settings)),
        // The embedded store generates its keys when it is opened.
        None => {
            let keys = Keys { access_key: "own".to_owned(), secret_key: "own".to_owned() };
            (format!("http://{}", settings.objects_listen), keys)
        }
    };
    Ok(ObjectStore::new(&client_settings(settings, endpoint, keys)).map(drop)?)
}

/// Starts or connects to the store, and makes sure that it is safe to use.
pub(super) async fn open(settings: &Settings) -> Result<Objects, StartError> {
    let (client_settings, embedded) = match &settings.s3_endpoint {
        Some(endpoint) => (client_settings(settings, endpoint.clone(), keys_of(settings)), None),
        None => {
            let keys = keys(&settings.data)?;
            let config = StoreConfig {
                folder: settings.data.join("objects"),
                listen: settings.objects_listen,
                access_key: keys.access_key.clone(),
                secret_key: keys.secret_key.clone(),
                bucket: settings.s3_bucket.clone(),
                region: settings.s3_region.clone(),
                limits: Limits { receiving: embedded_s3::connection_limits().receiving, ..connections(settings)? },
                clock: StoreClock::default(),
            };
            let store = EmbeddedStore::start(config).await?;
            (client_settings(settings, format!("http://{}", store.addr()), keys), Some(store))
        }
    };
    let public_origin = client_settings.public_endpoint.clone().unwrap_or_else(|| client_settings.endpoint.clone());
    let client = Arc::new(ObjectStore::new(&client_settings)?);
    // A store that is down does not prevent the start: `/readyz` reports it, and uploads wait.
    let prepared = tokio::time::timeout(PREPARE_TIMEOUT, prepare(&client)).await;
    let too_long =
        || ObjectError::Unreachable { action: "prepare", reason: format!("no answer in {PREPARE_TIMEOUT:?}") };
    match prepared.unwrap_or_else(|_| Err(too_long())) {
        // No object of such a store can be trusted.
        Err(error @ ObjectError::ChecksNoSignatures) => return Err(error.into()),
        Err(error) => {
            if error.is_passing() {
                tracing::warn!(%error, "the object store does not answer yet");
            } else {
                tracing::error!(%error, "the object store cannot be used; are its keys and its bucket right?");
            }
            let client = Arc::clone(&client);
            tokio::spawn(async move { client.probe_until_done().await });
        }
        Ok(()) => {}
    }
    Ok(Objects { client, embedded, public_origin })
}

impl Objects {
    /// Lets web pages of these origins upload and read by links. An external store is asked in the background, because
    /// only uploads from pages need it.
    pub(super) fn allow_pages(&self, origins: Vec<HeaderValue>) {
        if let Some(store) = &self.embedded {
            store.allow_pages(origins);
            return;
        }
        let origins: Vec<String> =
            origins.iter().filter_map(|origin| origin.to_str().ok().map(str::to_owned)).collect();
        let client = Arc::clone(&self.client);
        tokio::spawn(async move { allow_pages(&client, &origins).await });
    }
}

/// Retries until the store answers; if it refuses, logs the CORS rule that the operator must add.
async fn allow_pages(client: &ObjectStore, origins: &[String]) {
    loop {
        match client.allow_pages(origins).await {
            Ok(()) => return tracing::info!(?origins, "pages of these origins may upload and read photos"),
            Err(error) if error.is_passing() => tokio::time::sleep(BETWEEN_TRIES).await,
            Err(error) => {
                return tracing::warn!(
                    ?origins, %error,
                    "web pages of these origins cannot upload photos, nor read their bytes: give the bucket a CORS rule \
                     with these origins, the methods GET, HEAD and PUT, and the headers content-type and \
                     x-amz-checksum-sha256",
                );
            }
        }
    }
}

async fn prepare(client: &ObjectStore) -> Result<(), ObjectError> {
    client.ensure_bucket().await?;
    let traits = client.probe().await?;
    tracing::info!(?traits, "the object store checks signatures");
    Ok(())
}

fn client_settings(settings: &Settings, endpoint: String, keys: Keys) -> ObjectStoreSettings {
    ObjectStoreSettings {
        endpoint,
        public_endpoint: settings.s3_public_endpoint.clone(),
        region: settings.s3_region.clone(),
        bucket: settings.s3_bucket.clone(),
        path_style: settings.s3_path_style,
        access_key: keys.access_key,
        secret_key: keys.secret_key,
    }
}

fn keys_of(settings: &Settings) -> Keys {
    Keys {
        access_key: settings.s3_access_key.clone().unwrap_or_default(),
        secret_key: settings.s3_secret_key.clone().unwrap_or_default(),
    }
}

/// The embedded store's keys: kept in the data folder, readable by its owner alone.
fn keys(data: &Path) -> Result<Keys, StartError> {
    let file = data.join("objects-keys.json");
    if let Ok(text) = std::fs::read_to_string(&file) {
        return serde_json::from_str(&text).map_err(|error| StartError::Data(format!("{}: {error}", file.display())));
    }
    let keys = Keys { access_key: random_text(10)?, secret_key: random_text(30)? };
    let text = serde_json::to_string(&keys).map_err(|error| StartError::Data(error.to_string()))?;
    write_private(&file, &text)?;
    Ok(keys)
}

fn random_text(bytes: usize) -> Result<String, StartError> {
    let mut random = vec![0_u8; bytes];
    getrandom::fill(&mut random).map_err(|error| StartError::Data(error.to_string()))?;
    Ok(hex::encode(random))
}

fn write_private(file: &Path, text: &str) -> Result<(), StartError> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut handle = options.open(file)?;
    handle.write_all(text.as_bytes())?;
    handle.sync_all()?;
    Ok(())
}
