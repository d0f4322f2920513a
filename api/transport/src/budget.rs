//! The budget of one request: objects and bytes that its answer may take while it is made.
//!
//! The price of a document is taken before it runs and follows expectations. The budget counts the real answer: rows
//! are counted when loaders hand them out and when they are written, bytes when they are written.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;

use tokio_util::sync::CancellationToken;

/// Rows after which a list gives way to other tasks, so that its time limit can be seen.
const ROWS_AT_A_TIME: u64 = 1_000;

/// How much one request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetLimits {
    /// Objects that are loaded, and objects that are written.
    pub objects: u64,
    /// Bytes that are written.
    pub bytes: u64,
}

impl BudgetLimits {
    /// Without an end.
    pub const NONE: Self = Self { objects: u64::MAX, bytes: u64::MAX };
}

/// The refusal of an answer that takes more than there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerTooLarge {
    /// What would be right.
    pub message: String,
}

impl AnswerTooLarge {
    /// The code of the refusal.
    pub const CODE: &'static str = "ANSWER_TOO_LARGE";
}

/// What one request has taken. Clones count together.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    limits: BudgetLimits,
    loaded: AtomicU64,
    written: AtomicU64,
    bytes: AtomicU64,
    /// The same as `exceeded`, without a lock: asked for each list.
    is_exceeded: AtomicBool,
    exceeded: CancellationToken,
    /// Rows since the last time that a list gave way.
    rows: AtomicU64,
    /// A list waits for nothing but its next turn.
    gives_way: AtomicBool,
}

impl Budget {
    /// A budget of which nothing is taken.
    pub fn new(limits: BudgetLimits) -> Self {
        Self(Arc::new(Counts {
            limits,
            loaded: AtomicU64::new(0),
            written: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            is_exceeded: AtomicBool::new(false),
            exceeded: CancellationToken::new(),
            rows: AtomicU64::new(0),
            gives_way: AtomicBool::new(false),
        }))
    }

    /// Counts objects that a loader hands out.
    ///
    /// # Errors
    /// [`AnswerTooLarge`].
    pub fn load(&self, objects: u64) -> Result<(), AnswerTooLarge> {
        self.0.rows.fetch_add(objects, Ordering::Relaxed);
        self.count(&self.0.loaded, objects, self.0.limits.objects)
    }

    /// Counts objects that are written.
    ///
    /// # Errors
    /// [`AnswerTooLarge`].
    pub fn write_objects(&self, objects: u64) -> Result<(), AnswerTooLarge> {
        self.0.rows.fetch_add(objects, Ordering::Relaxed);
        self.count(&self.0.written, objects, self.0.limits.objects)
    }

    /// Counts bytes that are written.
    ///
    /// # Errors
    /// [`AnswerTooLarge`].
    pub fn write_bytes(&self, bytes: usize) -> Result<(), AnswerTooLarge> {
        self.count(&self.0.bytes, bytes as u64, self.0.limits.bytes)
    }

    fn count(&self, counter: &AtomicU64, added: u64, limit: u64) -> Result<(), AnswerTooLarge> {
        let before = counter.fetch_add(added, Ordering::Relaxed);
        if before.saturating_add(added) > limit && !self.0.is_exceeded.swap(true, Ordering::Relaxed) {
            self.0.exceeded.cancel();
        }
        if self.is_exceeded() { Err(self.refusal()) } else { Ok(()) }
    }

    /// Whether more was taken than there is. It stays so.
    pub fn is_exceeded(&self) -> bool {
        self.0.is_exceeded.load(Ordering::Relaxed)
    }

    /// Ends when more is taken than there is.
    pub async fn exceeded(&self) {
        self.0.exceeded.cancelled().await;
    }

    /// Whether a text of this length is within the limit.
    pub fn allows_bytes(&self, bytes: u64) -> bool {
        bytes <= self.0.limits.bytes
    }

    /// The refusal.
    pub fn refusal(&self) -> AnswerTooLarge {
        AnswerTooLarge { message: self.message() }
    }

    /// What the refusal says.
    pub fn message(&self) -> String {
        let BudgetLimits { objects, bytes } = self.0.limits;
        format!("the answer would hold more than {objects} objects or {bytes} bytes: ask for less, in several requests")
    }

    /// Whether so many rows have passed that a list should [`Self::give_way`].
    pub fn is_due_to_give_way(&self) -> bool {
        self.0.rows.load(Ordering::Relaxed) >= ROWS_AT_A_TIME
    }

    /// Lets other tasks of the same thread go on once.
    pub fn give_way(&self) -> impl Future<Output = ()> + Send + 'static {
        let counts = Arc::clone(&self.0);
        let mut given = false;
        poll_fn(move |cx| {
            if std::mem::replace(&mut given, true) {
                return Poll::Ready(());
            }
            counts.rows.store(0, Ordering::Relaxed);
            counts.gives_way.store(true, Ordering::Relaxed);
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }

    /// Whether a list has given way since the last question.
    pub(super) fn has_given_way(&self) -> bool {
        self.0.gives_way.swap(false, Ordering::Relaxed)
    }
}
