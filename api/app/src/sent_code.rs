//! Codes of six digits that are sent to people: how they are made, kept and compared.
//!
//! Six digits are a million possibilities, so a reader of a hash of them finds the code by trying all, however slow the
//! hash is. Therefore a code is kept as HMAC-SHA-256 under a **token** of 256 random bits that the server does not
//! store: that of an owner's link, or that of the answer to the request of the code. A stolen database holds nothing
//! with which a code could be tried, but for the text of a code that still waits in the outbox. No key of the server is
//! needed, and nothing slow has to be computed for a stranger.

use domain::message::code;
use hmac::{Hmac, KeyInit, Mac};

use crate::error::{Error, Result};

/// A new code.
///
/// # Errors
/// When the operating system has no random numbers.
pub(crate) fn new_code() -> Result<String> {
    loop {
        let mut bytes = [0_u8; 4];
        getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
        if let Some(code) = code::of_random(u32::from_le_bytes(bytes)) {
            return Ok(code);
        }
    }
}

/// The hash of a code under a token. The purpose makes hashes of equal codes under one token different.
///
/// # Errors
/// An internal error if the token is no key, which does not happen: every length is one.
pub(crate) fn hash(token: &str, purpose: &[u8], code: &str) -> Result<Vec<u8>> {
    Ok(mac(token, purpose, code)?.finalize().into_bytes().to_vec())
}

/// Whether a guess is the code of a hash. Compared in constant time.
///
/// # Errors
/// As [`hash`].
pub(crate) fn is_right(token: &str, purpose: &[u8], guess: &str, stored: &[u8]) -> Result<bool> {
    Ok(mac(token, purpose, guess)?.verify_slice(stored).is_ok())
}

fn mac(token: &str, purpose: &[u8], code: &str) -> Result<Hmac<hmac_sha2::Sha256>> {
    let mut mac = Hmac::<hmac_sha2::Sha256>::new_from_slice(token.as_bytes()).map_err(Error::internal)?;
    mac.update(&(purpose.len() as u64).to_be_bytes());
    mac.update(purpose);
    mac.update(code.as_bytes());
    Ok(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_right_for_its_own_token_and_purpose() {
        let stored = hash("token", b"one", "123456").expect("a hash");
        let right = |token, purpose: &[u8], guess| is_right(token, purpose, guess, &stored).expect("compared");
        assert!(right("token", b"one", "123456"));
        for (token, purpose, guess) in [
            ("token", b"one".as_slice(), "123457"),
            ("token", b"one", "0123456"),
            ("token", b"one", ""),
            ("other", b"one", "123456"),
            ("", b"one", "123456"),
            ("token", b"two", "123456"),
            ("token", b"one1", "23456"),
        ] {
            assert!(!right(token, purpose, guess), "{token} {guess}");
        }
        assert_ne!(stored, hash("token", b"two", "123456").expect("a hash"), "equal codes look different");
    }
}
