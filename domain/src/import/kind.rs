//! What an import writes, for its report.

string_enum! {
    /// A kind of thing that an import creates or updates.
    pub enum ImportedKind {
        /// The project itself.
        Project = "PROJECT",
        /// Companies.
        Company = "COMPANY",
        /// People, staff and owners.
        Person = "PERSON",
        /// Roles of staff in the project.
        Membership = "MEMBERSHIP",
        /// Buildings.
        Building = "BUILDING",
        /// Unit types.
        UnitType = "UNIT_TYPE",
        /// Rooms of unit types.
        UnitTypeRoom = "UNIT_TYPE_ROOM",
        /// Floor plans.
        Plan = "PLAN",
        /// Units.
        Unit = "UNIT",
        /// Rooms of units.
        Room = "ROOM",
        /// Owners of units.
        Ownership = "OWNERSHIP",
        /// The project's vocabulary.
        Term = "TERM",
        /// Responsibility rules.
        ResponsibilityRule = "RESPONSIBILITY_RULE",
        /// Checklists.
        Checklist = "CHECKLIST",
    }
}
