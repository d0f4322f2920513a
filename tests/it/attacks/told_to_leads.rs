//! The changes that the leads of a contractor get of the project: invitations and devices of the own company. Other
//! people who cannot read them get nothing.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::credentials::setup::{ACCEPT, GOOD, invited, staff};
use crate::sync::Tablet;

/// The readers, in the order of [`Act::told`].
const READERS: [&str; 5] = ["owner1", "worker.a", "lead.a", "lead.b", "supervisor"];

/// A command that changes the project, and the [`READERS`] who get the change.
struct Act {
    by: &'static str,
    command: &'static str,
    input: Value,
    told: [bool; 5],
}

/// A reader who pulls after each act.
struct Reader<'a> {
    tablet: Tablet<'a>,
    cursor: Value,
}

impl Reader<'_> {
    /// Reports an empty device, so that the device is known in the project.
    async fn report(&self) {
        let document = "mutation($input: DeviceReportInput!) { deviceReport(input: $input) { userErrors { code } } }";
        let input = json!({ "deviceId": self.tablet.id, "projectId": self.tablet.app.project.id, "waiting": [] });
        self.tablet.user.ok(document, json!({ "input": input })).await;
    }
}

/// Invitations of contractor A, of the developer and of an owner, and devices of contractor A and of an owner.
fn acts(app: &TestApp, workers_device: Uuid, owners_device: Uuid) -> Vec<Act> {
    let project = app.project.id;
    let act = |by, command, input, told| Act { by, command, input, told };
    let invited = |id: Uuid, company: &str, role: &str| {
        json!({ "invitationId": id, "projectId": project, "login": format!("new.{}", role.to_lowercase()), "name": "New",
            "companyId": app.project.company(company), "role": role })
    };
    let excused = |device: Uuid| json!({ "projectId": project, "deviceId": device, "reason": "it was lost" });
    let (first, second) = (v7(), v7());
    vec![
        act("lead.a", "memberInvite", invited(first, "A", "WORKER"), [false, false, true, false, true]),
        act("root", "invitationRevoke", json!({ "invitationId": first }), [false, false, true, false, true]),
        act("root", "memberInvite", invited(second, "A", "WORKER"), [false, false, true, false, true]),
        act("lead.a", "invitationRevoke", json!({ "invitationId": second }), [false, false, true, false, true]),
        act("manager", "memberInvite", invited(v7(), "DEV", "SITE_ENGINEER"), [false, false, false, false, true]),
        act("manager", "deviceExcuse", excused(workers_device), [false, true, true, false, true]),
        act("manager", "deviceExcuse", excused(owners_device), [true, false, false, false, true]),
    ]
}

async fn run(app: &TestApp, act: &Act) {
    let kind = format!("{}{}Input", act.command[..1].to_uppercase(), &act.command[1..]);
    let document =
        format!("mutation($input: {kind}!) {{ {}(input: $input) {{ userErrors {{ code }} }} }}", act.command);
    app.user(act.by).await.ok(&document, json!({ "input": act.input })).await;
}

on_both_databases! {
    async fn lead_gets_invitations_and_devices_of_the_own_company(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let mut readers = Vec::new();
        for login in READERS {
            let tablet = Tablet::of(&app, login).await;
            let (_, cursor) = tablet.pull(&Value::Null, &Value::Null).await;
            readers.push(Reader { tablet, cursor });
        }
        for reader in &readers[..2] {
            reader.report().await;
        }
        let early = readers[2].cursor.clone();
        for act in acts(&app, readers[1].tablet.id, readers[0].tablet.id) {
            run(&app, &act).await;
            for (reader, is_told) in readers.iter_mut().zip(act.told) {
                let what = format!("{} by {} for {}", act.command, act.by, reader.tablet.user.login);
                let (news, next) = reader.tablet.pull(&reader.cursor, &Value::Null).await;
                if is_told {
                    let kinds: Vec<_> = news.iter().map(|change| (&change["kind"], &change["id"])).collect();
                    assert_eq!(kinds, [(&json!("PROJECT"), &json!(app.project.id))], "{what}");
                    assert!(news[0]["object"].is_object() && next != reader.cursor, "{what}: {news:#?}");
                } else {
                    assert_eq!((&news, &next), (&Vec::new(), &reader.cursor), "{what}");
                }
                reader.cursor = next;
            }
        }
        // The project comes once, after an absence and in a full load, however it changed last.
        let is_project = |change: &&Value| change["kind"] == "PROJECT";
        let (news, _) = readers[2].tablet.pull(&early, &Value::Null).await;
        assert_eq!(news.iter().filter(is_project).count(), 1, "{news:#?}");
        for reader in &readers {
            let (all, _) = reader.tablet.pull(&Value::Null, &Value::Null).await;
            assert_eq!(all.iter().filter(is_project).count(), 1, "{}", reader.tablet.user.login);
        }
        let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
        run(&app, &Act { by: "manager", command: "projectPolicyUpdate", input: policy, told: [false; 5] }).await;
        let (news, _) = readers[2].tablet.pull(&early, &Value::Null).await;
        assert_eq!(news.iter().filter(is_project).count(), 1, "{news:#?}");
    }

    async fn lead_gets_the_acceptance_of_an_invitation_of_the_own_company(db: TestDb) {
        let app = TestApp::start(&db).await;
        let lead = app.user("lead.a").await;
        let (token, _) = invited(&lead, staff(&app, "new.one", "A", "WORKER")).await;
        let mut readers = Vec::new();
        for (login, is_told) in [("worker.a", false), ("lead.a", true), ("lead.b", false), ("supervisor", true)] {
            let tablet = Tablet::of(&app, login).await;
            let (_, cursor) = tablet.pull(&Value::Null, &Value::Null).await;
            readers.push((tablet, cursor, is_told));
        }
        let accepted = app.ask(None, ACCEPT, json!({ "input": { "token": token, "password": GOOD } })).await;
        assert_eq!(accepted["data"]["invitationAccept"]["userErrors"], json!([]), "{accepted}");
        for (tablet, cursor, is_told) in readers {
            let (news, _) = tablet.pull(&cursor, &Value::Null).await;
            let count = news.iter().filter(|change| change["kind"] == "PROJECT").count();
            assert_eq!(count, usize::from(is_told), "{}: {news:#?}", tablet.user.login);
        }
    }
}
