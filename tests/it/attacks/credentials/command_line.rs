//! `handover password` and `handover administrator`, run as processes.

use std::process::{Output, Stdio};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use store::entity::people;
use tests::app::TestApp;
use tests::fixture::PASSWORD;
use tests::on_both_databases;
use tokio::io::AsyncWriteExt as _;

use super::setup::{GOOD, sign_in};
use crate::server_process::program;

/// Runs the program's command line with a password on its standard input.
async fn run(app: &TestApp, url: &str, arguments: &[&str], input: &str) -> Output {
    // These commands do not connect to the store.
    let mut command = program(app.folder.path(), url, "127.0.0.1:9");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn().expect("the program is built");
    let mut stdin = child.stdin.take().expect("an input");
    // A command that reads no input closes the pipe.
    let _ = stdin.write_all(format!("{input}\n").as_bytes()).await;
    drop(stdin);
    child.wait_with_output().await.expect("it ends")
}

fn output_text(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains(GOOD), "a password is never printed: {text}");
    text
}

async fn person(app: &TestApp, login: &str) -> Option<people::Model> {
    people::Entity::find().filter(people::Column::Login.eq(login)).one(app.app.db.read()).await.expect("people")
}

on_both_databases! {
    async fn command_line_sets_a_password_without_making_an_administrator(db: TestDb) {
        let app = TestApp::start(&db).await;
        let session = sign_in(&app, "site", PASSWORD).await;
        let refused = run(&app, &db.settings.url, &["password", "site"], "qwertyuiop").await;
        assert!(!refused.status.success() && output_text(&refused).contains("most used"), "{}", output_text(&refused));
        let unknown = run(&app, &db.settings.url, &["password", "nobody.here"], GOOD).await;
        assert!(!unknown.status.success() && output_text(&unknown).contains("there is no person with the login"), "{}", output_text(&unknown));
        let done = run(&app, &db.settings.url, &["password", "SITE"], GOOD).await;
        assert!(done.status.success() && output_text(&done).contains("1 session was ended"), "{}", output_text(&done));
        app.app.caller_cache.forget();
        let answer = app.ask(session["accessToken"].as_str(), "{ viewer { id } }", json!({})).await;
        assert!(answer["data"].is_null() || answer["data"]["viewer"].is_null(), "{answer}");
        let again = sign_in(&app, "site", GOOD).await;
        assert_eq!(again["viewer"]["administrator"], false, "a stolen session is not promoted either");
        assert!(sign_in(&app, "site", PASSWORD).await.is_null());
    }

    async fn command_line_makes_and_revokes_administrators(db: TestDb) {
        let app = TestApp::start(&db).await;
        let url = db.settings.url.as_str();
        let no_name = run(&app, url, &["administrator", "boss@dev.example"], GOOD).await;
        assert!(!no_name.status.success() && output_text(&no_name).contains("handover administrator boss@dev.example"));
        let made = run(&app, url, &["administrator", "boss@dev.example", "The Boss"], GOOD).await;
        assert!(made.status.success() && output_text(&made).contains("is a new person and an administrator"), "{}", output_text(&made));
        assert_eq!(sign_in(&app, "boss@dev.example", GOOD).await["viewer"]["administrator"], true);

        // An existing person keeps the password, unless the option says otherwise.
        let before = person(&app, "site").await.expect("site");
        let granted = run(&app, url, &["administrator", "site", "Another Name"], "an unused password").await;
        assert!(granted.status.success() && output_text(&granted).contains("The password was not changed"), "{}", output_text(&granted));
        let after = person(&app, "site").await.expect("site");
        assert!(after.administrator);
        assert_eq!((after.password_hash, &after.name), (before.password_hash, &before.name));
        let revoked = run(&app, url, &["administrator", "site", "--revoke"], "").await;
        assert!(revoked.status.success() && output_text(&revoked).contains("no administrator any more"), "{}", output_text(&revoked));
        assert!(!person(&app, "site").await.expect("site").administrator);
        let twice = run(&app, url, &["administrator", "site", "--revoke"], "").await;
        assert!(twice.status.success() && output_text(&twice).contains("nothing has changed"), "{}", output_text(&twice));
        let with = run(&app, url, &["administrator", "site", "--password"], GOOD).await;
        assert!(with.status.success() && output_text(&with).contains("The password was changed"), "{}", output_text(&with));
        assert!(sign_in(&app, "site", GOOD).await.is_object());
    }
}
