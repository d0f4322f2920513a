//! A line in which networks take turns, within a network addresses, and within an address requests.

use std::collections::VecDeque;
use std::net::IpAddr;

use tokio::sync::oneshot;

use super::Turn;

/// A request in the line, and the way to tell it that its turn has come. Dropping it refuses the request.
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) go: oneshot::Sender<Turn>,
}

/// Requests of one address, the oldest first.
struct Address {
    address: IpAddr,
    tickets: VecDeque<Ticket>,
}

/// Addresses of one network, the next one first.
struct Network {
    network: IpAddr,
    addresses: VecDeque<Address>,
}

impl Network {
    fn len(&self) -> usize {
        self.addresses.iter().map(|address| address.tickets.len()).sum()
    }

    fn of_address(&self, address: IpAddr) -> usize {
        self.addresses.iter().find(|other| other.address == address).map_or(0, |found| found.tickets.len())
    }

    fn busiest(&mut self) -> Option<&mut Address> {
        self.addresses.iter_mut().max_by_key(|address| address.tickets.len())
    }
}

/// The line: networks, the next one first. A lane holds a few hundred requests at most, so it is searched from end to
/// end.
#[derive(Default)]
pub(super) struct Lane(VecDeque<Network>);

impl Lane {
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(Network::len).sum()
    }

    /// Puts a request into the line. Answers false when the line is full and no other has to give way.
    pub(super) fn push(&mut self, network: IpAddr, address: IpAddr, ticket: Ticket, limit: usize) -> bool {
        if self.len() >= limit && !self.make_room(network, address) {
            return false;
        }
        let found = match self.0.iter().position(|other| other.network == network) {
            Some(index) => self.0.get_mut(index),
            None => {
                self.0.push_back(Network { network, addresses: VecDeque::new() });
                self.0.back_mut()
            }
        };
        let Some(found) = found else { return false };
        match found.addresses.iter_mut().find(|other| other.address == address) {
            Some(waiting) => waiting.tickets.push_back(ticket),
            None => found.addresses.push_back(Address { address, tickets: VecDeque::from([ticket]) }),
        }
        true
    }

    /// Takes the newest request of the busiest network's busiest address out of the line, if the newcomer stays below
    /// it all the same.
    fn make_room(&mut self, network: IpAddr, address: IpAddr) -> bool {
        let own = self.0.iter().find(|other| other.network == network);
        let (own_network, own_address) = own.map_or((0, 0), |own| (own.len(), own.of_address(address)));
        let Some(busiest) = self.0.iter_mut().max_by_key(|other| other.len()) else { return false };
        let same = busiest.network == network;
        if !same && busiest.len() < own_network + 2 {
            return false;
        }
        let Some(victim) = busiest.busiest() else { return false };
        if same && victim.tickets.len() < own_address + 2 {
            return false;
        }
        let displaced = victim.tickets.pop_back().map(|ticket| ticket.id);
        self.sweep();
        displaced.is_some()
    }

    /// The next request; its address and network go to the end of their lines.
    pub(super) fn pop(&mut self) -> Option<Ticket> {
        let mut network = self.0.pop_front()?;
        let mut address = network.addresses.pop_front()?;
        let ticket = address.tickets.pop_front();
        if !address.tickets.is_empty() {
            network.addresses.push_back(address);
        }
        if !network.addresses.is_empty() {
            self.0.push_back(network);
        }
        ticket
    }

    /// Takes a request out of the line.
    pub(super) fn remove(&mut self, id: u64) {
        for address in self.0.iter_mut().flat_map(|network| &mut network.addresses) {
            address.tickets.retain(|ticket| ticket.id != id);
        }
        self.sweep();
    }

    /// Addresses and networks without requests leave the line.
    fn sweep(&mut self) {
        for network in &mut self.0 {
            network.addresses.retain(|address| !address.tickets.is_empty());
        }
        self.0.retain(|network| !network.addresses.is_empty());
    }
}
