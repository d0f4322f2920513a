//! What a command answers.

use crate::defect::DefectRow;
use crate::defect::log::Logged;
use crate::defect::update::Updated;
use crate::error::{Error, Result};
use crate::inspection::InspectionRow;
use crate::inspection::results::Recorded;
use crate::inspection::submit::Submission;
use crate::photo::PhotoRow;
use crate::photo::declare::Declaration;
use crate::redacted::Redacted;
use crate::unit::review::ReviewRow;

/// Declares the results: the variant, its content, and the way from the content and back.
macro_rules! results {
    ($($(#[$meta:meta])* $variant:ident($content:ty), $into:ident;)+) => {
        /// The answer of a command that was done, as its caller may see it.
        #[derive(Debug, Clone)]
        pub enum CommandResult {
            $($(#[$meta])* $variant(Box<$content>),)+
        }

        $(
            impl From<$content> for CommandResult {
                fn from(content: $content) -> Self {
                    Self::$variant(Box::new(content))
                }
            }

            impl CommandResult {
                #[doc = concat!("The content of a result of kind `", stringify!($variant), "`.")]
                ///
                /// # Errors
                /// When the command answers something else: an internal error.
                pub fn $into(self) -> Result<$content> {
                    match self {
                        Self::$variant(content) => Ok(*content),
                        other => Err(other.unexpected(stringify!($variant))),
                    }
                }
            }
        )+

        impl CommandResult {
            const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => stringify!($variant),)+
                }
            }
        }
    };
}

results! {
    /// A defect.
    Defect(Redacted<DefectRow>), into_defect;
    /// A new defect, and what it may repeat.
    Logged(Logged), into_logged;
    /// A changed defect, with notes.
    Updated(Updated), into_updated;
    /// A unit inspection.
    Inspection(Redacted<InspectionRow>), into_inspection;
    /// A unit inspection, and the entries that were refused.
    Recorded(Recorded), into_recorded;
    /// A submission, or what it lacks.
    Submission(Submission), into_submission;
    /// A photo.
    Photo(Redacted<PhotoRow>), into_photo;
    /// A declared photo, with the links for its bytes.
    Declaration(Declaration), into_declaration;
    /// A review.
    Review(ReviewRow), into_review;
}

impl CommandResult {
    /// The result, if all was done that the command says. A submission that lacks something is refused.
    ///
    /// # Errors
    /// The refusals of the submission.
    pub(crate) fn complete(self) -> Result<Self> {
        if let Self::Submission(submission) = &self
            && let Submission::Incomplete { refusals, .. } = submission.as_ref()
        {
            return Err(Error::Refused(refusals.clone()));
        }
        Ok(self)
    }

    fn unexpected(&self, wanted: &str) -> Error {
        Error::internal(format!("a command answered {} in place of {wanted}", self.kind()))
    }
}
