//! Readiness of a unit: ready, or a list of blockers, each with the condition that would clear it and whether it was
//! waived.
//!
//! [`readiness`] explains one unit. [`UnitTally`] answers the same for thousands from counts, without the words.

use uuid::Uuid;

use crate::id::{DefectId, InspectionId, PersonId, PhotoId, WaiverId};
use crate::inspection::InspectionStatus;
use crate::party::Language;
use crate::round::{RoundStatus, gates_delivery, stage_family};
use crate::time::Timestamp;

mod owner;

string_enum! {
    /// Why a unit is not ready for delivery.
    pub enum BlockerCode {
        /// No round before delivery has had this unit in its scope.
        NotInspected = "NOT_INSPECTED",
        /// The unit's inspection in a round is not signed by every required party.
        RoundNotSigned = "ROUND_NOT_SIGNED",
        /// A defect of a severity that blocks delivery is not closed.
        BlockingDefectOpen = "BLOCKING_DEFECT_OPEN",
        /// A photo was declared, and its bytes have not arrived.
        PhotoMissing = "PHOTO_MISSING",
    }
}

/// The inspection of the unit in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundFact {
    /// The unit inspection.
    pub inspection_id: InspectionId,
    /// The round's number.
    pub round_number: i32,
    /// The round's stage.
    pub stage: String,
    /// Whether the round is open or closed.
    pub round_status: RoundStatus,
    /// How far the inspection has come.
    pub status: InspectionStatus,
}

/// A defect that is alive and of a severity that blocks delivery by the project's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefectFact {
    /// The defect.
    pub defect_id: DefectId,
    /// Its number in the project.
    pub number: i64,
}

/// A blocker that was let pass by a named delivery manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The waiver.
    pub id: WaiverId,
    /// Which blocker.
    pub blocker: BlockerCode,
    /// Of which inspection, defect or photo.
    pub subject_id: Option<Uuid>,
    /// Who.
    pub person_id: PersonId,
    /// Why.
    pub reason: String,
    /// When.
    pub recorded_at: Timestamp,
}

/// The facts that decide the readiness of one unit. Revoked waivers are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitFacts {
    /// Its inspections in rounds that are open or closed.
    pub rounds: Vec<RoundFact>,
    /// Its blocking defects.
    pub defects: Vec<DefectFact>,
    /// Its photos that were declared and have not arrived.
    pub photos: Vec<PhotoId>,
    /// The waivers in force.
    pub waivers: Vec<Waiver>,
}

/// Something that stands between the unit and its delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// What.
    pub code: BlockerCode,
    /// The inspection, defect or photo.
    pub subject_id: Option<Uuid>,
    /// The waiver by which it no longer blocks.
    pub waiver: Option<Waiver>,
    detail: Detail,
}

/// The values that the sentences name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Detail {
    Unit,
    Round {
        number: i32,
        status: InspectionStatus,
        over: bool,
    },
    Defect {
        number: i64,
    },
    /// A defect that the caller may not see.
    OtherDefect,
    Photo,
}

/// Whether a unit is ready, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Nothing blocks that was not waived.
    pub ready: bool,
    /// All blockers, the waived ones too.
    pub blockers: Vec<Blocker>,
}

/// The readiness of one unit, explained.
#[must_use]
pub fn readiness(facts: &UnitFacts) -> Readiness {
    let mut blockers = Vec::new();
    let mut block = |code, subject_id, detail| {
        let matching = |waiver: &&Waiver| waiver.blocker == code && waiver.subject_id == subject_id;
        blockers.push(Blocker { code, subject_id, waiver: facts.waivers.iter().find(matching).cloned(), detail });
    };
    if !was_in_scope(&facts.rounds) {
        block(BlockerCode::NotInspected, None, Detail::Unit);
    }
    for round in unsigned(&facts.rounds) {
        let over = round.round_status == RoundStatus::Closed;
        let detail = Detail::Round { number: round.round_number, status: round.status, over };
        block(BlockerCode::RoundNotSigned, Some(round.inspection_id.uuid()), detail);
    }
    for defect in &facts.defects {
        block(BlockerCode::BlockingDefectOpen, Some(defect.defect_id.uuid()), Detail::Defect { number: defect.number });
    }
    for photo in &facts.photos {
        block(BlockerCode::PhotoMissing, Some(photo.uuid()), Detail::Photo);
    }
    Readiness { ready: blockers.iter().all(|blocker| blocker.waiver.is_some()), blockers }
}

/// Whether any round that gates delivery has had the unit in its scope.
fn was_in_scope(rounds: &[RoundFact]) -> bool {
    rounds.iter().any(|round| gates_delivery(&round.stage) && round.round_status != RoundStatus::Draft)
}

/// The inspections that block. One of a closed round can no longer be signed; a later signed one of the same kind of
/// stage makes up for it, and nothing else does: statutory and company rounds never stand in for each other.
fn unsigned(rounds: &[RoundFact]) -> impl Iterator<Item = &RoundFact> {
    let made_up_for = |missed: &RoundFact| {
        rounds.iter().any(|later| {
            later.status == InspectionStatus::Signed
                && later.round_number > missed.round_number
                && stage_family(&later.stage) == stage_family(&missed.stage)
        })
    };
    rounds.iter().filter(move |round| {
        let pending = match round.round_status {
            RoundStatus::Draft => false,
            RoundStatus::Open => true,
            RoundStatus::Closed => !made_up_for(round),
        };
        gates_delivery(&round.stage) && round.status != InspectionStatus::Signed && pending
    })
}

impl Blocker {
    /// The same blocker for a person who may not see its subject: without the subject.
    #[must_use]
    pub fn without_subject(mut self) -> Self {
        self.subject_id = None;
        if let Some(waiver) = &mut self.waiver {
            waiver.subject_id = None;
        }
        if matches!(self.detail, Detail::Defect { .. }) {
            self.detail = Detail::OtherDefect;
        }
        self
    }

    /// What blocks, for staff.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match (&self.detail, language) {
            (Detail::Unit, Language::En) => "The unit has not been inspected in any round.".to_owned(),
            (Detail::Unit, Language::Zh) => "该户尚未纳入任何验房轮次。".to_owned(),
            (Detail::Round { number, status: InspectionStatus::Inaccessible, .. }, Language::En) => {
                format!("The unit could not be entered in round {number}.")
            }
            (Detail::Round { number, status: InspectionStatus::Inaccessible, .. }, Language::Zh) => {
                format!("第 {number} 轮未能进入该户。")
            }
            (Detail::Round { number, .. }, Language::En) => {
                format!("The inspection in round {number} is not signed by all parties.")
            }
            (Detail::Round { number, .. }, Language::Zh) => format!("第 {number} 轮分户记录尚未完成签字。"),
            (Detail::Defect { number }, Language::En) => {
                format!("Defect D-{number:06} blocks delivery and is not closed.")
            }
            (Detail::Defect { number }, Language::Zh) => format!("问题 D-{number:06} 影响交付且尚未销项。"),
            (Detail::OtherDefect, Language::En) => "A defect blocks delivery and is not closed.".to_owned(),
            (Detail::OtherDefect, Language::Zh) => "有问题影响交付且尚未销项。".to_owned(),
            (Detail::Photo, Language::En) => "A declared photo has not arrived.".to_owned(),
            (Detail::Photo, Language::Zh) => "已登记的照片尚未上传。".to_owned(),
        }
    }

    /// What would clear it, besides a waiver.
    #[must_use]
    pub const fn cleared_by(&self, language: Language) -> &'static str {
        let (en, zh) = match self.detail {
            Detail::Unit => {
                ("Open a round with this unit in its scope, and have it signed.", "将该户纳入验房轮次并完成签字。")
            }
            Detail::Round { over: false, .. } => (
                "Inspect the unit, submit the inspection, and have every required party sign it.",
                "完成验房并提交，由各方签字。",
            ),
            Detail::Round { over: true, .. } => (
                "Inspect the unit in a later round of the same stage, and have it signed.",
                "在后续同类轮次中重新验房并完成签字。",
            ),
            Detail::Defect { .. } | Detail::OtherDefect => ("Repair the defect and verify it.", "整改并复验通过。"),
            Detail::Photo => ("Upload the photo from the device that took it.", "由拍摄设备补传照片。"),
        };
        match language {
            Language::En => en,
            Language::Zh => zh,
        }
    }
}

/// Blockers of which who asks may know only that there are some, each kind once: their number tells of others' work.
#[must_use]
pub fn joined(blockers: Vec<Blocker>) -> Vec<Blocker> {
    let mut told: Vec<(BlockerCode, bool)> = Vec::new();
    let mut joined = Vec::with_capacity(blockers.len());
    for blocker in blockers {
        let hidden = blocker.subject_id.is_none() && matches!(blocker.detail, Detail::OtherDefect | Detail::Photo);
        let kind = (blocker.code, blocker.waiver.is_some());
        if hidden && told.contains(&kind) {
            continue;
        }
        if hidden {
            told.push(kind);
        }
        joined.push(blocker);
    }
    joined
}

/// How many blockers of each kind a unit has that were not waived: readiness of thousands of units from counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnitTally {
    /// No round before delivery has had it in its scope.
    pub not_inspected: bool,
    /// Inspections not signed.
    pub rounds_not_signed: usize,
    /// Blocking defects that are alive.
    pub blocking_defects: usize,
    /// Photos declared and not arrived.
    pub photos_missing: usize,
}

impl UnitTally {
    /// The tally of one unit. `waived` are the unit's waivers in force, as (blocker, subject); the counts of defects
    /// and photos come from the database with the waived ones already left out.
    #[must_use]
    pub fn new(
        rounds: &[RoundFact],
        waived: &[(BlockerCode, Option<Uuid>)],
        blocking_defects: usize,
        photos_missing: usize,
    ) -> Self {
        let counts = |code, subject| !waived.contains(&(code, subject));
        let rounds_not_signed = unsigned(rounds)
            .filter(|round| counts(BlockerCode::RoundNotSigned, Some(round.inspection_id.uuid())))
            .count();
        let not_inspected = !was_in_scope(rounds) && counts(BlockerCode::NotInspected, None);
        Self { not_inspected, rounds_not_signed, blocking_defects, photos_missing }
    }

    /// Whether nothing blocks.
    #[must_use]
    pub fn ready(&self) -> bool {
        *self == Self::default()
    }

    /// The kinds of blockers that there are.
    #[must_use]
    pub fn codes(&self) -> Vec<BlockerCode> {
        let found = |code: &BlockerCode| match code {
            BlockerCode::NotInspected => self.not_inspected,
            BlockerCode::RoundNotSigned => self.rounds_not_signed > 0,
            BlockerCode::BlockingDefectOpen => self.blocking_defects > 0,
            BlockerCode::PhotoMissing => self.photos_missing > 0,
        };
        BlockerCode::ALL.iter().copied().filter(found).collect()
    }
}

#[cfg(test)]
#[path = "readiness_tests.rs"]
mod tests;
