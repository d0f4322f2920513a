//! Batched loading that lives and dies with one request: one batch per loader and level of the answer.
//!
//! There is no delay, no timer and no other task: a loader whose keys are asked for only queues. The request's own task
//! first lets the execution go as far as it can, then runs everything queued at once, and lets the execution go on when
//! all of it has come back. A level of a nested list is therefore one statement per loader, however many rows it has.
//! Nothing is kept from one batch to the next: a mutation may have changed it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::future::{Future, poll_fn};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;

use super::budget::{Budget, BudgetLimits};

/// More keys than this in one level are split into several batches.
const MAX_KEYS: usize = 10_000;

/// The batches that one request's loaders have asked for and that have not begun yet, and what the request may take.
#[derive(Clone)]
pub struct BatchQueue {
    batches: Arc<Mutex<Vec<BoxFuture<'static, ()>>>>,
    budget: Budget,
}

impl Default for BatchQueue {
    fn default() -> Self {
        Self::with_budget(BudgetLimits::NONE)
    }
}

impl BatchQueue {
    /// An empty queue for one request that may take as much as it likes.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty queue for one request.
    pub fn with_budget(limits: BudgetLimits) -> Self {
        Self { batches: Arc::default(), budget: Budget::new(limits) }
    }

    /// What the request may take.
    pub fn budget(&self) -> &Budget {
        &self.budget
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
        running: &mut FuturesUnordered<BoxFuture<'static, ()>>,
    ) -> Poll<F::Output> {
        loop {
            if let Poll::Ready(Some(output)) = execution.poll_next_unpin(cx) {
                return Poll::Ready(output);
            }
            // A list that only gives way goes on first: what it still asks for belongs to the same level.
            if self.budget.has_given_way() {
                return Poll::Pending;
            }
            // The next level begins when the one before is complete: the selections of its answers are then one batch
            // per loader again.
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

    fn queued(&self) -> MutexGuard<'_, Vec<BoxFuture<'static, ()>>> {
        lock(&self.batches)
    }
}

impl fmt::Debug for BatchQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchQueue").finish_non_exhaustive()
    }
}

/// How a batch is loaded: the values of those keys that have one.
type Load<K, V, E> = dyn Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>, E>> + Send + Sync;

/// Loads the values of keys that are asked for one by one, in batches.
pub struct Loader<K, V, E> {
    queue: BatchQueue,
    load: Arc<Load<K, V, E>>,
    /// The batch that takes keys, until it begins.
    open: Arc<Mutex<Option<Shared<K, V, E>>>>,
}

type Shared<K, V, E> = Arc<Mutex<Batch<K, V, E>>>;

struct Batch<K, V, E> {
    keys: HashSet<K>,
    waiting: Vec<Waker>,
    answer: Option<Result<Arc<HashMap<K, V>>, E>>,
}

/// The values found for many keys, shared by all askers of the same batch.
pub struct Loaded<K, V>(Vec<Arc<HashMap<K, V>>>);

impl<K: Hash + Eq, V> Loaded<K, V> {
    /// The value of a key, if it has one.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.iter().find_map(|values| values.get(key))
    }
}

impl<K, V, E> Loader<K, V, E>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    E: Clone + Send + 'static,
{
    /// A loader whose batches run on a request's queue.
    pub fn new(
        queue: &BatchQueue,
        load: impl Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>, E>> + Send + Sync + 'static,
    ) -> Self {
        Self { queue: queue.clone(), load: Arc::new(load), open: Arc::default() }
    }

    /// The value of a key, if it has one.
    ///
    /// # Errors
    /// When its batch could not be loaded.
    pub async fn load(&self, key: K) -> Result<Option<V>, E> {
        let batch = self.join(&key);
        poll_fn(|cx| lock(&batch).poll(&key, cx)).await
    }

    /// The values of many keys, for all rows of a list at once.
    ///
    /// # Errors
    /// When one of their batches could not be loaded.
    pub async fn load_many(&self, keys: impl IntoIterator<Item = K>) -> Result<Loaded<K, V>, E> {
        let mut loaded = Vec::new();
        for batch in self.join_all(keys) {
            loaded.push(poll_fn(|cx| lock(&batch).poll_all(cx)).await?);
        }
        Ok(Loaded(loaded))
    }

    /// Asks for a key with the batch that is open, or with a new one.
    fn join(&self, key: &K) -> Shared<K, V, E> {
        let mut open = lock(&self.open);
        let batch = self.with_room(&mut open);
        lock(&batch).keys.insert(key.clone());
        batch
    }

    /// The same for many keys; answers the batches that they are in.
    fn join_all(&self, keys: impl IntoIterator<Item = K>) -> Vec<Shared<K, V, E>> {
        let (mut open, mut keys) = (lock(&self.open), keys.into_iter().peekable());
        let mut joined = Vec::new();
        while keys.peek().is_some() {
            let batch = self.with_room(&mut open);
            let mut inner = lock(&batch);
            while inner.keys.len() < MAX_KEYS
                && let Some(key) = keys.next()
            {
                inner.keys.insert(key);
            }
            drop(inner);
            joined.push(batch);
        }
        joined
    }

    /// The open batch while it has room for a key, or a new one, which is the open one from now on.
    fn with_room(&self, open: &mut Option<Shared<K, V, E>>) -> Shared<K, V, E> {
        let batch = match open.take() {
            Some(batch) if lock(&batch).keys.len() < MAX_KEYS => batch,
            _ => self.begin(),
        };
        Arc::clone(open.insert(batch))
    }

    fn begin(&self) -> Shared<K, V, E> {
        let batch = Arc::new(Mutex::new(Batch { keys: HashSet::new(), waiting: Vec::new(), answer: None }));
        let (load, open, running) = (Arc::clone(&self.load), Arc::clone(&self.open), Arc::clone(&batch));
        self.queue.queued().push(Box::pin(async move {
            // Who asks from now on asks with the next one.
            lock(&open).take_if(|open| Arc::ptr_eq(open, &running));
            let keys = std::mem::take(&mut lock(&running).keys);
            let answer = load(keys.into_iter().collect()).await;
            let waiting = lock(&running).end(answer);
            waiting.into_iter().for_each(Waker::wake);
        }));
        batch
    }
}

impl<K: Hash + Eq, V: Clone, E: Clone> Batch<K, V, E> {
    fn poll(&mut self, key: &K, cx: &mut Context<'_>) -> Poll<Result<Option<V>, E>> {
        self.poll_all(cx).map_ok(|values| values.get(key).cloned())
    }

    fn poll_all(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arc<HashMap<K, V>>, E>> {
        match &self.answer {
            Some(answer) => Poll::Ready(answer.clone()),
            None => {
                // Neighbours of one list mostly wait with one and the same waker.
                if !self.waiting.last().is_some_and(|last| last.will_wake(cx.waker())) {
                    self.waiting.push(cx.waker().clone());
                }
                Poll::Pending
            }
        }
    }

    fn end(&mut self, answer: Result<HashMap<K, V>, E>) -> Vec<Waker> {
        self.answer = Some(answer.map(Arc::new));
        std::mem::take(&mut self.waiting)
    }
}

/// No panic can leave what these locks protect half-changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Request, Schema};

    use super::*;
    use crate::budget::AnswerTooLarge;

    type Children = Loader<u32, Vec<u32>, Infallible>;

    /// Answers each key with its two children, after giving way a few times, as a statement does.
    fn children(queue: &BatchQueue, yields: usize, batches: &Arc<AtomicUsize>) -> Children {
        let batches = Arc::clone(batches);
        Loader::new(queue, move |keys: Vec<u32>| {
            batches.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move {
                for _ in 0..yields {
                    tokio::task::yield_now().await;
                }
                Ok(keys.into_iter().map(|k| (k, vec![k * 2, k * 2 + 1])).collect())
            })
        })
    }

    struct Left(Children);
    struct Right(Children);

    async fn nodes(loader: &Children, key: u32) -> Vec<Node> {
        let Ok(found) = loader.load(key).await;
        found.unwrap_or_default().into_iter().map(Node).collect()
    }

    struct Node(u32);

    #[Object]
    impl Node {
        async fn id(&self) -> u32 {
            self.0
        }
        async fn left(&self, ctx: &Context<'_>) -> Vec<Node> {
            nodes(&ctx.data_unchecked::<Left>().0, self.0).await
        }
        async fn right(&self, ctx: &Context<'_>) -> Vec<Node> {
            nodes(&ctx.data_unchecked::<Right>().0, self.0).await
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
        let request =
            Request::new(document).data(Left(children(&queue, 1, &left))).data(Right(children(&queue, 7, &right)));
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
    async fn many_keys_share_the_batch_of_those_that_are_asked_for_one_by_one() {
        let (queue, count) = (BatchQueue::new(), Arc::default());
        let loader = children(&queue, 1, &count);
        let many = async {
            let Ok(loaded) = loader.load_many([3, 4, 3]).await;
            [3, 4, 5].map(|key| loaded.get(&key).cloned())
        };
        let (one, many) = queue.drive(futures::future::join(loader.load(5), many)).await;
        assert_eq!(one, Ok(Some(vec![10, 11])));
        // The batch also has the key of the other: a value is found by its key alone.
        assert_eq!(many, [Some(vec![6, 7]), Some(vec![8, 9]), Some(vec![10, 11])]);
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn more_keys_than_a_batch_holds_are_several_batches() {
        let (queue, count) = (BatchQueue::new(), Arc::default());
        let loader = children(&queue, 1, &count);
        let keys = 2 * u32::try_from(MAX_KEYS).expect("a number") + 1;
        let Ok(loaded) = queue.drive(loader.load_many(0..keys)).await;
        assert_eq!(loaded.get(&(keys - 1)), Some(&vec![2 * keys - 2, 2 * keys - 1]));
        assert_eq!((loaded.get(&keys), count.load(Ordering::SeqCst)), (None, 3));
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

    #[tokio::test]
    async fn lists_that_give_way_still_take_one_batch_a_level() {
        let (queue, count) = (BatchQueue::new(), Arc::default());
        let loader = children(&queue, 1, &count);
        let one = |key: u32| {
            let (budget, loader) = (queue.budget().clone(), &loader);
            async move {
                for _ in 0..key {
                    budget.give_way().await;
                }
                nodes(loader, key).await.len()
            }
        };
        let found = queue.drive(futures::future::join_all((0..10).map(one))).await;
        assert_eq!((found.iter().sum::<usize>(), count.load(Ordering::SeqCst)), (20, 1));
    }

    #[tokio::test]
    async fn a_budget_is_exceeded_once_and_for_all() {
        let queue = BatchQueue::with_budget(BudgetLimits { objects: 10, bytes: 100 });
        let budget = queue.budget();
        assert!(budget.load(10).is_ok() && budget.write_objects(1).is_ok() && budget.write_bytes(100).is_ok());
        assert!(!budget.is_exceeded());
        assert_eq!(budget.load(1).expect_err("the eleventh"), budget.refusal());
        assert_eq!(AnswerTooLarge::CODE, "ANSWER_TOO_LARGE");
        assert!(budget.is_exceeded() && budget.write_bytes(0).is_err());
        budget.exceeded().await;
    }
}
