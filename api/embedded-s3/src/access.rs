//! Access control: a request must be signed with signature version 4 by the one key pair, and may do only what it
//! signed.
//!
//! `s3s` checks the signature itself. This module checks the headers that the signature does not cover, because a
//! holder of a presigned link could add one. `x-amz-copy-source` would turn a link for one upload into a copy of
//! another person's object. AWS refuses such requests, and so does this store.

use http::header::AUTHORIZATION;
use s3s::access::{S3Access, S3AccessContext};
use s3s::{S3Result, s3_error};

/// Admits a request that is signed by version 4, if its signature covers every header that changes its meaning.
pub(crate) struct SignedOnly;

#[async_trait::async_trait]
impl S3Access for SignedOnly {
    async fn check(&self, request: &mut S3AccessContext<'_>) -> S3Result<()> {
        if request.credentials().is_none() {
            return Err(s3_error!(AccessDenied, "the request must be signed"));
        }
        let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(signed) = signed_headers(authorization, request.uri().query()) else {
            return Err(s3_error!(AccessDenied, "the request must be signed with signature version 4"));
        };
        for name in request.headers().keys().map(http::HeaderName::as_str) {
            if name.starts_with("x-amz-") && !signed.iter().any(|one| one == name) {
                return Err(s3_error!(AccessDenied, "the header {name} is not covered by the signature"));
            }
        }
        Ok(())
    }
}

/// The names of the headers that the signature covers; `None` if it is not of version 4.
///
/// A presigned link comes first, as in `s3s`: the list belongs to the signature that was checked.
fn signed_headers(authorization: Option<&str>, query: Option<&str>) -> Option<Vec<String>> {
    let parameter = |wanted: &str| {
        let mut parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        parameters.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    let list = if parameter("X-Amz-Signature").is_some() {
        parameter("X-Amz-SignedHeaders")?
    } else {
        let fields = authorization?.strip_prefix("AWS4-HMAC-SHA256")?;
        fields.split(',').find_map(|field| field.trim().strip_prefix("SignedHeaders="))?.to_owned()
    };
    Some(list.split(';').map(str::to_ascii_lowercase).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_headers_are_read_from_the_checked_signature() {
        let header = "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;x-amz-date, Signature=00";
        assert_eq!(signed_headers(Some(header), None).unwrap(), ["host", "x-amz-date"]);
        let query = "X-Amz-SignedHeaders=content-length%3Bhost&X-Amz-Signature=00";
        assert_eq!(signed_headers(Some(header), Some(query)).unwrap(), ["content-length", "host"]);
        let disguised = "X-Amz-SignedHeaders=host&X%2DAmz-Signature=00";
        assert_eq!(signed_headers(Some(header), Some(disguised)).unwrap(), ["host"]);
    }

    #[test]
    fn other_signature_versions_have_no_signed_headers() {
        assert_eq!(signed_headers(Some("AWS key:signature"), None), None);
        assert_eq!(signed_headers(None, Some("Signature=00&Expires=1&AWSAccessKeyId=k")), None);
        assert_eq!(signed_headers(None, None), None);
    }
}
