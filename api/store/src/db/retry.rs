//! Doing a piece of work again when the database asks for it.

/// How often one piece of work is tried in all.
const ATTEMPTS: usize = 4;

/// Runs `work` again, from its beginning, while its error `is_transient`, a few times. `work`
/// must hold the whole transaction and everything that it read before it decided.
pub async fn retry<T, E, F>(mut work: impl FnMut() -> F, is_transient: impl Fn(&E) -> bool) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    for _ in 1..ATTEMPTS {
        match work().await {
            Err(error) if is_transient(&error) => {}
            result => return result,
        }
    }
    work().await
}
