//! The embedded object store: durable, S3-compatible, one folder, one key pair.
//!
//! The product runs with it without any other service, and uses it like any other S3 server.
//!
//! ```no_run
//! # async fn run() -> Result<(), embedded_s3::StartError> {
//! let store = embedded_s3::EmbeddedStore::start(embedded_s3::StoreConfig {
//!     folder: "data/objects".into(),
//!     listen: ([127, 0, 0, 1], 0).into(),
//!     access_key: "key".into(),
//!     secret_key: "secret".into(),
//!     bucket: "photos".into(),
//!     region: "local".into(),
//!     limits: embedded_s3::connection_limits(),
//!     clock: embedded_s3::StoreClock::default(),
//! })
//! .await?;
//! println!("http://{}", store.addr());
//! store.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! Guarantees: an acknowledged object or part is on disk, whole, and survives a crash and a restart. An upload that
//! broke off, or that differs from the declared length, SHA-256 or MD5, leaves the earlier object untouched. Readers
//! see the old object or the new one, never a mixture.
//!
//! Operations: CreateBucket, HeadBucket, PutObject (with `If-None-Match: *`), GetObject (with ranges), HeadObject,
//! CopyObject, DeleteObject, ListObjectsV2 (without delimiter), and for multipart objects CreateMultipartUpload,
//! UploadPart, ListParts, CompleteMultipartUpload, AbortMultipartUpload, ListMultipartUploads; by signature version 4
//! in headers or presigned links. Every other operation is refused.

mod access;
mod answers;
mod clock;
mod copying;
mod folder;
mod keys;
mod listing;
mod multipart;
mod object_file;
mod pages;
mod parts;
mod server;
mod service;
mod upload;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use listener::{Limits, Pace};
use s3s::auth::SimpleAuth;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use crate::clock::StoreClock;
use crate::folder::DataFolder;
use crate::pages::{Origins, Pages};

/// The configuration of an embedded store.
#[derive(Clone)]
pub struct StoreConfig {
    /// The folder of the objects; created if missing. Only one store at a time uses it.
    pub folder: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The one access key.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
    /// The bucket that exists from the start.
    pub bucket: String,
    /// The region that the store names as its own.
    pub region: String,
    /// The limits of clients' connections.
    pub limits: Limits,
    /// The source of the time at which objects are written.
    pub clock: StoreClock,
}

/// The limits of connections for an object store: photos arrive over worse networks than operations.
#[must_use]
pub fn connection_limits() -> Limits {
    let receiving = Pace { grace: Duration::from_secs(30), ..Limits::default().receiving };
    Limits { receiving, ..Limits::default() }
}

impl std::fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { folder, listen, bucket, region, .. } = self;
        write!(f, "StoreConfig {{ folder: {folder:?}, listen: {listen}, bucket: {bucket:?}, region: {region:?}, .. }}")
    }
}

/// The reasons why a store did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error("the object store's folder {folder} cannot be used: {source}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The underlying error.
        source: io::Error,
    },
    /// The address cannot be bound.
    #[error("the object store cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The underlying error.
        source: io::Error,
    },
    /// The bucket's name is not one that S3 allows.
    #[error("{0:?} is no bucket name: 3 to 63 of a-z, 0-9, hyphen and dot, starting and ending with a letter or digit")]
    BucketName(String),
}

/// The embedded store; see the crate's own description.
#[derive(Debug)]
pub struct EmbeddedStore;

impl EmbeddedStore {
    /// Opens the folder, sweeps the leftovers of an earlier run, and serves until shutdown.
    pub async fn start(config: StoreConfig) -> Result<RunningStore, StartError> {
        if !s3s::path::check_bucket_name(&config.bucket) {
            return Err(StartError::BucketName(config.bucket));
        }
        let (path, bucket, clock) = (config.folder.clone(), config.bucket.clone(), config.clock.clone());
        let opened = tokio::task::spawn_blocking(move || {
            let folder = DataFolder::open(&path, clock)?;
            folder.create_bucket(&bucket)?;
            Ok(folder)
        });
        let folder = opened
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
            .map_err(|source| StartError::Folder { folder: config.folder.clone(), source })?;
        let cannot_listen = |source| StartError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(cannot_listen)?;
        let addr = listener.local_addr().map_err(cannot_listen)?;
        let stop = CancellationToken::new();
        let (limits, origins) = (config.limits.clone(), Origins::default());
        let pages = Pages { store: s3_service(folder, config), origins: origins.clone() };
        let serving = tokio::spawn(server::serve(listener, limits, pages, stop.clone()));
        Ok(RunningStore { addr, origins, stop, serving })
    }
}

fn s3_service(folder: DataFolder, config: StoreConfig) -> S3Service {
    let mut limits = S3Config::default();
    // XML bodies are read into memory after the signature was checked. The largest accepted body is the list of 10,000
    // parts to join, 130 bytes each. Forms never arrive here, see `server`.
    limits.xml_max_body_size = 2 * 1024 * 1024;
    limits.post_object_max_file_size = 0;
    limits.form_max_field_size = 4 * 1024;
    limits.form_max_fields_size = 64 * 1024;
    let mut builder = S3ServiceBuilder::new(service::Service { folder: Arc::new(folder), region: config.region });
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(limits))));
    builder.set_auth(SimpleAuth::from_single(config.access_key, config.secret_key));
    builder.set_access(access::SignedOnly);
    builder.build()
}

/// A running store. Dropping it stops it as well, without waiting for requests in progress.
#[derive(Debug)]
pub struct RunningStore {
    addr: SocketAddr,
    origins: Origins,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl RunningStore {
    /// The address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Lets web pages of these origins (`https://app.example`) upload and read by links, by CORS. Takes effect once.
    pub fn allow_pages(&self, origins: Vec<http::HeaderValue>) {
        self.origins.set(origins);
    }

    /// Takes no new requests, answers those in progress (20 s at most), and ends.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        if let Err(error) = (&mut self.serving).await {
            tracing::error!(%error, "the object store ended badly");
        }
    }
}

impl Drop for RunningStore {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
