//! Companies, their staff, and owners.

use std::collections::{HashMap, HashSet};

use super::check::Check;
use super::codes::one_of;
use super::known::Known;
use crate::import::document::{ImportDocument, OwnerEntry, PersonEntry};
use crate::import::phrases::{listed, quoted};
use crate::party::{Party, Role};
use crate::unit::OwnerKind;

/// The parties that have companies.
const COMPANY_KINDS: &[Party] = &[Party::Developer, Party::Contractor, Party::Supervisor, Party::Property];

pub(super) fn companies(check: &mut Check, document: &ImportDocument) {
    for (index, company) in document.companies.iter().enumerate() {
        let path = format!("companies[{index}]");
        check.code(format!("{path}.code"), &company.code);
        check.own_name(format!("{path}.name"), &company.name);
        one_of(check, format!("{path}.kind"), &company.kind, COMPANY_KINDS);
    }
}

pub(super) fn staff(check: &mut Check, document: &ImportDocument, known: &Known<'_>) {
    let kinds: HashMap<&str, Party> =
        document.companies.iter().filter_map(|c| Some((c.code.as_str(), c.kind.parse().ok()?))).collect();
    let mut logins = HashMap::new();
    for (index, person) in document.people.iter().enumerate() {
        let path = format!("people[{index}]");
        one_person(check, &path, person);
        check_login_unique(check, &path, &person.login, &mut logins);
        let company = known.companies.refer(check, format!("{path}.company"), &person.company);
        let kind = kinds.get(person.company.as_str()).filter(|_| company);
        role(check, &path, person, kind.copied());
    }
    if !document.people.iter().any(|person| person.role == Role::DeliveryManager.as_str()) {
        let en = "nobody is DELIVERY_MANAGER; without one the project cannot be managed";
        check.problem("people", (en, "没有人是 DELIVERY_MANAGER；缺少此角色，项目无法管理"));
    }
}

fn one_person(check: &mut Check, path: &str, person: &PersonEntry) {
    check.login(format!("{path}.login"), &person.login);
    check.own_name(format!("{path}.name"), &person.name);
    check.phone(format!("{path}.phone"), person.phone.as_deref());
    check.email(format!("{path}.email"), person.email.as_deref());
    check.language(format!("{path}.language"), person.language.as_deref());
    check.password(format!("{path}.password"), &person.login, person.password.as_deref());
}

fn role(check: &mut Check, path: &str, person: &PersonEntry, kind: Option<Party>) {
    let staff: Vec<Role> = Role::ALL.iter().copied().filter(|role| *role != Role::Owner).collect();
    let path = format!("{path}.role");
    let role = one_of(check, path.clone(), &person.role, &staff);
    if let (Some(role), Some(kind)) = (role, kind)
        && role.party() != kind
    {
        let fitting: Vec<&str> = staff.iter().filter(|role| role.party() == kind).map(|role| role.as_str()).collect();
        let (party, company, fitting) = (role.party(), quoted(&person.company), listed(&fitting));
        let en = format!("{role} is a role of a {party}, but {} is a {kind}; its roles are {}", company.en, fitting.en);
        let zh = format!("{role} 是 {party} 的角色，而{}是 {kind}；其角色有：{}", company.zh, fitting.zh);
        check.problem(path, (en, zh));
    }
}

/// Notes a login that occurs twice in one list.
fn check_login_unique<'a>(check: &mut Check, path: &str, login: &'a str, logins: &mut HashMap<&'a str, String>) {
    if let Some(first) = logins.get(login).filter(|_| !login.is_empty()) {
        let login = quoted(login);
        let en = format!("{} is already at {first}; one entry for each person", login.en);
        check.problem(format!("{path}.login"), (en, format!("{}已在 {first} 出现；每人只写一条", login.zh)));
    } else {
        logins.insert(login, path.to_owned());
    }
}

pub(super) fn owners(check: &mut Check, document: &ImportDocument, known: &Known<'_>) {
    let staff: HashMap<&str, &PersonEntry> = document.people.iter().map(|p| (p.login.as_str(), p)).collect();
    let mut logins = HashMap::new();
    for (index, owner) in document.owners.iter().enumerate() {
        let path = format!("owners[{index}]");
        one_owner(check, &path, owner);
        check_login_unique(check, &path, &owner.login, &mut logins);
        if let Some(person) = staff.get(owner.login.as_str()).filter(|person| person.name != owner.name) {
            let (login, name) = (quoted(&owner.login), quoted(&person.name));
            let en =
                format!("{} is also among people, there with the name {}; one login is one person", login.en, name.en);
            let zh = format!("{}在 people 中也有，姓名为{}；一个账号只对应一个人", login.zh, name.zh);
            check.problem(format!("{path}.login"), (en, zh));
        }
        owned_units(check, &path, owner, known);
    }
}

fn one_owner(check: &mut Check, path: &str, owner: &OwnerEntry) {
    check.login(format!("{path}.login"), &owner.login);
    check.own_name(format!("{path}.name"), &owner.name);
    check.phone(format!("{path}.phone"), owner.phone.as_deref());
    check.email(format!("{path}.email"), owner.email.as_deref());
    check.language(format!("{path}.language"), owner.language.as_deref());
    check.password(format!("{path}.password"), &owner.login, owner.password.as_deref());
}

fn owned_units(check: &mut Check, path: &str, owner: &OwnerEntry, known: &Known<'_>) {
    if owner.units.is_empty() {
        check.problem(format!("{path}.units"), ("must name at least one unit", "至少要写一户"));
    }
    let mut seen = HashSet::new();
    for (index, owned) in owner.units.iter().enumerate() {
        let path = format!("{path}.units[{index}]");
        known.units.refer(check, format!("{path}.unit"), &owned.unit);
        if let Some(kind) = &owned.kind {
            one_of(check, format!("{path}.kind"), kind, OwnerKind::ALL);
        }
        if !seen.insert(&owned.unit) {
            let unit = quoted(&owned.unit);
            let en = format!("{} is listed twice for this owner; once is enough", unit.en);
            check.problem(format!("{path}.unit"), (en, format!("该业主名下有两个{}；写一次即可", unit.zh)));
        }
    }
}
