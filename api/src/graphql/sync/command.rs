//! The commands that a device may push: the inputs of the single mutations, done by the same use cases.

use app::defect::{
    Head, assign, comment, dispute, hold, log, merge, reopen, report_fixed, start, update, verify, void,
};
use app::inspection::record::{clear, record};
use app::inspection::sign::sign;
use app::inspection::submit::{Submission, submit};
use app::photo::slips::{update as move_photo, withdraw};
use app::photo::{declare::declare, mark::mark};
use app::sync::Target;
use app::unit::review::review;
use app::{App, Error, inspection};
use async_graphql::{InputObject, OneofObject};
use domain::object_kind::ObjectKind as K;
use domain::time::CLOCK_LEEWAY_MICROS;
use domain::{Caller, Refusal, RefusalCode, Timestamp};
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::graphql::defect::mutations::{
    DefectAssignInput, DefectCommentInput, DefectLogInput, DefectReportFixedInput, DefectStartInput, DefectUpdateInput,
    DefectVerifyInput,
};
use crate::graphql::defect::settle::{
    DefectDisputeInput, DefectHoldInput, DefectMergeInput, DefectReopenInput, DefectResolveDisputeInput,
    DefectRestoreInput, DefectResumeInput, DefectUnmergeInput, DefectVoidInput, DefectWithdrawInput,
};
use crate::graphql::inspection::inputs::{
    CheckResultsClearInput, CheckResultsRecordInput, UnitInspectionMarkInaccessibleInput, UnitInspectionReopenInput,
    UnitInspectionSignInput, UnitInspectionStartInput, UnitInspectionSubmitInput,
};
use crate::graphql::photo::markup::PhotoMarkInput;
use crate::graphql::photo::mutations::{PhotoSubjectInput, PhotoUploadCreateInput};
use crate::graphql::photo::slips::{PhotoUpdateInput, PhotoWithdrawInput};
use crate::graphql::scalars::DateTime;
use crate::graphql::unit::mutations::UnitReviewInput;

/// What the server puts in place of an operation that it cannot read, from a newer app, say: it is answered as
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

/// A command with all that it needs to be done later, and again when the database breaks it off.
type Run = Box<dyn Fn(App, Caller) -> BoxFuture<'static, app::Result<()>> + Send + Sync>;

/// A command that can be done.
pub struct Doable {
    /// The name of the single mutation.
    pub name: &'static str,
    /// What it is about.
    pub target: Target,
    /// The device's time, not later than the server's.
    pub occurred_at: Option<Timestamp>,
    /// Whether the device's time lies in the future.
    pub time_doubted: bool,
    /// Does it.
    pub run: Run,
}

/// How an input of a single mutation is pushed.
trait Pushable: Clone {
    /// What it is about.
    fn target(&self) -> Result<Target, Refusal>;
    /// Sets the device's time.
    fn done_at(&mut self, moment: Option<Timestamp>);
    /// Does it.
    fn run(self, app: App, caller: Caller) -> BoxFuture<'static, app::Result<()>>;
}

/// Declares the commands: the input, what it is about, and how it is done.
macro_rules! commands {
    ($($(#[$meta:meta])* $variant:ident($input:ident) = $name:literal,
        |$at:ident| $target:expr, |$it:ident, $app:ident, $caller:ident| $run:expr;)+) => {
        /// Exactly one command, with the input of the single mutation of that name.
        #[derive(OneofObject)]
        pub enum SyncCommandInput {
            $($(#[$meta])* $variant($input),)+
            /// What the server puts in place of what it cannot read.
            Unreadable(SyncUnreadableInput),
        }

        $(
            impl Pushable for $input {
                fn target(&self) -> Result<Target, Refusal> {
                    let $at = self;
                    Ok($target)
                }

                fn done_at(&mut self, moment: Option<Timestamp>) {
                    self.occurred_at = moment.map(DateTime);
                }

                fn run(self, $app: App, $caller: Caller) -> BoxFuture<'static, app::Result<()>> {
                    let $it = self;
                    async move { $run.map(drop) }.boxed()
                }
            }
        )+

        impl SyncCommandInput {
            /// The command as it can be done.
            ///
            /// # Errors
            /// `OPERATION_UNREADABLE`, and `INVALID_VALUE` for a command on several defects at once.
            pub fn doable(self, given: Option<Timestamp>, now: Timestamp) -> Result<Doable, Refusal> {
                match self {
                    $(Self::$variant(input) => {
                        let said = given.or(input.occurred_at.map(|moment| moment.0));
                        doable($name, input, (said, now))
                    })+
                    Self::Unreadable(unreadable) => {
                        let in_chinese = match unreadable.message.strip_suffix(NOT_KNOWN) {
                            Some(path) => format!("此处没有“{path}”；应用版本可能比服务器新"),
                            None => "内容不符合接口的格式".to_owned(),
                        };
                        Err(Refusal::at(RefusalCode::OperationUnreadable, "command")
                            .because(&unreadable.message, &in_chinese))
                    }
                }
            }
        }
    };
}

fn doable<P: Pushable + Send + Sync + 'static>(
    name: &'static str,
    mut input: P,
    (said, now): (Option<Timestamp>, Timestamp),
) -> Result<Doable, Refusal> {
    let target = input.target()?;
    let occurred_at = said.map(|moment| moment.min(now));
    input.done_at(occurred_at);
    let time_doubted = said.is_some_and(|moment| moment.micros_since(now) > CLOCK_LEEWAY_MICROS);
    Ok(Doable {
        name,
        target,
        occurred_at,
        time_doubted,
        run: Box::new(move |app, caller| input.clone().run(app, caller)),
    })
}

fn defect(head: Result<Head, Refusal>) -> Result<Target, Refusal> {
    Ok(Target::on(K::Defect, head?.defect_id))
}

commands! {
    /// Begins the inspection of a unit.
    UnitInspectionStart(UnitInspectionStartInput) = "unitInspectionStart",
        |it| Target::on(K::UnitInspection, it.inspection_id.0),
        |it, app, caller| inspection::start(&app, &caller, it.head()).await;
    /// Records results and measurements.
    CheckResultsRecord(CheckResultsRecordInput) = "checkResultsRecord",
        |it| Target::on(K::UnitInspection, it.inspection_id.0),
        |it, app, caller| record(&app, &caller, it.into()).await;
    /// Takes results back that were given by hand.
    CheckResultsClear(CheckResultsClearInput) = "checkResultsClear",
        |it| Target::on(K::UnitInspection, it.inspection_id.0),
        |it, app, caller| clear::clear(&app, &caller, it.into()).await;
    /// Says that an inspection is complete.
    UnitInspectionSubmit(UnitInspectionSubmitInput) = "unitInspectionSubmit",
        |it| Target::on(K::UnitInspection, it.inspection_id.0),
        |it, app, caller| match submit(&app, &caller, it.head()).await {
            Ok(Submission::Incomplete { refusals, .. }) => Err(Error::Refused(refusals)),
            other => other,
        };
    /// Signs a submitted inspection.
    UnitInspectionSign(UnitInspectionSignInput) = "unitInspectionSign",
        |it| Target::on(K::UnitInspection, it.inspection_id.0),
        |it, app, caller| sign(&app, &caller, it.into()).await;
    /// Takes an inspection up again.
    UnitInspectionReopen(UnitInspectionReopenInput) = "unitInspectionReopen",
        |it| Target::on(K::UnitInspection, it.inspection_id.0),
        |it, app, caller| inspection::reopen(&app, &caller, it.head(), &it.reason).await;
    /// Says that nobody could get in.
    UnitInspectionMarkInaccessible(UnitInspectionMarkInaccessibleInput) = "unitInspectionMarkInaccessible",
        |it| Target::on(K::UnitInspection, it.inspection_id.0),
        |it, app, caller| inspection::mark_inaccessible(&app, &caller, it.head(), &it.reason).await;
    /// Logs a defect; an owner's own finding, too.
    DefectLog(DefectLogInput) = "defectLog",
        |it| Target::new(K::Defect, it.defect_id.0, K::Unit, it.unit_id.0),
        |it, app, caller| log::log(&app, &caller, it.into()).await;
    /// Changes what a defect says.
    DefectUpdate(DefectUpdateInput) = "defectUpdate",
        |it| Target::on(K::Defect, it.defect_id.0),
        |it, app, caller| update::update(&app, &caller, it.into()).await;
    /// Makes a company responsible, or sets the person inside it.
    DefectAssign(DefectAssignInput) = "defectAssign",
        |it| defect(it.head())?,
        |it, app, caller| assign::assign(&app, &caller, it.command(it.head()?)).await;
    /// Begins a repair.
    DefectStart(DefectStartInput) = "defectStart",
        |it| defect(it.head())?,
        |it, app, caller| start::start(&app, &caller, it.head()?).await;
    /// Reports a repair.
    DefectReportFixed(DefectReportFixedInput) = "defectReportFixed",
        |it| Target {
            needs: it.photo_ids.iter().map(|id| id.0).collect(),
            ..Target::on(K::Defect, it.defect_id.0)
        },
        |it, app, caller| report_fixed::report_fixed(&app, &caller, it.into()).await;
    /// Judges a repair.
    DefectVerify(DefectVerifyInput) = "defectVerify",
        |it| Target::on(K::Defect, it.defect_id.0),
        |it, app, caller| verify::verify(&app, &caller, it.into()).await;
    /// Disputes a defect.
    DefectDispute(DefectDisputeInput) = "defectDispute",
        |it| defect(it.head())?,
        |it, app, caller| dispute::dispute(&app, &caller, it.command(it.head()?)).await;
    /// Settles a dispute.
    DefectResolveDispute(DefectResolveDisputeInput) = "defectResolveDispute",
        |it| defect(it.head())?,
        |it, app, caller| dispute::resolve(&app, &caller, it.command(it.head()?)).await;
    /// Declares a defect void.
    DefectVoid(DefectVoidInput) = "defectVoid",
        |it| defect(it.head())?,
        |it, app, caller| void::void(&app, &caller, it.command(it.head()?)).await;
    /// Takes back an own finding.
    DefectWithdraw(DefectWithdrawInput) = "defectWithdraw",
        |it| defect(it.head())?,
        |it, app, caller| void::withdraw(&app, &caller, it.head()?, &it.reason).await;
    /// Takes a void defect back.
    DefectRestore(DefectRestoreInput) = "defectRestore",
        |it| defect(it.head())?,
        |it, app, caller| void::restore(&app, &caller, it.head()?, &it.reason).await;
    /// Opens a closed defect again.
    DefectReopen(DefectReopenInput) = "defectReopen",
        |it| defect(it.head())?,
        |it, app, caller| reopen::reopen(&app, &caller, it.head()?, &it.reason).await;
    /// Stops the clock.
    DefectHold(DefectHoldInput) = "defectHold",
        |it| defect(it.head())?,
        |it, app, caller| hold::hold(&app, &caller, it.head()?, &it.reason).await;
    /// Lets the clock run again.
    DefectResume(DefectResumeInput) = "defectResume",
        |it| defect(it.head())?,
        |it, app, caller| hold::resume(&app, &caller, it.head()?).await;
    /// Merges a defect into another.
    DefectMerge(DefectMergeInput) = "defectMerge",
        |it| Target { needs: vec![it.into_defect_id.0], ..defect(it.head())? },
        |it, app, caller| merge::merge(&app, &caller, it.head()?, it.into_defect_id.0, it.note.as_deref()).await;
    /// Undoes a merge.
    DefectUnmerge(DefectUnmergeInput) = "defectUnmerge",
        |it| defect(it.head())?,
        |it, app, caller| merge::unmerge(&app, &caller, it.head()?, it.note.as_deref()).await;
    /// Comments on a defect.
    DefectComment(DefectCommentInput) = "defectComment",
        |it| Target::new(K::Comment, it.comment_id.0, K::Defect, it.defect_id.0),
        |it, app, caller| comment::comment(&app, &caller, it.into()).await;
    /// Declares a photo. The links for its bytes are answered by the single mutation with the same input.
    PhotoUploadCreate(PhotoUploadCreateInput) = "photoUploadCreate",
        |it| match &it.subject {
            PhotoSubjectInput::DefectId(id) => Target::new(K::Photo, it.photo_id.0, K::Defect, id.0),
            PhotoSubjectInput::Signature(of) => Target::new(K::Photo, it.photo_id.0, K::Project, of.project_id.0),
        },
        |it, app, caller| declare(&app, &caller, it.into()).await;
    /// Draws on a photo.
    PhotoMark(PhotoMarkInput) = "photoMark",
        |it| Target::on(K::Photo, it.photo_id.0),
        |it, app, caller| mark(&app, &caller, it.into()).await;
    /// Withdraws a photo that was a slip.
    PhotoWithdraw(PhotoWithdrawInput) = "photoWithdraw",
        |it| Target::on(K::Photo, it.photo_id.0),
        |it, app, caller| withdraw(&app, &caller, it.head(), &it.reason).await;
    /// Moves a photo to the defect and the stage where it belongs.
    PhotoUpdate(PhotoUpdateInput) = "photoUpdate",
        |it| Target {
            needs: it.defect_id.iter().map(|id| id.0).collect(),
            ..Target::on(K::Photo, it.photo_id.0)
        },
        |it, app, caller| move_photo(&app, &caller, it.into()).await;
    /// An owner's review of the own unit, signed.
    UnitReview(UnitReviewInput) = "unitReview",
        |it| Target {
            needs: it.signature_photo_id.iter().map(|id| id.0).collect(),
            ..Target::new(K::Review, it.review_id.0, K::Unit, it.unit_id.0)
        },
        |it, app, caller| review(&app, &caller, it.into()).await;
}
