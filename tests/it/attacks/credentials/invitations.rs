//! Invitations: valid once, for one login, while the inviter has the right to invite.

use domain::id::PersonId;
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{memberships, one_time_links, people};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::setup::{ACCEPT, GOOD, INVITE, LINK, RESET_CREATE, REVOKE, accept, code, invited, sign_in, staff, token_of};

const LIST: &str = "query($project: ID!) { project(id: $project) { invitations { nodes { id login } } } }";

async fn ids_of(app: &TestApp, login: &str) -> Vec<PersonId> {
    let found = people::Entity::find().filter(people::Column::Login.eq(login)).all(app.app.db.read()).await;
    found.expect("people").into_iter().map(|person| person.id).collect()
}

async fn memberships_of(app: &TestApp, login: &str) -> u64 {
    let ids = ids_of(app, login).await;
    let found = memberships::Entity::find()
        .filter(memberships::Column::PersonId.is_in(ids))
        .filter(memberships::Column::Active.eq(true));
    found.count(app.app.db.read()).await.expect("a count")
}

async fn end_membership_of(app: &TestApp, login: &str) {
    use sea_orm::sea_query::Expr;
    let ended = memberships::Entity::update_many()
        .col_expr(memberships::Column::Active, Expr::value(false))
        .filter(memberships::Column::PersonId.eq(app.person_id(login)));
    app.app.db.write(async |tx| ended.exec(tx).await).await.expect("ended");
    app.app.caller_cache.forget();
}

on_both_databases! {
    async fn invitation_creates_a_person_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let (token, _) = invited(&manager, staff(&app, " New.Site@Dev.example ", "DEV", "SITE_ENGINEER")).await;
        let link = app.ask(None, LINK, json!({ "token": token })).await["data"]["oneTimeLink"].clone();
        let expected = json!({ "kind": "INVITATION", "login": "new.site@dev.example", "projectName": "Project HOME",
            "companyName": "Developer", "role": "SITE_ENGINEER", "unitCodes": [] });
        assert_eq!(link, expected);
        assert!(ids_of(&app, "new.site@dev.example").await.is_empty(), "no person exists before the acceptance");

        let accepted = accept(&app, &token, Some(GOOD)).await;
        assert_eq!(accepted["login"], "new.site@dev.example", "{accepted}");
        let session = sign_in(&app, "new.site@dev.example", GOOD).await;
        let expected = json!({ "name": "New Person New.Site@Dev.example", "administrator": false,
            "memberships": [{ "role": "SITE_ENGINEER", "company": { "code": "DEV" } }] });
        assert_eq!(session["viewer"], expected);

        let again = accept(&app, &token, Some("another password")).await;
        assert_eq!(code(&again), "LINK_INVALID");
        assert!(sign_in(&app, "new.site@dev.example", "another password").await.is_null());
    }

    async fn invitation_gives_only_its_own_role(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        // The import creates a placeholder for the login of a person whom it may not link: as an owner, and as an
        // engineer.
        let mut file = tests::fixture::document("HOME", "");
        let buyer = json!({ "login": "x.owner1", "name": "Buyer", "units": [{ "unit": "1-201" }] });
        file["owners"].as_array_mut().expect("owners").push(buyer);
        let engineer = json!({ "login": "x.site", "name": "Engineer", "company": "DEV", "role": "SITE_ENGINEER", "phone": "1" });
        file["people"].as_array_mut().expect("people").push(engineer);
        let import = "mutation($content: String!) { projectImport(input: { format: JSON, content: $content }) {
            userErrors { code message } } }";
        manager.ok(import, json!({ "content": file.to_string() })).await;
        let positions = "{ viewer { homes { code } memberships { role project { code } } } }";
        let (lead, relations) = (app.user("lead.a").await, app.user("relations").await);
        let owner = json!({ "input": { "invitationId": v7(), "projectId": app.project.id, "login": "x.site", "name": "New",
            "ownedUnits": [{ "unitId": app.project.unit("1-202"), "kind": "CO_OWNER" }] } });
        for (inviter, input, login, homes, roles) in [
            (&lead, staff(&app, "x.owner1", "A", "WORKER"), "x.owner1", json!([]), json!(["WORKER"])),
            (&relations, owner, "x.site", json!([]), json!([])),
        ] {
            let (token, _) = invited(inviter, input).await;
            let person = app.user(login).await;
            let accepted = app.ask(Some(&person.token().await), ACCEPT, json!({ "input": { "token": token } })).await;
            assert_eq!(accepted["data"]["invitationAccept"]["userErrors"], json!([]), "{accepted}");
            let viewer = app.user(login).await.ok(positions, json!({})).await["viewer"].clone();
            let own = |list: &Value| -> Vec<Value> {
                let all = list.as_array().expect("a list").iter();
                all.filter(|one| one["project"]["code"] == "HOME").map(|one| one["role"].clone()).collect()
            };
            assert_eq!(json!(own(&viewer["memberships"])), roles, "{login}: {viewer}");
            let of_project = viewer["homes"].as_array().expect("homes").iter().filter(|home| home["code"] == "1-201");
            assert_eq!(json!(of_project.collect::<Vec<_>>()), homes, "{login}: {viewer}");
        }
    }

    async fn used_expired_revoked_and_unknown_tokens_are_refused_alike(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let (expired, _) = invited(&manager, staff(&app, "late", "DEV", "SITE_ENGINEER")).await;
        app.advance_seconds(7 * 24 * 60 * 60);
        let (used, _) = invited(&manager, staff(&app, "used", "DEV", "SITE_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &used, Some(GOOD)).await), "");
        let (revoked, id) = invited(&manager, staff(&app, "revoked", "DEV", "SITE_ENGINEER")).await;
        for _ in 0..2 {
            manager.ok(REVOKE, json!({ "input": { "invitationId": id } })).await;
        }
        let unknown = "x".repeat(43);
        let mut answers = Vec::new();
        for token in [&used, &expired, &revoked, &unknown, &String::new()] {
            let (input, weak) = (json!({ "token": token, "password": GOOD }), json!({ "token": token, "password": "short" }));
            let refused = app.ask(None, ACCEPT, json!({ "input": input })).await;
            assert_eq!(refused, app.ask(None, ACCEPT, json!({ "input": weak })).await);
            answers.push((refused, app.ask(None, LINK, json!({ "token": token })).await));
        }
        assert_eq!(code(&answers[0].0["data"]["invitationAccept"]), "LINK_INVALID");
        assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:#?}");
        // A closed invitation is not listed, and an accepted one cannot be withdrawn.
        let listed = manager.ok(LIST, json!({ "project": app.project.id })).await;
        assert_eq!(listed["project"]["invitations"]["nodes"], json!([]));
    }

    async fn only_one_of_two_concurrent_uses_succeeds(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        for round in 0..3 {
            let login = format!("racer{round}");
            let (token, _) = invited(&manager, staff(&app, &login, "DEV", "SITE_ENGINEER")).await;
            let uses = (0..6).map(|n| {
                let (app, token) = (&app, &token);
                async move { accept(app, token, Some(&format!("the password of {n}"))).await }
            });
            let answers = join_all(uses).await;
            let mut codes: Vec<&str> = answers.iter().map(code).collect();
            codes.sort_unstable();
            assert_eq!(codes[0], "", "{answers:?}");
            assert!(codes[1..].iter().all(|code| *code == "LINK_INVALID"), "{codes:?}");
            assert_eq!((ids_of(&app, &login).await.len(), memberships_of(&app, &login).await), (1, 1));
            let winner = answers.iter().position(|answer| code(answer).is_empty()).expect("one wins");
            for n in 0..6 {
                let session = sign_in(&app, &login, &format!("the password of {n}")).await;
                assert_eq!(session.is_object(), n == winner, "only the winner's password is good");
                app.advance_seconds(1_000);
            }
        }
    }

    async fn only_one_of_two_concurrent_uses_by_a_signed_in_person_succeeds(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let (token, _) = invited(&manager, staff(&app, "x.site", "DEV", "SITE_ENGINEER")).await;
        let person = app.user("x.site").await.token().await;
        let input = json!({ "input": { "token": token } });
        let answers = join_all((0..6).map(|_| app.ask(Some(&person), ACCEPT, input.clone()))).await;
        let mut codes: Vec<&str> = answers.iter().map(|answer| code(&answer["data"]["invitationAccept"])).collect();
        codes.sort_unstable();
        assert_eq!(codes[0], "", "{answers:?}");
        assert!(codes[1..].iter().all(|code| *code == "LINK_INVALID"), "{codes:?}");
        assert_eq!(memberships_of(&app, "x.site").await, 2);
    }

    async fn invitation_is_invalid_after_its_inviter_lost_the_right(db: TestDb) {
        let app = TestApp::start(&db).await;
        let lead = app.user("lead.a").await;
        let (token, _) = invited(&lead, staff(&app, "friend", "A", "WORKER")).await;
        end_membership_of(&app, "lead.a").await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "LINK_INVALID");
        assert!(app.ask(None, LINK, json!({ "token": token })).await["data"]["oneTimeLink"].is_null());
        assert!(ids_of(&app, "friend").await.is_empty(), "nothing is left of the attempt");
    }

    async fn inviter_cannot_exceed_the_own_right(db: TestDb) {
        let app = TestApp::start(&db).await;
        let cases = [
            ("lead.a", "B", "WORKER", "NOT_YOUR_COMPANY"),
            ("lead.a", "DEV", "DELIVERY_MANAGER", "NOT_YOUR_COMPANY"),
            ("manager", "SUP", "SUPERVISING_ENGINEER", "NOT_YOUR_COMPANY"),
            ("worker.a", "A", "WORKER", "ROLE_NOT_ALLOWED"),
            ("site", "DEV", "SITE_ENGINEER", "ROLE_NOT_ALLOWED"),
            ("owner1", "DEV", "SITE_ENGINEER", "NOT_FOUND"),
            ("x.manager", "DEV", "SITE_ENGINEER", "NOT_FOUND"),
            ("manager", "DEV", "WORKER", "ROLE_NOT_OF_COMPANY"),
        ];
        for (login, company, role, expected) in cases {
            let refused = app.user(login).await.refused(INVITE, staff(&app, "friend", company, role)).await;
            assert_eq!(refused, [expected], "{login} for {company} {role}");
        }
        let owner = json!({ "input": { "invitationId": v7(), "projectId": app.project.id, "login": "buyer", "name": "Buyer",
            "ownedUnits": [{ "unitId": app.project.unit("1-201"), "kind": "OWNER" }] } });
        assert_eq!(app.user("lead.a").await.refused(INVITE, owner.clone()).await, ["ROLE_NOT_ALLOWED"]);
        let mut foreign = owner.clone();
        foreign["input"]["ownedUnits"][0]["unitId"] = json!(app.other.unit("1-201"));
        assert_eq!(app.user("relations").await.refused(INVITE, foreign).await, ["NOT_FOUND"]);
        let (token, _) = invited(&app.user("relations").await, owner).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        assert!(sign_in(&app, "buyer", GOOD).await.is_object());
    }

    async fn inviter_learns_nothing_about_existing_logins(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        manager.ok("{ viewer { id } }", json!({})).await;
        // `x.site` exists on the server, but is unknown to this manager; `site` is a colleague; `root` an
        // administrator.
        let mut answers = Vec::new();
        let mut tokens = Vec::new();
        for login in ["nobody.at.all", "x.site", "site", "root"] {
            let recording = app.app.db.statements().record();
            let mut data = manager.ok(INVITE, staff(&app, login, "DEV", "SITE_ENGINEER")).await;
            let statements = recording.texts();
            let payload = &mut data["memberInvite"];
            let token = token_of(&payload["link"]);
            assert_eq!(payload["invitation"]["login"], login);
            payload["link"] = json!(null);
            payload["invitation"] = json!(null);
            // Before the use of the link, the inviter sees no difference either.
            let weak = accept(&app, &token, Some("short")).await;
            let none = accept(&app, &token, None).await;
            let own = manager.query(ACCEPT, json!({ "input": { "token": token, "password": GOOD } })).await;
            answers.push((data, statements, weak, none, own));
            tokens.push(token);
        }
        assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:#?}");
        assert_eq!(code(&answers[0].2), "INVALID_VALUE");
        assert_eq!(code(&answers[0].3), "SIGN_IN_FIRST");
        // An existing person must sign in, because a stranger's password must open nothing.
        assert_eq!(code(&accept(&app, &tokens[1], Some(GOOD)).await), "SIGN_IN_FIRST");
        assert!(sign_in(&app, "x.site", GOOD).await.is_null());
        let joined = app.user("x.site").await.ok(ACCEPT, json!({ "input": { "token": tokens[1] } })).await;
        assert_eq!(joined["invitationAccept"]["login"], "x.site");
        assert_eq!(memberships_of(&app, "x.site").await, 2);
        let name = people::Entity::find_by_id(app.person_id("x.site")).one(app.app.db.read()).await.expect("a row");
        assert_eq!(name.expect("a person").name, "x.site by name", "the inviter's name for the person changes nothing");
    }

    async fn pending_invitations_are_read_and_withdrawn_by_permitted_inviters_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let lead = app.user("lead.a").await;
        let (token, id) = invited(&lead, staff(&app, "friend", "A", "WORKER")).await;
        for (login, sees) in [("lead.a", true), ("lead.b", false), ("manager", false), ("worker.a", false), ("site", false)] {
            let listed = app.user(login).await.ok(LIST, json!({ "project": app.project.id })).await;
            let nodes = listed["project"]["invitations"]["nodes"].as_array().map_or(0, Vec::len);
            assert_eq!(nodes, usize::from(sees), "{login}");
        }
        let revoke = json!({ "input": { "invitationId": id } });
        // For a person who may not read it, it is answered like an unknown one.
        for login in ["x.manager", "lead.b", "manager", "site", "worker.a", "supervisor"] {
            let user = app.user(login).await;
            for revoke in [&revoke, &json!({ "input": { "invitationId": v7() } })] {
                assert_eq!(user.refused(REVOKE, revoke.clone()).await, ["NOT_FOUND"], "{login}");
            }
        }
        // A repetition after a lost answer is the same invitation, without a second link.
        let input = staff(&app, "friend.two", "A", "WORKER");
        lead.ok(INVITE, input.clone()).await;
        let again = lead.ok(INVITE, input).await;
        assert!(again["memberInvite"]["link"].is_null() && again["memberInvite"]["invitation"].is_object(), "{again}");
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        assert_eq!(lead.refused(REVOKE, revoke).await, ["ENDED"]);
    }
}

on_both_databases! {
    async fn person_without_a_password_is_not_taken_over(db: TestDb) {
        use sea_orm::sea_query::Expr;
        let app = TestApp::start(&db).await;
        for login in ["x.site", "site"] {
            let update = people::Entity::update_many()
                .col_expr(people::Column::PasswordHash, Expr::value(None::<String>))
                .filter(people::Column::Login.eq(login));
            app.app.db.write(async |tx| update.exec(tx).await).await.expect("no password");
        }
        let manager = app.user("manager").await;
        let (token, _) = invited(&manager, staff(&app, "x.site", "DEV", "SITE_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "SIGN_IN_FIRST");
        assert!(sign_in(&app, "x.site", GOOD).await.is_null());
        // The developer's own engineer gets a first password, and keeps the only role.
        let (token, _) = invited(&manager, staff(&app, "site", "DEV", "SITE_ENGINEER")).await;
        let answer: Value = accept(&app, &token, Some(GOOD)).await;
        assert_eq!(code(&answer), "", "{answer}");
        assert!(sign_in(&app, "site", GOOD).await.is_object());
        assert_eq!(memberships_of(&app, "site").await, 1);
    }

    async fn closed_links_are_removed_after_30_days(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let (used, _) = invited(&manager, staff(&app, "used", "DEV", "SITE_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &used, Some(GOOD)).await), "");
        let (_, revoked) = invited(&manager, staff(&app, "revoked", "DEV", "SITE_ENGINEER")).await;
        manager.ok(REVOKE, json!({ "input": { "invitationId": revoked } })).await;
        invited(&manager, staff(&app, "open", "DEV", "SITE_ENGINEER")).await;
        manager.ok(RESET_CREATE, json!({ "input": { "personId": app.person_id("site") } })).await;
        let day = 24 * 60 * 60;
        // Days from now, and the number of remaining links: each is removed 30 days after its use, withdrawal or
        // expiry.
        for (seconds, removed, left) in
            [(30 * day, 0, 4), (1, 2, 2), (day, 1, 1), (6 * day - 2, 0, 1), (2, 1, 0), (day, 0, 0)]
        {
            app.advance_seconds(seconds);
            let report = app::session::gc::collect(&app.app).await.expect("collected");
            let rows = one_time_links::Entity::find().count(app.app.db.read()).await.expect("a count");
            assert_eq!((report.links, rows), (removed, left), "after {seconds} s more");
        }
    }
}
