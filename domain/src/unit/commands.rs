//! The commands on a unit, one row each.

use crate::command::Act;
use crate::event::{Audience, EventName as E};
use crate::party::Role as R;

command_table! {
    /// A command on a unit.
    pub enum UnitCommand {
        /// Log a defect in it.
        LogDefect = "LOG_DEFECT" {
            mutations: &["defectLog"],
            roles: &[
                R::DeliveryManager, R::SiteEngineer, R::CustomerRelations, R::RectificationLead, R::Worker,
                R::SupervisingEngineer, R::PropertyManager, R::EscortInspector, R::Owner,
            ],
            event: E::DefectLogged,
            audience: Audience::Owner,
            // Finding a defect is no act on it.
            act: Act::None,
            shows_presence: true,
            needs_connection: false,
        }
        /// Open it to its owner.
        OpenToOwner = "OPEN_TO_OWNER" {
            mutations: &["unitOpenToOwner"],
            roles: &[R::DeliveryManager, R::CustomerRelations],
            event: E::UnitOpenedToOwner,
            audience: Audience::Owner,
            act: Act::None,
            shows_presence: false,
            needs_connection: true,
        }
        /// Close it to its owner again.
        CloseToOwner = "CLOSE_TO_OWNER" {
            mutations: &["unitCloseToOwner"],
            roles: &[R::DeliveryManager, R::CustomerRelations],
            event: E::UnitClosedToOwner,
            audience: Audience::Staff,
            act: Act::None,
            shows_presence: false,
            needs_connection: true,
        }
        /// Waive a blocker by name.
        Waive = "WAIVE" {
            mutations: &["readinessWaive"],
            roles: &[R::DeliveryManager],
            event: E::BlockerWaived,
            audience: Audience::Staff,
            act: Act::None,
            shows_presence: false,
            needs_connection: true,
        }
        /// Review it as its owner.
        Review = "REVIEW" {
            mutations: &["unitReview"],
            roles: &[R::Owner],
            event: E::UnitReviewed,
            audience: Audience::Owner,
            act: Act::None,
            shows_presence: true,
            needs_connection: false,
        }
    }
}
