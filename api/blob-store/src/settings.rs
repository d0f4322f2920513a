//! The address of the object store and the settings for its signatures.

use super::ObjectError;

/// The settings of the object store; the embedded store and every other server take the same.
#[derive(Clone)]
pub struct ObjectStoreSettings {
    /// The address for this server: `http(s)://host[:port]`.
    pub endpoint: String,
    /// The address for tablets and browsers, in presigned links; `None` if it is the same.
    pub public_endpoint: Option<String>,
    /// The region of the signatures.
    pub region: String,
    /// The name of the only bucket.
    pub bucket: String,
    /// Bucket in the path (`host/bucket/key`) instead of in the host name (`bucket.host/key`).
    pub path_style: bool,
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: String,
}

impl std::fmt::Debug for ObjectStoreSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ObjectStoreSettings")
            .field("endpoint", &self.endpoint)
            .field("public_endpoint", &self.public_endpoint)
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("path_style", &self.path_style)
            .finish_non_exhaustive()
    }
}

/// A parsed endpoint: the start of a link, and the parts that its signature covers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Endpoint {
    /// `http` or `https`.
    pub(super) scheme: &'static str,
    /// Host and port as clients send them: lower case, without the default port of the scheme.
    pub(super) host: String,
}

impl Endpoint {
    /// Parses `http(s)://host[:port]`. Anything after the host is refused, because the store would not see it in the
    /// signature.
    pub(super) fn parse(name: &'static str, text: &str) -> Result<Self, ObjectError> {
        let wrong = |reason| ObjectError::Settings { name, reason };
        let (scheme, rest, own_port) = if let Some(rest) = text.strip_prefix("https://") {
            ("https", rest, ":443")
        } else if let Some(rest) = text.strip_prefix("http://") {
            ("http", rest, ":80")
        } else {
            return Err(wrong("must start with http:// or https://"));
        };
        let host = rest.strip_suffix('/').unwrap_or(rest).to_ascii_lowercase();
        let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b));
        if host.is_empty() || !plain {
            return Err(wrong("must be a scheme, a host and perhaps a port, as in https://objects.example.com:9000"));
        }
        let host = host.strip_suffix(own_port).unwrap_or(&host).to_owned();
        Ok(Self { scheme, host })
    }
}

impl ObjectStoreSettings {
    /// Refuses invalid settings; returns the endpoints for the server and for links.
    pub(super) fn check(&self) -> Result<(Endpoint, Endpoint), ObjectError> {
        let words = [
            ("region", &self.region),
            ("bucket", &self.bucket),
            ("access key", &self.access_key),
            ("secret key", &self.secret_key),
        ];
        for (name, word) in words {
            if word.is_empty() || !word.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(ObjectError::Settings { name, reason: "must be one word of visible ASCII characters" });
            }
        }
        let endpoint = Endpoint::parse("endpoint", &self.endpoint)?;
        let public = match &self.public_endpoint {
            Some(text) => Endpoint::parse("public endpoint", text)?,
            None => endpoint.clone(),
        };
        Ok((endpoint, public))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(text: &str) -> Option<(&'static str, String)> {
        Endpoint::parse("endpoint", text).ok().map(|endpoint| (endpoint.scheme, endpoint.host))
    }

    #[test]
    fn the_host_is_what_clients_send() {
        assert_eq!(endpoint("https://Objects.example.com:443/"), Some(("https", "objects.example.com".into())));
        assert_eq!(endpoint("http://127.0.0.1:9000"), Some(("http", "127.0.0.1:9000".into())));
        assert_eq!(endpoint("http://[::1]:80"), Some(("http", "[::1]".into())));
    }

    #[test]
    fn invalid_endpoint_is_refused() {
        for text in
            ["", "127.0.0.1:9000", "ftp://host", "http://", "http://host/path", "http://me:pw@host", "http://a b"]
        {
            assert_eq!(endpoint(text), None, "{text}");
        }
    }
}
