//! What can become of a request that did not succeed, and how long to wait before the next.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};

/// Why something did not succeed. Only the first two are worth trying again by itself.
#[derive(Debug)]
pub enum TabletError {
    /// No whole answer came: nobody knows whether the server has done it. Send it again, with the same ids.
    Broken(String),
    /// The server has too much to do (429, 503): wait as long as it says, and send it again, with the same ids.
    Busy(Option<Duration>),
    /// The request was too large (413), or its answer would be (`ANSWER_TOO_LARGE`): send, or ask for, less at once.
    TooLarge,
    /// The session is over: ask the person to sign in. The queue stays.
    SignedOut,
    /// The server does not understand this program: a fault of the program, not of the person.
    Refused(String),
    /// The tablet's own disk.
    Disk(sqlx::Error),
}

impl TabletError {
    /// Whether time alone may mend it.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Busy(_))
    }

    const fn asked_to_wait(&self) -> Option<Duration> {
        match self {
            Self::Busy(wait) => *wait,
            _ => None,
        }
    }
}

impl From<sqlx::Error> for TabletError {
    fn from(error: sqlx::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<std::io::Error> for TabletError {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(sqlx::Error::Io(error))
    }
}

/// How a tablet waits: longer after each break, and never all tablets at the same moment, for thirty of them get their
/// signal back together when they come out of the same basement.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// The first pause.
    pub shortest: Duration,
    /// No pause is longer.
    pub longest: Duration,
    /// So often it is tried again; then the tablet waits for the next occasion (a signal, a minute, the person).
    pub times: usize,
}

impl RetryPolicy {
    /// What an app begins with.
    pub const USUAL: Self = Self { shortest: Duration::from_millis(500), longest: Duration::from_secs(60), times: 8 };
    /// Never by itself: for tests that decide themselves when.
    pub const NONE: Self = Self { times: 0, ..Self::USUAL };

    /// Does something until it succeeds, fails for good, or patience is at its end.
    ///
    /// # Errors
    /// The last trouble.
    pub async fn retry<T, F>(&self, mut attempt: impl FnMut() -> F) -> Result<T, TabletError>
    where
        F: Future<Output = Result<T, TabletError>>,
    {
        if self.times == 0 {
            return attempt().await;
        }
        let pauses = ExponentialBuilder::new().with_min_delay(self.shortest).with_max_delay(self.longest);
        let pauses = pauses.with_max_times(self.times).with_jitter();
        let wait = |error: &TabletError, pause: Option<Duration>| {
            pause.map(|own| own.max(error.asked_to_wait().unwrap_or_default()))
        };
        attempt.retry(pauses).when(TabletError::passes).adjust(wait).await
    }
}
