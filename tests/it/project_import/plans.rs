//! Floor plans that come with an import.

use app::App;
use app::project::import::{ImportFile, import_project};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Caller;
use domain::import::ImportedKind as Kind;
use embedded_s3::{EmbeddedStore, StoreClock, StoreConfig};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::entity::{unit_type_plans, unit_types};
use tempfile::TempDir;
use tests::on_both_databases;

use super::{EXAMPLE, administrator, numbers, problems, with_store, yaml};

/// The same picture from a file beside the import file; files elsewhere are refused.
async fn beside_the_file(app: &App, root: &Caller, folder: &TempDir) {
    std::fs::create_dir(folder.path().join("plans")).expect("a folder");
    std::fs::write(folder.path().join("plans/A1.png"), png(20)).expect("a picture");
    let path = folder.path().join("project.yaml");
    for (name, expected) in [("plans/A1.png", Ok((0, 0, 1, 0))), ("../secret.png", Err("beside the import file"))] {
        let text = EXAMPLE.replace("# plan: {file: plans/A1.png}", &format!("plan: {{file: {name}}}"));
        std::fs::write(&path, text).expect("an import file");
        let outcome = import_project(app, root, ImportFile::open(&path).await.expect("opens")).await;
        match expected {
            Ok(expected) => assert_eq!(numbers(&outcome.expect("imported"), Kind::Plan), expected),
            Err(part) => assert!(problems(outcome.expect_err("refused"))[0].contains(part)),
        }
    }
}

fn png(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::GrayImage::from_pixel(64, 48, image::Luma([shade]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a PNG");
    bytes.into_inner()
}

fn store_config(folder: &TempDir) -> StoreConfig {
    StoreConfig {
        folder: folder.path().join("objects"),
        listen: ([127, 0, 0, 1], 0).into(),
        access_key: "key".into(),
        secret_key: "secret".into(),
        bucket: "handover".into(),
        region: "local".into(),
        limits: embedded_s3::connection_limits(),
        // 2 March 2026, as for other tests.
        clock: StoreClock::new(|| 1_772_409_600_000),
    }
}

on_both_databases! {
    async fn new_plan_is_a_new_version(db: TestDb) {
        let folder = TempDir::new().expect("a folder");
        let store = EmbeddedStore::start(store_config(&folder)).await.expect("a store");
        let (app, root) = (with_store(&db, &store.addr().to_string()), administrator(&db).await);
        let with_plan = |bytes: &[u8]| {
            let plan = format!("plan: {{base64: {}}}", STANDARD.encode(bytes));
            yaml(EXAMPLE.replace("# plan: {file: plans/A1.png}", &plan))
        };
        for (shade, expected) in [(10, (1, 0, 0, 0)), (10, (0, 0, 1, 0)), (20, (0, 1, 0, 0))] {
            let report = import_project(&app, &root, with_plan(&png(shade))).await.expect("imported");
            assert_eq!(numbers(&report, Kind::Plan), expected);
        }
        let plans = unit_type_plans::Entity::find().order_by_asc(unit_type_plans::Column::Number);
        let plans = plans.all(db.read()).await.expect("plans");
        assert_eq!(plans.iter().map(|plan| (plan.number, plan.width, plan.height)).collect::<Vec<_>>(), [(1, 64, 48), (2, 64, 48)]);
        let key = plans[1].object_key.as_deref().expect("a key");
        assert_eq!(app.objects.get_bytes(key, 1 << 20).await.expect("the picture"), png(20));
        let unit_type = unit_types::Entity::find().filter(unit_types::Column::Code.eq("A1"));
        let unit_type = unit_type.one(db.read()).await.expect("unit types").expect("A1");
        assert_eq!(unit_type.current_plan_id, Some(plans[1].id));
        beside_the_file(&app, &root, &folder).await;
    }
}
