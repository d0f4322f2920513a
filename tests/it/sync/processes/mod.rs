//! Sync with real server processes: killed, several on one database, disconnected, restored from a backup.

mod check;
mod crash;
mod device;
mod hang_ups;
mod holder;
mod restored;
mod rows;
mod site;
mod two;

/// All faults.
type Faults = Vec<String>;
