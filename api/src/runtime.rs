//! What the program runs on.

use tokio::runtime::Builder;

/// The stack of a worker, in bytes; only what is used takes memory. The answer to a query goes as deep as the query is
/// nested, and without optimisation a level takes 200 KiB.
const STACK_BYTES: usize = 16 << 20;

/// As many workers as there are processors, or as the caller says.
#[must_use]
pub fn builder() -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.enable_all().thread_stack_size(STACK_BYTES);
    builder
}
