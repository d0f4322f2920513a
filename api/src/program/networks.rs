//! Networks of addresses in the settings.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A list of networks: `["10.0.0.0/8", "127.0.0.1"]`, or one text with commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(pub Vec<IpNet>);

impl Serialize for Networks {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ToString::to_string))
    }
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NetworksVisitor)
    }
}

/// The prefix length of the widest network of proxies: a private network of RFC 1918.
const WIDEST_V4: u8 = 8;
/// The same for IPv6: the unique local addresses.
const WIDEST_V6: u8 = 7;

/// A network, or the network of one address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let parsed = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let network = parsed
        .map(|network: IpNet| network.trunc())
        .map_err(|_| format!("\"{text}\" is no network; it looks like 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32"))?;
    let widest = if matches!(network, IpNet::V4(_)) { WIDEST_V4 } else { WIDEST_V6 };
    if network.prefix_len() < widest {
        return Err(format!(
            "\"{text}\" holds too many addresses: everybody could write an address of their own; name the networks of the \
             proxies only, such as 10.0.0.0/8"
        ));
    }
    Ok(network)
}

struct NetworksVisitor;

impl<'de> Visitor<'de> for NetworksVisitor {
    type Value = Networks;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the networks of the proxies, such as [\"127.0.0.1/32\", \"10.0.0.0/8\"], not their number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Networks, E> {
        let texts = text.split(',').filter(|text| !text.trim().is_empty());
        texts.map(network).collect::<Result<_, _>>().map(Networks).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Networks, A::Error> {
        let mut networks = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            networks.push(network(&text).map_err(A::Error::custom)?);
        }
        Ok(Networks(networks))
    }
}
