//! Tests use one clock, which stands still until the test moves it. A test that also reads the machine's clock passes
//! on some dates and fails on others. Only tests of server processes read the machine's clock, because those processes
//! do.

use std::path::{Path, PathBuf};

/// The files that read the machine's clock, because they work on the data of server processes, or are another machine.
const PROCESS_TESTS: [&str; 7] = [
    "live/survivors/server_processes.rs",
    "messages/gateway_server.rs",
    "messages/kills.rs",
    "photos/kills/check.rs",
    "photos/kills/server_process.rs",
    "sync/processes/holder.rs",
    "sync/processes/site.rs",
];

/// Whether the line reads the time of the machine.
fn reads_the_machines_clock(line: &str) -> bool {
    let named = ["Clock::System", "Clock::default()", "SystemTime::now", "Timestamp::now", "Zoned::now"];
    // `App::new` uses the machine's clock, unless the same line sets another.
    let implied = line.contains("App::new(") && !line.contains("clock");
    implied || named.iter().any(|name| line.contains(name))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn only_process_tests_read_the_machines_clock() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("it");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 100, "{} files", files.len());
    let mut reading = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root).expect("below the folder").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("a source");
        if name != "clocks.rs" && text.lines().any(reads_the_machines_clock) {
            reading.push(name);
        }
    }
    reading.sort();
    assert_eq!(
        reading, PROCESS_TESTS,
        "take the time from the app's clock (`TestApp::app.clock`), or list the process test"
    );
}

#[test]
fn every_use_of_the_machines_clock_is_found() {
    for line in [
        "clock: Clock::System,",
        "let now = Clock::default().now();",
        "let app = App::new(db, objects);",
        "SystemTime::now()",
        "jiff::Timestamp::now()",
    ] {
        assert!(reads_the_machines_clock(line), "{line}");
    }
    for line in ["App { clock, ..App::new(db, objects) }", "let clock = Clock::fixed(start);", "Instant::now()"] {
        assert!(!reads_the_machines_clock(line), "{line}");
    }
}
