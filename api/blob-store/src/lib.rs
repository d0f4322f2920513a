//! The object store client: one client for the embedded store and every other S3 server.

mod clock;
mod error;
mod pages;
mod parts;
mod presign;
mod probe;
mod settings;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation, SharedHttpClient,
    StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumMode;
use aws_smithy_http_client::tls;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest, Sha256};

pub use error::ObjectError;
use error::{chain, failure};
pub use parts::{Part, UnfinishedAfter, UnfinishedPage, UnfinishedParts};
use presign::Presigner;
pub use presign::{Caching, PresignedPut, READ_LIFE, WINDOW};
pub use probe::{PROBES, StoreTraits};
pub use settings::ObjectStoreSettings;

use crate::clock::Clock;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);
const ATTEMPTS: u32 = 3;
/// The timeout of a readiness check, short because its caller waits for it.
const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// The client of the object store. Share it by an `Arc`.
#[derive(Debug)]
pub struct ObjectStore {
    client: Client,
    bucket: String,
    /// Links for tablets and browsers.
    public: Presigner,
    /// Links for this server's own probes.
    own: Presigner,
    /// The result of the probe.
    traits: OnceLock<StoreTraits>,
    /// Set when the probe found that the store checks no signatures.
    distrusted: AtomicBool,
}

/// The timeouts of the store's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestTimeouts {
    /// For one attempt, of which there are three; and for a body without progress.
    pub attempt: Duration,
    /// For all attempts together.
    pub total: Duration,
}

impl Default for RequestTimeouts {
    fn default() -> Self {
        Self { attempt: ATTEMPT_TIMEOUT, total: TOTAL_TIMEOUT }
    }
}

/// The metadata of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectHead {
    /// Number of bytes.
    pub length: u64,
    /// Media type.
    pub content_type: Option<String>,
    /// SHA-256 as the store keeps it; `None` if this store keeps none (use [`ObjectStore::read_hash`]).
    pub sha256: Option<[u8; 32]>,
}

/// An object that is being read.
#[derive(Debug)]
pub struct ObjectReader {
    /// Number of bytes.
    pub length: u64,
    /// Media type.
    pub content_type: Option<String>,
    body: ByteStream,
}

/// One page of the bucket's keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectPage {
    /// The objects, in the order of their keys.
    pub objects: Vec<ListedObject>,
    /// The cursor of the next page; `None` on the last.
    pub next: Option<String>,
}

/// An object in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// The key.
    pub key: String,
    /// Number of bytes.
    pub length: u64,
    /// When it was written, seconds since 1970.
    pub written_at: i64,
}

impl ObjectReader {
    /// The next piece; `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ObjectError> {
        let broke = |error: aws_sdk_s3::primitives::ByteStreamError| ObjectError::Unreachable {
            action: "read an object to its end",
            reason: chain(&error),
        };
        self.body.try_next().await.map_err(broke)
    }
}

impl ObjectStore {
    /// Creates a client with these settings. Connects to nothing yet; see [`ObjectStore::probe`].
    pub fn new(settings: &ObjectStoreSettings) -> Result<Self, ObjectError> {
        Self::with_timeouts(settings, RequestTimeouts::default())
    }

    /// As [`ObjectStore::new`], with other timeouts, so that tests of a store that does not answer are short.
    pub fn with_timeouts(
        settings: &ObjectStoreSettings,
        request_timeouts: RequestTimeouts,
    ) -> Result<Self, ObjectError> {
        let (endpoint, public) = settings.check()?;
        Ok(Self {
            client: client(settings, request_timeouts),
            bucket: settings.bucket.clone(),
            // Links are dated by the machine's clock, also in tests, because every store checks them by its own.
            public: Presigner::new(settings, &public, Clock::System),
            own: Presigner::new(settings, &endpoint, Clock::System),
            traits: OnceLock::new(),
            distrusted: AtomicBool::new(false),
        })
    }

    /// The checks of uploads that the store enforces, as [`ObjectStore::probe`] found them; none before that.
    #[must_use]
    pub fn traits(&self) -> StoreTraits {
        self.traits.get().copied().unwrap_or_default()
    }

    /// Creates the bucket if it is missing.
    pub async fn ensure_bucket(&self) -> Result<(), ObjectError> {
        if self.client.head_bucket().bucket(&self.bucket).send().await.is_ok() {
            return Ok(());
        }
        match self.client.create_bucket().bucket(&self.bucket).send().await {
            Ok(_) => Ok(()),
            // Another server process of ours created it first.
            Err(error) if error.code() == Some("BucketAlreadyOwnedByYou") => Ok(()),
            Err(error) => Err(failure("create the bucket")(error)),
        }
    }

    /// Whether the store answers, has the bucket and is safe to use; answers within two seconds.
    pub async fn ready(&self) -> Result<(), ObjectError> {
        if self.distrusted.load(Ordering::Relaxed) {
            return Err(ObjectError::ChecksNoSignatures);
        }
        let quick = aws_sdk_s3::config::Builder::new()
            .timeout_config(TimeoutConfig::builder().operation_timeout(READY_TIMEOUT).build())
            .retry_config(RetryConfig::disabled());
        let asked = self.client.head_bucket().bucket(&self.bucket).customize().config_override(quick).send().await;
        match asked.map_err(failure("look for the bucket")) {
            Ok(_) => Ok(()),
            Err(ObjectError::NotFound) => {
                Err(ObjectError::Refused { action: "look for the bucket", status: 404, code: "NoSuchBucket".into() })
            }
            Err(error) => Err(error),
        }
    }

    /// Writes an object, whole or not at all. The store checks the hash if it can ([`StoreTraits`]). Caches may keep an
    /// object, so other bytes need another key.
    pub async fn put(&self, key: &str, bytes: Bytes, content_type: &str, sha256: &[u8; 32]) -> Result<(), ObjectError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        let put = put.cache_control(Caching::Own.header()).checksum_sha256(STANDARD.encode(sha256));
        let put = put.body(ByteStream::from(bytes));
        put.send().await.map(drop).map_err(failure("write an object"))
    }

    /// Opens an object for reading piece by piece.
    pub async fn get_stream(&self, key: &str) -> Result<ObjectReader, ObjectError> {
        let action = "read an object";
        let object = self.client.get_object().bucket(&self.bucket).key(key).send().await.map_err(failure(action))?;
        let length = length(object.content_length, action)?;
        Ok(ObjectReader { length, content_type: object.content_type, body: object.body })
    }

    /// Reads an object of at most `max` bytes into memory.
    pub async fn get_bytes(&self, key: &str, max: u64) -> Result<Bytes, ObjectError> {
        let mut reader = self.get_stream(key).await?;
        let too_large = ObjectError::TooLarge { limit: max };
        if reader.length > max {
            return Err(too_large);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(reader.length).unwrap_or(0));
        while let Some(chunk) = reader.chunk().await? {
            if (bytes.len() + chunk.len()) as u64 > max {
                return Err(too_large);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.into())
    }

    /// The metadata of an object.
    pub async fn head(&self, key: &str) -> Result<ObjectHead, ObjectError> {
        let action = "look at an object";
        let head = self.client.head_object().bucket(&self.bucket).key(key).checksum_mode(ChecksumMode::Enabled);
        let head = match head.send().await.map_err(failure(action)) {
            Ok(head) => head,
            // The answer to a HEAD has no error code. So a missing bucket is looked up separately.
            Err(ObjectError::NotFound) => return self.ready().await.and(Err(ObjectError::NotFound)),
            Err(error) => return Err(error),
        };
        let sha256 = head.checksum_sha256.and_then(|text| STANDARD.decode(text).ok()?.try_into().ok());
        Ok(ObjectHead { length: length(head.content_length, action)?, content_type: head.content_type, sha256 })
    }

    /// Copies an object within the store; the bytes do not pass through this program.
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), ObjectError> {
        let mut source = format!("{}/", self.bucket);
        presign::encode(&mut source, from, true);
        let copy = self.client.copy_object().bucket(&self.bucket).key(to).copy_source(source);
        copy.send().await.map(drop).map_err(failure("copy an object"))
    }

    /// Removes an object; a missing object is no error.
    pub async fn delete(&self, key: &str) -> Result<(), ObjectError> {
        let deleted = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
        deleted.map(drop).map_err(failure("delete an object"))
    }

    /// Lists the objects whose keys start with `prefix`, at most 1,000; `from` is the `next` of the page before.
    pub async fn list(&self, prefix: &str, from: Option<&str>, most: u16) -> Result<ObjectPage, ObjectError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).max_keys(most.into());
        let page =
            list.set_continuation_token(from.map(str::to_owned)).send().await.map_err(failure("list objects"))?;
        let objects = page.contents.unwrap_or_default().into_iter().filter_map(|object| {
            Some(ListedObject {
                key: object.key?,
                length: u64::try_from(object.size?).ok()?,
                written_at: object.last_modified?.secs(),
            })
        });
        Ok(ObjectPage { objects: objects.collect(), next: page.next_continuation_token })
    }

    /// Reads a whole object, piece by piece, and returns its length and SHA-256.
    pub async fn read_hash(&self, key: &str) -> Result<(u64, [u8; 32]), ObjectError> {
        let mut reader = self.get_stream(key).await?;
        let (mut length, mut hash) = (0, Sha256::new());
        while let Some(chunk) = reader.chunk().await? {
            length += chunk.len() as u64;
            hash.update(&chunk);
        }
        Ok((length, hash.finalize().into()))
    }

    /// A link by which exactly these bytes can be uploaded, for `expires` from now, any number of times. So give each
    /// upload a key of its own, and copy the received object to its final key.
    #[must_use]
    pub fn presign_put(
        &self,
        key: &str,
        byte_size: u64,
        content_type: &str,
        sha256: &[u8; 32],
        expires: Duration,
    ) -> PresignedPut {
        self.public.put(key, byte_size, content_type, sha256, expires)
    }

    /// A link by which an object can be read for [`READ_LIFE`] from now, and at most [`WINDOW`] longer. All links of
    /// one window are equal. With `content_type` the answer has that type instead of the stored one.
    #[must_use]
    pub fn presign_get(&self, key: &str, caching: Caching, content_type: Option<&str>) -> String {
        self.public.get(key, READ_LIFE, caching, content_type)
    }
}

fn length(stated: Option<i64>, action: &'static str) -> Result<u64, ObjectError> {
    let no_length = || ObjectError::Other { action, reason: "the answer has no length".into() };
    stated.and_then(|length| u64::try_from(length).ok()).ok_or_else(no_length)
}

fn client(settings: &ObjectStoreSettings, request_timeouts: RequestTimeouts) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(request_timeouts.attempt)
        .operation_timeout(request_timeouts.total)
        .build();
    let credentials = Credentials::new(&settings.access_key, &settings.secret_key, None, None, "settings");
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(http_client())
        .endpoint_url(&settings.endpoint)
        .region(Region::new(settings.region.clone()))
        .credentials_provider(credentials)
        .force_path_style(settings.path_style)
        // Servers other than AWS do not support the checksums that the SDK adds by default.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .timeout_config(timeouts)
        // The timeouts cover the head of an answer only; this one ends a body without progress.
        .stalled_stream_protection(
            StalledStreamProtectionConfig::enabled().grace_period(request_timeouts.attempt).build(),
        )
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS));
    Client::from_conf(config.build())
}

/// An HTTP client with ring as the only TLS provider.
fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https()
}
