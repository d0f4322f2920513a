//! Batched loading that lives and dies with one request: one batch per loader and level of the answer.
//!
//! async-graphql's [`DataLoader`] hands its batches to a spawner after a delay. Here there is no delay, no timer and
//! no other task: the spawner only queues. The request's own task first lets the execution go as far as it can, then
//! runs everything queued at once, and lets the execution go on when all of it has come back. A level of a nested
//! list is therefore one statement per loader, however many rows it has.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use async_graphql::runtime::Timer;
use futures::StreamExt;
use futures::future::{BoxFuture, ready};
use futures::stream::FuturesUnordered;
use futures::task::{FutureObj, Spawn, SpawnError};

/// More keys than this in one level are split into several batches.
const MAX_KEYS: usize = 10_000;

/// The batches that one request's loaders have asked for and that have not begun yet.
#[derive(Clone, Default)]
pub struct BatchQueue(Arc<Mutex<Vec<FutureObj<'static, ()>>>>);

impl BatchQueue {
    /// An empty queue for one request.
    pub fn new() -> Self {
        Self::default()
    }

    /// A loader whose batches run on this queue.
    pub fn loader<L: Send + Sync + 'static>(&self, loader: L) -> DataLoader<L> {
        DataLoader::new(loader, self.clone(), NoTimer).delay(Duration::ZERO).max_batch_size(MAX_KEYS)
    }

    /// Runs the execution to its end, and the queued batches in between.
    pub async fn drive<F: Future>(&self, execution: F) -> F::Output {
        let execution = std::pin::pin!(execution);
        // A set of one: it is polled again only when something that it waits for has woken it.
        let mut execution = FuturesUnordered::from_iter([execution]);
        let mut running = FuturesUnordered::new();
        poll_fn(|cx| self.step(cx, &mut execution, &mut running)).await
    }

    fn step<F: Future + Unpin>(
        &self,
        cx: &mut Context<'_>,
        execution: &mut FuturesUnordered<F>,
        running: &mut FuturesUnordered<FutureObj<'static, ()>>,
    ) -> Poll<F::Output> {
        loop {
            if let Poll::Ready(Some(output)) = execution.poll_next_unpin(cx) {
                return Poll::Ready(output);
            }
            // The next level begins when the one before has come back whole: what its answers ask for in turn is
            // then one batch per loader again.
            if running.is_empty() {
                running.extend(std::mem::take(&mut *self.queued()));
                if running.is_empty() {
                    return Poll::Pending;
                }
            }
            loop {
                match running.poll_next_unpin(cx) {
                    Poll::Ready(Some(())) => {}
                    Poll::Ready(None) => break,
                    Poll::Pending => return Poll::Pending,
                }
            }
        }
    }

    fn queued(&self) -> MutexGuard<'_, Vec<FutureObj<'static, ()>>> {
        // A panic cannot leave a vector of futures half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for BatchQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchQueue").finish_non_exhaustive()
    }
}

impl Spawn for BatchQueue {
    fn spawn_obj(&self, future: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.queued().push(future);
        Ok(())
    }
}

/// The timer of loaders that never wait.
struct NoTimer;

impl Timer for NoTimer {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(ready(()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_graphql::dataloader::Loader;
    use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Request, Schema};

    use super::*;

    /// Answers each key with its two children, after giving way a few times, as a statement does.
    struct Children {
        yields: usize,
        batches: Arc<AtomicUsize>,
    }

    impl Loader<u32> for Children {
        type Value = Vec<u32>;
        type Error = Infallible;

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, Vec<u32>>, Infallible> {
            self.batches.fetch_add(1, Ordering::SeqCst);
            for _ in 0..self.yields {
                tokio::task::yield_now().await;
            }
            Ok(keys.iter().map(|k| (*k, vec![k * 2, k * 2 + 1])).collect())
        }
    }

    struct Left(Children);
    struct Right(Children);

    impl Loader<u32> for Left {
        type Value = Vec<u32>;
        type Error = Infallible;

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, Vec<u32>>, Infallible> {
            self.0.load(keys).await
        }
    }

    impl Loader<u32> for Right {
        type Value = Vec<u32>;
        type Error = Infallible;

        async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, Vec<u32>>, Infallible> {
            self.0.load(keys).await
        }
    }

    async fn nodes<L: Loader<u32, Value = Vec<u32>, Error = Infallible>>(ctx: &Context<'_>, key: u32) -> Vec<Node> {
        let loader = ctx.data_unchecked::<DataLoader<L>>();
        let Ok(found) = loader.load_one(key).await;
        found.unwrap_or_default().into_iter().map(Node).collect()
    }

    struct Node(u32);

    #[Object]
    impl Node {
        async fn id(&self) -> u32 {
            self.0
        }
        async fn left(&self, ctx: &Context<'_>) -> Vec<Node> {
            nodes::<Left>(ctx, self.0).await
        }
        async fn right(&self, ctx: &Context<'_>) -> Vec<Node> {
            nodes::<Right>(ctx, self.0).await
        }
    }

    struct Query;

    #[Object]
    impl Query {
        async fn rows(&self, count: u32) -> Vec<Node> {
            (0..count).map(Node).collect()
        }
    }

    /// How many batches of the quick and of the slow loader a document takes.
    async fn batches(document: &str) -> (usize, usize) {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let queue = BatchQueue::new();
        let (left, right) = (Arc::default(), Arc::default());
        let children = |yields, batches: &Arc<AtomicUsize>| Children { yields, batches: Arc::clone(batches) };
        let request = Request::new(document)
            .data(queue.loader(Left(children(1, &left))))
            .data(queue.loader(Right(children(7, &right))));
        let response = queue.drive(schema.execute(request)).await;
        assert!(response.errors.is_empty(), "{:?}", response.errors);
        (left.load(Ordering::SeqCst), right.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_nested_list_takes_one_batch_a_level_whatever_its_length() {
        for count in [1, 10, 100, 600] {
            let document = format!("{{ rows(count: {count}) {{ left {{ left {{ left {{ id }} }} }} }} }}");
            assert_eq!(batches(&document).await, (3, 0), "{count} rows");
        }
    }

    #[tokio::test]
    async fn siblings_of_different_speed_take_one_batch_each_a_level() {
        // Both branches meet again in the same loaders one level below: the quick one must wait for the slow one.
        let document = "{ rows(count: 20) { left { left { id } right { id } } right { left { id } right { id } } } }";
        assert_eq!(batches(document).await, (2, 2));
    }

    #[tokio::test]
    async fn execution_without_loaders_just_ends() {
        assert_eq!(batches("{ rows(count: 3) { id } }").await, (0, 0));
    }

    #[tokio::test]
    async fn execution_that_waits_for_something_else_is_woken() {
        let queue = BatchQueue::new();
        let (send, receive) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(async move { send.send(7) });
        assert_eq!(queue.drive(receive).await, Ok(7));
        assert_eq!(task.await.ok(), Some(Ok(())));
    }
}
