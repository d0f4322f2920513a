//! Receives the body of a PUT into a file. It becomes an object, or a part of one, only if it matches the declarations.

use futures::StreamExt;
use http::HeaderMap;
use listener::BodyError;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1};
use s3s::dto::{PutObjectInput, StreamingBlob, UploadPartInput};
use s3s::{S3Result, TrailingHeaders, s3_error};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use crate::answers::refusal;

/// The declarations of a request about its body; each one that is present must hold.
pub(crate) struct Expected {
    length: Option<u64>,
    md5: Option<String>,
    sha256: Option<String>,
    sha1: Option<String>,
    crc32: Option<String>,
    crc32c: Option<String>,
    crc64nvme: Option<String>,
    /// The checksum in the trailer, and the place where it will be found.
    trailer: Option<(String, TrailingHeaders)>,
}

/// The measurements of the received body.
struct Arrived {
    length: u64,
    sha256: Sha256,
    md5: Option<Md5>,
    others: ChecksumHasher,
}

/// Both inputs have these fields, but no common trait.
macro_rules! declared {
    ($input:ident, $headers:ident, $trailers:ident) => {
        Self {
            length: $input.content_length.and_then(|length| u64::try_from(length).ok()),
            md5: $input.content_md5.take(),
            sha256: $input.checksum_sha256.take(),
            sha1: $input.checksum_sha1.take(),
            crc32: $input.checksum_crc32.take(),
            crc32c: $input.checksum_crc32c.take(),
            crc64nvme: $input.checksum_crc64nvme.take(),
            trailer: {
                let name = $headers.get("x-amz-trailer").and_then(|name| name.to_str().ok());
                name.map(str::to_ascii_lowercase).zip($trailers)
            },
        }
    };
}

impl Expected {
    /// Reads the declarations of a PUT.
    pub(crate) fn of(input: &mut PutObjectInput, headers: &HeaderMap, trailers: Option<TrailingHeaders>) -> Self {
        declared!(input, headers, trailers)
    }

    /// Reads the declarations of a part.
    pub(crate) fn of_part(input: &mut UploadPartInput, headers: &HeaderMap, trailers: Option<TrailingHeaders>) -> Self {
        declared!(input, headers, trailers)
    }

    fn announces(&self, header: &str) -> bool {
        self.trailer.as_ref().is_some_and(|(name, _)| name == header)
    }

    fn nothing_arrived(&self) -> Arrived {
        let wants = |declared: &Option<String>, name| declared.is_some() || self.announces(name);
        let others = ChecksumHasher {
            sha1: wants(&self.sha1, "x-amz-checksum-sha1").then(Sha1::new),
            crc32: wants(&self.crc32, "x-amz-checksum-crc32").then(Crc32::new),
            crc32c: wants(&self.crc32c, "x-amz-checksum-crc32c").then(Crc32c::new),
            crc64nvme: wants(&self.crc64nvme, "x-amz-checksum-crc64nvme").then(Crc64Nvme::new),
            sha256: None,
        };
        Arrived { length: 0, sha256: Sha256::new(), md5: self.md5.is_some().then(Md5::new), others }
    }

    /// Compares the received body with the declarations; returns its SHA-256.
    fn check(mut self, arrived: Arrived) -> S3Result<Sha256> {
        if self.length.is_some_and(|length| length != arrived.length) {
            return Err(s3_error!(IncompleteBody, "the body has {} bytes, not as declared", arrived.length));
        }
        let others = arrived.others.finalize();
        let sha256 = Some(base64(arrived.sha256.clone().finalize()));
        let md5 = arrived.md5.map(|hash| base64(hash.finalize()));
        let trailing = match self.trailer.take() {
            Some((name, trailers)) => {
                let value = trailers.read(|all| all.get(&name)?.to_str().ok().map(str::to_owned)).flatten();
                let missing = || s3_error!(BadDigest, "the announced trailer {name} did not come");
                Some((name.clone(), value.ok_or_else(missing)?))
            }
            None => None,
        };
        let pairs = [
            ("content-md5", self.md5, md5),
            ("x-amz-checksum-sha256", self.sha256, sha256),
            ("x-amz-checksum-sha1", self.sha1, others.checksum_sha1),
            ("x-amz-checksum-crc32", self.crc32, others.checksum_crc32),
            ("x-amz-checksum-crc32c", self.crc32c, others.checksum_crc32c),
            ("x-amz-checksum-crc64nvme", self.crc64nvme, others.checksum_crc64nvme),
        ];
        for (name, declared, found) in pairs {
            let trailing = trailing.as_ref().filter(|(trailer, _)| trailer == name).map(|(_, value)| value);
            for declared in declared.iter().chain(trailing) {
                if Some(declared) != found.as_ref() {
                    return Err(s3_error!(BadDigest, "the body does not have the declared {name}"));
                }
            }
        }
        Ok(arrived.sha256)
    }
}

/// Writes the body to the file; returns its length and SHA-256 if all declarations hold.
pub(crate) async fn receive(
    upload: &NamedTempFile,
    body: Option<StreamingBlob>,
    expected: Expected,
) -> S3Result<(u64, Sha256)> {
    let mut arrived = expected.nothing_arrived();
    let mut file = tokio::fs::File::from_std(upload.as_file().try_clone().map_err(refusal)?);
    if let Some(mut body) = body {
        while let Some(chunk) = next(&mut body).await? {
            arrived.length += chunk.len() as u64;
            arrived.sha256.update(&chunk);
            arrived.others.update(&chunk);
            if let Some(md5) = &mut arrived.md5 {
                md5.update(&chunk);
            }
            file.write_all(&chunk).await.map_err(refusal)?;
        }
    }
    file.flush().await.map_err(refusal)?;
    let length = arrived.length;
    Ok((length, expected.check(arrived)?))
}

async fn next(body: &mut StreamingBlob) -> S3Result<Option<bytes::Bytes>> {
    body.next().await.transpose().map_err(|error| match BodyError::find(&*error) {
        Some(BodyError::TooSlow) => {
            s3_error!(RequestTimeout, "the body arrived too slowly, or nothing more of it came")
        }
        _ => s3_error!(IncompleteBody, "the body broke off or is not what was signed: {error}"),
    })
}

fn base64(hash: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(hash)
}
