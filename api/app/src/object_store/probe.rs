//! Tries out a store at start: one that checks no signatures must not be used, and some promise less than others.

use std::time::Duration;

use aws_sdk_s3::config::http::HttpRequest;
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::HttpConnector;
use sha2::{Digest, Sha256};

use super::{ATTEMPT_TIMEOUT, ObjectError, ObjectStore, PresignedPut, chain};

const ACTION: &str = "answer the probe at start";
const CONTENT_TYPE: &str = "application/octet-stream";
const LIFE: Duration = Duration::from_secs(60);
const BYTES: &str = "probe of the object store";

/// What a store enforces of a presigned upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreTraits {
    /// Other bytes than those of the signed SHA-256 are refused. If not, hash what arrived by reading it.
    pub enforces_sha256: bool,
    /// Another length than the signed one is refused.
    pub enforces_length: bool,
}

impl ObjectStore {
    /// Uploads by presigned links, right and wrong ones, to a key of its own.
    ///
    /// Refuses a store that takes a wrong signature, that does not take a right one, or that is out of reach.
    pub async fn probe(&self) -> Result<StoreTraits, ObjectError> {
        let connector = connector();
        let mut id = [0; 8];
        getrandom::fill(&mut id).map_err(|error| ObjectError::Other { action: ACTION, reason: error.to_string() })?;
        let key = format!("probe/{}", hex::encode(id));
        let link = self.own.put(&key, BYTES.len() as u64, CONTENT_TYPE, &hash(), LIFE);

        let traits = self.try_out(&connector, &key, &link).await;
        let deleted = self.delete(&key).await;
        let traits = traits?;
        deleted?;
        Ok(*self.traits.get_or_init(|| traits))
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
        // Signed for one byte more, with the hash of what is sent: only the length is wrong.
        let longer = self.own.put(key, BYTES.len() as u64 + 1, CONTENT_TYPE, &hash(), LIFE);
        let enforces_length = !accepts(upload(connector, &with_length(longer, BYTES.len()), BYTES).await?)?;
        Ok(StoreTraits { enforces_sha256, enforces_length })
    }
}

/// Whether an upload was taken; a store in trouble answers neither.
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

/// Uploads by a link, as a tablet does, and answers the HTTP status.
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

fn connector() -> Connector {
    Connector::builder().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build()
}
