//! The clients that load a server: people of the project, each with a separate session and loopback address, as many as
//! are needed to stay below the default rate settings.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use reqwest::{RequestBuilder, Response, StatusCode};

use crate::Fault;
use crate::servers::Server;
use crate::stock::{CROWD, PASSWORD, engineer};

/// The number of concurrent sign-ins.
const AT_ONCE: usize = 4;
/// The wait after an answer 429 without `Retry-After`.
const DEFAULT_WAIT: Duration = Duration::from_secs(1);

/// A person with a separate address.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) http: reqwest::Client,
    /// `None` for a server without authentication.
    pub(crate) token: Option<String>,
}

/// Signs the people in.
pub(crate) async fn crowd(server: &Server) -> Result<Arc<Vec<Person>>, Fault> {
    let one = |number: usize| async move {
        let http = from_address(number)?;
        let token = Some(server.sign_in_from(&http, &engineer(number), PASSWORD).await?);
        Ok::<_, Fault>(Person { http, token })
    };
    let people: Vec<Person> = stream::iter(0..CROWD).map(one).buffered(AT_ONCE).try_collect().await?;
    println!("{} people are signed in to {}", people.len(), server.part.name());
    Ok(Arc::new(people))
}

/// The same number of clients for a server without authentication.
pub(crate) fn strangers() -> Result<Arc<Vec<Person>>, Fault> {
    let one = |number| Ok::<_, Fault>(Person { http: from_address(number)?, token: None });
    Ok(Arc::new((0..CROWD).map(one).collect::<Result<_, _>>()?))
}

/// A client with a separate loopback address.
fn from_address(number: usize) -> Result<reqwest::Client, Fault> {
    let [high, low] = u16::try_from(number + 2)?.to_be_bytes();
    let address = IpAddr::V4(Ipv4Addr::new(127, 1, high, low));
    Ok(reqwest::Client::builder().local_address(address).build()?)
}

/// The number of answers 429. Clones share the count.
#[derive(Clone, Default)]
pub(crate) struct Throttled(Arc<AtomicUsize>);

impl Throttled {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Sends a request; an answer 429 is counted, and the request is sent again after the requested wait.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, Fault> {
        loop {
            let again = request.try_clone().ok_or("a body that cannot be sent twice")?;
            let response = again.send().await?;
            if response.status() != StatusCode::TOO_MANY_REQUESTS {
                return Ok(response.error_for_status()?);
            }
            self.0.fetch_add(1, Ordering::Relaxed);
            let named = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            tokio::time::sleep(named.map_or(DEFAULT_WAIT, Duration::from_secs)).await;
        }
    }
}
