//! Companies, their staff, and owners.

use std::collections::{HashMap, HashSet};

use super::codes::{one_of, quoted};
use super::{Check, Known};
use crate::import::document::{ImportDocument, OwnerEntry, PersonEntry};
use crate::party::{Party, Role};
use crate::place::OwnerKind;

/// The parties that have companies.
const COMPANY_KINDS: &[Party] = &[Party::Developer, Party::Contractor, Party::Supervisor, Party::Property];

pub(super) fn companies(check: &mut Check, document: &ImportDocument) {
    for (index, company) in document.companies.iter().enumerate() {
        let path = format!("companies[{index}]");
        check.code(format!("{path}.code"), &company.code);
        check.name(format!("{path}.name"), &company.name);
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
        once(check, &path, &person.login, &mut logins);
        let company = known.companies.refer(check, format!("{path}.company"), &person.company);
        let kind = kinds.get(person.company.as_str()).filter(|_| company);
        role(check, &path, person, kind.copied());
    }
    if !document.people.iter().any(|person| person.role == Role::DeliveryManager.as_str()) {
        check.problem("people", "nobody is DELIVERY_MANAGER; without one the project cannot be managed");
    }
}

fn one_person(check: &mut Check, path: &str, person: &PersonEntry) {
    check.login(format!("{path}.login"), &person.login);
    check.name(format!("{path}.name"), &person.name);
    check.phone(format!("{path}.phone"), person.phone.as_deref());
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
        let message = format!(
            "{role} is a role of a {}, but {} is a {kind}; its roles are {}",
            role.party(),
            quoted(&person.company),
            fitting.join(", ")
        );
        check.problem(path, message);
    }
}

/// Notes a login that stands twice in one list.
fn once<'a>(check: &mut Check, path: &str, login: &'a str, logins: &mut HashMap<&'a str, String>) {
    if let Some(first) = logins.get(login).filter(|_| !login.is_empty()) {
        check.problem(
            format!("{path}.login"),
            format!("{} is already at {first}; one entry for each person", quoted(login)),
        );
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
        once(check, &path, &owner.login, &mut logins);
        if let Some(person) = staff.get(owner.login.as_str()).filter(|person| person.name != owner.name) {
            let message = format!(
                "{} is also among people, there with the name {}; one login is one person",
                quoted(&owner.login),
                quoted(&person.name)
            );
            check.problem(format!("{path}.login"), message);
        }
        owned_units(check, &path, owner, known);
    }
}

fn one_owner(check: &mut Check, path: &str, owner: &OwnerEntry) {
    check.login(format!("{path}.login"), &owner.login);
    check.name(format!("{path}.name"), &owner.name);
    check.phone(format!("{path}.phone"), owner.phone.as_deref());
    check.language(format!("{path}.language"), owner.language.as_deref());
    check.password(format!("{path}.password"), &owner.login, owner.password.as_deref());
}

fn owned_units(check: &mut Check, path: &str, owner: &OwnerEntry, known: &Known<'_>) {
    if owner.units.is_empty() {
        check.problem(format!("{path}.units"), "must name at least one unit");
    }
    let mut seen = HashSet::new();
    for (index, owned) in owner.units.iter().enumerate() {
        let path = format!("{path}.units[{index}]");
        known.units.refer(check, format!("{path}.unit"), &owned.unit);
        if let Some(kind) = &owned.kind {
            one_of(check, format!("{path}.kind"), kind, OwnerKind::ALL);
        }
        if !seen.insert(&owned.unit) {
            check.problem(
                format!("{path}.unit"),
                format!("{} is listed twice for this owner; once is enough", quoted(&owned.unit)),
            );
        }
    }
}
