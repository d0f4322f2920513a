//! The log: as text or as JSON, never with secrets.

use tracing_subscriber::EnvFilter;

use super::error::StartError;
use super::settings::{LogFormat, Settings};

/// Starts logging to standard error, because standard output is for the output of commands.
///
/// # Errors
/// When the setting cannot be parsed.
pub(super) fn start(settings: &Settings) -> Result<(), StartError> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| StartError::Setting(format!("log: \"{}\" cannot be read: {error}", settings.log)))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Only the first start in a process takes effect; a second one (in a test) is no error.
    let _ = match settings.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    Ok(())
}
