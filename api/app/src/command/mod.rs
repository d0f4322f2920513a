//! The commands that a device may push: the target of each, its time of occurrence, and its use case.
//!
//! A single mutation, an operation of a device and a pending edit all run the same [`Command`] by [`run`]. The input of
//! each command is the input of its use case. A command is one row of the table below.

mod result;
mod stored;
mod timed;

use domain::Timestamp;
use domain::id::{DefectId, InspectionId, PhotoId};
use domain::object_kind::ObjectKind as K;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

pub use result::CommandResult;

use self::timed::Timed;
use crate::context::Context;
use crate::defect;
use crate::error::Result;
use crate::input::{CommandHeader, ReasonedCommand};
use crate::inspection;
use crate::operation::Target;
use crate::photo;
use crate::photo::declare::PhotoSubject;
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

/// Declares the commands, one row each: the input of the use case, and the name of the single mutation. Then
///
/// - `target`: the object that the command makes or changes, and the objects that must exist for it;
/// - `stored`: the shape in which the input is stored;
/// - `run`: the use case.
///
/// The compiler refuses a row without one of them.
macro_rules! commands {
    ($(
        $(#[$meta:meta])*
        $variant:ident($input:ty) = $name:literal {
            target: |$given:ident| $target:expr,
            stored: $stored:ty,
            run: $use_case:path,
        }
    )+) => {
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

            /// The object that the command makes or changes, and what must be there for it.
            #[must_use]
            pub fn target(&self) -> Target {
                match self {
                    $(Self::$variant($given) => $target,)+
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
                        let read: Result<$stored, _> = serde::Deserialize::deserialize(input);
                        let read = read.map_err(|error| StoredCommandError::Input($name, error))?;
                        Ok(Self::$variant(read.into()))
                    })+
                    _ => Err(StoredCommandError::UnknownName(name.to_owned())),
                }
            }
        }

        /// Runs a command, for a single mutation as for an operation of a device.
        ///
        /// The future is boxed here, so that callers in other packages do not compile the use cases again.
        ///
        /// # Errors
        /// The use case's own.
        pub fn run(ctx: Context<'_>, command: Command) -> BoxFuture<'_, Result<CommandResult>> {
            let run = async move {
                Ok(match command {
                    $(Command::$variant(input) => $use_case(ctx, input).await?.into(),)+
                })
            };
            run.boxed()
        }
    };
}

commands! {
    /// Begins the inspection of a unit.
    UnitInspectionStart(CommandHeader<InspectionId>) = "unitInspectionStart" {
        target: |header| Target::on(K::UnitInspection, header.target),
        stored: stored::inspection::Inspection,
        run: inspection::start,
    }
    /// Records results and measurements.
    CheckResultsRecord(inspection::results::RecordResults) = "checkResultsRecord" {
        target: |input| Target::on(K::UnitInspection, input.header.target),
        stored: stored::inspection::Record,
        run: inspection::results::record_results,
    }
    /// Takes results back that were given by hand.
    CheckResultsClear(inspection::results::clear::ClearResults) = "checkResultsClear" {
        target: |input| Target::on(K::UnitInspection, input.header.target),
        stored: stored::inspection::ClearResults,
        run: inspection::results::clear::clear_results,
    }
    /// Says that an inspection is complete.
    UnitInspectionSubmit(CommandHeader<InspectionId>) = "unitInspectionSubmit" {
        target: |header| Target::on(K::UnitInspection, header.target),
        stored: stored::inspection::Inspection,
        run: inspection::submit::submit,
    }
    /// Signs a submitted inspection.
    UnitInspectionSign(inspection::sign::Sign) = "unitInspectionSign" {
        target: |input| Target::on(K::UnitInspection, input.header.target),
        stored: stored::inspection::Sign,
        run: inspection::sign::sign,
    }
    /// Takes an inspection up again.
    UnitInspectionReopen(ReasonedCommand<InspectionId>) = "unitInspectionReopen" {
        target: |input| Target::on(K::UnitInspection, input.header.target),
        stored: stored::inspection::Reasoned,
        run: inspection::reopen,
    }
    /// Says that the unit could not be entered.
    UnitInspectionMarkInaccessible(ReasonedCommand<InspectionId>) = "unitInspectionMarkInaccessible" {
        target: |input| Target::on(K::UnitInspection, input.header.target),
        stored: stored::inspection::Reasoned,
        run: inspection::mark_inaccessible,
    }
    /// Logs a defect; an owner's own finding, too.
    DefectLog(defect::log::LogDefect) = "defectLog" {
        target: |input| Target::new(K::Defect, input.defect_id, K::Unit, input.unit_id),
        stored: stored::defect::Log,
        run: defect::log::log,
    }
    /// Changes what a defect says.
    DefectUpdate(defect::update::UpdateDefect) = "defectUpdate" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Update,
        run: defect::update::update,
    }
    /// Makes a company responsible, or sets the person inside it.
    DefectAssign(defect::assign::Assign) = "defectAssign" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Assign,
        run: defect::assign::assign,
    }
    /// Begins a repair.
    DefectStart(CommandHeader<DefectId>) = "defectStart" {
        target: |header| Target::on(K::Defect, header.target),
        stored: stored::defect::Defect,
        run: defect::start::start,
    }
    /// Reports a repair.
    DefectReportFixed(defect::report_fixed::ReportFixed) = "defectReportFixed" {
        target: |input| Target::on(K::Defect, input.header.target).needing(&input.photo_ids),
        stored: stored::defect::ReportFixed,
        run: defect::report_fixed::report_fixed,
    }
    /// Judges a repair.
    DefectVerify(defect::verify::Verify) = "defectVerify" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Verify,
        run: defect::verify::verify,
    }
    /// Disputes a defect.
    DefectDispute(defect::dispute::DisputeDefect) = "defectDispute" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Dispute,
        run: defect::dispute::dispute,
    }
    /// Resolves a dispute.
    DefectResolveDispute(defect::dispute::ResolveDispute) = "defectResolveDispute" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::ResolveDispute,
        run: defect::dispute::resolve,
    }
    /// Declares a defect void.
    DefectVoid(defect::void::VoidDefect) = "defectVoid" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Void,
        run: defect::void::void,
    }
    /// Takes back an own finding.
    DefectWithdraw(ReasonedCommand<DefectId>) = "defectWithdraw" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Reasoned,
        run: defect::void::withdraw,
    }
    /// Takes a void defect back.
    DefectRestore(ReasonedCommand<DefectId>) = "defectRestore" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Reasoned,
        run: defect::void::restore,
    }
    /// Opens a closed defect again.
    DefectReopen(ReasonedCommand<DefectId>) = "defectReopen" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Reasoned,
        run: defect::reopen::reopen,
    }
    /// Stops the clock.
    DefectHold(ReasonedCommand<DefectId>) = "defectHold" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Reasoned,
        run: defect::hold::hold,
    }
    /// Lets the clock run again.
    DefectResume(CommandHeader<DefectId>) = "defectResume" {
        target: |header| Target::on(K::Defect, header.target),
        stored: stored::defect::Defect,
        run: defect::hold::resume,
    }
    /// Merges a defect into another.
    DefectMerge(defect::merge::MergeDefect) = "defectMerge" {
        target: |input| Target::on(K::Defect, input.header.target).needing(&[input.into]),
        stored: stored::defect::Merge,
        run: defect::merge::merge,
    }
    /// Undoes a merge.
    DefectUnmerge(defect::merge::UnmergeDefect) = "defectUnmerge" {
        target: |input| Target::on(K::Defect, input.header.target),
        stored: stored::defect::Unmerge,
        run: defect::merge::unmerge,
    }
    /// Comments on a defect.
    DefectComment(defect::comment::Comment) = "defectComment" {
        target: |input| Target::new(K::Comment, input.comment_id, K::Defect, input.header.target),
        stored: stored::defect::Comment,
        run: defect::comment::comment,
    }
    /// Declares a photo.
    PhotoUploadCreate(photo::declare::DeclarePhoto) = "photoUploadCreate" {
        target: |input| declared_photo(input.photo_id, input.subject),
        stored: stored::photo::Declare,
        run: photo::declare::declare_photo,
    }
    /// Draws on a photo.
    PhotoMark(photo::annotate::AnnotatePhoto) = "photoMark" {
        target: |input| Target::on(K::Photo, input.photo_id),
        stored: stored::photo::Mark,
        run: photo::annotate::annotate,
    }
    /// Withdraws a photo that was a slip.
    PhotoWithdraw(ReasonedCommand<PhotoId>) = "photoWithdraw" {
        target: |input| Target::on(K::Photo, input.header.target),
        stored: stored::photo::Withdraw,
        run: photo::corrections::withdraw,
    }
    /// Moves a photo to the defect and the stage where it belongs.
    PhotoUpdate(photo::corrections::UpdatePhoto) = "photoUpdate" {
        target: |input| Target::on(K::Photo, input.header.target).needing(input.defect_id.as_slice()),
        stored: stored::photo::Update,
        run: photo::corrections::update,
    }
    /// An owner's review of the own unit, signed.
    UnitReview(unit::review::Review) = "unitReview" {
        target: |input| Target::new(K::Review, input.review_id, K::Unit, input.unit_id)
            .needing(input.signature_photo_id.as_slice()),
        stored: stored::unit::Review,
        run: unit::review::review,
    }
}

fn declared_photo(id: PhotoId, subject: PhotoSubject) -> Target {
    match subject {
        PhotoSubject::Defect(defect_id) => Target::new(K::Photo, id, K::Defect, defect_id),
        PhotoSubject::Signature { project_id } => Target::new(K::Photo, id, K::Project, project_id),
    }
}
