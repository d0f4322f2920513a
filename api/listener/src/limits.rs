//! The limits of a listener; the defaults are those of production.

use std::time::Duration;

use ipnet::IpNet;

use crate::hosts::Hosts;

/// The limits of the clients of one listener.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at a time, in all.
    pub connections: usize,
    /// Connections at a time from one address (an IPv4 address or an IPv6 /64 network).
    pub per_address: usize,
    /// Networks without a limit per address: the connections of a proxy are those of all its clients.
    pub proxies: Vec<IpNet>,
    /// Time for the head of a request to arrive; on a new connection it begins with the accept.
    pub head: Duration,
    /// Time that a connection may stay open between two requests.
    pub idle: Duration,
    /// Time between two pings of an HTTP/2 connection, and time for the answer to a ping.
    pub ping: Duration,
    /// The slowest sender of a request's body.
    pub receiving: Pace,
    /// The slowest reader of an answer.
    pub sending: Pace,
    /// How much of an unread body is received and dropped.
    pub drain: Drain,
    /// The host names that requests may address. The handler checks them, because it knows the form of the answer.
    pub hosts: Hosts,
}

/// The minimum average rate of a transfer. Only the time in which the peer is waited for is measured.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The maximum pause of the peer. A slower peer uses this time up, a faster one regains it.
    pub grace: Duration,
    /// The average number of bytes a second that the peer must transfer.
    pub bytes_per_second: u32,
}

/// How much of an unread body is received and dropped, so that its sender can read the answer.
#[derive(Clone, Copy, Debug)]
pub struct Drain {
    /// Bytes of one body. A body that is known to be longer is not received at all.
    pub bytes: u64,
    /// Time for one body.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            per_address: 2_000,
            proxies: Vec::new(),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            ping: Duration::from_secs(20),
            receiving: Pace { grace: Duration::from_secs(15), bytes_per_second: 8_000 },
            sending: Pace { grace: Duration::from_secs(30), bytes_per_second: 8_000 },
            drain: Drain { bytes: 32 * 1024 * 1024, time: Duration::from_secs(10) },
            hosts: Hosts::default(),
        }
    }
}

impl Limits {
    /// Lowers the number of connections to what fits into a number of open files, and keeps half of them for other
    /// addresses than the busiest.
    #[must_use]
    pub fn within(mut self, files: u64) -> Self {
        self.connections = self.connections.min(usize::try_from(files).unwrap_or(usize::MAX)).max(1);
        self.per_address = self.per_address.min(self.connections.div_ceil(2));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_leave_half_of_the_connections_to_other_addresses() {
        let few = Limits::default().within(401);
        assert_eq!((few.connections, few.per_address), (401, 201));
        let many = Limits::default().within(u64::MAX);
        assert_eq!((many.connections, many.per_address), (10_000, 2_000));
    }
}
