//! The failures of a request, and the waits before a repetition.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};

/// The kinds of failure. Only the first two are repeated automatically.
#[derive(Debug)]
pub enum TabletError {
    /// The answer is missing or incomplete, so the server may have processed the request. Send it again, with the same
    /// ids.
    Broken(String),
    /// The server is overloaded (429, 503). Wait as long as it requests, and send it again, with the same ids.
    Busy(Option<Duration>),
    /// The request was too large (413), or its answer would be (`ANSWER_TOO_LARGE`). Send, or request, less at once.
    TooLarge,
    /// The session has ended. Ask the person to sign in. The queue stays.
    SignedOut,
    /// The server does not understand this program: an error of the program, not of the person.
    Refused(String),
    /// The tablet's own disk failed.
    Disk(sqlx::Error),
}

impl TabletError {
    /// Whether a later repetition may succeed.
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

/// The waits of a tablet: longer after each failure, and with a random part, because thirty tablets get their signal
/// back at the same moment when they leave the same basement.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// The first pause.
    pub shortest: Duration,
    /// The maximum pause.
    pub longest: Duration,
    /// The number of repetitions. After them the tablet waits for the next occasion (a signal, a minute, the person).
    pub times: usize,
}

impl RetryPolicy {
    /// The defaults of an app.
    pub const USUAL: Self = Self { shortest: Duration::from_millis(500), longest: Duration::from_secs(60), times: 8 };
    /// No automatic repetition, for tests that control it.
    pub const NONE: Self = Self { times: 0, ..Self::USUAL };

    /// Repeats an action until it succeeds, fails for good, or the repetitions are used up.
    ///
    /// # Errors
    /// The last failure.
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
