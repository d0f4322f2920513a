use super::*;

fn client(address: &str) -> Client {
    Client::new(address.parse().expect("an address"))
}

/// Requests that have entered, in the order of their names; each says when its turn comes and passes it on at once.
struct Line {
    queue: HashQueue,
    first: Option<Turn>,
    served: Arc<Mutex<Vec<String>>>,
    tasks: Vec<(String, tokio::task::JoinHandle<bool>)>,
}

impl Line {
    /// A line before which one check runs.
    async fn new() -> Self {
        let queue = HashQueue::default();
        let first = queue.enter(&client("10.9.9.9"), Priority::Stranger).await.ok();
        Self { queue, first, served: Arc::default(), tasks: Vec::new() }
    }

    async fn add(&mut self, name: &str, address: &str, priority: Priority) {
        let (queue, served) = (self.queue.clone(), Arc::clone(&self.served));
        let (client, own) = (client(address), name.to_owned());
        let task = tokio::spawn(async move {
            let turn = queue.enter(&client, priority).await;
            if turn.is_ok() {
                served.lock().expect("not poisoned").push(own);
            }
            turn.is_ok()
        });
        // On one thread: afterwards the request stands in the line, or was refused.
        tokio::task::yield_now().await;
        self.tasks.push((name.to_owned(), task));
    }

    /// Ends the check that runs; returns the order in which the requests were served, and who was refused.
    async fn finish(mut self) -> (Vec<String>, Vec<String>) {
        self.first.take();
        let mut refused = Vec::new();
        for (name, task) in self.tasks {
            if !task.await.expect("no panic") {
                refused.push(name);
            }
        }
        assert_eq!(self.queue.waiting(), 0);
        let served = self.served.lock().expect("not poisoned").clone();
        (served, refused)
    }
}

#[tokio::test]
async fn networks_take_turns_and_addresses_within_them() {
    let mut line = Line::new().await;
    for n in 0..3 {
        line.add(&format!("a{n}"), "10.0.0.1", Priority::Stranger).await;
    }
    for n in 0..2 {
        line.add(&format!("b{n}"), "10.0.0.2", Priority::Stranger).await;
        line.add(&format!("c{n}"), "10.0.1.1", Priority::Stranger).await;
    }
    let (served, refused) = line.finish().await;
    assert_eq!(served, ["a0", "c0", "b0", "c1", "a1", "b1", "a2"]);
    assert_eq!(refused, [""; 0]);
}

#[tokio::test]
async fn known_device_does_not_stand_behind_strangers() {
    let mut line = Line::new().await;
    for n in 0..4 {
        line.add(&format!("stranger{n}"), &format!("10.0.{n}.1"), Priority::Stranger).await;
    }
    line.add("known0", "10.0.0.1", Priority::KnownDevice).await;
    line.add("known1", "10.0.0.1", Priority::KnownDevice).await;
    let (served, _) = line.finish().await;
    assert_eq!(served, ["known0", "stranger0", "known1", "stranger1", "stranger2", "stranger3"]);
}

#[tokio::test]
async fn full_lane_refuses_its_busiest_network_and_takes_a_quiet_one() {
    let mut line = Line::new().await;
    let limit = line.queue.lock().limit();
    for n in 0..limit + 5 {
        line.add(&format!("flood{n}"), &format!("10.0.0.{}", n % 4), Priority::Stranger).await;
    }
    line.add("neighbour", "10.0.0.77", Priority::Stranger).await;
    line.add("elsewhere", "10.7.0.1", Priority::Stranger).await;
    assert_eq!(line.queue.waiting(), limit);
    let stats = line.queue.stats();
    let (served, refused) = line.finish().await;
    assert_eq!((served.len(), refused.len()), (limit, 7), "five of the flood at once, two that gave way");
    assert!(refused.iter().all(|name| name.starts_with("flood")), "{refused:?}");
    assert!(served[..6].iter().any(|name| name == "neighbour"), "{served:?}");
    assert!(served[..3].iter().any(|name| name == "elsewhere"), "{served:?}");
    assert_eq!((stats.most_at_once, stats.most_waiting), (1, limit));
}

#[tokio::test]
async fn client_that_hangs_up_leaves_the_line() {
    let queue = HashQueue::default();
    let first = queue.enter(&client("10.0.0.1"), Priority::Stranger).await.expect("nothing runs");
    let gone = client("10.0.0.2");
    let (other, leaver) = (queue.clone(), gone.clone());
    let waiting = tokio::spawn(async move { other.enter(&leaver, Priority::Stranger).await.is_ok() });
    tokio::task::yield_now().await;
    assert_eq!(queue.waiting(), 1);
    gone.gone.cancel();
    assert!(!waiting.await.expect("no panic"));
    assert_eq!((queue.waiting(), queue.stats().abandoned), (0, 1));
    // A request that is dropped in the queue, or during its turn, blocks no other.
    let late = client("10.0.0.3");
    let mut dropped = Box::pin(queue.enter(&late, Priority::Stranger));
    assert!(futures::poll!(&mut dropped).is_pending());
    drop(first);
    drop(dropped);
    let turn = queue.enter(&client("10.0.0.4"), Priority::Stranger).await;
    assert!(turn.is_ok());
    assert_eq!(queue.waiting(), 0);
}

#[tokio::test]
async fn refusal_names_the_time_until_the_work_is_done() {
    let mut line = Line::new().await;
    let limit = line.queue.lock().limit();
    for n in 0..limit {
        line.add(&format!("{n}"), &format!("10.0.{n}.1"), Priority::Stranger).await;
    }
    let refused = line.queue.enter(&client("10.200.0.1"), Priority::Stranger).await;
    let Err(Error::Overloaded(wait)) = refused.map(drop) else { panic!("a full lane takes nobody") };
    assert!(wait > LANE_BUDGET / 2 && wait <= LANE_BUDGET, "{wait:?}");
    line.finish().await;
}
