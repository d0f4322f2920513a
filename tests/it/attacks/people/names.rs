//! Names of people and companies: no name imitates another person's, and no name hides characters.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;

use super::end;
use super::imports::{file, import, messages, notes};
use crate::attacks::credentials::setup::{ACCEPT, INVITE, invited, staff};

const UPDATE: &str = "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) {
    person { name } userErrors { code field message } } }";

fn named(name: &str) -> Value {
    json!({ "input": { "name": name } })
}

/// An invitation under a name.
fn under(app: &TestApp, name: &str) -> Value {
    let mut input = staff(app, "new.one", "DEV", "SITE_ENGINEER");
    input["input"]["name"] = json!(name);
    input
}

on_both_databases! {
    async fn name_of_a_person_who_has_left_stays_taken(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, site, guest) = (app.user("manager").await, app.user("site").await, app.user("x.site").await);
        end(&app, "supervisor").await;
        for person in [&site, &app.user("owner1").await] {
            assert_eq!(person.refused(UPDATE, named("Supervisor BY name")).await, ["INVALID_VALUE"]);
        }
        assert_eq!(manager.refused(INVITE, under(&app, "supervisor by name")).await, ["INVALID_VALUE"]);
        guest.ok(UPDATE, named("supervisor by name")).await;
        let (token, _) = invited(&manager, staff(&app, "x.site", "DEV", "SITE_ENGINEER")).await;
        assert_eq!(guest.refused(ACCEPT, json!({ "input": { "token": token } })).await, ["INVALID_VALUE"]);
        let mut file = file();
        let entry = json!({ "login": "new.one", "name": "supervisor by name", "company": "DEV", "role": "SITE_ENGINEER" });
        file["people"].as_array_mut().expect("people").push(entry);
        let told = notes(&import(&manager, &file).await);
        assert!(told.iter().any(|note| note.starts_with("people[10].login: ignored:")), "{told:?}");
        // The person is added again with the own name.
        let back = staff(&app, "supervisor", "SUP", "SUPERVISING_ENGINEER");
        let (token, _) = invited(&manager, back).await;
        app.user("supervisor").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
    }

    /// By Cyrillic letters that look like Latin ones, and by another order of the words.
    async fn name_that_looks_like_one_of_another_party_is_taken(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, site, supervisor) =
            (app.user("manager").await, app.user("site").await, app.user("supervisor").await);
        supervisor.ok(UPDATE, named("Chen Wei 陈伟")).await;
        let imitations = [
            "\u{421}hen Wei 陈伟",
            "Chen W\u{435}i 陈伟",
            "CHEN W\u{415}\u{406} 陈伟",
            "Chen We\u{456} 陈伟",
            "陈伟 Chen Wei",
            "Wei, Chen 陈伟",
            "W\u{435}i Chen 陈伟",
            // Each script alone, or beside another name in the other script.
            "陈伟",
            "陳偉",
            "ChenWei",
            "Wei Chen",
            "Chen Wei 陈卫",
            "Chen Wen 陈伟",
        ];
        for (number, name) in imitations.into_iter().enumerate() {
            assert_eq!(site.refused(UPDATE, named(name)).await, ["INVALID_VALUE"], "{name}");
            assert_eq!(manager.refused(INVITE, under(&app, name)).await, ["INVALID_VALUE"], "{name}");
            let mut file = file();
            let login = format!("new.{number}");
            let entry = json!({ "login": login, "name": name, "company": "DEV", "role": "SITE_ENGINEER" });
            file["people"].as_array_mut().expect("people").push(entry);
            let told = notes(&import(&manager, &file).await);
            assert!(told.iter().any(|note| note.starts_with("people[10].login: ignored:")), "{name}: {told:?}");
        }
        let own = site.ok("{ viewer { name } }", json!({})).await;
        assert_eq!(own["viewer"]["name"], "site by name");
        // The person writes the own name in any order, and names that differ in each script are other names.
        supervisor.ok(UPDATE, named("Wei Chen 陈伟")).await;
        for other in ["陈卫", "伟陈", "Chen Wen 陈卫", "Chen 陈卫", "Wei", "陈伟 2"] {
            site.ok(UPDATE, named(other)).await;
        }
    }

    /// Beside a name in two scripts: each of them alone, without blanks, in traditional characters, in radicals.
    async fn a_part_of_a_name_in_two_scripts_is_taken(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, site, supervisor, guest) =
            (app.user("manager").await, app.user("site").await, app.user("supervisor").await, app.user("x.site").await);
        let (token, _) = invited(&manager, staff(&app, "x.site", "DEV", "SITE_ENGINEER")).await;
        for (name, parts) in [
            ("Sun Lihua 孙丽华", ["孙丽华", "孫麗華", "Sun Lihua", "SunLihua", "lihua sun"]),
            ("Ma Long 马龙", ["马龙", "馬龍", "\u{2EE2}\u{2EF0}", "MALONG", "Long, Ma"]),
        ] {
            supervisor.ok(UPDATE, named(name)).await;
            for part in parts {
                let refused = site.query(UPDATE, named(part)).await["data"]["personUpdate"]["userErrors"][0].clone();
                assert_eq!(refused["code"], "INVALID_VALUE", "{part}");
                let message = refused["message"].as_str().unwrap_or_default();
                assert!(message.contains("reads the same in one of its scripts"), "{part}: {message}");
                assert_eq!(manager.refused(INVITE, under(&app, part)).await, ["INVALID_VALUE"], "{part}");
                // The guest brings the name along.
                guest.ok(UPDATE, named(part)).await;
                let accept = json!({ "input": { "token": token } });
                assert_eq!(guest.refused(ACCEPT, accept).await, ["INVALID_VALUE"], "{part}");
            }
            let own = site.ok("{ viewer { name } }", json!({})).await;
            assert_eq!(own["viewer"]["name"], "site by name");
        }
        guest.ok(UPDATE, named("Long Wu 龙武")).await;
        guest.ok(ACCEPT, json!({ "input": { "token": token } })).await;
    }

    async fn only_one_of_two_concurrent_changes_to_one_name_succeeds(db: TestDb) {
        let app = TestApp::start(&db).await;
        let users = [app.user("site").await, app.user("supervisor").await, app.user("worker.a").await];
        for user in &users {
            user.ok("{ viewer { id } }", json!({})).await;
        }
        for round in 0..5 {
            let name = named(&format!("Chen Wei {round}"));
            let attempts = users.iter().map(|user| user.query(UPDATE, name.clone()));
            let answers: Vec<Value> = futures::future::join_all(attempts).await;
            let errors = answers.iter().map(|answer| &answer["data"]["personUpdate"]["userErrors"]);
            let mut codes: Vec<&str> = errors.map(|errors| errors[0]["code"].as_str().unwrap_or_default()).collect();
            codes.sort_unstable();
            assert_eq!(codes, ["", "INVALID_VALUE", "INVALID_VALUE"], "{answers:#?}");
        }
    }

    async fn no_name_has_line_breaks_or_hidden_characters(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, site, root) = (app.user("manager").await, app.user("site").await, app.user("root").await);
        for odd in ["Sun\nLihua", "Sun\tLihua", "Sun\u{2028}Lihua", "Sun \u{200D}Lihua", "Sun\u{200C} Lihua", "Sun\u{E0041}Lihua"] {
            assert_eq!(site.refused(UPDATE, named(odd)).await, ["TEXT_INVALID"], "{odd:?}");
            assert_eq!(manager.refused(INVITE, under(&app, odd)).await, ["TEXT_INVALID"], "{odd:?}");
            for (list, path) in [("people", "people[1].name"), ("companies", "companies[1].name"), ("owners", "owners[1].name")] {
                let mut file = file();
                file[list][1]["name"] = json!(odd);
                let told = messages(&root, &file).await;
                assert!(told.len() == 1 && told[0].starts_with(&format!("{path}: has line breaks")), "{odd:?}: {told:?}");
            }
        }
        let answer = site.query(UPDATE, named("Sun\nLihua")).await;
        let message = &answer["data"]["personUpdate"]["userErrors"][0]["message"];
        assert!(message.as_str().is_some_and(|message| message.contains("line breaks")), "{answer}");
        site.ok(UPDATE, named("Żółć 孙丽华 O'Neill")).await;
    }

    /// Some scripts spell names with joiners: such a name is accepted everywhere, and is equal to the name without
    /// joiners.
    async fn name_may_have_joiners_between_its_letters(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, site, root) = (app.user("manager").await, app.user("site").await, app.user("root").await);
        let joined = "علی\u{200C}رضا";
        let named_so = site.ok(UPDATE, named(joined)).await["personUpdate"]["person"]["name"].clone();
        assert_eq!(named_so, json!(joined));
        invited(&manager, under(&app, "සී\u{200D}ලා")).await;
        let mut file = file();
        file["people"][1]["name"] = json!(joined);
        file["companies"][1]["name"] = json!("ශ්\u{200D}රී");
        file["owners"][1]["name"] = json!(joined);
        import(&root, &file).await;
        // Without the joiner it is the same name.
        assert_eq!(app.user("supervisor").await.refused(UPDATE, named("علیرضا")).await, ["INVALID_VALUE"]);
    }

    async fn two_companies_cannot_have_equal_names(db: TestDb) {
        let app = TestApp::start(&db).await;
        let root = app.user("root").await;
        let company = |code: &str, name: &str| json!({ "code": code, "name": name, "kind": "CONTRACTOR" });
        let with = |more: &[Value]| {
            let mut file = file();
            file["companies"].as_array_mut().expect("companies").extend(more.iter().cloned());
            file
        };
        for same in ["Contractor A", "CONTRACTOR a", "Ｃｏｎｔｒａｃｔｏｒ A", "\u{421}ontr\u{430}ct\u{43E}r A"] {
            for user in [&root, &app.user("manager").await] {
                let told = messages(user, &with(&[company("C", same)])).await;
                assert_eq!(told, ["companies[5].name: reads the same as the name of \"A\"; each company needs a name of its own"]);
            }
        }
        let told = messages(&root, &with(&[company("C", "New Works"), company("D", "new works")])).await;
        assert!(told.len() == 1 && told[0].starts_with("companies[6].name: reads the same as the name of \"C\""), "{told:?}");
        let mut renamed = file();
        renamed["companies"][2]["name"] = json!("contractor a");
        assert!(messages(&root, &renamed).await[0].starts_with("companies[2].name: reads the same"));
        // A company that the file does not contain keeps its name taken.
        import(&root, &with(&[company("C", "New Works")])).await;
        assert!(messages(&root, &with(&[company("D", "New Works")])).await[0].contains("the name of \"C\""));
        // Companies may swap names in one file, and a repeated import changes nothing.
        let mut exchanged = file();
        exchanged["companies"][1]["name"] = json!("Contractor B");
        exchanged["companies"][2]["name"] = json!("Contractor A");
        import(&root, &exchanged).await;
        import(&root, &exchanged).await;
    }
}
