//! Why a command of the program, or its start, failed.

/// Why the program did not start.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    /// A setting makes no sense.
    #[error("settings: {0}")]
    Setting(String),
    /// Settings that make no sense.
    #[error(transparent)]
    Settings(#[from] super::settings::SettingsError),
    /// The data folder.
    #[error("data folder: {0}")]
    Data(String),
    /// The address to answer at.
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
    /// Metrics that were counted from events differ from those that are stored.
    #[error("the metrics of {0} projects are not what their events say (each on a line above)")]
    Recount(usize),
    /// Photos are not as they should be.
    #[error("objects of photos are missing or altered ({0} findings, each on a line above)")]
    PhotosWrong(u64),
}

/// A refusal on one line. Problems of a file name their place themselves.
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
