use std::collections::BTreeSet;

use super::*;

#[test]
fn secrets_are_not_shown() {
    let settings = Settings {
        database_url: Some("postgres://handover:canary@db.example/handover".to_owned()),
        s3_access_key: Some("access".to_owned()),
        s3_secret_key: Some("canary".to_owned()),
        ..Settings::default()
    };
    let shown = format!("{settings:?} {settings:#?}");
    assert!(!shown.contains("canary") && shown.contains("db.example"), "{shown}");
}

#[test]
fn an_endpoint_with_a_password_is_refused() {
    let keys =
        Settings { s3_access_key: Some("a".to_owned()), s3_secret_key: Some("b".to_owned()), ..Settings::default() };
    let own = Settings { s3_endpoint: Some("http://user:canary@objects.example".to_owned()), ..keys };
    let public = Settings { s3_public_endpoint: Some("https://canary@o.example".to_owned()), ..Settings::default() };
    for settings in [own, public] {
        let said = settings.check().expect_err("refused").to_string();
        assert!(said.contains("without user and password") && !said.contains("canary"), "{said}");
    }
    assert!(Settings::default().check().is_ok());
}

/// The rows of the table in `docs/configuration.md`: environment, name in the file, default.
fn documented() -> Vec<[String; 3]> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let text = std::fs::read_to_string(file).expect("docs/configuration.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        [cells[1], cells[2], cells[3]].map(str::to_owned)
    })
    .collect()
}

#[test]
fn every_setting_is_documented_with_its_default() {
    let refused = serde_json::from_str::<Settings>(r#"{ "no setting": 1 }"#).expect_err("an unknown name");
    // "unknown field `no setting`, expected one of `listen`, `data`, …"
    let message = refused.to_string();
    let names = message.split('`').skip(3).step_by(2);
    let declared: BTreeSet<String> = names.map(|name| format!("`{name}`")).collect();
    assert!(declared.len() > 25, "{message}");
    let rows = documented();
    let told: BTreeSet<String> = rows.iter().map(|[_, name, _]| name.clone()).collect();
    assert_eq!(told, declared, "the settings in docs/configuration.md and those in the code");
    assert_eq!(rows.len(), told.len(), "a setting has two rows in docs/configuration.md");
    let defaults = serde_json::to_value(Settings::default()).expect("settings as JSON");
    for [environment, cell, default] in rows {
        let name = cell.trim_matches('`');
        let prefix = if name == "database_url" || name.starts_with("s3_") { "" } else { "HANDOVER_" };
        assert_eq!(environment, format!("`{prefix}{}`", name.to_uppercase()));
        match &defaults[name] {
            // Without a default, the table explains the behaviour in words.
            serde_json::Value::Null => assert!(!default.is_empty(), "{name}"),
            serde_json::Value::String(text) => assert_eq!(default, format!("`{text}`"), "{name}"),
            value => assert_eq!(default, format!("`{value}`"), "{name}"),
        }
    }
}

#[test]
fn setting_of_an_earlier_version_is_refused_as_unknown() {
    let refused = serde_json::from_str::<Settings>(r#"{ "live_deaf": false }"#).expect_err("an unknown name");
    assert!(refused.to_string().starts_with("unknown field `live_deaf`"), "{refused}");
}

#[test]
fn settings_named_like_secrets_are_masked() {
    // The refusal of an unknown name lists all names.
    let refusal = serde_json::from_value::<Settings>(serde_json::json!({ "?": 1 })).expect_err("no such setting");
    let refusal = refusal.to_string();
    let names: Vec<&str> = refusal.split('`').skip(3).step_by(2).collect();
    let is_secret = |name: &&&str| ["password", "secret", "key", "token"].iter().any(|word| name.contains(word));
    let secrets: Vec<&&str> = names.iter().filter(is_secret).collect();
    for known in ["demo_password", "s3_access_key", "s3_secret_key"] {
        assert!(secrets.iter().any(|name| **name == known), "{known} in {names:?}");
    }
    for name in secrets {
        let mut given = serde_json::Map::new();
        given.insert((*name).to_owned(), "canary".into());
        let settings: Settings = serde_json::from_value(given.into()).expect("settings");
        let printed = serde_json::to_string(&settings.redacted()).expect("JSON");
        let shown = format!("{settings:?} {settings:#?} {printed}");
        assert!(!shown.contains("canary") && shown.contains("(set)"), "{name}: {shown}");
    }
}

#[test]
fn page_is_enabled_by_default_only_with_the_demo() {
    let with = |demo, page| Settings { demo, page, ..Settings::default() }.page();
    assert!(with(None, None) && with(Some(true), None) && with(Some(false), Some(true)));
    assert!(!with(Some(false), None) && !with(None, Some(false)));
}
