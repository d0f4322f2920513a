//! The commands that a device may push: what each is about, when it was done, and how it is run.
//!
//! A single mutation, an operation of a device and a pending edit all run the same [`Command`] by [`run`]. The input of
//! each command is the input of its use case.

mod result;
mod run;
mod stored;
mod target;
mod timed;

use domain::Timestamp;
use serde_json::Value;

pub use result::CommandResult;
pub use run::run;

use self::timed::Timed;
use crate::defect;
use crate::input::{CommandHeader, ReasonedCommand};
use crate::inspection;
use crate::photo;
use crate::unit;

/// Why a stored command cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StoredCommandError {
    /// The program has no command of this name.
    #[error("there is no command {0:?}")]
    UnknownName(String),
    /// The input is not of the command's shape.
    #[error("the stored input of {0} cannot be read")]
    Input(&'static str, #[source] serde_json::Error),
}

/// Declares the commands: the input, the name, and the shape in which the input is stored.
macro_rules! commands {
    ($($(#[$meta:meta])* $variant:ident($input:ty) = $name:literal, stored::$module:ident::$stored:ident;)+) => {
        /// A command with its input.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Command {
            $($(#[$meta])* $variant($input),)+
        }

        impl Command {
            /// The names of all commands: those of the single mutations.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name: that of the single mutation. It is stored with operations and part of their fingerprints.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)+
                }
            }

            /// The device's time; none when the device said none.
            #[must_use]
            pub fn occurred_at(&self) -> Option<Timestamp> {
                match self {
                    $(Self::$variant(input) => input.occurred_at(),)+
                }
            }

            /// Sets the device's time.
            pub fn set_occurred_at(&mut self, moment: Option<Timestamp>) {
                match self {
                    $(Self::$variant(input) => input.set_occurred_at(moment),)+
                }
            }

            /// Reads the command of a stored operation: its name, and its input in the JSON of the mutation's input.
            ///
            /// # Errors
            /// For an unknown name, and for an input that is not of the command's shape.
            pub fn from_stored(name: &str, input: &Value) -> Result<Self, StoredCommandError> {
                match name {
                    $($name => {
                        let read: Result<stored::$module::$stored, _> = serde::Deserialize::deserialize(input);
                        let read = read.map_err(|error| StoredCommandError::Input($name, error))?;
                        Ok(Self::$variant(read.into()))
                    })+
                    _ => Err(StoredCommandError::UnknownName(name.to_owned())),
                }
            }
        }
    };
}

commands! {
    /// Begins the inspection of a unit.
    UnitInspectionStart(CommandHeader) = "unitInspectionStart", stored::inspection::Inspection;
    /// Records results and measurements.
    CheckResultsRecord(inspection::record::Record) = "checkResultsRecord", stored::inspection::Record;
    /// Takes results back that were given by hand.
    CheckResultsClear(inspection::record::clear::ClearResults) = "checkResultsClear", stored::inspection::ClearResults;
    /// Says that an inspection is complete.
    UnitInspectionSubmit(CommandHeader) = "unitInspectionSubmit", stored::inspection::Inspection;
    /// Signs a submitted inspection.
    UnitInspectionSign(inspection::sign::Sign) = "unitInspectionSign", stored::inspection::Sign;
    /// Takes an inspection up again.
    UnitInspectionReopen(ReasonedCommand) = "unitInspectionReopen", stored::inspection::Reasoned;
    /// Says that nobody could get in.
    UnitInspectionMarkInaccessible(ReasonedCommand) =
        "unitInspectionMarkInaccessible", stored::inspection::Reasoned;
    /// Logs a defect; an owner's own finding, too.
    DefectLog(defect::log::LogDefect) = "defectLog", stored::defect::Log;
    /// Changes what a defect says.
    DefectUpdate(defect::update::UpdateDefect) = "defectUpdate", stored::defect::Update;
    /// Makes a company responsible, or sets the person inside it.
    DefectAssign(defect::assign::Assign) = "defectAssign", stored::defect::Assign;
    /// Begins a repair.
    DefectStart(CommandHeader) = "defectStart", stored::defect::Defect;
    /// Reports a repair.
    DefectReportFixed(defect::report_fixed::ReportFixed) = "defectReportFixed", stored::defect::ReportFixed;
    /// Judges a repair.
    DefectVerify(defect::verify::Verify) = "defectVerify", stored::defect::Verify;
    /// Disputes a defect.
    DefectDispute(defect::dispute::DisputeDefect) = "defectDispute", stored::defect::Dispute;
    /// Resolves a dispute.
    DefectResolveDispute(defect::dispute::ResolveDispute) = "defectResolveDispute", stored::defect::ResolveDispute;
    /// Declares a defect void.
    DefectVoid(defect::void::VoidDefect) = "defectVoid", stored::defect::Void;
    /// Takes back an own finding.
    DefectWithdraw(ReasonedCommand) = "defectWithdraw", stored::defect::Reasoned;
    /// Takes a void defect back.
    DefectRestore(ReasonedCommand) = "defectRestore", stored::defect::Reasoned;
    /// Opens a closed defect again.
    DefectReopen(ReasonedCommand) = "defectReopen", stored::defect::Reasoned;
    /// Stops the clock.
    DefectHold(ReasonedCommand) = "defectHold", stored::defect::Reasoned;
    /// Lets the clock run again.
    DefectResume(CommandHeader) = "defectResume", stored::defect::Defect;
    /// Merges a defect into another.
    DefectMerge(defect::merge::MergeDefect) = "defectMerge", stored::defect::Merge;
    /// Undoes a merge.
    DefectUnmerge(defect::merge::UnmergeDefect) = "defectUnmerge", stored::defect::Unmerge;
    /// Comments on a defect.
    DefectComment(defect::comment::Comment) = "defectComment", stored::defect::Comment;
    /// Declares a photo.
    PhotoUploadCreate(photo::declare::DeclarePhoto) = "photoUploadCreate", stored::photo::Declare;
    /// Draws on a photo.
    PhotoMark(photo::mark::MarkPhoto) = "photoMark", stored::photo::Mark;
    /// Withdraws a photo that was a slip.
    PhotoWithdraw(ReasonedCommand) = "photoWithdraw", stored::photo::Withdraw;
    /// Moves a photo to the defect and the stage where it belongs.
    PhotoUpdate(photo::slips::UpdatePhoto) = "photoUpdate", stored::photo::Update;
    /// An owner's review of the own unit, signed.
    UnitReview(unit::review::Review) = "unitReview", stored::unit::Review;
}
