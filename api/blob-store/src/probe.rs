//! Probes a store at the start: a store that checks no signatures is refused, and missing checks of uploads are noted.

use std::sync::atomic::Ordering;
use std::time::Duration;

use aws_sdk_s3::config::http::HttpRequest;
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::HttpConnector;
use sha2::{Digest, Sha256};

use super::presign::PartToPut;
use super::{ATTEMPT_TIMEOUT, ObjectError, ObjectStore, PresignedPut, chain};

const ACTION: &str = "answer the probe at start";
const CONTENT_TYPE: &str = "application/octet-stream";
const LIFE: Duration = Duration::from_secs(60);
/// The wait before an unreachable store is probed again; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const BYTES: &str = "probe of the object store";
/// The prefix of the short-lived probe objects; a killed probe leaves its object behind.
pub const PROBES: &str = "probe/";

/// The checks of presigned uploads that a store enforces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreTraits {
    /// Bytes with another SHA-256 than the signed one are refused. If not, hash an uploaded object by reading it.
    pub enforces_sha256: bool,
    /// Another length than the signed one is refused.
    pub enforces_length: bool,
    /// Objects can be uploaded in parts.
    pub takes_parts: bool,
}

impl ObjectStore {
    /// Probes with valid and invalid presigned uploads to a key of its own.
    ///
    /// Refuses a store that accepts a wrong signature, refuses a valid one, or is unreachable.
    pub async fn probe(&self) -> Result<StoreTraits, ObjectError> {
        let connector = connector();
        let mut id = [0; 8];
        getrandom::fill(&mut id).map_err(|error| ObjectError::Other { action: ACTION, reason: error.to_string() })?;
        let key = format!("{PROBES}{}", hex::encode(id));
        let link = self.own.put(&key, BYTES.len() as u64, CONTENT_TYPE, &hash(), LIFE);

        let traits = self.try_out(&connector, &key, &link).await;
        self.distrusted.store(matches!(traits, Err(ObjectError::ChecksNoSignatures)), Ordering::Relaxed);
        let deleted = self.delete(&key).await;
        let traits = traits?;
        deleted?;
        Ok(*self.traits.get_or_init(|| traits))
    }

    /// Creates the bucket and probes until both succeed, for a store that was unreachable at the start. Uploads need
    /// not wait for it; until then they are checked as if the store enforced nothing.
    pub async fn probe_until_done(&self) {
        let mut wait = FIRST_WAIT;
        loop {
            let tried = async {
                self.ensure_bucket().await?;
                self.probe().await
            };
            match tried.await {
                Ok(traits) => {
                    tracing::info!(?traits, "the object store answers and checks signatures");
                    return;
                }
                Err(error) if error.is_passing() => tracing::debug!(%error, "the object store does not answer yet"),
                // Wrong keys can also be corrected at the store. `/readyz` shows the failure meanwhile.
                Err(error) => tracing::error!(%error, "the object store cannot be used"),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn try_out(&self, connector: &Connector, key: &str, link: &PresignedPut) -> Result<StoreTraits, ObjectError> {
        match upload(connector, link, BYTES).await? {
            200..=299 => {}
            status @ 400..=499 => {
                let code = "an upload with a right signature".into();
                return Err(ObjectError::Refused { action: "take", status, code });
            }
            status => return Err(ObjectError::of_status(ACTION, status, None)),
        }
        if accepts(upload(connector, &tampered(link), BYTES).await?)? {
            return Err(ObjectError::ChecksNoSignatures);
        }
        let enforces_sha256 = !accepts(upload(connector, link, &BYTES.to_ascii_uppercase()).await?)?;
        // Signed for one byte more, with the hash of the sent bytes: only the length is wrong.
        let longer = self.own.put(key, BYTES.len() as u64 + 1, CONTENT_TYPE, &hash(), LIFE);
        let enforces_length = !accepts(upload(connector, &with_length(longer, BYTES.len()), BYTES).await?)?;
        let takes_parts = match self.try_parts(connector, key).await {
            Ok(()) => true,
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "the object store takes no uploads in parts; each upload is one piece");
                false
            }
        };
        Ok(StoreTraits { enforces_sha256, enforces_length, takes_parts })
    }

    /// Uploads an object of one part.
    async fn try_parts(&self, connector: &Connector, key: &str) -> Result<(), ObjectError> {
        let upload_id = self.begin_parts(key, CONTENT_TYPE).await?;
        let tried = self.try_part(connector, key, &upload_id).await;
        let aborted = self.abort_parts(key, &upload_id).await;
        tried.and(aborted)
    }

    async fn try_part(&self, connector: &Connector, key: &str, upload_id: &str) -> Result<(), ObjectError> {
        let part = PartToPut { upload_id, number: 1, byte_size: BYTES.len() as u64 };
        let status = upload(connector, &self.own.put_part(key, part, LIFE), BYTES).await?;
        if !accepts(status)? {
            return Err(ObjectError::Refused { action: "take", status, code: "a part with a right signature".into() });
        }
        let parts = self.parts(key, upload_id).await?;
        self.join_parts(key, upload_id, &parts).await?;
        if self.read_hash(key).await? == (BYTES.len() as u64, hash()) {
            Ok(())
        } else {
            Err(ObjectError::Other { action: ACTION, reason: "the joined parts are other bytes".into() })
        }
    }
}

/// Whether an upload was accepted; a failing store gives neither answer.
fn accepts(status: u16) -> Result<bool, ObjectError> {
    match status {
        200..=299 => Ok(true),
        400..=499 => Ok(false),
        _ => Err(ObjectError::of_status(ACTION, status, None)),
    }
}

/// The link with the last digit of its signature changed.
fn tampered(link: &PresignedPut) -> PresignedPut {
    let mut url = link.url.clone();
    let last = if url.pop() == Some('0') { '1' } else { '0' };
    url.push(last);
    PresignedPut { url, headers: link.headers.clone() }
}

/// The link, used with another length than the signed one.
fn with_length(mut link: PresignedPut, length: usize) -> PresignedPut {
    for (name, value) in &mut link.headers {
        if *name == "content-length" {
            *value = length.to_string();
        }
    }
    link
}

fn hash() -> [u8; 32] {
    Sha256::digest(BYTES).into()
}

/// Uploads by a link, as a tablet does; returns the HTTP status.
async fn upload(connector: &Connector, link: &PresignedPut, body: &str) -> Result<u16, ObjectError> {
    let other = |reason: String| ObjectError::Other { action: ACTION, reason };
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("PUT").map_err(|error| other(chain(&error)))?;
    request.set_uri(link.url.as_str()).map_err(|error| other(chain(&error)))?;
    for (name, value) in &link.headers {
        request.headers_mut().insert(*name, value.clone());
    }
    let unreachable = |reason: String| ObjectError::Unreachable { action: ACTION, reason };
    let answer = tokio::time::timeout(ATTEMPT_TIMEOUT, connector.call(request))
        .await
        .map_err(|_| unreachable(format!("no answer within {} s", ATTEMPT_TIMEOUT.as_secs())))?
        .map_err(|error| unreachable(chain(&error)))?;
    Ok(answer.status().as_u16())
}

pub(super) fn connector() -> Connector {
    Connector::builder().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build()
}
