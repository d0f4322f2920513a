//! Two small imported projects: the one under test, and one of strangers.
//!
//! The login names the role: `manager`, `site`, `relations` (developer), `lead.a`, `worker.a`, `lead.b`, `worker.b`
//! (two contractors), `supervisor`, `property`, `escort`, and the owners `owner1` of unit `1-101` and `owner2` of unit
//! `1-102`. Logins of the other project begin with `x.`; `root` may import projects and has no role in any.

use std::collections::BTreeMap;

use app::App;
use app::project::import::{Format, ImportFile, import_project};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Caller;
use domain::id::{ProjectId, UnitId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::entity::{
    buildings, checklist_versions, checklists, companies, people, responsibility_rules, rooms, unit_types, units,
};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// The shared password of all people.
pub const PASSWORD: &str = "a password of the tests";

/// The administrator of the fixture.
pub const ROOT: &str = "root";

/// A project's ids by code.
pub struct FixtureProject {
    /// The project.
    pub id: Uuid,
    /// Its code.
    pub code: String,
    /// Companies by code: `DEV`, `A`, `B`, `SUP`, `PROP`.
    pub companies: BTreeMap<String, Uuid>,
    /// The one building.
    pub building: Uuid,
    /// The one unit type.
    pub unit_type: Uuid,
    /// Its plan.
    pub plan: Uuid,
    /// Units by code: `1-101`, `1-102`, `1-201`, … `1-302`.
    pub units: BTreeMap<String, Uuid>,
    /// Rooms by unit's code and own code: `LIVING`, `BED`, `BATH`, `KITCHEN`.
    pub rooms: BTreeMap<(String, String), Uuid>,
    /// Responsibility rules by trade.
    pub rules: BTreeMap<String, Uuid>,
    /// The one checklist.
    pub checklist: Uuid,
    /// Its newest version.
    pub checklist_version: Uuid,
}

impl FixtureProject {
    /// A unit's id.
    ///
    /// # Panics
    /// When there is no such unit.
    #[must_use]
    pub fn unit(&self, code: &str) -> Uuid {
        *self.units.get(code).unwrap_or_else(|| panic!("no unit {code:?}"))
    }

    /// A room's id.
    ///
    /// # Panics
    /// When there is no such room.
    #[must_use]
    pub fn room(&self, unit: &str, room: &str) -> Uuid {
        let key = (unit.to_owned(), room.to_owned());
        *self.rooms.get(&key).unwrap_or_else(|| panic!("no room {key:?}"))
    }

    /// A company's id.
    ///
    /// # Panics
    /// When there is no such company.
    #[must_use]
    pub fn company(&self, code: &str) -> Uuid {
        *self.companies.get(code).unwrap_or_else(|| panic!("no company {code:?}"))
    }
}

/// Imports the two projects; returns them, and the id of each person by login.
///
/// # Panics
/// When anything of it fails.
pub async fn set_up(app: &App) -> (FixtureProject, FixtureProject, BTreeMap<String, Uuid>) {
    let root = administrator(app).await;
    let project = import(app, &root, &document("HOME", "")).await;
    let other = import(app, &root, &document("OTHER", "x.")).await;
    give_passwords(app).await;
    let rows = people::Entity::find().all(app.db.read()).await.expect("the people");
    (project, other, rows.into_iter().map(|row| (row.login, row.id.uuid())).collect())
}

/// Imports one more project of the same people, with another code.
///
/// # Panics
/// When it fails.
pub async fn another(app: &App, code: &str) -> FixtureProject {
    import(app, &Caller::operator(), &document(code, "")).await
}

/// The import file of a small project; `prefix` is put before each login.
#[must_use]
pub fn document(code: &str, prefix: &str) -> Value {
    let person = |login: &str, company: &str, role: &str| {
        let name = format!("{prefix}{login} by name");
        json!({ "login": format!("{prefix}{login}"), "name": name, "company": company, "role": role })
    };
    let owner = |login: &str, unit: &str| {
        let name = format!("{prefix}{login} by name");
        json!({ "login": format!("{prefix}{login}"), "name": name, "phone": "+86 138 0000 0000", "units": [{ "unit": unit }] })
    };
    let item = |code: &str, room_type: &str, part: &str, measurement: Option<&str>| {
        let mut item = json!({ "code": code, "roomType": room_type, "part": part, "zh": "检查", "en": "Look closely" });
        if let Some(measurement) = measurement {
            item["measurement"] = measurement.into();
        }
        item
    };
    json!({
        "version": 1,
        "project": { "code": code, "name": format!("Project {code}"), "timeZone": "Asia/Shanghai" },
        "companies": [
            { "code": "DEV", "name": "Developer", "kind": "DEVELOPER" },
            { "code": "A", "name": "Contractor A", "kind": "CONTRACTOR" },
            { "code": "B", "name": "Contractor B", "kind": "CONTRACTOR" },
            { "code": "SUP", "name": "Supervisor", "kind": "SUPERVISOR" },
            { "code": "PROP", "name": "Property service", "kind": "PROPERTY" },
        ],
        "people": [
            person("manager", "DEV", "DELIVERY_MANAGER"),
            person("site", "DEV", "SITE_ENGINEER"),
            person("relations", "DEV", "CUSTOMER_RELATIONS"),
            person("lead.a", "A", "RECTIFICATION_LEAD"),
            person("worker.a", "A", "WORKER"),
            person("lead.b", "B", "RECTIFICATION_LEAD"),
            person("worker.b", "B", "WORKER"),
            person("supervisor", "SUP", "SUPERVISING_ENGINEER"),
            person("property", "PROP", "PROPERTY_MANAGER"),
            person("escort", "PROP", "ESCORT_INSPECTOR"),
        ],
        "buildings": [{ "code": "1", "name": "Building 1", "floors": 3 }],
        "unitTypes": [{
            "code": "T", "name": "Two rooms", "fitout": "FITTED", "area": "70.5", "plan": { "base64": plan() },
            "rooms": [
                { "code": "LIVING", "name": "Living room", "roomType": "LIVING", "outline": [[0.0, 0.0], [0.5, 0.0], [0.5, 0.5], [0.0, 0.5]] },
                { "code": "BED", "name": "Bedroom", "roomType": "BEDROOM", "outline": [[0.5, 0.0], [1.0, 0.0], [1.0, 0.5], [0.5, 0.5]] },
                { "code": "BATH", "name": "Bathroom", "roomType": "BATHROOM", "outline": [[0.0, 0.5], [0.5, 0.5], [0.5, 1.0], [0.0, 1.0]] },
                { "code": "KITCHEN", "name": "Kitchen", "roomType": "KITCHEN", "outline": [[0.5, 0.5], [1.0, 0.5], [1.0, 1.0], [0.5, 1.0]] },
            ],
        }],
        "unitRanges": [{
            "building": "1", "fromFloor": 1, "toFloor": 3,
            "positions": [{ "position": "01", "unitType": "T" }, { "position": "02", "unitType": "T" }],
        }],
        "owners": [owner("owner1", "1-101"), owner("owner2", "1-102")],
        "responsibilityRules": [
            { "trade": "PLASTER", "company": "A" },
            { "trade": "PAINT", "company": "A" },
            { "trade": "TILE", "company": "B" },
            { "trade": "WINDOW", "company": "B" },
        ],
        "checklists": [{ "name": "Home", "items": [
            item("LIV-1", "LIVING", "WALL", None),
            item("LIV-2", "LIVING", "WALL", Some("PLASTER_VERT_N")),
            item("BED-1", "BEDROOM", "WIN", None),
            item("BATH-1", "BATHROOM", "WP", None),
            item("KIT-1", "KITCHEN", "DRAIN", None),
        ]}],
    })
}

/// A drawn floor plan, as PNG in base64.
fn plan() -> String {
    let picture = image::RgbImage::from_fn(400, 300, |x, y| {
        let wall = x % 200 < 4 || y % 150 < 4;
        image::Rgb(if wall { [40, 40, 40] } else { [245, 245, 240] })
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    STANDARD.encode(bytes.into_inner())
}

async fn administrator(app: &App) -> Caller {
    let row = people::Model {
        id: app.ids.next(),
        login: ROOT.to_owned(),
        name: "Root".to_owned(),
        phone: None,
        password_hash: None,
        language: domain::Language::En,
        administrator: true,
        created_at: app.clock.now().0,
        demo: false,
        email: None,
    };
    let id = row.id;
    app.db.write(async |tx| store::import::save::<people::Entity>(tx, vec![row]).await).await.expect("a person");
    app::session::authenticate::load(app, id, None).await.expect("a caller").expect("the administrator")
}

async fn import(app: &App, root: &Caller, document: &Value) -> FixtureProject {
    let file = ImportFile { bytes: document.to_string().into_bytes().into(), format: Format::Json, folder: None };
    let report = import_project(app, root, file).await.expect("the fixture is imported");
    read(app, report.project_id, report.project_code).await
}

/// One hash for all people, because Argon2 is slow by design.
async fn give_passwords(app: &App) {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let hash = HASH.get_or_init(async || app::password::hash(PASSWORD.to_owned()).await.expect("a hash")).await;
    let update = people::Entity::update_many().col_expr(people::Column::PasswordHash, Expr::value(hash.clone()));
    app.db.write(async |tx| update.exec(tx).await).await.expect("passwords");
}

pub(crate) async fn open_to_owner(app: &App, unit_id: Uuid) {
    let update = units::Entity::update_many()
        .col_expr(units::Column::OpenedAt, Expr::value(app.clock.now().0))
        .filter(units::Column::Id.eq(unit_id));
    app.db.write(async |tx| update.exec(tx).await).await.expect("an opened unit");
    app.caller_cache.forget();
}

async fn read(app: &App, id: ProjectId, code: String) -> FixtureProject {
    let reader = app.db.read();
    macro_rules! rows {
        ($table:ident) => {
            $table::Entity::find().filter($table::Column::ProjectId.eq(id)).all(reader).await.expect("the fixture")
        };
    }
    let unit_rows = rows!(units);
    let unit_codes: BTreeMap<UnitId, String> = unit_rows.iter().map(|row| (row.id, row.code.clone())).collect();
    let unit_type = rows!(unit_types).remove(0);
    let checklist = rows!(checklists).remove(0).id;
    let newest = checklist_versions::Entity::find()
        .filter(checklist_versions::Column::ChecklistId.eq(checklist))
        .order_by_desc(checklist_versions::Column::Number);
    let rules = rows!(responsibility_rules).into_iter().filter_map(|row| Some((row.trade?, row.id.uuid())));
    FixtureProject {
        id: id.uuid(),
        code,
        companies: rows!(companies).into_iter().map(|row| (row.code, row.id.uuid())).collect(),
        building: rows!(buildings)[0].id.uuid(),
        unit_type: unit_type.id.uuid(),
        plan: unit_type.current_plan_id.expect("a plan").uuid(),
        units: unit_rows.into_iter().map(|row| (row.code, row.id.uuid())).collect(),
        rooms: rows!(rooms)
            .into_iter()
            .map(|row| ((unit_codes[&row.unit_id].clone(), row.code), row.id.uuid()))
            .collect(),
        rules: rules.collect(),
        checklist: checklist.uuid(),
        checklist_version: newest.one(reader).await.expect("versions").expect("a version").id.uuid(),
    }
}
