//! The front page and the documents: their length, completeness, and agreement with the files and tests that they name.

use std::path::{Path, PathBuf};

/// The maximum number of lines of the front page.
const MOST_LINES: usize = 150;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The paths in a folder, sorted.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// The Markdown pages: the front page, its two companions, and the documents.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].iter().map(|name| root().join(name)).collect();
    pages.extend(entries(&root().join("docs")).into_iter().filter(|path| has_extension(path, "md")));
    pages
}

/// The lines of a page outside of its code blocks.
fn prose(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            lines.push(line);
        }
    }
    lines
}

/// The targets of the links of a page.
fn links(text: &str) -> Vec<&str> {
    let mut targets = Vec::new();
    for line in prose(text) {
        targets.extend(line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target));
    }
    targets
}

/// The anchors of the headings of a page, as GitHub makes them.
fn anchors(text: &str) -> Vec<String> {
    let is_kept = |letter: &char| letter.is_alphanumeric() || matches!(*letter, ' ' | '-' | '_');
    let headings = prose(text).into_iter().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            heading.chars().filter(is_kept).collect::<String>().replace(' ', "-")
        })
        .collect()
}

/// The fault of a link of a page; `None` for a valid one, and for addresses outside of the tree.
fn broken_link(page: &Path, target: &str) -> Option<String> {
    if target.contains("://") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() { page.to_owned() } else { page.with_file_name(file) };
    if !path.exists() {
        return Some(format!("{}: {target} leads to no file", page.display()));
    }
    let is_found = anchor.is_empty() || anchors(&read(&path)).iter().any(|found| found == anchor);
    (!is_found).then(|| format!("{}: {target} leads to no heading", page.display()))
}

/// The filters of the integration tests that the commands of a page run.
fn filters(text: &str) -> Vec<&str> {
    let after = text.lines().filter_map(|line| line.split_once("--test it "));
    let words = after.filter_map(|(_, rest)| rest.trim_start_matches("-- ").split_whitespace().next());
    words.map(|word| word.trim_end_matches(['`', ')', ',', '.'])).collect()
}

/// Whether the filter finds a module of the integration tests, or the beginning of a test's name in one.
fn finds_tests(filter: &str) -> bool {
    let mut place = root().join("tests/it");
    for part in filter.split("::") {
        let (folder, file) = (place.join(part), place.join(format!("{part}.rs")));
        if folder.is_dir() {
            place = folder;
        } else if file.is_file() {
            place = file;
        } else {
            return sources(&place).iter().any(|source| source.contains(&format!("fn {part}")));
        }
    }
    true
}

/// The sources of a module: of its file, or of all files in its folder and of the file beside that.
fn sources(module: &Path) -> Vec<String> {
    if module.is_file() {
        return vec![read(module)];
    }
    let mut files = entries(module);
    files.push(module.with_extension("rs"));
    files.iter().filter(|path| path.is_file() && has_extension(path, "rs")).map(|path| read(path)).collect()
}

#[test]
fn front_page_is_short_and_names_every_document() {
    let text = read(&root().join("README.md"));
    let count = text.lines().count();
    assert!(count <= MOST_LINES, "README.md has {count} lines, {MOST_LINES} at most");
    let targets = links(&text);
    let documents = entries(&root().join("docs"));
    assert!(documents.len() > 10, "{documents:?}");
    for document in documents {
        let name = document.file_name().expect("a name").to_string_lossy().into_owned();
        let target = format!("docs/{name}");
        assert!(targets.contains(&target.as_str()), "README.md does not name {target}");
    }
}

#[test]
fn every_relative_link_leads_to_a_file_and_heading() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = read(&page);
        broken.extend(links(&text).into_iter().filter_map(|target| broken_link(&page, target)));
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_documented_test_command_finds_tests() {
    let mut lost = Vec::new();
    let mut count = 0;
    for page in pages() {
        let text = read(&page);
        for filter in filters(&text) {
            count += 1;
            if !finds_tests(filter) {
                lost.push(format!("{}: {filter}", page.display()));
            }
        }
    }
    assert!(count > 15, "only {count} commands were found");
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn broken_links_and_lost_filters_are_found_out() {
    let page = "# A page\nsee [one](one.md), [two](two.md#part) and [here](#a-page)\n```sh\n# [no](link.md)\n```\n";
    assert_eq!(links(page), ["one.md", "two.md#part", "#a-page"]);
    assert_eq!(anchors("## The S3 store, and `Garage`!\n"), ["the-s3-store-and-garage"]);
    let readme = root().join("README.md");
    assert_eq!(broken_link(&readme, "docs/sync.md"), None);
    assert_eq!(broken_link(&readme, "https://example.com/no"), None);
    assert!(broken_link(&readme, "docs/no.md").is_some_and(|fault| fault.ends_with("docs/no.md leads to no file")));
    assert!(broken_link(&readme, "docs/sync.md#no").is_some_and(|fault| fault.ends_with("leads to no heading")));
    let commands = "cargo test -p tests --test it -- sync::docs_example --nocapture`\ncargo test --test it documents)";
    assert_eq!(filters(commands), ["sync::docs_example", "documents"]);
    assert!(finds_tests("photos::kills::no_photo") && finds_tests("clocks"));
    assert!(!finds_tests("photos::kills::no_such_test") && !finds_tests("no_such_module"));
}
