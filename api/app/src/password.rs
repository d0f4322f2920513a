//! Passwords: kept as Argon2id hashes, worked on off the async threads.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use std::sync::LazyLock;

use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// Each hash takes 19 MiB of memory, and a core: more at once would only be memory for whoever asks.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(cores()));

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let place = PLACES.acquire().await.map_err(Error::internal)?;
    // The place goes with the work, which goes on when nobody waits for it any more.
    let done = tokio::task::spawn_blocking(move || (work(), place));
    done.await.map(|(done, _)| done).map_err(Error::internal)
}

/// The hash of a password, with a salt of its own.
///
/// # Errors
/// When the machine has no randomness or no memory.
pub async fn hash(password: String) -> Result<String> {
    in_turn(move || hash_now(&password)).await?
}

/// Hashes many passwords on all cores, in their order.
///
/// # Errors
/// When the machine has no randomness or no memory.
pub async fn hash_all(passwords: Vec<String>) -> Result<Vec<String>> {
    let share = passwords.len().div_ceil(cores()).max(1);
    let tasks: Vec<_> = passwords
        .chunks(share)
        .map(<[String]>::to_vec)
        .map(|share| tokio::task::spawn_blocking(move || share.iter().map(|p| hash_now(p)).collect::<Result<Vec<_>>>()))
        .collect();
    let mut hashes = Vec::with_capacity(passwords.len());
    for task in tasks {
        hashes.extend(task.await.map_err(Error::internal)??);
    }
    Ok(hashes)
}

/// Whether the password belongs to the hash.
///
/// # Errors
/// When the machine has no memory.
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
        let hashes = hash_all(vec!["correct horse".to_owned(); 3]).await.expect("hashes");
        assert!(hashes.iter().all(|hash| hash.starts_with("$argon2id$")));
        assert_ne!(hashes[0], hashes[1], "each has a salt of its own");
        assert!(verify("correct horse".to_owned(), hashes[2].clone()).await.expect("verifies"));
        assert!(!verify("wrong horse".to_owned(), hashes[2].clone()).await.expect("verifies"));
        assert!(!verify("x".to_owned(), "no hash".to_owned()).await.expect("verifies"));
    }
}
