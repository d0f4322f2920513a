//! The rights to import, and the effect of an import on existing people.

use app::project::import::import_project;
use sea_orm::{EntityTrait, PaginatorTrait};
use store::entity::{people, projects};
use tests::on_both_databases;

use super::{EXAMPLE, administrator, app_on, found, person, problems, staff, yaml};

/// The file with a password for one of the staff.
fn with_password(text: &str, login: &str) -> String {
    text.replace(&format!("login: {login},"), &format!("login: {login}, password: first-secret-of-{login},"))
}

on_both_databases! {
    async fn only_administrators_and_the_projects_own_manager_import(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported");
        let other = EXAMPLE.replace("code: LAKESIDE", "code: HILLSIDE").replace("chen.manager", "other.manager");
        import_project(&app, &root, yaml(other.clone())).await.expect("another project");
        let everybody = ["lin.site", "zhao.lead", "qian.supervisor", "wang.owner", "other.manager"];
        for login in everybody {
            let refused = import_project(&app, &staff(&db, login).await, yaml(EXAMPLE)).await.expect_err("refused");
            assert_eq!(problems(refused), ["Your role may not do this."], "{login}");
        }
        let manager = staff(&db, "chen.manager").await;
        import_project(&app, &manager, yaml(EXAMPLE)).await.expect("the own project");
        for text in [other, EXAMPLE.replace("code: LAKESIDE", "code: SEASIDE")] {
            let refused = import_project(&app, &manager, yaml(text)).await.expect_err("neither another nor a new one");
            assert_eq!(problems(refused), ["Your role may not do this."]);
        }
    }

    async fn import_takes_over_no_person(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        person(&db, "sun.worker", false).await;
        let taken = EXAMPLE.replace("login: he.relations", "login: root");
        let taken = taken.replace("login: wang.owner", "login: wang.owner\n    password: first-secret-of-wang");
        let taken = ["root", "sun.worker"].iter().fold(taken, |text, login| with_password(&text, login));
        let report = import_project(&app, &root, yaml(taken.clone())).await.expect("imported");
        let notes: Vec<String> = report.notes.iter().map(ToString::to_string).collect();
        for place in ["people[2].name", "people[2].password", "people[4].name", "people[4].password"] {
            assert!(notes.iter().any(|note| note.starts_with(&format!("{place}: ignored"))), "{place}: {notes:?}");
        }
        let again = EXAMPLE.replace("code: LAKESIDE", "code: HILLSIDE").replace("Zhao Gang", "Zhao the Thief");
        import_project(&app, &root, yaml(again)).await.expect("another project with the same people");
        for (login, name) in [("root", "The real root"), ("sun.worker", "The real sun.worker"), ("zhao.lead", "Zhao Gang")] {
            assert_eq!(found(&db, login).await.name, name);
        }
        assert_eq!(found(&db, "sun.worker").await.password_hash.as_deref(), Some("kept"));
        assert!(found(&db, "li.owner").await.password_hash.is_none(), "no password, no way in");
        assert!(found(&db, "wang.owner").await.password_hash.is_some_and(|hash| hash.starts_with("$argon2id$")));
        assert_eq!(staff(&db, "sun.worker").await.memberships.len(), 2, "linked to both");
    }

    async fn managers_import_links_no_existing_person_and_sets_no_password(db: TestDb) {
        let (app, root) = (app_on(&db), administrator(&db).await);
        import_project(&app, &root, yaml(EXAMPLE)).await.expect("imported");
        person(&db, "somebody.else", false).await;
        let manager = staff(&db, "chen.manager").await;
        let before = people::Entity::find().count(db.read()).await.expect("people");
        // The same answer for people who exist elsewhere, administrators or not, and for unknown ones.
        for login in ["somebody.else", "root", "new.boss"] {
            let text = with_password(&EXAMPLE.replace("login: lin.site", &format!("login: {login}")), login);
            let found = problems(import_project(&app, &manager, yaml(text)).await.expect_err("refused"));
            let message = ".password: only an administrator's import sets passwords";
            assert!(found.len() == 1 && found[0].contains(message), "{found:?}");
        }
        assert_eq!(people::Entity::find().count(db.read()).await.expect("people"), before);
        assert!(staff(&db, "somebody.else").await.memberships.is_empty());
        // A new person, who can sign in after accepting an invitation.
        let new = EXAMPLE.replace("login: lin.site", "login: new.boss");
        import_project(&app, &manager, yaml(new)).await.expect("imported");
        let project = projects::Entity::find().one(db.read()).await.expect("projects").expect("the project");
        let stands_in = found(&db, &domain::membership::placeholder_login("new.boss", project.id)).await;
        assert!(stands_in.password_hash.is_none());
    }
}
