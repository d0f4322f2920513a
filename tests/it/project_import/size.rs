//! A project of real size.

use app::project::import::{Format, ImportFile, import_project};
use domain::import::ImportedKind as Kind;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use store::entity::{rooms, unit_owners};
use tests::on_both_databases;

use super::{administrator, app_on, numbers};

fn json_file(value: &Value) -> ImportFile {
    ImportFile { bytes: value.to_string().into_bytes().into(), format: Format::Json, folder: None }
}

/// 30 buildings, 3,000 units, 25 unit types, about 40,000 rooms, 120 people, 3,200 owners.
fn real_project() -> Value {
    let room_types = ["FOYER", "LIVING", "DINING", "KITCHEN", "MASTER_BEDROOM", "BEDROOM", "BATHROOM", "BALCONY"];
    let room = |n: usize| {
        let x = f64::from(u32::try_from(n).expect("small")) / 20.0;
        let outline = [[x, 0.1], [x + 0.05, 0.1], [x + 0.05, 0.4], [x, 0.4]];
        json!({"code": format!("R{n:02}"), "name": format!("Room {n}"), "roomType": room_types[n % 8], "outline": outline})
    };
    let rooms_of = |n: usize| if n.is_multiple_of(3) { 14 } else { 13 };
    let unit_types: Vec<Value> = (0..25)
        .map(|n| {
            let rooms: Vec<Value> = (0..rooms_of(n)).map(room).collect();
            json!({"code": format!("T{n}"), "name": format!("Type {n}"), "fitout": "FITTED", "rooms": rooms})
        })
        .collect();
    let mut people = vec![
        json!({"login": "manager", "name": "M", "company": "C0", "role": "DELIVERY_MANAGER", "password": "long enough"}),
    ];
    people.extend((1..120).map(|n| {
        json!({"login": format!("worker{n}"), "name": format!("Worker {n}"), "company": format!("C{}", 1 + n % 10),
               "role": "WORKER", "password": format!("words of worker {n}")})
    }));
    let companies = (0..11).map(|n| {
        json!({"code": format!("C{n}"), "name": format!("Company {n}"), "kind": if n == 0 { "DEVELOPER" } else { "CONTRACTOR" }})
    });
    let buildings = (0..30).map(|n| json!({"code": format!("{n}"), "name": format!("Building {n}"), "floors": 25}));
    let units = (0..3_000).map(|n| {
        let (building, floor, position) = (n / 100, n % 100 / 4 + 1, n % 4 + 1);
        json!({"code": format!("{building}-{floor}{position:02}"), "building": format!("{building}"), "floor": floor,
               "unitType": format!("T{}", n % 25)})
    });
    let owners = (0..3_200).map(|n| {
        let unit = n % 3_000;
        let code = format!("{}-{}{:02}", unit / 100, unit % 100 / 4 + 1, unit % 4 + 1);
        json!({"login": format!("owner{n}"), "name": format!("Owner {n}"), "units": [{"unit": code}]})
    });
    json!({
        "project": {"code": "REAL", "name": "Real size", "timeZone": "Asia/Shanghai"},
        "companies": companies.collect::<Vec<_>>(),
        "people": people,
        "buildings": buildings.collect::<Vec<_>>(),
        "unitTypes": unit_types,
        "units": units.collect::<Vec<_>>(),
        "owners": owners.collect::<Vec<_>>(),
        "responsibilityRules": [{"company": "C1"}],
    })
}

on_both_databases! {
    async fn project_of_real_size_is_imported_in_time(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        let file = real_project();
        let begun = std::time::Instant::now();
        let report = import_project(&app, &root, json_file(&file)).await.expect("imported");
        println!("first import: {:?}", begun.elapsed());
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
        assert_eq!(numbers(&report, Kind::Unit), (3_000, 0, 0, 0));
        assert_eq!(numbers(&report, Kind::Room), (40_080, 0, 0, 0));
        assert_eq!(numbers(&report, Kind::Ownership), (3_200, 0, 0, 0));
        assert_eq!(rooms::Entity::find().count(db.read()).await.expect("rooms"), 40_080);
        assert_eq!(unit_owners::Entity::find().count(db.read()).await.expect("owners"), 3_200);
        let begun = std::time::Instant::now();
        let report = import_project(&app, &root, json_file(&file)).await.expect("imported again");
        println!("second import: {:?}", begun.elapsed());
        assert_eq!(numbers(&report, Kind::Room), (0, 0, 40_080, 0));
    }
}
