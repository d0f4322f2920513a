//! Signatures of the Standard Webhooks scheme: HMAC-SHA-256 over id, time and body. What is sent to gateways, and the
//! receipts that come back, are signed by one shared secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use hmac_sha2::Sha256;
use http::HeaderMap;

use crate::error::ChannelError;

/// The header with the id of the message.
pub const ID: &str = "webhook-id";
/// The header with the time in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures, separated by blanks.
pub const SIGNATURE: &str = "webhook-signature";

/// Before the base64 of a secret.
const PREFIX: &str = "whsec_";
/// Before the base64 of a signature: its version.
const VERSION: &str = "v1,";
/// The fewest and the most bytes of a secret.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;
/// By how much the time of a signed request may differ from the server's.
const LEEWAY_SECONDS: i64 = 5 * 60;

/// A shared secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Why a signed request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing or cannot be read.
    #[error("the headers webhook-id, webhook-timestamp and webhook-signature are needed")]
    Headers,
    /// The time is too far from the server's.
    #[error("webhook-timestamp differs from the server's time by more than five minutes")]
    Time,
    /// No signature fits.
    #[error("webhook-signature does not fit")]
    Wrong,
}

impl Secret {
    /// Reads `whsec_` and 24 to 64 bytes in base64.
    ///
    /// # Errors
    /// When it has another form.
    pub fn read(text: &str) -> Result<Self, ChannelError> {
        let wrong = || ChannelError::value("gateway_secret", "expected whsec_ and 24 to 64 bytes in base64");
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX).ok_or_else(wrong)?).map_err(|_| wrong())?;
        if LENGTHS.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(wrong()) }
    }

    /// The signature of a request, as it stands in the header.
    #[must_use]
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        match self.mac(id, seconds, body) {
            Some(mac) => format!("{VERSION}{}", STANDARD.encode(mac.finalize().into_bytes())),
            None => String::new(),
        }
    }

    /// Whether a request was signed by this secret a moment ago.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), SignatureError> {
        let header =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(SignatureError::Headers);
        let (id, seconds, signatures) = (header(ID)?, header(TIMESTAMP)?, header(SIGNATURE)?);
        let seconds: i64 = seconds.parse().map_err(|_| SignatureError::Headers)?;
        if (now.0.div_euclid(1_000_000) - seconds).abs() > LEEWAY_SECONDS {
            return Err(SignatureError::Time);
        }
        let given = signatures.split(' ').filter_map(|signature| signature.strip_prefix(VERSION));
        for signature in given.filter_map(|signature| STANDARD.decode(signature).ok()) {
            // Compared in constant time.
            if self.mac(id, seconds, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok()) {
                return Ok(());
            }
        }
        Err(SignatureError::Wrong)
    }

    fn mac(&self, id: &str, seconds: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
        // It takes a key of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the scheme's specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID_OF_EXAMPLE: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SECONDS: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn headers(id: &str, seconds: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [(ID, id), (TIMESTAMP, seconds), (SIGNATURE, signature)] {
            headers.insert(name, value.parse().expect("a header"));
        }
        headers
    }

    #[test]
    fn the_example_of_the_scheme_is_signed_and_believed() {
        let secret = Secret::read(SECRET).expect("a secret");
        assert_eq!(secret.sign(ID_OF_EXAMPLE, SECONDS, BODY), SIGNED);
        let now = Timestamp(SECONDS * 1_000_000);
        let seconds = SECONDS.to_string();
        assert_eq!(secret.verify(&headers(ID_OF_EXAMPLE, &seconds, SIGNED), BODY, now), Ok(()));
        // One of several fits, as while a secret is replaced.
        let several = format!("v1,AAAA v2,x {SIGNED}");
        assert_eq!(secret.verify(&headers(ID_OF_EXAMPLE, &seconds, &several), BODY, now), Ok(()));
    }

    #[test]
    fn what_was_changed_is_old_or_is_unsigned_is_not_believed() {
        let secret = Secret::read(SECRET).expect("a secret");
        let (now, seconds) = (Timestamp(SECONDS * 1_000_000), SECONDS.to_string());
        let check = |id: &str, seconds: &str, signature: &str, body: &[u8], now| {
            secret.verify(&headers(id, seconds, signature), body, now)
        };
        assert_eq!(check("other", &seconds, SIGNED, BODY, now), Err(SignatureError::Wrong));
        assert_eq!(check(ID_OF_EXAMPLE, &seconds, SIGNED, b"{}", now), Err(SignatureError::Wrong));
        assert_eq!(check(ID_OF_EXAMPLE, "1614265331", SIGNED, BODY, now), Err(SignatureError::Wrong));
        assert_eq!(check(ID_OF_EXAMPLE, &seconds, "v1,", BODY, now), Err(SignatureError::Wrong));
        assert_eq!(check(ID_OF_EXAMPLE, &seconds, SIGNED, BODY, now.plus_seconds(301)), Err(SignatureError::Time));
        assert_eq!(check(ID_OF_EXAMPLE, &seconds, SIGNED, BODY, now.plus_seconds(-301)), Err(SignatureError::Time));
        assert_eq!(secret.verify(&HeaderMap::new(), BODY, now), Err(SignatureError::Headers));
    }

    #[test]
    fn a_secret_of_another_form_is_refused_without_being_told() {
        for wrong in ["", "whsec_", "whsec_Zm9v", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!!"] {
            let said = Secret::read(wrong).expect_err(wrong).to_string();
            assert!(said.contains("gateway_secret") && !said.contains("Zm9v"), "{said}");
        }
        assert_eq!(format!("{:?}", Secret::read(SECRET).expect("a secret")), "Secret");
    }
}
