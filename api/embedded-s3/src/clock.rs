//! The time at which objects are written, injected so that tests can set the age of an object.

use std::sync::Arc;
use std::time::SystemTime;

/// A source of the current time. The default is the machine's clock.
///
/// It dates objects and unfinished uploads. The dates of signatures are compared with the machine's clock, because the
/// protocol crate `s3s` reads that one itself.
#[derive(Clone)]
pub struct StoreClock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl StoreClock {
    /// A clock that calls `now` for the current time in milliseconds since 1970.
    #[must_use]
    pub fn new(now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        (self.0)()
    }
}

impl Default for StoreClock {
    fn default() -> Self {
        Self::new(machine_time)
    }
}

impl std::fmt::Debug for StoreClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("StoreClock").field(&self.now()).finish()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place of this package that reads the machine's clock")]
fn machine_time() -> u64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
