//! A complete project, imported repeatedly: the same file changes nothing, a later one updates.

use app::defect::log::{LogDefect, log};
use app::project::import::import_project;
use app::{App, Context, Ids};
use domain::Caller;
use domain::import::ImportedKind as Kind;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::entity::{changes, defects, events, units};
use tests::on_both_databases;
use uuid::Uuid;

use super::{EXAMPLE, administrator, app_on, found, numbers, staff, yaml};

async fn log_defect(app: &App, caller: &Caller, unit_id: Uuid) {
    let input = LogDefect {
        defect_id: Ids::Random.next(),
        unit_id: unit_id.into(),
        room_id: None,
        type_code: "WALL.STRUCT_CRACK".to_owned(),
        description: None,
        severity: None,
        trade: None,
        pin: None,
        inspection_id: None,
        check_item_id: None,
        occurred_at: None,
    };
    log(Context::new(app, caller), input).await.expect("logged");
}

on_both_databases! {
    async fn repeated_import_of_the_example_changes_nothing(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        let first = import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported");
        let expected = [
            (Kind::Project, 1), (Kind::Company, 4), (Kind::Person, 11), (Kind::Membership, 8), (Kind::Building, 1),
            (Kind::UnitType, 2), (Kind::UnitTypeRoom, 11), (Kind::Unit, 8), (Kind::Room, 36), (Kind::Ownership, 4),
            (Kind::ResponsibilityRule, 2), (Kind::Checklist, 1),
        ];
        for (kind, count) in expected {
            assert_eq!(numbers(&first, kind), (count, 0, 0, 0), "{kind}");
        }
        let before = units::Entity::find().all(db.read()).await.expect("units");
        // Staff get a change of the project after each import, because its history has one more event.
        let others = changes::Entity::find().filter(changes::Column::ObjectKind.not_like("PROJECT%"));
        let changes_before = others.clone().all(db.read()).await.expect("changes");
        let second = import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported again");
        for (kind, count) in expected {
            assert_eq!(numbers(&second, kind), (0, 0, count, 0), "{kind}");
        }
        assert_eq!(first.project_id, second.project_id);
        assert_eq!(units::Entity::find().all(db.read()).await.expect("units"), before);
        assert_eq!(others.all(db.read()).await.expect("changes"), changes_before);
        let imported = events::Entity::find().filter(events::Column::Name.eq("PROJECT_IMPORTED"));
        assert_eq!(imported.count(db.read()).await.expect("events"), 2, "one event for each import");
    }

    async fn later_file_updates_named_entries_and_keeps_the_others(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        let first = EXAMPLE.replace("login: zhao.lead,", "login: zhao.lead, password: first-secret-of-zhao,");
        import_project(&app, &root, yaml(first.clone())).await.expect("imported");
        let unit = units::Entity::find().filter(units::Column::Code.eq("1-1-101"));
        let before = unit.clone().one(db.read()).await.expect("units").expect("the unit");
        let password = found(&db, "zhao.lead").await.password_hash;
        let changed = first
            .replace("Zhao Gang", "Zhao Gang the Second")
            .replace("toFloor: 3", "toFloor: 2")
            .replace("name: Living room", "name: Parlour")
            .replace("{unit: 1-1-101}", "{unit: 1-1-101, kind: PROXY}")
            .replace("{unitKind: COMMON, company: MAIN}", "{unitKind: COMMON, company: MAIN, priority: 7}")
            .replace("Flood test without leaks", "Flood test of 24 hours without leaks")
            .replace("escalateAfterFailedAttempts: 3", "escalateAfterFailedAttempts: 2")
            .replace("first-secret-of-zhao", "another-secret-of-zhao")
            .replace("name: Li Na", "name: Li Na\n    password: at-last-a-password");
        let report = import_project(&app, &root, yaml(changed)).await.expect("imported again");
        assert_eq!(numbers(&report, Kind::Project), (0, 1, 0, 0));
        assert_eq!(numbers(&report, Kind::Person), (0, 2, 9, 0));
        assert_eq!(numbers(&report, Kind::Unit), (0, 0, 6, 2));
        assert_eq!(report.tally(Kind::Unit).expect("units").not_in_file_codes, ["1-1-301", "1-1-302"]);
        assert_eq!(numbers(&report, Kind::UnitTypeRoom), (0, 2, 9, 0));
        assert_eq!(numbers(&report, Kind::Room), (0, 4, 21, 0));
        assert_eq!(numbers(&report, Kind::Ownership), (0, 1, 3, 0));
        assert_eq!(numbers(&report, Kind::ResponsibilityRule), (0, 1, 1, 0));
        assert_eq!(numbers(&report, Kind::Checklist), (0, 1, 0, 0));
        let after = unit.one(db.read()).await.expect("units").expect("the unit");
        assert_eq!((after.id, after.version), (before.id, before.version));
        let lead = found(&db, "zhao.lead").await;
        assert_eq!((lead.name.as_str(), lead.password_hash), ("Zhao Gang the Second", password));
        assert!(found(&db, "li.owner").await.password_hash.is_some(), "had none until now");
        assert_eq!(units::Entity::find().count(db.read()).await.expect("units"), 8, "nothing is deleted");
        let shown = report.to_string();
        assert!(shown.contains("unit: 0 created, 0 updated, 6 unchanged; 2 not in the file"), "{shown}");
    }

    async fn defects_move_with_their_units(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported");
        let of = units::Column::Code.eq("1-1-201");
        let unit = units::Entity::find().filter(of.clone()).one(db.read()).await.expect("units").expect("the unit");
        log_defect(&app, &staff(&db, "lin.site").await, unit.id.uuid()).await;
        let moved = EXAMPLE.replacen("entrance: \"1\"", "entrance: \"7\"\n    code: \"{building}-1-{floor}{position}\"", 1);
        let report = import_project(&app, &root, yaml(moved)).await.expect("imported again");
        assert_eq!(numbers(&report, Kind::Unit), (0, 6, 2, 0));
        let after = units::Entity::find().filter(of).one(db.read()).await.expect("units").expect("the unit");
        assert_eq!((after.id, after.version), (unit.id, unit.version + 1));
        let defect = defects::Entity::find().one(db.read()).await.expect("defects").expect("the defect");
        assert_ne!(after.place_order, unit.place_order);
        assert_eq!(defect.place_order, after.place_order);
    }
}
