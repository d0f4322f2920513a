//! The import as a means to take another person's identity.

use domain::membership::placeholder_login;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::fixture;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;

use super::{END, end, events_named, membership, person};
use crate::attacks::credentials::setup::{ACCEPT, INVITE, invited, staff};
use crate::inspections::setup::Round;

const IMPORT: &str = "mutation($content: String!) { projectImport(input: { format: JSON, content: $content }) {
    report { kinds { kind created updated unchanged notInFileCodes } notes { path message } }
    userErrors { code message field } } }";

/// The project's own file.
pub(super) fn file() -> Value {
    fixture::document("HOME", "")
}

pub(super) async fn import(user: &User<'_>, file: &Value) -> Value {
    user.ok(IMPORT, json!({ "content": file.to_string() })).await["projectImport"]["report"].clone()
}

pub(super) async fn messages(user: &User<'_>, file: &Value) -> Vec<String> {
    let content = json!({ "content": file.to_string() });
    user.refused(IMPORT, content.clone()).await;
    let answer = user.query(IMPORT, content).await;
    let errors = answer["data"]["projectImport"]["userErrors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["message"].as_str().unwrap_or_default().to_owned()).collect()
}

pub(super) fn notes(report: &Value) -> Vec<String> {
    let notes = report["notes"].as_array().expect("notes");
    notes
        .iter()
        .map(|note| format!("{}: {}", note["path"].as_str().expect("a path"), note["message"].as_str().expect("words")))
        .collect()
}

fn created(report: &Value, kind: &str) -> Value {
    let kinds = report["kinds"].as_array().expect("kinds");
    kinds.iter().find(|tally| tally["kind"] == kind).expect("the kind")["created"].clone()
}

/// The file with the site engineer as the supervisor's engineer, under another name.
fn moved() -> Value {
    let mut file = file();
    file["people"][1] = json!({
        "login": "site", "name": "Sun Lihua", "company": "SUP", "role": "SUPERVISING_ENGINEER", "phone": "+86 1",
        "language": "ZH", "password": "a new password here",
    });
    file
}

on_both_databases! {
    async fn delivery_managers_import_moves_and_renames_no_person(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, site) = (app.user("manager").await, app.user("site").await);
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101"]).await;
        round.bring("1-101", "SUBMITTED").await;
        let before = (membership(&app, "site").await, person(&app, "site").await);
        let report = import(&manager, &moved()).await;
        let told = notes(&report);
        for field in ["name", "phone", "language", "password", "role"] {
            let named = told.iter().filter(|note| note.starts_with(&format!("people[1].{field}: ignored"))).count();
            assert_eq!(named, 1, "{field}: {told:#?}");
        }
        assert_eq!((membership(&app, "site").await, person(&app, "site").await), before);
        assert_eq!(events_named(&app, "MEMBERSHIP_CHANGED").await.len(), 0);
        // The engineer signs for the developer, and not a second time for another party.
        round.run(&site, "SIGN", "1-101").await;
        let read = round.read("1-101", "signatures { party role signerName company { code } }").await;
        assert_eq!(read["signatures"], json!([{
            "party": "DEVELOPER", "role": "SITE_ENGINEER", "signerName": "site by name", "company": { "code": "DEV" },
        }]));
        import(&manager, &moved()).await;
        assert_eq!(round.try_run(&site, "SIGN", "1-101").await, ["ALREADY_SIGNED"]);
    }

    async fn administrators_import_lists_each_change_of_a_person(db: TestDb) {
        let app = TestApp::start(&db).await;
        let root = app.user("root").await;
        let old = membership(&app, "site").await;
        let report = import(&root, &moved()).await;
        let told = notes(&report);
        let expected = [
            "people[1].name: changed from \"site by name\" to \"Sun Lihua\"",
            "people[1].phone: changed",
            "people[1].language: changed from EN to ZH",
            "people[1].password: ignored: this person has a password already",
            "people[1].role: changed from SITE_ENGINEER of DEV to SUPERVISING_ENGINEER of SUP",
        ];
        for line in expected {
            assert!(told.iter().any(|note| note == line), "{line}: {told:#?}");
        }
        let new = membership(&app, "site").await;
        assert_ne!(new.id, old.id, "another company is another membership");
        let ended = store::members::membership(app.app.db.read(), old.id).await.expect("memberships").expect("kept");
        assert_eq!((ended.active, ended.company_id), (false, old.company_id));
        let changed = events_named(&app, "MEMBERSHIP_CHANGED").await;
        assert_eq!((changed.len(), changed[0].person_id), (1, Some(root.id.into())));
        assert_eq!(changed[0].data["from"]["role"], "SITE_ENGINEER");
        assert_eq!(changed[0].data["to"]["role"], "SUPERVISING_ENGINEER");
        let renamed = events_named(&app, "PERSON_UPDATED").await;
        assert_eq!(renamed[0].data["name"], json!({ "from": "site by name", "to": "Sun Lihua" }));
        assert!(!renamed[0].data.to_string().contains("+86"), "events stay for ever: no phone");
    }

    async fn import_does_not_restore_an_ended_role(db: TestDb) {
        let app = TestApp::start(&db).await;
        end(&app, "worker.a").await;
        for login in ["manager", "root"] {
            let report = import(&app.user(login).await, &file()).await;
            assert!(notes(&report).iter().any(|note| note.starts_with("people[4].role: ignored")), "{report:#}");
            let role = store::projects::membership(app.app.db.read(), app.project.id.into(), app.person_id("worker.a").into()).await;
            assert_eq!(role.expect("memberships"), None);
        }
    }

    async fn existing_and_unknown_logins_get_the_same_answer(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let stranger = person(&app, "x.owner1").await.expect("a person of another project");
        let with = |login: &str, password: bool| {
            let mut file = file();
            let worker = json!({ "login": login, "name": format!("Person {login}"), "company": "DEV", "role": "SITE_ENGINEER", "phone": "1" });
            let mut owner = json!({ "login": format!("{login}.buyer"), "name": "Buyer", "units": [{ "unit": "1-201" }] });
            if password {
                owner["password"] = json!("a password of mine");
            }
            file["people"].as_array_mut().expect("people").push(worker);
            file["owners"].as_array_mut().expect("owners").push(owner);
            file
        };
        // With a password both are refused at the same place, with the same message.
        let refused = messages(&manager, &with("x.owner1", true)).await;
        assert_eq!(refused, messages(&manager, &with("never.heard", true)).await);
        assert!(refused[0].contains("only an administrator's import sets passwords"), "{refused:?}");
        // Without one both are added, and neither is linked with an existing person.
        let (known, unknown) = (import(&manager, &with("x.owner1", false)).await, import(&manager, &with("never.heard", false)).await);
        let counts = |report: &Value| (created(report, "PERSON"), created(report, "MEMBERSHIP"), created(report, "OWNERSHIP"));
        assert_eq!(counts(&known), (json!(2), json!(1), json!(1)));
        assert_eq!(counts(&known), counts(&unknown));
        assert_eq!((notes(&known), notes(&unknown)), (Vec::new(), Vec::new()));
        assert_eq!(person(&app, "x.owner1").await, Some(stranger.clone()));
        let theirs = store::projects::membership(app.app.db.read(), app.project.id.into(), stranger.id).await;
        assert_eq!(theirs.expect("memberships"), None, "no person is linked without consent");
        for login in ["x.owner1", "never.heard"] {
            let stands_in = person(&app, &placeholder_login(login, app.project.id.into())).await.expect("a placeholder");
            assert_eq!((stands_in.name, stands_in.password_hash), (format!("Person {login}"), None));
        }
        assert_eq!(person(&app, "never.heard").await, None, "a file takes no login that may be another person's");
        // The same file again finds both.
        let again = import(&manager, &with("x.owner1", false)).await;
        assert_eq!(counts(&again), (json!(0), json!(0), json!(0)));
        assert!(!again.to_string().contains('~'), "logins appear as people write them: {again:#}");
    }

    async fn placeholder_passes_to_the_person_whom_an_administrator_imports(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, root) = (app.user("manager").await, app.user("root").await);
        for (login, exists) in [("x.site", true), ("new.engineer", false)] {
            let mut file = file();
            let entry = json!({ "login": login, "name": "Somebody", "company": "DEV", "role": "SITE_ENGINEER" });
            file["people"].as_array_mut().expect("people").push(entry);
            import(&manager, &file).await;
            let stands_in = person(&app, &placeholder_login(login, app.project.id.into())).await.expect("a placeholder");
            import(&root, &file).await;
            let now = person(&app, login).await.expect("the login's person");
            assert_eq!(now.id == stands_in.id, !exists, "a free login is the placeholder's from now on");
            let role = |id| store::projects::membership(app.app.db.read(), app.project.id.into(), id);
            let roles = (role(now.id).await.expect("a role"), role(stands_in.id).await.expect("a role"));
            assert!(roles.0.is_some(), "{login}");
            assert_eq!(roles.1.is_some(), !exists, "{login}: no second one stays");
        }
    }

    async fn manager_imports_own_people_and_the_first_person_of_another_company(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let mut file = file();
        file["companies"].as_array_mut().expect("companies").push(json!({ "code": "C", "name": "C", "kind": "CONTRACTOR" }));
        let new = |login: &str, company: &str, role: &str| json!({ "login": login, "name": login, "company": company, "role": role });
        let people = file["people"].as_array_mut().expect("people");
        people.push(new("own.one", "DEV", "SITE_ENGINEER"));
        people.push(new("first.one", "C", "RECTIFICATION_LEAD"));
        people.push(new("second.one", "C", "WORKER"));
        people.push(new("sham", "SUP", "SUPERVISING_ENGINEER"));
        let report = import(&manager, &file).await;
        assert_eq!(created(&report, "MEMBERSHIP"), json!(2), "{report:#}");
        let told = notes(&report);
        assert_eq!(told.len(), 2, "{told:#?}");
        for (note, index) in told.iter().zip([12, 13]) {
            let start = format!("people[{index}].login: ignored: This can be done only for people of your own company");
            assert!(note.starts_with(&start), "{note}");
        }
        assert_eq!(person(&app, &placeholder_login("sham", app.project.id.into())).await, None);
        // Later the company has a person, and its own lead adds the others.
        file["people"].as_array_mut().expect("people").push(new("third.one", "C", "WORKER"));
        let report = import(&manager, &file).await;
        assert_eq!(created(&report, "MEMBERSHIP"), json!(0), "{report:#}");
        assert_eq!(events_named(&app, "MEMBERSHIP_ADDED").await.len(), 2);
    }

    async fn manager_adds_no_second_verifying_company(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, root) = (app.user("manager").await, app.user("root").await);
        for (kind, holder) in [("SUPERVISOR", "SUP"), ("PROPERTY", "PROP"), ("DEVELOPER", "DEV")] {
            let mut sham = file();
            let company = json!({ "code": "SHAM", "name": "The same (2)", "kind": kind });
            sham["companies"].as_array_mut().expect("companies").push(company);
            let refused = messages(&manager, &sham).await;
            let expected = format!("companies[5].kind: \"{holder}\" is the {kind} and has people; only an administrator");
            assert!(refused.len() == 1 && refused[0].starts_with(&expected), "{refused:?}");
        }
        // A contractor without people does not become one either.
        let mut turned = file();
        let company = |kind: &str| json!({ "code": "C", "name": "C", "kind": kind });
        turned["companies"].as_array_mut().expect("companies").push(company("CONTRACTOR"));
        import(&manager, &turned).await;
        turned["companies"][5] = company("SUPERVISOR");
        assert!(messages(&manager, &turned).await[0].starts_with("companies[5].kind: \"SUP\" is the SUPERVISOR"));
        // An administrator adds one, whose first person only the administrator may add.
        import(&root, &turned).await;
        let engineer = json!({ "login": "sham", "name": "Sham", "company": "C", "role": "SUPERVISING_ENGINEER" });
        turned["people"].as_array_mut().expect("people").push(engineer);
        let told = notes(&import(&manager, &turned).await);
        assert!(told.len() == 1 && told[0].starts_with("people[10].login: ignored: This can be done only"), "{told:?}");
        let companies = "query($id: ID!) { project(id: $id) { companies { id code } } }";
        let listed = manager.ok(companies, json!({ "id": app.project.id })).await["project"]["companies"].clone();
        let listed = listed.as_array().expect("companies").iter();
        let id = listed.filter(|company| company["code"] == "C").map(|company| company["id"].clone()).next();
        let mut invitation = staff(&app, "sham", "SUP", "SUPERVISING_ENGINEER");
        invitation["input"]["companyId"] = id.expect("the company");
        assert_eq!(manager.refused(INVITE, invitation.clone()).await, ["NOT_YOUR_COMPANY"]);
        root.ok(INVITE, invitation).await;
    }

    async fn manager_adds_only_the_first_person_of_a_party_without_people(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        end(&app, "supervisor").await;
        let mut file = file();
        for code in ["SUP2", "SUP3"] {
            let company = json!({ "code": code, "name": code, "kind": "SUPERVISOR" });
            file["companies"].as_array_mut().expect("companies").push(company);
            let person = json!({ "login": code.to_lowercase(), "name": code, "company": code, "role": "SUPERVISING_ENGINEER" });
            file["people"].as_array_mut().expect("people").push(person);
        }
        let report = import(&manager, &file).await;
        assert_eq!(created(&report, "MEMBERSHIP"), json!(1), "{report:#}");
        let told = notes(&report);
        assert!(told.iter().any(|note| note.starts_with("people[11].login: ignored: This can be done only")), "{told:?}");
        assert_eq!(manager.refused(INVITE, staff(&app, "third", "SUP", "SUPERVISING_ENGINEER")).await, ["NOT_YOUR_COMPANY"]);
    }

    async fn name_of_another_person_is_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, site, root) = (app.user("manager").await, app.user("site").await, app.user("root").await);
        let update = "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) {
            person { name } userErrors { code field message } } }";
        let named = |name: &str| json!({ "input": { "name": name } });
        for same in ["supervisor by name", " Supervisor BY name ", "ｓｕｐｅｒｖｉｓｏｒ by name", "super\u{AD}visor\u{202E} by name"] {
            for person in [&site, &app.user("owner1").await] {
                assert_eq!(person.refused(update, named(same)).await, ["INVALID_VALUE"], "{same:?}");
            }
        }
        let renamed = site.ok(update, named("Ana\u{202E} \u{2066}Silva\u{200F}")).await;
        assert_eq!(renamed["personUpdate"]["person"]["name"], "Ana Silva", "without marks of direction");
        site.ok(update, named("ANA Silva")).await;
        // Nor by an invitation, whether the inviter or the person writes the name.
        let mut sham = staff(&app, "sham", "DEV", "SITE_ENGINEER");
        sham["input"]["name"] = json!("Supervisor by name");
        assert_eq!(manager.refused(INVITE, sham.clone()).await, ["INVALID_VALUE"]);
        root.ok(INVITE, sham).await;
        let guest = app.user("x.site").await;
        guest.ok(update, named("supervisor by name")).await;
        let (token, _) = invited(&manager, staff(&app, "x.site", "DEV", "SITE_ENGINEER")).await;
        let accept = json!({ "input": { "token": token } });
        assert_eq!(guest.refused(ACCEPT, accept.clone()).await, ["INVALID_VALUE"]);
        guest.ok(update, named("Another one")).await;
        guest.ok(ACCEPT, accept).await;
        // Nor by a delivery manager's file.
        let mut file = file();
        let entry = json!({ "login": "sham", "name": "SUPERVISOR by name", "company": "DEV", "role": "SITE_ENGINEER" });
        file["people"].as_array_mut().expect("people").push(entry);
        let told = notes(&import(&manager, &file).await);
        assert!(told.iter().any(|note| note.starts_with("people[10].login: ignored:")), "{told:?}");
        assert_eq!(person(&app, &placeholder_login("sham", app.project.id.into())).await, None);
        import(&root, &file).await;
        assert!(person(&app, "sham").await.is_some(), "an administrator answers for two people of a name");
        // Within a party people may have the same name.
        let mut twin = staff(&app, "twin", "DEV", "SITE_ENGINEER");
        twin["input"]["name"] = json!("manager by name");
        manager.ok(INVITE, twin).await;
    }

    async fn placeholder_brings_no_person_to_another_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, lead, person) = (app.user("manager").await, app.user("lead.a").await, app.user("x.site").await);
        end(&app, "supervisor").await;
        let mut file = file();
        let engineer = json!({ "login": "x.site", "name": "E", "company": "SUP", "role": "SUPERVISING_ENGINEER" });
        file["people"].as_array_mut().expect("people").push(engineer);
        import(&manager, &file).await;
        let (token, _) = invited(&lead, staff(&app, "x.site", "A", "WORKER")).await;
        person.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        let worker = membership(&app, "x.site").await.id;
        let left = json!({ "input": { "membershipId": worker, "reason": "Left the company" } });
        lead.ok(END, left).await;
        // As an owner the person may be added again, and remains a former worker of the contractor.
        let home = json!({ "input": { "invitationId": v7(), "projectId": app.project.id, "login": "x.site", "name": "E",
            "ownedUnits": [{ "unitId": app.project.unit("1-201"), "kind": "OWNER" }] } });
        let (token, _) = invited(&manager, home).await;
        person.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        let found = store::projects::membership(app.app.db.read(), app.project.id.into(), person.id.into()).await;
        assert_eq!(found.expect("memberships"), None);
    }

    async fn yaml_that_hides_its_depth_is_refused_before_it_is_read(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let document = "mutation($content: String!) { projectImport(input: { format: YAML, content: $content }) {
            userErrors { message } } }";
        for deep in ["[']',", "[\"]\",", "[ # ]\n"] {
            let answer = manager.query(document, json!({ "content": deep.repeat(10_000) })).await;
            let message = answer["data"]["projectImport"]["userErrors"][0]["message"].as_str().unwrap_or_default();
            assert!(message.contains("more than 64 times"), "{deep:?}: {answer}");
        }
    }

    async fn companies_keep_their_kind_and_other_companies_their_name(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, root) = (app.user("manager").await, app.user("root").await);
        let mut renamed = file();
        renamed["companies"][3]["name"] = json!("Another supervisor");
        renamed["companies"][0]["name"] = json!("The developer");
        let told = notes(&import(&manager, &renamed).await);
        assert_eq!(told, [
            "companies[0].name: changed from \"Developer\" to \"The developer\"",
            "companies[3].name: ignored: only an administrator's import renames another company",
        ]);
        let told = notes(&import(&root, &renamed).await);
        assert_eq!(told, ["companies[3].name: changed from \"Supervisor\" to \"Another supervisor\""]);
        let mut turned = file();
        turned["companies"][1]["kind"] = json!("SUPERVISOR");
        for person in [3, 4] {
            turned["people"][person]["role"] = json!("SUPERVISING_ENGINEER");
        }
        turned["responsibilityRules"] = json!([]);
        for user in [manager, root] {
            let refused = messages(&user, &turned).await;
            assert!(refused[0].starts_with("companies[1].kind: \"A\" is a CONTRACTOR and has people"), "{refused:?}");
        }
    }

    async fn import_leaves_no_project_without_a_delivery_manager(db: TestDb) {
        let app = TestApp::start(&db).await;
        let root = app.user("root").await;
        end(&app, "site").await;
        // The only delivery manager of the file is a person whose role was ended.
        let mut demoted = file();
        demoted["people"][0]["role"] = json!("SITE_ENGINEER");
        demoted["people"][1]["role"] = json!("DELIVERY_MANAGER");
        let refused = messages(&root, &demoted).await;
        assert!(refused[0].contains("at least one delivery manager"), "{refused:?}");
        // With another one the first may leave, in any order in the file.
        let mut exchanged = file();
        exchanged["people"][0]["role"] = json!("CUSTOMER_RELATIONS");
        exchanged["people"][2]["role"] = json!("DELIVERY_MANAGER");
        import(&root, &exchanged).await;
        assert_eq!(membership(&app, "relations").await.role.as_str(), "DELIVERY_MANAGER");
        assert_eq!(membership(&app, "manager").await.role.as_str(), "CUSTOMER_RELATIONS");
    }
}
