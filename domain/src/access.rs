//! What each role may do besides the commands of the table ([`crate::command`]).

use crate::party::Role;

string_enum! {
    /// An action on a project, its rounds or its units.
    pub enum Action {
        /// Import the project's file again.
        ImportProject = "IMPORT_PROJECT",
        /// Change the policy.
        UpdatePolicy = "UPDATE_POLICY",
        /// Create checklists.
        CreateChecklist = "CREATE_CHECKLIST",
        /// Set responsibility rules.
        SetResponsibility = "SET_RESPONSIBILITY",
        /// Create, open and close rounds.
        RunRounds = "RUN_ROUNDS",
        /// See the project's overview.
        SeeOverview = "SEE_OVERVIEW",
        /// See the owners of units.
        SeeOwners = "SEE_OWNERS",
        /// Settle edits that wait: apply or dismiss what a device did.
        SettleEdits = "SETTLE_EDITS",
        /// See which devices have synced.
        SeeDevices = "SEE_DEVICES",
        /// Exempt a device from the checks of synced work.
        ExcuseDevice = "EXCUSE_DEVICE",
        /// See which messages were sent to people, and settle those of which nobody knows.
        SeeMessages = "SEE_MESSAGES",
    }
}

impl Action {
    /// The roles that may do it.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        use Role::{
            CustomerRelations, DeliveryManager, EscortInspector, PropertyManager, RectificationLead, SiteEngineer,
            SupervisingEngineer,
        };
        match self {
            Self::ImportProject | Self::UpdatePolicy | Self::ExcuseDevice => &[DeliveryManager],
            Self::CreateChecklist | Self::SetResponsibility | Self::RunRounds => &[DeliveryManager, SiteEngineer],
            Self::SeeOverview => {
                &[DeliveryManager, SiteEngineer, CustomerRelations, SupervisingEngineer, PropertyManager]
            }
            Self::SettleEdits => &[DeliveryManager, SiteEngineer, SupervisingEngineer],
            Self::SeeDevices => &[
                DeliveryManager,
                SiteEngineer,
                CustomerRelations,
                SupervisingEngineer,
                PropertyManager,
                RectificationLead,
            ],
            Self::SeeMessages => &[DeliveryManager, CustomerRelations],
            Self::SeeOwners => &[DeliveryManager, CustomerRelations, PropertyManager, EscortInspector],
        }
    }

    /// Whether the role may do it.
    #[must_use]
    pub fn allows(self, role: Role) -> bool {
        self.roles().contains(&role)
    }
}
