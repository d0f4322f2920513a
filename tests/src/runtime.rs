//! What a test runs on: the program's own runtime with two workers.

/// Runs a test to its end.
///
/// # Panics
/// When the operating system gives no threads.
pub fn block_on<F: Future>(test: F) -> F::Output {
    let runtime = api::runtime::builder().worker_threads(2).build().expect("a runtime");
    runtime.block_on(test)
}
