//! Sync against real server processes: killed, several on one database, hung up on, restored from a backup.

mod check;
mod crash;
mod device;
mod hang_ups;
mod holder;
mod restored;
mod rows;
mod site;
mod two;

/// All that is wrong.
type Faults = Vec<String>;
