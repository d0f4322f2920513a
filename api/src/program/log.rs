//! The log: for people or for machines, never with secrets.

use tracing_subscriber::EnvFilter;

use super::settings::{LogFormat, Settings};

/// Starts logging to standard error, so that standard output stays for what a command prints.
pub(super) fn start(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Only the first start of a process counts; a second one (in a test) is no fault.
    let _ = match settings.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}
