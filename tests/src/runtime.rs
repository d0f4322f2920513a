//! The runtime of tests: the program's own runtime, whose workers have the stack that a server needs.

/// Runs a test to its end, on two workers.
///
/// # Panics
/// When the operating system gives no threads.
pub fn block_on<F: Future>(test: F) -> F::Output {
    block_on_workers(2, test)
}

/// Runs a test to its end, on this many workers.
///
/// # Panics
/// When the operating system gives no threads.
pub fn block_on_workers<F: Future>(workers: usize, test: F) -> F::Output {
    let runtime = api::runtime::builder().worker_threads(workers).build().expect("a runtime");
    runtime.block_on(test)
}
