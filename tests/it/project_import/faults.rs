//! Files with faults: all of them are reported, each with its place, and nothing is written.

use app::project::import::import_project;
use sea_orm::{EntityTrait, PaginatorTrait};
use store::entity::{events, people, projects, units};
use tests::database::TestDb;
use tests::on_both_databases;

use super::{EXAMPLE, administrator, app_on, problems, yaml};
use crate::server_process::program;

/// The output of `handover import` for a file of this content, by line, and whether it succeeded.
async fn by_command_line(db: &TestDb, name: &str, content: Option<&str>) -> (bool, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    if let Some(content) = content {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    let mut command = program(folder.path(), &db.settings.url, "127.0.0.1:9");
    command.args(["import", name]).env("HANDOVER_LOG", "error").kill_on_drop(true);
    let output = command.output().await.expect("the program runs");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    (output.status.success(), text.lines().map(str::to_owned).collect())
}

/// The places of the reported problems of a file, each in a line that names the file.
fn places<'a>(lines: &'a [String], name: &str) -> Vec<&'a str> {
    let place = |line: &'a String| {
        let line = line.strip_prefix("handover: ").unwrap_or(line);
        let (file, told) = line.split_once(": ").unwrap_or_else(|| panic!("no file: {lines:#?}"));
        let (place, message) = told.split_once(": ").unwrap_or_else(|| panic!("no place: {lines:#?}"));
        assert_eq!(file, name, "{lines:#?}");
        assert!(message.contains("(line ") && !message.contains(place), "each place once, with its line: {lines:#?}");
        place
    };
    let mut places: Vec<&str> = lines.iter().map(place).collect();
    places.sort_unstable();
    places
}

on_both_databases! {
    async fn file_with_problems_writes_nothing(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        let wrong = EXAMPLE.replace("unitType: B1", "unitType: B3").replace("role: WORKER", "role: BOSS");
        let found = problems(import_project(&app, &root, yaml(wrong)).await.expect_err("refused"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("people[4].role: \"BOSS\" is not one of"), "{found:?}");
        assert!(found[1].starts_with("unitRanges[0].positions[1].unitType: no unit type \"B3\""), "{found:?}");
        let broken = problems(import_project(&app, &root, yaml("a: [")).await.expect_err("refused"));
        assert!(broken[0].contains("no YAML that can be read"), "{broken:?}");
        let picture = EXAMPLE.replace("# plan: {file: plans/A1.png}", "plan: {base64: AAAA}");
        let found = problems(import_project(&app, &root, yaml(picture)).await.expect_err("refused"));
        assert_eq!(found, ["unitTypes[0].plan.base64: is neither PNG nor JPEG"]);
        let beside = EXAMPLE.replace("# plan: {file: plans/A1.png}", "plan: {file: plans/A1.png}");
        let found = problems(import_project(&app, &root, yaml(beside)).await.expect_err("refused"));
        assert!(found[0].starts_with("unitTypes[0].plan.file: files beside"), "{found:?}");
        for count in [
            projects::Entity::find().count(db.read()).await,
            units::Entity::find().count(db.read()).await,
            events::Entity::find().count(db.read()).await,
        ] {
            assert_eq!(count.expect("a count"), 0);
        }
        assert_eq!(people::Entity::find().count(db.read()).await.expect("people"), 1, "only the administrator");
    }

    async fn command_line_names_the_file_and_each_fault_once(db: TestDb) {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("unitType: B1}", "unitType: B2}", &["unitRanges[0].positions[1].unitType"]),
            ("- {unit: 1-1-201}", "- {unit: 1-1-901}", &["owners[2].units[0].unit"]),
            // A reference to an unreadable entry is not reported as a further fault.
            ("{code: \"1\", name: Building 1", "{kode: \"1\", name: Building 1", &["buildings[0].code", "buildings[0].kode"]),
            ("- building: \"1\"", "- bilding: \"1\"", &["unitRanges[0].bilding", "unitRanges[0].building"]),
            ("{position: \"01\", unitType: A1}", "{unitType: A1}", &["unitRanges[0].positions[0].position"]),
            ("    toFloor: 3\n", "", &["unitRanges[0].toFloor"]),
        ];
        for (right, wrong, expected) in cases {
            assert_eq!(EXAMPLE.matches(right).count(), 1, "{right}");
            let (good, lines) = by_command_line(&db, "lake.yaml", Some(&EXAMPLE.replace(right, wrong))).await;
            assert!(!good, "{lines:#?}");
            assert_eq!(places(&lines, "lake.yaml"), expected, "{lines:#?}");
        }
        for (name, content, beginning) in [
            ("nowhere.yaml", None, "handover: nowhere.yaml: "),
            ("lake.yaml", Some("a: ["), "handover: lake.yaml: the file is no YAML"),
        ] {
            let (good, lines) = by_command_line(&db, name, content).await;
            assert!(!good && lines.len() == 1 && lines[0].starts_with(beginning), "{lines:#?}");
        }
        assert_eq!(projects::Entity::find().count(db.read()).await.expect("projects"), 0);
        let (good, lines) = by_command_line(&db, "lake.yaml", Some(EXAMPLE)).await;
        assert!(good, "{lines:#?}");
        assert_eq!(projects::Entity::find().count(db.read()).await.expect("projects"), 1);
    }
}
