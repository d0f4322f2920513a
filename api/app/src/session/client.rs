//! The network client behind a request.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tokio_util::sync::CancellationToken;

/// The client of a request: from where, and whether it still waits for the answer.
#[derive(Clone, Debug)]
pub struct Client {
    /// The network address, for limits, the log and the list of sessions.
    pub address: IpAddr,
    /// Is cancelled when the client hangs up before its answer.
    pub gone: CancellationToken,
}

impl Client {
    /// A client of this address that waits for its answer.
    #[must_use]
    pub fn new(address: IpAddr) -> Self {
        Self { address: address.to_canonical(), gone: CancellationToken::new() }
    }

    /// The address whose failed sign-ins are counted: an IPv4 address, or the /56 that a household has of IPv6.
    pub(crate) fn counted(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => masked_v6(address, 56).into(),
        }
    }

    /// The address that has its own place in a queue: an IPv4 address, or the /64 of one site of IPv6.
    pub(crate) fn single(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => masked_v6(address, 64).into(),
        }
    }

    /// The network that shares one turn in a queue: /24 of IPv4, /56 of IPv6.
    pub(crate) fn network(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8)).into(),
            IpAddr::V6(address) => masked_v6(address, 56).into(),
        }
    }
}

fn masked_v6(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - bits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_grouped_as_networks_give_them_out() {
        let client = |text: &str| Client::new(text.parse().expect("an address"));
        let v6 = client("2001:db8:1:2ff::7");
        assert_eq!(v6.single().to_string(), "2001:db8:1:2ff::");
        assert_eq!((v6.network().to_string(), v6.counted()), ("2001:db8:1:200::".to_owned(), v6.network()));
        let v4 = client("::ffff:10.1.2.3");
        assert_eq!((v4.single().to_string(), v4.network().to_string()), ("10.1.2.3".into(), "10.1.2.0".into()));
        assert_eq!(v4.counted(), v4.single());
    }
}
