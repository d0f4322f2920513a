//! The runtime of the program.

use tokio::runtime::Builder;

/// The stack of a worker thread, in bytes; only the used part takes memory. The answer to a query recurses as deep as
/// the query is nested, and without optimisation a level takes 200 KiB.
const STACK_BYTES: usize = 16 << 20;

/// One worker for each processor, or the given number.
#[must_use]
pub fn builder() -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.enable_all().thread_stack_size(STACK_BYTES);
    builder
}
