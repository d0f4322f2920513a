//! The commands on a unit inspection, one row each.

use super::codes::InspectionStatus as S;
use crate::command::Act;
use crate::event::{Audience, EventName as E};
use crate::party::Role as R;

/// The roles that inspect.
const INSPECTORS: &[R] = &[
    R::DeliveryManager,
    R::SiteEngineer,
    R::CustomerRelations,
    R::RectificationLead,
    R::Worker,
    R::SupervisingEngineer,
    R::PropertyManager,
    R::EscortInspector,
];

/// The roles that end an inspection for their party.
const FINISHERS: &[R] = &[
    R::DeliveryManager,
    R::SiteEngineer,
    R::RectificationLead,
    R::SupervisingEngineer,
    R::PropertyManager,
    R::EscortInspector,
];

/// The roles that sign for their party.
const SIGNERS: &[R] = &[
    R::DeliveryManager,
    R::SiteEngineer,
    R::RectificationLead,
    R::SupervisingEngineer,
    R::PropertyManager,
    R::EscortInspector,
    R::Owner,
];

command_table! {
    /// A command on a unit inspection.
    pub enum InspectionCommand on S {
        /// Begin.
        Start = "START" {
            states: &[S::Planned, S::Inaccessible],
            mutations: &["unitInspectionStart"],
            roles: INSPECTORS,
            event: E::InspectionStarted,
            audience: Audience::Staff,
            act: Act::InInspection,
            shows_presence: true,
            needs_connection: false,
        }
        /// Record results and measurements.
        Record = "RECORD" {
            states: &[S::InProgress],
            mutations: &["checkResultsRecord", "checkResultsClear"],
            roles: INSPECTORS,
            event: E::InspectionRecorded,
            audience: Audience::Staff,
            act: Act::InInspection,
            shows_presence: true,
            needs_connection: false,
        }
        /// Say that it is complete.
        Submit = "SUBMIT" {
            states: &[S::InProgress],
            mutations: &["unitInspectionSubmit"],
            roles: FINISHERS,
            event: E::InspectionSubmitted,
            audience: Audience::Owner,
            act: Act::InInspection,
            shows_presence: false,
            needs_connection: false,
        }
        /// Sign for a required party.
        Sign = "SIGN" {
            states: &[S::Submitted],
            mutations: &["unitInspectionSign"],
            roles: SIGNERS,
            event: E::InspectionSigned,
            audience: Audience::Owner,
            act: Act::BySignature,
            shows_presence: false,
            needs_connection: false,
        }
        /// Take it up again, with a reason; signatures stay as history.
        Reopen = "REOPEN" {
            states: &[S::Submitted, S::Signed],
            mutations: &["unitInspectionReopen"],
            roles: &[R::DeliveryManager, R::SiteEngineer, R::SupervisingEngineer],
            event: E::InspectionReopened,
            audience: Audience::Staff,
            act: Act::InInspection,
            shows_presence: false,
            needs_connection: false,
        }
        /// Say, with a reason, that nobody could get in.
        MarkInaccessible = "MARK_INACCESSIBLE" {
            states: &[S::Planned, S::InProgress],
            mutations: &["unitInspectionMarkInaccessible"],
            roles: FINISHERS,
            event: E::InspectionMarkedInaccessible,
            audience: Audience::Staff,
            act: Act::InInspection,
            shows_presence: false,
            needs_connection: false,
        }
    }
}
