//! Errors of the program's commands and of its start.

/// The reasons why a command or the start failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    /// A setting is invalid.
    #[error("settings: {0}")]
    Setting(String),
    /// The settings are invalid.
    #[error(transparent)]
    Settings(#[from] super::settings::SettingsError),
    /// The data folder.
    #[error("data folder: {0}")]
    Data(String),
    /// The address to listen on.
    #[error("cannot listen on {0}: {1}; set HANDOVER_LISTEN to another address")]
    Listen(std::net::SocketAddr, std::io::Error),
    /// A file or a listener.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The database.
    #[error("database: {0}")]
    Database(#[from] crate::database::DatabaseError),
    /// The embedded store.
    #[error("embedded object store: {0}")]
    Embedded(#[from] embedded_s3::StartError),
    /// The object store.
    #[error("object store: {0}")]
    Objects(#[from] blob_store::ObjectError),
    /// A use case.
    #[error("{0}")]
    Refused(String),
    /// The garbage collection of photos.
    #[error("photos: {0}")]
    Gc(#[from] app::photo::gc::GcError),
    /// Metrics counted from events differ from the stored ones.
    #[error("the metrics of {0} projects differ from those counted from their events (each on a line above)")]
    Recount(usize),
    /// Photos are missing, altered or orphaned.
    #[error("objects of photos are missing or altered ({0} findings, each on a line above)")]
    PhotosWrong(u64),
}

/// A refusal on one line. The problems of a file contain their line.
fn line(refusal: &domain::Refusal) -> String {
    let message = refusal.message(domain::Language::En);
    if refusal.code == domain::RefusalCode::ImportInvalid || refusal.field.is_empty() {
        return message;
    }
    format!("{}: {message}", refusal.field.join("."))
}

impl From<app::Error> for StartError {
    fn from(error: app::Error) -> Self {
        match error {
            app::Error::Refused(refusals) => Self::Refused(refusals.iter().map(line).collect::<Vec<_>>().join("\n")),
            app::Error::Internal(source) => Self::Refused(format!("internal fault: {source}")),
            app::Error::Repeated | app::Error::Overloaded(_) => Self::Refused(error.to_string()),
        }
    }
}
