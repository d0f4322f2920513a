//! Why a document could not be made.

/// Why a document could not be made. Each is a fault of the program: what people write and which pictures they take
/// never leads here.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A font of the program cannot be read.
    #[error("the font {0} of the program cannot be read")]
    Font(&'static str),
    /// The file would break the standard (PDF/A-3a with PDF/UA-1).
    #[error("the document would not be valid: {0}")]
    Invalid(String),
}
