//! Passwords: kept as Argon2id hashes, worked on off the async threads.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use store::boxed;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use futures::{StreamExt, stream};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Each hash takes 19 MiB of memory and a core: more hashes at once would only give memory to every client that asks.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(cores()));

/// The version of Argon2 that new hashes are made with.
const ARGON2_VERSION: u32 = Version::V0x13 as u32;

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let place = PLACES.acquire().await.map_err(Error::internal)?;
    // The permit moves into the thread, because hashing continues after its client has gone.
    let done = tokio::task::spawn_blocking(move || (work(), place));
    done.await.map(|(done, _)| done).map_err(Error::internal)
}

/// The hash of a password, with a salt of its own.
///
/// # Errors
/// When the machine has no randomness or no memory.
#[boxed]
pub async fn hash(password: String) -> Result<String> {
    in_turn(move || hash_now(&password)).await?
}

/// Hashes many passwords in their order, and counts each hash that is made. At most as many as there are cores wait for
/// a place at the same time, so that sign-ins are served in between.
///
/// # Errors
/// When the machine has no randomness or no memory.
#[boxed]
pub async fn hash_all(passwords: Vec<String>, made: &Arc<AtomicU64>) -> Result<Vec<String>> {
    let hashing = passwords.into_iter().map(|password| {
        let made = Arc::clone(made);
        in_turn(move || {
            made.fetch_add(1, Ordering::Relaxed);
            hash_now(&password)
        })
    });
    let hashes: Vec<Result<Result<String>>> = stream::iter(hashing).buffered(cores()).collect().await;
    hashes.into_iter().map(|hash| hash.and_then(|hash| hash)).collect()
}

/// Whether a hash was made with other parameters than new hashes are, so that it should be made anew at the next
/// sign-in. A text that is no hash is not.
#[must_use]
pub fn is_outdated(hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let current = Argon2::default();
    let made = (hash.algorithm.as_str(), hash.version, Params::try_from(&hash));
    match made {
        ("argon2id", Some(ARGON2_VERSION), Ok(params)) => {
            let now = current.params();
            (params.m_cost(), params.t_cost(), params.p_cost()) != (now.m_cost(), now.t_cost(), now.p_cost())
        }
        _ => true,
    }
}

/// Whether the password belongs to the hash.
///
/// # Errors
/// When the machine has no memory.
#[boxed]
pub async fn verify(password: String, hash: String) -> Result<bool> {
    in_turn(move || {
        let Ok(hash) = PasswordHash::new(&hash) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
    })
    .await
}

fn hash_now(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let made = Arc::default();
        let hashes = hash_all(vec!["correct horse".to_owned(); 3], &made).await.expect("hashes");
        assert_eq!(made.load(Ordering::Relaxed), 3);
        assert!(hashes.iter().all(|hash| hash.starts_with("$argon2id$")));
        assert_ne!(hashes[0], hashes[1], "each has a salt of its own");
        assert!(verify("correct horse".to_owned(), hashes[2].clone()).await.expect("verifies"));
        assert!(!verify("wrong horse".to_owned(), hashes[2].clone()).await.expect("verifies"));
        assert!(!verify("x".to_owned(), "no hash".to_owned()).await.expect("verifies"));
    }

    #[tokio::test]
    async fn hashes_of_other_parameters_are_outdated() {
        let current = hash("correct horse".to_owned()).await.expect("a hash");
        assert!(!is_outdated(&current), "{current}");
        for other in [
            current.replace("m=19456", "m=8192"),
            current.replace("t=2", "t=1"),
            current.replace("argon2id", "argon2i"),
        ] {
            assert_ne!(other, current);
            assert!(is_outdated(&other), "{other}");
        }
        assert!(!is_outdated("kept"));
    }
}
