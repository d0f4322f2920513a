//! Escalation by time: the steps of the project's vocabulary, and the recipients of each.

use serde_json::Value;

use crate::party::Role;

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// A step: these roles are notified so many hours after the due time (before it when negative).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The code of the rule.
    pub code: String,
    /// Hours after the due time.
    pub offset_hours: i64,
    /// The roles that are notified.
    pub recipients: Vec<Role>,
}

/// Why a rule is no step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// It has no offset from the due time.
    #[error("the escalation rule {0} has no offset_hours")]
    NoOffset(String),
    /// It names an unknown role.
    #[error("the escalation rule {0} names {1}, which is no role")]
    NoRole(String, String),
}

impl Step {
    /// The step that a term of the vocabulary describes.
    ///
    /// # Errors
    /// When it does not say when, or names a recipient that is no role.
    pub fn new(code: &str, data: &Value) -> Result<Self, StepError> {
        let offset_hours = data["offset_hours"].as_i64().ok_or_else(|| StepError::NoOffset(code.to_owned()))?;
        let names = data["notify_roles"].as_array().into_iter().flatten();
        let role = |name: &Value| {
            let name = name.as_str().unwrap_or_default();
            recipient(name).ok_or_else(|| StepError::NoRole(code.to_owned(), name.to_owned()))
        };
        Ok(Self { code: code.to_owned(), offset_hours, recipients: names.map(role).collect::<Result<_, _>>()? })
    }

    /// Whether it comes before the due time: a reminder, after which nothing is escalated yet.
    #[must_use]
    pub const fn is_reminder(&self) -> bool {
        self.offset_hours < 0
    }

    /// The offset in microseconds.
    #[must_use]
    pub const fn offset_micros(&self) -> i64 {
        self.offset_hours.saturating_mul(MICROS_PER_HOUR)
    }
}

/// The role that a recipient of the vocabulary means: a role by its code, or a name of the field.
#[must_use]
pub fn recipient(name: &str) -> Option<Role> {
    match name {
        "GC_COORDINATOR" => Some(Role::RectificationLead),
        "SUB_WORKER" => Some(Role::Worker),
        "DEV_ENGINEER" => Some(Role::SiteEngineer),
        "SUPERVISOR" => Some(Role::SupervisingEngineer),
        "EXECUTIVE" => Some(Role::DeliveryManager),
        code => code.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::taxonomy::{Taxonomy, TermKind};

    #[test]
    fn every_rule_of_the_seed_tells_roles_that_there_are() {
        let seed = Taxonomy::seed().expect("a taxonomy");
        let steps: Vec<Step> = seed
            .terms(TermKind::EscalationRule)
            .iter()
            .map(|term| Step::new(&term.code, &json!(term.data)).expect("a step"))
            .collect();
        assert_eq!(steps.len(), 5);
        assert!(steps.iter().all(|step| !step.recipients.is_empty()));
        assert_eq!(steps[0].recipients, [Role::RectificationLead, Role::Worker]);
        assert!(steps[0].is_reminder() && !steps[1].is_reminder());
    }

    #[test]
    fn a_recipient_that_is_no_role_is_refused() {
        let wrong = json!({ "offset_hours": 1, "notify_roles": ["DELIVERY_MANAGER", "GENERAL_SECRETARY"] });
        let refused = Step::new("X", &wrong);
        assert_eq!(refused, Err(StepError::NoRole("X".to_owned(), "GENERAL_SECRETARY".to_owned())));
        assert_eq!(Step::new("X", &json!({})), Err(StepError::NoOffset("X".to_owned())));
    }
}
