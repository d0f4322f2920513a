//! The readers of changes. A change that leaves an object as a reader sees it reaches that reader neither by a page of
//! changes nor by a live update, because both would reveal that something happened.

use std::borrow::Cow;

use uuid::Uuid;

use crate::actor::VisibilityScope;
use crate::id::{CompanyId, ProjectId, UnitId};
use crate::object_kind::ObjectKind;

/// The readers of a change, from the fewest to the most: each has all readers of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeAudience {
    /// Staff who see the owners of units.
    OwnerData,
    /// Staff of every party but the contractors.
    WholeProject,
    /// All staff.
    Staff,
    /// Everybody who sees the object, its owner too.
    Everybody,
}

impl ChangeAudience {
    /// All of them, from the most readers to the fewest.
    pub const ALL: [Self; 4] = [Self::Everybody, Self::Staff, Self::WholeProject, Self::OwnerData];

    /// The audience with the fewest readers to which a person belongs in a project. The person gets the changes for
    /// this audience and for those with more readers.
    #[must_use]
    pub fn of(scope: &VisibilityScope, project_id: ProjectId) -> Self {
        if scope.owner_projects.contains(&project_id) {
            Self::OwnerData
        } else if scope.projects.contains(&project_id) {
            Self::WholeProject
        } else if scope.contractor_projects.contains(&project_id) {
            Self::Staff
        } else {
            Self::Everybody
        }
    }
}

/// Readers of a change who are no audience. They have a row of their own, which other changes of the object do not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FewReaders {
    /// Owners and contractors who saw a photo before it was moved, and do not see it any more.
    OfMovedPhoto,
    /// The owners of the unit in which a defect was before it was moved, by the unit's id.
    OfMovedDefect(UnitId),
    /// Owners of the unit of a defect that they saw before it was declared void.
    OfVoidDefect,
    /// The owners of a unit, of one of its inspections.
    OfInspectedUnit,
    /// The people of a contractor company, by its id: of a unit inspection in which they recorded, and of what hangs on
    /// a defect that they see for the first time.
    OfCompany(CompanyId),
    /// One reader who sees a part of the project that the audiences do not distinguish: a person, or the leads of a
    /// contractor company, by the id of the person or company.
    OfProject(Uuid),
}

impl FewReaders {
    /// The kind under which the newest change of an object for them is stored.
    #[must_use]
    pub fn row_kind(self, kind: ObjectKind) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::OfMovedPhoto => MOVED_PHOTO,
            Self::OfMovedDefect(unit_id) => return Cow::Owned(format!("{MOVED_DEFECT}{unit_id}")),
            Self::OfVoidDefect => VOID_DEFECT,
            Self::OfInspectedUnit => INSPECTION_OF_OWNERS,
            Self::OfCompany(company_id) => return Cow::Owned(format!("{kind}{OF_COMPANY}{company_id}")),
            Self::OfProject(_) => PROJECT_OF_ONE,
        })
    }
}

/// The kind of the row of a project for one reader. The row holds the reader's id instead of the project's.
pub const PROJECT_OF_ONE: &str = "PROJECT_FOR_ONE_READER";

/// The kind of the row of a photo that was moved, for those who saw it before.
pub const MOVED_PHOTO: &str = "PHOTO_FOR_EARLIER_READERS";

/// The beginning of the kind of the row of a defect that was moved, for the owners of the unit in which it was before.
/// The unit's id follows, so that another move of the defect does not move the row.
const MOVED_DEFECT: &str = "DEFECT_FOR_OWNERS_OF_";

/// The kind of the row of a defect that owners do not see any more, because it was declared void.
pub const VOID_DEFECT: &str = "DEFECT_FOR_READERS_BEFORE_VOID";

/// The kind of the row of a unit inspection for the owners of its unit alone.
const INSPECTION_OF_OWNERS: &str = "UNIT_INSPECTION_FOR_OWNERS";

/// What follows the object's kind in the kind of the row for one contractor company. The company's id follows.
const OF_COMPANY: &str = "_FOR_COMPANY_";

/// What separates the kind of an object from its audience in a row's kind: no kind of object has it in its name.
const MARK: &str = "_FOR_";

/// The kinds of objects that have rows for few readers who are known by their units and companies.
const WITH_FEW_READERS: [ObjectKind; 7] = [
    ObjectKind::UnitInspection,
    ObjectKind::Defect,
    ObjectKind::RepairAttempt,
    ObjectKind::Verdict,
    ObjectKind::Dispute,
    ObjectKind::Comment,
    ObjectKind::Photo,
];

/// The kind under which the newest change of an object for an audience is stored. Each audience keeps a number of its
/// own, so that a reader misses nothing of the changes for more readers when a change for fewer readers comes after
/// them.
///
/// An audience that a kind does not distinguish is stored as the next one with more readers, so that no reader misses a
/// change.
#[must_use]
pub const fn row_kind(kind: ObjectKind, audience: ChangeAudience) -> &'static str {
    use ChangeAudience as A;
    match (kind, audience) {
        (ObjectKind::Defect, A::Staff | A::WholeProject | A::OwnerData) => "DEFECT_FOR_STAFF",
        // Of earlier versions, which told contractors also of what other companies recorded.
        (ObjectKind::UnitInspection, A::Staff) => "UNIT_INSPECTION_FOR_STAFF",
        (ObjectKind::UnitInspection, A::WholeProject | A::OwnerData) => "UNIT_INSPECTION_FOR_WHOLE_PROJECT",
        (ObjectKind::Project, A::Staff) => "PROJECT_FOR_STAFF",
        (ObjectKind::Project, A::WholeProject | A::OwnerData) => "PROJECT_FOR_WHOLE_PROJECT",
        (ObjectKind::Unit, A::WholeProject) => "UNIT_FOR_WHOLE_PROJECT",
        (ObjectKind::Unit, A::OwnerData) => "UNIT_FOR_OWNER_DATA",
        _ => kind.as_str(),
    }
}

/// The kinds of rows of an object that reach a member of an audience, each once.
#[must_use]
pub fn shown_rows(kind: ObjectKind, reader: ChangeAudience) -> Vec<&'static str> {
    let audiences = ChangeAudience::ALL.into_iter().filter(|audience| *audience >= reader);
    let mut rows: Vec<&'static str> = audiences.map(|audience| row_kind(kind, audience)).collect();
    rows.dedup();
    rows
}

/// The kinds of rows of an object that reach a member of an audience besides those of [`shown_rows`], by the member's
/// companies and units.
#[must_use]
pub fn rows_of_few(kind: ObjectKind, scope: &VisibilityScope, reader: ChangeAudience) -> Vec<Cow<'static, str>> {
    let few: Vec<FewReaders> = match (kind, reader) {
        (ObjectKind::UnitInspection, ChangeAudience::Everybody) => vec![FewReaders::OfInspectedUnit],
        (ObjectKind::Defect, ChangeAudience::Everybody) => {
            let moved = scope.owned_units.iter().copied().map(FewReaders::OfMovedDefect);
            moved.chain([FewReaders::OfVoidDefect]).collect()
        }
        (ObjectKind::Defect, ChangeAudience::Staff) => Vec::new(),
        (kind, ChangeAudience::Staff) if WITH_FEW_READERS.contains(&kind) => {
            scope.contractor_companies.iter().copied().map(FewReaders::OfCompany).collect()
        }
        _ => Vec::new(),
    };
    few.into_iter().map(|few| few.row_kind(kind)).collect()
}

/// The code of the object's kind that a row's kind names.
#[must_use]
pub fn object_code(row_kind: &str) -> &str {
    row_kind.split_once(MARK).map_or(row_kind, |(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::ChangeAudience as A;
    use super::*;

    /// The kinds of objects whose changes have different audiences. The changes of every other kind reach everybody who
    /// may see the object.
    const DIVIDED: [ObjectKind; 4] =
        [ObjectKind::Project, ObjectKind::Unit, ObjectKind::UnitInspection, ObjectKind::Defect];

    #[test]
    fn every_row_names_the_kind_of_its_object() {
        for &kind in ObjectKind::ALL {
            for audience in A::ALL {
                assert_eq!(object_code(row_kind(kind, audience)), kind.as_str(), "{audience:?}");
            }
            assert_eq!(row_kind(kind, A::Everybody), kind.as_str());
            let is_divided = shown_rows(kind, A::OwnerData).len() > 1;
            assert_eq!(is_divided, DIVIDED.contains(&kind), "{kind}");
        }
    }

    #[test]
    fn the_row_of_a_few_readers_is_no_row_of_an_audience() {
        for (few, kind) in [
            (FewReaders::OfMovedPhoto, ObjectKind::Photo),
            (FewReaders::OfMovedDefect(UnitId::from_u128(1)), ObjectKind::Defect),
            (FewReaders::OfVoidDefect, ObjectKind::Defect),
            (FewReaders::OfInspectedUnit, ObjectKind::UnitInspection),
            (FewReaders::OfCompany(CompanyId::from_u128(1)), ObjectKind::UnitInspection),
            (FewReaders::OfProject(Uuid::from_u128(1)), ObjectKind::Project),
        ] {
            let row = few.row_kind(kind);
            assert_eq!(object_code(&row), kind.as_str());
            assert!(shown_rows(kind, A::OwnerData).iter().all(|other| *other != row), "{row}");
        }
    }

    #[test]
    fn companies_and_units_have_rows_of_their_own() {
        let [company, other_company] = [1, 3].map(CompanyId::from_u128);
        let [unit, other_unit] = [2, 3].map(UnitId::from_u128);
        let contractor = VisibilityScope { contractor_companies: vec![company], ..VisibilityScope::default() };
        let owner = VisibilityScope { owned_units: vec![unit], ..VisibilityScope::default() };
        let (of_company, of_unit) = (FewReaders::OfCompany(company), FewReaders::OfMovedDefect(unit));
        let (defect, inspection) = (ObjectKind::Defect, ObjectKind::UnitInspection);
        assert_ne!(of_company.row_kind(inspection), FewReaders::OfCompany(other_company).row_kind(inspection));
        assert_ne!(of_company.row_kind(inspection), of_company.row_kind(ObjectKind::Photo));
        assert_ne!(of_unit.row_kind(defect), FewReaders::OfMovedDefect(other_unit).row_kind(defect));
        assert_eq!(rows_of_few(inspection, &contractor, A::Staff), [of_company.row_kind(inspection)]);
        assert_eq!(rows_of_few(defect, &contractor, A::Staff).len(), 0);
        assert_eq!(rows_of_few(inspection, &owner, A::Everybody), [INSPECTION_OF_OWNERS]);
        assert_eq!(rows_of_few(defect, &owner, A::Everybody), [&*of_unit.row_kind(defect), VOID_DEFECT]);
        for &kind in ObjectKind::ALL {
            let whole = [A::WholeProject, A::OwnerData].map(|reader| rows_of_few(kind, &contractor, reader));
            assert!(whole.iter().all(Vec::is_empty), "{kind}");
            let has_few = [(&contractor, A::Staff), (&owner, A::Everybody)]
                .into_iter()
                .any(|(scope, reader)| !rows_of_few(kind, scope, reader).is_empty());
            assert_eq!(has_few, WITH_FEW_READERS.contains(&kind), "{kind}");
        }
    }

    #[test]
    fn a_change_reaches_its_audience_and_those_with_fewer_readers() {
        for kind in DIVIDED {
            for (audience, reader) in A::ALL.into_iter().flat_map(|one| A::ALL.map(|other| (one, other))) {
                let row = row_kind(kind, audience);
                if reader <= audience {
                    assert!(shown_rows(kind, reader).contains(&row), "{row} does not reach {reader:?}");
                }
            }
        }
        assert_eq!(
            shown_rows(ObjectKind::Unit, A::OwnerData),
            ["UNIT", "UNIT_FOR_WHOLE_PROJECT", "UNIT_FOR_OWNER_DATA"]
        );
    }

    #[test]
    fn an_owner_gets_only_the_changes_for_everybody() {
        for kind in DIVIDED {
            assert_eq!(shown_rows(kind, A::Everybody), [kind.as_str()]);
        }
    }

    #[test]
    fn the_sight_of_a_person_decides_on_the_audience() {
        let project = ProjectId::from_u128(1);
        let whole = VisibilityScope { projects: vec![project], ..VisibilityScope::default() };
        let owner_data = VisibilityScope { owner_projects: vec![project], ..whole.clone() };
        let contractor = VisibilityScope { contractor_projects: vec![project], ..VisibilityScope::default() };
        let owner = VisibilityScope { owned_unit_projects: vec![project], ..VisibilityScope::default() };
        for (scope, audience) in
            [(owner_data, A::OwnerData), (whole, A::WholeProject), (contractor, A::Staff), (owner, A::Everybody)]
        {
            assert_eq!(A::of(&scope, project), audience);
            assert_eq!(A::of(&scope, ProjectId::from_u128(2)), A::Everybody, "in another project");
        }
    }
}
