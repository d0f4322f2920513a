//! The people of the fixture by party, under names, phones and e-mail addresses that are found in any answer.

use std::collections::BTreeMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::entity::people;
use tests::app::TestApp;
use tests::user::User;

/// The parties by letter, with the logins of their people: developer, supervisor, property service, the contractors A
/// and B.
pub(super) const STAFF: [(char, &[&str]); 5] = [
    ('d', &["manager", "site", "relations"]),
    ('s', &["supervisor"]),
    ('p', &["property", "escort"]),
    ('a', &["lead.a", "worker.a"]),
    ('b', &["lead.b", "worker.b"]),
];
/// The letter of the owner of the unit.
pub(super) const OWNER: char = 'o';
/// The people who see the owners of units.
pub(super) const SEE_OWNERS: [&str; 4] = ["manager", "relations", "property", "escort"];

/// All people who can sign in, of both projects.
pub(super) fn everybody() -> Vec<String> {
    let logins = || STAFF.iter().flat_map(|(_, logins)| logins.iter().copied()).chain(["owner1", "owner2"]);
    let strangers = logins().map(|login| format!("x.{login}"));
    logins().map(str::to_owned).chain(strangers).chain(["root".to_owned()]).collect()
}

/// The letter of a person's party, [`OWNER`] for owners.
pub(super) fn party_of(login: &str) -> char {
    let plain = login.strip_prefix("x.").unwrap_or(login);
    STAFF.iter().find(|(_, logins)| logins.contains(&plain)).map_or(OWNER, |(letter, _)| *letter)
}

/// The logins of the parties with these letters in a project, including the unit's owner for its letter.
pub(super) fn logins(letters: &str, prefix: &str, owner: &str) -> Vec<String> {
    let staff = STAFF.iter().filter(|(letter, _)| letters.contains(*letter));
    let staff = staff.flat_map(|(_, logins)| logins.iter().map(|login| format!("{prefix}{login}")));
    staff.chain(letters.contains(OWNER).then(|| owner.to_owned())).collect()
}

pub(super) fn name_of(login: &str) -> String {
    format!("<name of {login}>")
}

pub(super) fn phone_of(login: &str) -> String {
    format!("<phone of {login}>")
}

pub(super) fn email_of(login: &str) -> String {
    format!("<email of {login}>")
}

/// Everybody, each signed in once.
pub(super) struct Users<'a>(BTreeMap<String, User<'a>>);

impl<'a> Users<'a> {
    pub(super) async fn of(app: &'a TestApp) -> Self {
        let mut users = BTreeMap::new();
        for login in everybody() {
            users.insert(login.clone(), app.user(&login).await);
        }
        Self(users)
    }

    pub(super) fn get(&self, login: &str) -> &User<'a> {
        self.0.get(login).unwrap_or_else(|| panic!("there is no person with the login {login:?}"))
    }
}

/// Gives everybody a name, a phone and an e-mail address of their own.
pub(super) async fn rename(app: &TestApp) {
    for login in everybody() {
        let update = people::Entity::update_many()
            .col_expr(people::Column::Name, Expr::value(name_of(&login)))
            .col_expr(people::Column::Phone, Expr::value(phone_of(&login)))
            .col_expr(people::Column::Email, Expr::value(email_of(&login)))
            .filter(people::Column::Id.eq(app.person_id(&login)));
        app.app.db.write(async |tx| update.exec(tx).await).await.expect("another name");
    }
    app.app.caller_cache.forget();
}
