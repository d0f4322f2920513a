//! The arrows between packages: each package depends on those that it may know, and names no library that is another's.

use std::path::{Path, PathBuf};

/// Each package with our own packages that it depends on, as the README and docs/architecture.md say.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("migration", &[]),
    ("api/listener", &[]),
    ("api/blob-store", &[]),
    ("api/documents", &["domain"]),
    ("api/store", &["domain"]),
    ("api/imaging", &["domain"]),
    ("api/embedded-s3", &["listener"]),
    ("api/transport", &["domain", "listener"]),
    ("api/app", &["blob-store", "domain", "imaging", "store"]),
    ("api/schema", &["app", "domain", "store", "transport"]),
    ("api/demo", &["app", "domain", "store"]),
    (
        "api",
        &[
            "app",
            "blob-store",
            "demo",
            "domain",
            "embedded-s3",
            "imaging",
            "listener",
            "migration",
            "schema",
            "store",
            "transport",
        ],
    ),
];

/// Libraries that only these packages may name.
const LIBRARIES: &[(&str, &[&str])] = &[
    // `domain` behind its feature alone, for the columns of its codes.
    ("sea-orm", &["api/store", "domain"]),
    ("sqlx", &["api/store"]),
    ("sea-orm-migration", &["migration"]),
    ("async-graphql", &["domain", "api/transport", "api/schema", "api"]),
    ("axum", &["api/transport", "api"]),
    ("aws-sdk-s3", &["api/blob-store"]),
    ("s3s", &["api/embedded-s3"]),
    ("image", &["api/imaging", "api/app"]),
    ("krilla", &["api/documents"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names in the sections of dependencies of a `Cargo.toml`, those of tests left out.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut counts = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            counts = line.trim_end().ends_with("dependencies]") && !line.contains("dev-") && !line.contains("build-");
        } else if counts && let Some((name, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            names.push(name.trim().trim_end_matches(".workspace").to_owned());
        }
    }
    names.sort();
    names
}

/// The folders of the workspace's packages.
fn members() -> Vec<String> {
    let manifest = read("Cargo.toml");
    let list = manifest.split_once("members = [").expect("members").1.split_once(']').expect("an end").0;
    let mut members: Vec<String> =
        list.split(',').map(|name| name.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty()).collect();
    members.sort();
    members
}

/// The name of the package in a folder.
fn name_of(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}

/// What a package must not name, or does not name although it is listed.
fn faults(folder: &str, manifest: &str) -> Vec<String> {
    let found = dependencies(manifest);
    let (_, allowed) =
        ARROWS.iter().find(|(listed, _)| *listed == folder).unwrap_or_else(|| panic!("{folder} is not listed"));
    let ours: Vec<&str> = ARROWS.iter().map(|(folder, _)| name_of(folder)).chain(["tests"]).collect();
    let known: Vec<&str> = found.iter().map(String::as_str).filter(|name| ours.contains(name)).collect();
    let mut faults = Vec::new();
    if known != *allowed {
        faults.push(format!("{folder} depends on {known:?}, listed are {allowed:?}"));
    }
    for (library, owners) in LIBRARIES {
        if found.iter().any(|name| name == library) && !owners.contains(&folder) {
            faults.push(format!("{folder} names {library}, which belongs to {owners:?}"));
        }
    }
    faults
}

/// The Rust sources below a folder, with their paths in it.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).expect("below the folder").to_string_lossy().into_owned();
                found.push((name, std::fs::read_to_string(&path).expect("a source")));
            }
        }
    }
    found.sort();
    found
}

/// The code of a source in one line, without comments.
fn code(source: &str) -> String {
    source.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join(" ")
}

/// The paths into a package that a source names, behind the package's name; those of a group one by one.
fn paths(source: &str, package: &str) -> Vec<String> {
    let (code, start) = (code(source), format!("{package}::"));
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut found = Vec::new();
    for (at, _) in code.match_indices(&start).filter(|(at, _)| !code[..*at].ends_with(is_word)) {
        let rest = &code[at + start.len()..];
        let (path, behind) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        match behind.strip_prefix('{').and_then(|group| group.split_once('}')) {
            Some((group, _)) => {
                let names = group.split(',').map(str::trim).filter(|name| !name.is_empty());
                found.extend(names.map(|name| format!("{path}{name}")));
            }
            None => found.push(path.to_owned()),
        }
    }
    found
}

/// Whether a path into `domain` is one of languages and messages.
fn is_of_messages(path: &str) -> bool {
    path == "Language" || path.starts_with("words::") || path == "import::phrases::quoted"
}

/// Whether a path into `store` names a type or a constant, not a finder.
fn is_a_type(path: &str) -> bool {
    let path = path.split(" as ").next().unwrap_or(path);
    let last = path.rsplit("::").next().unwrap_or(path);
    path.starts_with("entity::") || last.starts_with(|first: char| first.is_ascii_uppercase())
}

#[test]
fn packages_depend_on_what_they_may_know() {
    let mut listed: Vec<&str> = ARROWS.iter().map(|(folder, _)| *folder).chain(["tests"]).collect();
    listed.sort_unstable();
    assert_eq!(members(), listed, "list each package with its arrows");
    let faults: Vec<String> =
        ARROWS.iter().flat_map(|(folder, _)| faults(folder, &read(Path::new(folder).join("Cargo.toml")))).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn documents_list_all_packages() {
    for page in ["README.md", "docs/architecture.md"] {
        let text = read(page);
        for folder in members() {
            let named = [format!("`{folder}`"), format!("`{folder}/`"), format!("`{}`", name_of(&folder))];
            assert!(named.iter().any(|name| text.contains(name)), "{page} does not list {folder}");
        }
    }
}

#[test]
fn transport_takes_only_languages_and_messages_from_domain() {
    for (name, source) in sources(&root().join("api/transport/src")) {
        for path in paths(&source, "domain") {
            assert!(is_of_messages(&path), "api/transport/src/{name} names domain::{path}");
        }
    }
}

#[test]
fn domain_names_the_database_only_for_columns_of_codes_and_ids_and_only_for_the_store() {
    let manifest = read("domain/Cargo.toml");
    assert!(manifest.contains("sea-orm = { workspace = true, optional = true }"), "sea-orm is optional in domain");
    let enables = |folder: &str| {
        let manifest = read(Path::new(folder).join("Cargo.toml"));
        manifest.lines().any(|line| line.starts_with("domain ") && line.contains("\"sea-orm\""))
    };
    let enabling: Vec<&str> = ARROWS.iter().map(|(folder, _)| *folder).filter(|folder| enables(folder)).collect();
    assert_eq!(enabling, ["api/store"]);
    let naming =
        sources(&root().join("domain/src")).into_iter().filter(|(_, source)| code(source).contains("sea_orm::"));
    assert_eq!(naming.map(|(name, _)| name).collect::<Vec<_>>(), ["id.rs", "string_enum.rs"]);
}

#[test]
fn schema_calls_finders_of_the_store_in_loaders_only() {
    let mut finders = 0;
    for (name, source) in sources(&root().join("api/schema/src")) {
        let is_loaders = name.ends_with("loaders.rs");
        for path in paths(&source, "store").into_iter().filter(|path| !is_a_type(path)) {
            assert!(
                is_loaders,
                "api/schema/src/{name} calls store::{path}: ask a use case of `app`, or load it in loaders.rs"
            );
            finders += 1;
        }
    }
    assert!(finders > 20, "only {finders} finders were found");
}

#[test]
fn dependencies_that_are_not_allowed_are_found() {
    let good = "[package]\nname = \"transport\"\n[dependencies]\ndomain = { workspace = true }\nlistener = { workspace = true }\n\
                [dev-dependencies]\nschema = { workspace = true }\n";
    assert_eq!(faults("api/transport", good), [""; 0]);
    for (bad, fault) in [
        (good.replace("listener", "store"), "[\"domain\", \"store\"]"),
        (good.replace("listener = ", "# listener = "), "depends on [\"domain\"]"),
        (good.replace("[dev-", "sea-orm.workspace = true\n[dev-"), "names sea-orm"),
        (good.replace("[dev-", "[target.'cfg(unix)'."), "\"schema\""),
    ] {
        let found = faults("api/transport", &bad);
        assert!(found.iter().any(|found| found.contains(fault)), "{bad}: {found:?}");
    }
}

#[test]
fn paths_that_are_not_allowed_are_found() {
    let source = "use store::entity::{units, rooms};\n// store::units::seen\nlet row = store::units::by_ids(&tx).await;\n\
                  use store::places::{\n    UnitOrder as Order,\n    first_units,\n}; store::rounds::LIST; blob_store::x();";
    let named = paths(source, "store");
    let finders: Vec<&str> = named.iter().map(String::as_str).filter(|path| !is_a_type(path)).collect();
    assert_eq!((named.len(), finders), (6, vec!["units::by_ids", "places::first_units"]));
    assert!(is_of_messages("Language") && is_of_messages("words::Phrase"));
    assert!(!is_of_messages("Caller") && !is_of_messages("defect::permit"));
}
