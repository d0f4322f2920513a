//! A faulty network in front of a server: packets are late or lost and sent again, and connections break off anywhere.
//!
//! `fault_proxy` applies a chosen fault to chosen requests; this proxy knows nothing of HTTP and has random faults.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::dice::Dice;

/// The initial retransmission timeout of TCP; it doubles each time.
const SENT_AGAIN: Duration = Duration::from_millis(200);

/// The quality of a network.
#[derive(Clone, Copy, Debug)]
pub struct NetworkFaults {
    /// The percentage of packets that are lost and sent again.
    pub loss: f64,
    /// The latency of a packet, each way, plus a random part of up to half.
    pub delay: Duration,
    /// The percentage of requests whose connection breaks off: before them, after them, or in the answer.
    pub disconnect: f64,
}

/// The network. It ends when dropped.
pub struct FaultyNetwork {
    address: SocketAddr,
    broken: Arc<AtomicUsize>,
    _stop: DropGuard,
}

struct Path {
    upstream: String,
    weather: NetworkFaults,
    dice: Mutex<Dice>,
    broken: Arc<AtomicUsize>,
}

/// The fate of the present request of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Whole,
    BreaksBefore,
    BreaksBehind,
    BreaksInAnswer(usize),
}

impl FaultyNetwork {
    /// Starts in front of the server at `upstream` (`host:port`).
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn before(upstream: &str, weather: NetworkFaults, dice: Dice) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let broken = Arc::new(AtomicUsize::new(0));
        let path = Path { upstream: upstream.to_owned(), weather, dice: Mutex::new(dice), broken: Arc::clone(&broken) };
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(accept(listener, Arc::new(path), stop.clone())));
        Self { address, broken, _stop: stop.drop_guard() }
    }

    /// Its address.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of requests that broke off.
    #[must_use]
    pub fn broken(&self) -> usize {
        self.broken.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, path: Arc<Path>, stop: CancellationToken) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let path = Arc::clone(&path);
        // Broken connections are the purpose of this proxy.
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move { drop(path.connect(stream).await) }));
    }
}

impl Path {
    async fn connect(&self, down: TcpStream) -> io::Result<()> {
        let up = TcpStream::connect(&self.upstream).await?;
        up.set_nodelay(true)?;
        down.set_nodelay(true)?;
        let (from_client, to_client) = down.into_split();
        let (from_server, to_server) = up.into_split();
        let fate = Mutex::new(None);
        // The first direction that ends also ends the other, because a broken connection is broken for both sides.
        tokio::select! {
            ended = self.requests(from_client, to_server, &fate) => ended,
            ended = self.answers(from_server, to_client, &fate) => ended,
        }
    }

    async fn requests(
        &self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        fate: &Mutex<Option<Fate>>,
    ) -> io::Result<()> {
        let mut packet = vec![0; 16 * 1024];
        loop {
            let length = from.read(&mut packet).await?;
            if length == 0 {
                return to.shutdown().await;
            }
            // The first packet after an answer is a new request.
            let now = *lock(fate).get_or_insert_with(|| self.fate());
            if now == Fate::BreaksBefore {
                return Ok(());
            }
            tokio::time::sleep(self.way()).await;
            to.write_all(&packet[..length]).await?;
            if now == Fate::BreaksBehind && length < packet.len() {
                tokio::time::sleep(self.moment()).await;
                return Ok(());
            }
        }
    }

    async fn answers(
        &self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        fate: &Mutex<Option<Fate>>,
    ) -> io::Result<()> {
        let mut packet = vec![0; 16 * 1024];
        loop {
            let length = from.read(&mut packet).await?;
            if length == 0 {
                return to.shutdown().await;
            }
            let now = lock(fate).take().unwrap_or(Fate::Whole);
            tokio::time::sleep(self.way()).await;
            if let Fate::BreaksInAnswer(most) = now {
                to.write_all(&packet[..length.min(most)]).await?;
                return Ok(());
            }
            to.write_all(&packet[..length]).await?;
        }
    }

    fn fate(&self) -> Fate {
        let mut dice = lock(&self.dice);
        if !happens(&mut dice, self.weather.disconnect) {
            return Fate::Whole;
        }
        self.broken.fetch_add(1, Ordering::Relaxed);
        match dice.below(3) {
            0 => Fate::BreaksBefore,
            1 => Fate::BreaksBehind,
            _ => Fate::BreaksInAnswer(dice.below(2_000)),
        }
    }

    /// The latency of a packet.
    fn way(&self) -> Duration {
        let mut dice = lock(&self.dice);
        let delay = self.weather.delay;
        let mut way = delay + delay.mul_f64(dice.below(1_000) as f64 / 2_000.0);
        let mut again = SENT_AGAIN;
        while happens(&mut dice, self.weather.loss) {
            way += again;
            again = (again * 2).min(Duration::from_secs(5));
        }
        way
    }

    /// A pause in which the server may process all of the request, a part of it, or none.
    fn moment(&self) -> Duration {
        Duration::from_millis(lock(&self.dice).throw() % 40)
    }
}

fn happens(dice: &mut Dice, percent: f64) -> bool {
    (dice.below(10_000) as f64) < percent * 100.0
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
