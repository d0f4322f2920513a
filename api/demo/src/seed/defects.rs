//! Seeds defects: finding, assignment, repair, verdict, dispute.

use app::defect::assign::{Assign, assign};
use app::defect::comment::{Comment, comment};
use app::defect::dispute::{DisputeDefect, ResolveDispute, dispute, resolve};
use app::defect::log::{LogDefect, log};
use app::defect::merge::{MergeDefect, UnmergeDefect, merge, unmerge};
use app::defect::report_fixed::{ReportFixed, report_fixed};
use app::defect::verify::{Verify, verify};
use app::defect::void::{VoidDefect, restore, void};
use app::defect::{DefectRow, PinInput, hold, reopen, start};
use app::error::{Error, Result};
use app::input::{CommandHeader, Patch, ReasonedCommand};
use app::photo::declare::PhotoSubject;
use app::redacted::Redacted;
use domain::defect::{CommentVisibility, DisputeGround, DisputeOutcome, VoidReason};
use domain::id::{CompanyId, DefectId};
use domain::photo::PhotoStage;

use super::photos::Picture;
use super::{Logged, Seeder};
use crate::people::{ENGINEERS, MANAGER, PROPERTY_MANAGER, RELATIONS, SUPERVISORS, repair_team, writes_chinese};
use crate::texts::{self, Phrase, in_language, pick};
use crate::timeline::{DefectHistory, Step};

impl Seeder {
    /// A person logs a defect and photographs it.
    pub(super) async fn log(&mut self, index: usize) -> Result<()> {
        let history = self.history(index)?.clone();
        let unit = self.places.unit(&history.unit)?;
        let (unit_id, room_id) = (unit.id, unit.room(&history.room)?.id);
        let inspection_id = self.inspection_of(&history)?;
        let item = self.places.item(history.room_type, history.finding.part()).map(|item| item.id);
        let defect_id = self.app.ids.next();
        let input = LogDefect {
            defect_id,
            unit_id,
            room_id: Some(room_id),
            type_code: history.finding.kind.to_owned(),
            description: Some(says(history.by, history.finding.wrong).to_owned()),
            severity: None,
            trade: None,
            pin: history.pin.map(|(x, y)| PinInput { x, y, plan_id: None }),
            inspection_id,
            check_item_id: inspection_id.and(item),
            occurred_at: None,
        };
        log(self.context(history.by)?, input).await?;
        let defect = self.as_staff_see(defect_id).await?;
        self.remember(index, &defect);
        let subject = PhotoSubject::Defect(defect_id);
        let picture = Picture::before_repair(history.finding)?;
        let photo = self.take_photo(history.by, subject, PhotoStage::Before, picture).await?;
        if index % 16 == 1 {
            self.mark_photo(history.by, photo, history.finding.length()).await?;
        }
        if index % 8 == 1 {
            let overview = Picture::of_room(history.room_type)?;
            self.take_photo(history.by, subject, PhotoStage::Before, overview).await?;
        }
        Ok(())
    }

    /// Runs a step of a defect's life.
    pub(super) async fn defect(&mut self, index: usize, step: Step) -> Result<()> {
        let defect = match step {
            Step::Assign(_) | Step::Name => self.appoint(index, step).await?,
            Step::Start | Step::Fix => self.repair(index, step).await?,
            Step::Pass | Step::Fail | Step::Confirm | Step::Reject => self.judge(index, step).await?,
            Step::Dispute(_) | Step::Uphold | Step::Reassign | Step::Withdraw => self.argue(index, step).await?,
            Step::Hold | Step::Resume | Step::Reopen | Step::Restore => self.turn(index, step).await?,
            Step::VoidError | Step::VoidNone | Step::VoidDuplicate | Step::Merge | Step::Unmerge => {
                self.make_void(index, step).await?
            }
            Step::Say(visibility) => self.say(index, visibility).await?,
        };
        let defect = self.as_staff_see(defect.id).await?;
        self.remember(index, &defect);
        Ok(())
    }

    /// A defect with its repairer, which the answer to an owner does not contain.
    async fn as_staff_see(&self, id: DefectId) -> Result<DefectRow> {
        let scope = self.caller(MANAGER)?.visibility();
        let found = store::defects::find(self.app.db.read(), &scope, id).await?;
        found.ok_or_else(|| Error::internal("a logged defect is not there"))
    }

    async fn appoint(&self, index: usize, step: Step) -> Result<Redacted<DefectRow>> {
        let mut input = Assign {
            header: self.header(index)?,
            company_id: None,
            assignee_id: Patch::Unchanged,
            due_at: None,
            note: None,
        };
        let by = if let Step::Assign(company) = step {
            input.company_id = Some(self.places.company_id(company)?);
            engineer(index)
        } else {
            let (lead, worker) = self.repair_team(index)?;
            input.assignee_id = Patch::Set(self.id_of(worker)?);
            lead
        };
        assign(self.context(by)?, input).await
    }

    async fn repair(&self, index: usize, step: Step) -> Result<Redacted<DefectRow>> {
        let (_, worker) = self.repair_team(index)?;
        if step == Step::Start {
            return start::start(self.context(worker)?, self.header(index)?).await;
        }
        let (history, logged) = (self.history(index)?, self.logged(index)?);
        let picture = Picture::after_repair(history.finding)?;
        let photo = self.take_photo(worker, PhotoSubject::Defect(logged.id), PhotoStage::After, picture).await?;
        let input = ReportFixed {
            header: self.header(index)?,
            attempt_id: self.app.ids.next(),
            note: Some(says(worker, history.finding.repair).to_owned()),
            photo_ids: vec![photo],
        };
        report_fixed(self.context(worker)?, input).await
    }

    async fn judge(&self, index: usize, step: Step) -> Result<Redacted<DefectRow>> {
        let (history, logged) = (self.history(index)?, self.logged(index)?);
        let turn = index + usize::try_from(logged.attempts).unwrap_or(0);
        let verifier = [ENGINEERS, SUPERVISORS][turn % 2][index % 2];
        let (by, passed, note) = match step {
            Step::Confirm => (history.by, true, texts::CONFIRMED),
            Step::Reject => (history.by, false, texts::REJECTED),
            Step::Pass => (verifier, true, pick(texts::PASSED, turn)),
            _ => (verifier, false, pick(texts::SENT_BACK, turn)),
        };
        let note = Some(says(by, note).to_owned());
        let input = Verify { header: self.header(index)?, verdict_id: self.app.ids.next(), passed, note };
        verify(self.context(by)?, input).await
    }

    async fn argue(&self, index: usize, step: Step) -> Result<Redacted<DefectRow>> {
        let header = self.header(index)?;
        if let Step::Dispute(ground) = step {
            let (lead, _) = self.repair_team(index)?;
            let reason = match ground {
                DisputeGround::NotOurs => pick(texts::NOT_OURS, index),
                DisputeGround::NotADefect => pick(texts::NO_DEFECT, index),
            };
            let input = DisputeDefect {
                header,
                dispute_id: self.app.ids.next(),
                ground,
                reason: says(lead, reason).to_owned(),
            };
            return dispute(self.context(lead)?, input).await;
        }
        let (outcome, company_id, note) = match step {
            Step::Uphold => (DisputeOutcome::Upheld, None, texts::UPHELD),
            Step::Reassign => (DisputeOutcome::Reassigned, Some(self.another_company(index)?), texts::REASSIGNED),
            _ => (DisputeOutcome::Voided, None, texts::AGREED),
        };
        let note = Some(says(MANAGER, note).to_owned());
        let input = ResolveDispute { header, outcome, company_id, note };
        resolve(self.context(MANAGER)?, input).await
    }

    async fn turn(&self, index: usize, step: Step) -> Result<Redacted<DefectRow>> {
        let (header, by) = (self.header(index)?, engineer(index));
        let because = |by, why| ReasonedCommand { header, reason: says(by, why).to_owned() };
        match step {
            Step::Hold => hold::hold(self.context(by)?, because(by, pick(texts::HELD, index))).await,
            Step::Resume => hold::resume(self.context(by)?, header).await,
            Step::Reopen => {
                let input = because(PROPERTY_MANAGER, texts::REOPENED);
                reopen::reopen(self.context(PROPERTY_MANAGER)?, input).await
            }
            _ => restore(self.context(MANAGER)?, because(MANAGER, texts::RESTORED)).await,
        }
    }

    async fn make_void(&self, index: usize, step: Step) -> Result<Redacted<DefectRow>> {
        let (header, by) = (self.header(index)?, engineer(index));
        let ctx = self.context(by)?;
        let note = |words| Some(says(by, words).to_owned());
        let original = self
            .history(index)?
            .duplicate_of_history
            .map(|first| self.logged(first))
            .transpose()?
            .map(|first| first.id);
        let no_original = || Error::internal("the history duplicates none");
        let (reason, words) = match step {
            Step::Merge => {
                let into = original.ok_or_else(no_original)?;
                return merge(ctx, MergeDefect { header, into, note: note(texts::DUPLICATE) }).await;
            }
            Step::Unmerge => return unmerge(ctx, UnmergeDefect { header, note: note(texts::UNMERGED) }).await,
            Step::VoidDuplicate => (VoidReason::Duplicate, texts::DUPLICATE),
            Step::VoidError => (VoidReason::EnteredInError, texts::ERROR),
            _ => (VoidReason::NotADefect, texts::NONE),
        };
        let duplicate_of = original.filter(|_| reason == VoidReason::Duplicate);
        void(ctx, VoidDefect { header, reason, duplicate_of, note: note(words) }).await
    }

    async fn say(&self, index: usize, visibility: CommentVisibility) -> Result<Redacted<DefectRow>> {
        let (by, body) = match visibility {
            CommentVisibility::Internal => (self.repair_team(index)?.0, pick(texts::INTERNAL, index)),
            CommentVisibility::Shared => (engineer(index), pick(texts::SHARED, index)),
            CommentVisibility::Owner => (RELATIONS, texts::TO_OWNER),
        };
        let body = says(by, body).to_owned();
        let input = Comment { header: self.header(index)?, comment_id: self.app.ids.next(), visibility, body };
        comment(self.context(by)?, input).await
    }

    fn history(&self, index: usize) -> Result<&DefectHistory> {
        self.timeline.histories.get(index).ok_or_else(|| Error::internal(format!("there is no history {index}")))
    }

    fn logged(&self, index: usize) -> Result<Logged> {
        let logged = self.defects.get(&index).copied();
        logged.ok_or_else(|| Error::internal(format!("defect {index} is not logged yet")))
    }

    fn header(&self, index: usize) -> Result<CommandHeader<DefectId>> {
        Ok(CommandHeader::on(self.logged(index)?.id))
    }

    fn remember(&mut self, index: usize, defect: &DefectRow) {
        let kept = self.defects.get(&index).and_then(|logged| logged.company_id);
        // The answer to an owner names no company.
        let company_id = defect.responsible_company_id.or(kept);
        self.defects.insert(index, Logged { id: defect.id, company_id, attempts: defect.attempt_count });
    }

    /// The lead of the responsible company, and the worker who repairs.
    fn repair_team(&self, index: usize) -> Result<(&'static str, &'static str)> {
        let company = self.places.company_code(self.logged(index)?.company_id)?;
        let (lead, workers) = repair_team(company);
        let worker = workers.get(index % workers.len().max(1)).copied();
        Ok((lead, worker.ok_or_else(|| Error::internal(format!("{company} has no workers")))?))
    }

    /// A contractor other than the responsible one.
    fn another_company(&self, index: usize) -> Result<CompanyId> {
        let now = self.places.company_code(self.logged(index)?.company_id)?;
        self.places.company_id(if now == "HENGTAI" { "YAJU" } else { "HENGTAI" })
    }
}

/// The developer's engineer of a defect.
const fn engineer(index: usize) -> &'static str {
    ENGINEERS[index % ENGINEERS.len()]
}

/// A text in a person's language.
fn says(nick: &str, said: Phrase) -> &'static str {
    in_language(said, writes_chinese(nick))
}
