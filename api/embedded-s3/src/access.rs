//! Who may do what: requests signed with signature version 4 by the one key pair, and only what they signed.
//!
//! `s3s` checks the signature itself. What it leaves open is closed here: a header that the signature does not cover
//! can be added by whoever holds a presigned link. `x-amz-copy-source` would turn a link for one upload into a copy of
//! somebody else's object. AWS refuses such requests; so does this store.

use http::header::AUTHORIZATION;
use s3s::access::{S3Access, S3AccessContext};
use s3s::{S3Result, s3_error};

/// Lets a request pass when it is signed, by version 4, and signed all that changes its meaning.
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
/// A presigned link comes first, as in `s3s`: the signature that was checked is the one whose list counts.
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
    fn the_list_is_read_from_the_signature_that_counts() {
        let header = "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;x-amz-date, Signature=00";
        assert_eq!(signed_headers(Some(header), None).unwrap(), ["host", "x-amz-date"]);
        let query = "X-Amz-SignedHeaders=content-length%3Bhost&X-Amz-Signature=00";
        assert_eq!(signed_headers(Some(header), Some(query)).unwrap(), ["content-length", "host"]);
        let disguised = "X-Amz-SignedHeaders=host&X%2DAmz-Signature=00";
        assert_eq!(signed_headers(Some(header), Some(disguised)).unwrap(), ["host"]);
    }

    #[test]
    fn other_signatures_have_no_list() {
        assert_eq!(signed_headers(Some("AWS key:signature"), None), None);
        assert_eq!(signed_headers(None, Some("Signature=00&Expires=1&AWSAccessKeyId=k")), None);
        assert_eq!(signed_headers(None, None), None);
    }
}
