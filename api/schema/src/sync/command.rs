//! The commands that a device may push: the inputs of the single mutations, made into commands.

use app::command::Command;
use async_graphql::{InputObject, OneofObject};
use domain::{Refusal, RefusalCode};

use crate::command::IntoCommand;
use crate::defect::mutations::{
    DefectAssignInput, DefectCommentInput, DefectLogInput, DefectReportFixedInput, DefectStartInput, DefectUpdateInput,
    DefectVerifyInput,
};
use crate::defect::resolution::{
    DefectDisputeInput, DefectHoldInput, DefectMergeInput, DefectReopenInput, DefectResolveDisputeInput,
    DefectRestoreInput, DefectResumeInput, DefectUnmergeInput, DefectVoidInput, DefectWithdrawInput,
};
use crate::inspection::inputs::{
    CheckResultsClearInput, CheckResultsRecordInput, UnitInspectionMarkInaccessibleInput, UnitInspectionReopenInput,
    UnitInspectionSignInput, UnitInspectionStartInput, UnitInspectionSubmitInput,
};
use crate::photo::corrections::{PhotoUpdateInput, PhotoWithdrawInput};
use crate::photo::markup::PhotoMarkInput;
use crate::photo::mutations::PhotoUploadCreateInput;
use crate::unit::mutations::UnitReviewInput;

/// Stands in for an operation that the server cannot read, for example from a newer app: it is answered as
/// `OPERATION_UNREADABLE`, and the others are done.
#[derive(InputObject, Clone)]
pub struct SyncUnreadableInput {
    /// Why it cannot be read.
    pub message: String,
    /// The operation as it came.
    pub payload: String,
}

/// Behind the path of a field that the schema does not have.
pub(super) const NOT_KNOWN: &str = " is not known here; the app may be newer than the server";

/// Declares the commands by the inputs of their mutations.
macro_rules! commands {
    ($($(#[$meta:meta])* $variant:ident($input:ident),)+) => {
        /// Exactly one command, with the input of the single mutation of that name.
        #[derive(OneofObject, Clone)]
        pub enum SyncCommandInput {
            $($(#[$meta])* $variant($input),)+
            /// What the server puts in place of what it cannot read.
            Unreadable(SyncUnreadableInput),
        }

        impl SyncCommandInput {
            /// The command.
            ///
            /// # Errors
            /// `OPERATION_UNREADABLE`, and `INVALID_VALUE` for a command on several defects at once.
            pub fn into_command(self) -> Result<Command, Refusal> {
                match self {
                    $(Self::$variant(input) => input.into_command(),)+
                    Self::Unreadable(unreadable) => Err(refuse_unreadable(&unreadable)),
                }
            }
        }
    };
}

fn refuse_unreadable(unreadable: &SyncUnreadableInput) -> Refusal {
    let in_chinese = match unreadable.message.strip_suffix(NOT_KNOWN) {
        Some(path) => format!("此处没有“{path}”；应用版本可能比服务器新"),
        None => "内容不符合接口的格式".to_owned(),
    };
    Refusal::at(RefusalCode::OperationUnreadable, "command").because(&unreadable.message, &in_chinese)
}

commands! {
    /// Begins the inspection of a unit.
    UnitInspectionStart(UnitInspectionStartInput),
    /// Records results and measurements.
    CheckResultsRecord(CheckResultsRecordInput),
    /// Takes results back that were given by hand.
    CheckResultsClear(CheckResultsClearInput),
    /// Says that an inspection is complete.
    UnitInspectionSubmit(UnitInspectionSubmitInput),
    /// Signs a submitted inspection.
    UnitInspectionSign(UnitInspectionSignInput),
    /// Takes an inspection up again.
    UnitInspectionReopen(UnitInspectionReopenInput),
    /// Says that the unit could not be entered.
    UnitInspectionMarkInaccessible(UnitInspectionMarkInaccessibleInput),
    /// Logs a defect; an owner's own finding, too.
    DefectLog(DefectLogInput),
    /// Changes what a defect says.
    DefectUpdate(DefectUpdateInput),
    /// Makes a company responsible, or sets the person inside it.
    DefectAssign(DefectAssignInput),
    /// Begins a repair.
    DefectStart(DefectStartInput),
    /// Reports a repair.
    DefectReportFixed(DefectReportFixedInput),
    /// Judges a repair.
    DefectVerify(DefectVerifyInput),
    /// Disputes a defect.
    DefectDispute(DefectDisputeInput),
    /// Settles a dispute.
    DefectResolveDispute(DefectResolveDisputeInput),
    /// Declares a defect void.
    DefectVoid(DefectVoidInput),
    /// Takes back an own finding.
    DefectWithdraw(DefectWithdrawInput),
    /// Takes a void defect back.
    DefectRestore(DefectRestoreInput),
    /// Opens a closed defect again.
    DefectReopen(DefectReopenInput),
    /// Stops the clock.
    DefectHold(DefectHoldInput),
    /// Lets the clock run again.
    DefectResume(DefectResumeInput),
    /// Merges a defect into another.
    DefectMerge(DefectMergeInput),
    /// Undoes a merge.
    DefectUnmerge(DefectUnmergeInput),
    /// Comments on a defect.
    DefectComment(DefectCommentInput),
    /// Declares a photo. The links for its bytes are answered by the single mutation with the same input.
    PhotoUploadCreate(PhotoUploadCreateInput),
    /// Draws on a photo.
    PhotoMark(PhotoMarkInput),
    /// Withdraws a photo that was a slip.
    PhotoWithdraw(PhotoWithdrawInput),
    /// Moves a photo to the defect and the stage where it belongs.
    PhotoUpdate(PhotoUpdateInput),
    /// An owner's review of the own unit, signed.
    UnitReview(UnitReviewInput),
}
