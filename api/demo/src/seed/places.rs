//! The imported places and companies by their codes.

use std::collections::HashMap;

use app::App;
use app::error::{Error, Result};
use domain::id::{ChecklistId, CompanyId, ProjectId, UnitId};
use store::entity::{checklist_items, checklists, companies, rooms, units};

/// A unit with its rooms.
pub(super) struct Unit {
    pub(super) id: UnitId,
    pub(super) rooms: Vec<rooms::Model>,
}

/// The project's places and companies.
pub(super) struct Places {
    pub(super) project_id: ProjectId,
    units: HashMap<String, Unit>,
    companies: Vec<companies::Model>,
    pub(super) checklist_id: ChecklistId,
    pub(super) items: Vec<checklist_items::Model>,
}

impl Places {
    pub(super) async fn load(app: &App, project_id: ProjectId) -> Result<Self> {
        let tx = app.db.begin().await?;
        let units = store::import::load::<units::Entity>(&tx, project_id).await?;
        let mut rooms = store::import::load::<rooms::Entity>(&tx, project_id).await?;
        let companies = store::import::load::<companies::Entity>(&tx, project_id).await?;
        let checklists = store::import::load::<checklists::Entity>(&tx, project_id).await?;
        let mut items = store::import::load::<checklist_items::Entity>(&tx, project_id).await?;
        tx.rollback().await?;
        rooms.sort_by_key(|room| (room.unit_id, room.sort));
        items.sort_by_key(|item| item.sort);
        let mut by_unit: HashMap<UnitId, Vec<rooms::Model>> = HashMap::new();
        for room in rooms {
            by_unit.entry(room.unit_id).or_default().push(room);
        }
        let with_rooms = |unit: units::Model| {
            let rooms = by_unit.remove(&unit.id).unwrap_or_default();
            (unit.code, Unit { id: unit.id, rooms })
        };
        let checklist = checklists.first().ok_or_else(|| Error::internal("no checklist was imported"))?;
        let checklist_id = checklist.id;
        Ok(Self { project_id, units: units.into_iter().map(with_rooms).collect(), companies, checklist_id, items })
    }

    pub(super) fn unit(&self, code: &str) -> Result<&Unit> {
        self.units.get(code).ok_or_else(|| Error::internal(format!("there is no unit {code}")))
    }

    pub(super) fn company_id(&self, code: &str) -> Result<CompanyId> {
        let found = self.companies.iter().find(|company| company.code == code);
        found.map(|company| company.id).ok_or_else(|| Error::internal(format!("there is no company {code}")))
    }

    pub(super) fn company_code(&self, id: Option<CompanyId>) -> Result<&str> {
        let found = self.companies.iter().find(|company| Some(company.id) == id);
        found
            .map(|company| company.code.as_str())
            .ok_or_else(|| Error::internal("the defect has no responsible company"))
    }

    /// The checklist item of a part in rooms of a type.
    pub(super) fn item(&self, room_type: &str, part: &str) -> Option<&checklist_items::Model> {
        self.items.iter().find(|item| item.room_type == room_type && item.part.as_deref() == Some(part))
    }
}

impl Unit {
    pub(super) fn room(&self, code: &str) -> Result<&rooms::Model> {
        let found = self.rooms.iter().find(|room| room.code == code);
        found.ok_or_else(|| Error::internal(format!("there is no room {code}")))
    }
}
