//! Events: what happened, by name, and who may read of it.

pub mod named;
mod rules;

use crate::command::Act;
use crate::defect::CommentVisibility;

string_enum! {
    /// Who may read of an event.
    pub enum Audience {
        /// Staff who see the object.
        Staff = "STAFF",
        /// Only staff of the company of who did it.
        Company = "COMPANY",
        /// The unit's owner too.
        Owner = "OWNER",
        /// Only staff who see the owners of units.
        OwnerData = "OWNER_DATA",
        /// Only the author of an edit that waits, and those who settle such edits.
        Edit = "EDIT",
    }
}

string_enum! {
    /// What happened: one name per command.
    pub enum EventName {
        /// The project's file was imported.
        ProjectImported = "PROJECT_IMPORTED",
        /// The policy was changed.
        PolicyUpdated = "POLICY_UPDATED",
        /// A responsibility rule was set.
        ResponsibilityRuleSet = "RESPONSIBILITY_RULE_SET",
        /// A responsibility rule was removed.
        ResponsibilityRuleRemoved = "RESPONSIBILITY_RULE_REMOVED",
        /// A checklist was created.
        ChecklistCreated = "CHECKLIST_CREATED",
        /// A round was created.
        RoundCreated = "ROUND_CREATED",
        /// A round was opened.
        RoundOpened = "ROUND_OPENED",
        /// A round was closed.
        RoundClosed = "ROUND_CLOSED",
        /// The plan of a round was changed.
        RoundUpdated = "ROUND_UPDATED",
        /// A planned round was removed.
        RoundDiscarded = "ROUND_DISCARDED",
        /// A closed round was taken up again.
        RoundReopened = "ROUND_REOPENED",
        /// A unit inspection was begun.
        InspectionStarted = "INSPECTION_STARTED",
        /// Results or measurements were recorded.
        InspectionRecorded = "INSPECTION_RECORDED",
        /// A unit inspection was submitted.
        InspectionSubmitted = "INSPECTION_SUBMITTED",
        /// A party signed a unit inspection.
        InspectionSigned = "INSPECTION_SIGNED",
        /// A unit inspection was taken up again.
        InspectionReopened = "INSPECTION_REOPENED",
        /// The unit could not be entered.
        InspectionMarkedInaccessible = "INSPECTION_MARKED_INACCESSIBLE",
        /// A defect was logged.
        DefectLogged = "DEFECT_LOGGED",
        /// A defect was changed.
        DefectUpdated = "DEFECT_UPDATED",
        /// A defect was moved to another unit, because it was logged in a wrong one; listed in both units.
        DefectMoved = "DEFECT_MOVED",
        /// A company was made responsible.
        DefectAssigned = "DEFECT_ASSIGNED",
        /// A person of the responsible company was named.
        DefectAssigneeSet = "DEFECT_ASSIGNEE_SET",
        /// The repair began.
        DefectStarted = "DEFECT_STARTED",
        /// A repair attempt was reported.
        DefectReportedFixed = "DEFECT_REPORTED_FIXED",
        /// A verdict was given: pass or fail.
        DefectVerified = "DEFECT_VERIFIED",
        /// The contractor disputed.
        DefectDisputed = "DEFECT_DISPUTED",
        /// The dispute was settled.
        DefectDisputeResolved = "DEFECT_DISPUTE_RESOLVED",
        /// A defect was declared void.
        DefectVoided = "DEFECT_VOIDED",
        /// The author of a defect took it back.
        DefectWithdrawn = "DEFECT_WITHDRAWN",
        /// A void defect was taken back.
        DefectRestored = "DEFECT_RESTORED",
        /// A closed defect was opened again.
        DefectReopened = "DEFECT_REOPENED",
        /// The due clock was stopped.
        DefectHeld = "DEFECT_HELD",
        /// The due clock runs again.
        DefectResumed = "DEFECT_RESUMED",
        /// A defect was merged into another.
        DefectMerged = "DEFECT_MERGED",
        /// A merge was undone.
        DefectUnmerged = "DEFECT_UNMERGED",
        /// Another defect was merged into this one, or declared its duplicate.
        DefectDuplicateAdded = "DEFECT_DUPLICATE_ADDED",
        /// The defect that this one repeats was merged itself, or came back: this one repeats another now.
        DefectDuplicateMoved = "DEFECT_DUPLICATE_MOVED",
        /// A defect is none of this one's duplicates any more.
        DefectDuplicateRemoved = "DEFECT_DUPLICATE_REMOVED",
        /// A comment was written.
        DefectCommented = "DEFECT_COMMENTED",
        /// So many attempts failed that the delivery manager must look, or the due time is near or has passed: `data`
        /// holds the step of the escalation rules and its recipients.
        DefectEscalated = "DEFECT_ESCALATED",
        /// A photo was declared.
        PhotoDeclared = "PHOTO_DECLARED",
        /// A photo's bytes arrived.
        PhotoReceived = "PHOTO_RECEIVED",
        /// A photo's renditions are made.
        PhotoReady = "PHOTO_READY",
        /// A photo cannot be used.
        PhotoRejected = "PHOTO_REJECTED",
        /// A photo's bytes are kept as they are, without renditions.
        PhotoKept = "PHOTO_KEPT",
        /// A missing photo was written off.
        PhotoWrittenOff = "PHOTO_WRITTEN_OFF",
        /// A photo was drawn on, or the drawing was taken off.
        PhotoMarked = "PHOTO_MARKED",
        /// A photo was withdrawn, with a reason.
        PhotoWithdrawn = "PHOTO_WITHDRAWN",
        /// A photo was moved to another defect or stage.
        PhotoUpdated = "PHOTO_UPDATED",
        /// A photo's bytes were removed by the project's policy.
        PhotoRemoved = "PHOTO_REMOVED",
        /// The original of a photo of another company or of an owner was read, with the place and the camera in it.
        PhotoOriginalRead = "PHOTO_ORIGINAL_READ",
        /// A device's operation conflicted and waits for a person's decision.
        EditKept = "EDIT_KEPT",
        /// An edit that waited was done after all.
        EditApplied = "EDIT_APPLIED",
        /// An edit that waited was decided against.
        EditDismissed = "EDIT_DISMISSED",
        /// A delivery manager exempted a device from the checks of synced work.
        DeviceExcused = "DEVICE_EXCUSED",
        /// A unit was opened to its owner.
        UnitOpenedToOwner = "UNIT_OPENED_TO_OWNER",
        /// A unit was closed to its owner.
        UnitClosedToOwner = "UNIT_CLOSED_TO_OWNER",
        /// An owner reviewed the unit.
        UnitReviewed = "UNIT_REVIEWED",
        /// A blocker was waived by name.
        BlockerWaived = "BLOCKER_WAIVED",
        /// A waiver was taken back.
        WaiverRevoked = "WAIVER_REVOKED",
        /// A person was invited to the project.
        MemberInvited = "MEMBER_INVITED",
        /// An invitation was withdrawn before it was accepted.
        InvitationRevoked = "INVITATION_REVOKED",
        /// A person got a role in the project.
        MembershipAdded = "MEMBERSHIP_ADDED",
        /// A person's role or company in the project was changed.
        MembershipChanged = "MEMBERSHIP_CHANGED",
        /// A person's role in the project was ended.
        MembershipEnded = "MEMBERSHIP_ENDED",
        /// A person became an owner of a unit.
        OwnershipAdded = "OWNERSHIP_ADDED",
        /// The kind of an ownership was changed: owner, co-owner or proxy.
        OwnershipChanged = "OWNERSHIP_CHANGED",
        /// An ownership of a unit was ended.
        OwnershipEnded = "OWNERSHIP_ENDED",
        /// A link was made by which an owner signs in to the unit.
        UnitInvited = "UNIT_INVITED",
        /// A link by which an owner signs in to the unit was withdrawn.
        UnitInviteRevoked = "UNIT_INVITE_REVOKED",
        /// A person's name, phone or language was changed.
        PersonUpdated = "PERSON_UPDATED",
        /// A company's name was changed.
        CompanyUpdated = "COMPANY_UPDATED",
        /// A link was made with which a person sets a new password.
        PasswordResetCreated = "PASSWORD_RESET_CREATED",
        /// A new password of a person was set by a link.
        PasswordReset = "PASSWORD_RESET",
    }
}

impl EventName {
    /// The events of a pending edit.
    pub const OF_EDITS: [Self; 3] = [Self::EditKept, Self::EditApplied, Self::EditDismissed];

    /// Who may read of it. Disputes, holds, internal hands and settings are none of an owner's business; a comment's
    /// event follows the comment's own visibility ([`of_comment`]), and a command on a defect may have fewer readers
    /// ([`crate::defect::view::audience_of`]).
    #[must_use]
    pub const fn audience(self) -> Audience {
        rules::rule(self).audience
    }

    /// Whether who did it was in the unit, as far as an event can say: inspected, found, repaired, judged,
    /// photographed.
    #[must_use]
    pub const fn shows_presence(self) -> bool {
        rules::rule(self).shows_presence
    }

    /// Whether the event is an act on the defect for a party: it repaired or judged the defect, decided the time, the
    /// person or the evidence of the repair, or removed the defect from the work. Logging a defect and commenting on it
    /// are no acts.
    #[must_use]
    pub const fn is_act_on_defect(self) -> bool {
        matches!(rules::rule(self).act, Act::OnDefect)
    }

    /// Whether who did it has acted in the unit inspection for a party from then on. Signatures tell of themselves.
    #[must_use]
    pub const fn is_act_in_inspection(self) -> bool {
        matches!(rules::rule(self).act, Act::InInspection)
    }
}

/// Who may read that a comment was written.
#[must_use]
pub const fn of_comment(visibility: CommentVisibility) -> Audience {
    match visibility {
        CommentVisibility::Internal => Audience::Company,
        CommentVisibility::Shared => Audience::Staff,
        CommentVisibility::Owner => Audience::Owner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defect::DefectCommand;
    use crate::inspection::InspectionCommand;

    #[test]
    fn an_owner_never_reads_of_disputes_holds_hands_or_settings() {
        for &name in EventName::ALL {
            let words = [
                "DISPUTE",
                "HELD",
                "RESUMED",
                "ASSIGNEE",
                "POLICY",
                "RULE",
                "WAIVE",
                "ESCALATED",
                "MERGED",
                "DUPLICATE",
            ];
            let hidden = words.iter().any(|word| name.as_str().contains(word));
            assert!(!(hidden && name.audience() == Audience::Owner), "{name}");
        }
        assert_eq!(of_comment(CommentVisibility::Internal), Audience::Company);
    }

    #[test]
    fn every_command_but_a_comment_is_an_act() {
        for &command in DefectCommand::ALL {
            let name = EventName::from(command);
            assert_eq!(name.is_act_on_defect(), command != DefectCommand::Comment, "{name}");
        }
        for &command in InspectionCommand::ALL {
            let name = EventName::from(command);
            assert_eq!(name.is_act_in_inspection(), command != InspectionCommand::Sign, "{name}");
        }
        assert!(!EventName::DefectLogged.is_act_on_defect());
    }

    #[test]
    fn each_defect_command_has_an_event_of_its_own() {
        let names: std::collections::HashSet<EventName> =
            DefectCommand::ALL.iter().map(|&command| command.into()).collect();
        assert_eq!(names.len(), DefectCommand::ALL.len());
    }
}
