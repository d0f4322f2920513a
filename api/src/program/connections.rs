//! The limits of connections.

use listener::Limits;

use super::checks;
use super::error::StartError;
use super::settings::Settings;

/// The files that the program opens besides the connections of clients: databases, objects, its own connections.
const FILES_OF_OUR_OWN: u64 = 128;

/// The limits of clients' connections, at the API's port and at the embedded store's.
///
/// # Errors
/// `StartError::Setting` for an invalid host name.
pub(super) fn connections(settings: &Settings) -> Result<Limits, StartError> {
    let files = listener::raise_file_limit();
    let limits = Limits {
        connections: settings.connections,
        per_address: settings.connections_per_address,
        proxies: settings.trusted_proxies.0.clone(),
        hosts: checks::hosts(settings)?,
        ..Limits::default()
    };
    // A connection to the API takes one file; one to the store takes two, with the object that is read or written.
    Ok(limits.within(files.map_or(u64::MAX, |files| files.saturating_sub(FILES_OF_OUR_OWN) / 3)))
}
