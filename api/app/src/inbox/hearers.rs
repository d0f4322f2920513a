//! Who hears of an event: the people of the rules that the event meets, whoever of them may see it.

use std::collections::BTreeMap;

use domain::event::Audience;
use domain::id::{CompanyId, PersonId, ProjectId};
use domain::inbox::mention::{may_mention, mentioned};
use domain::inbox::{InboxKind, InboxRule, Listener, named_recipients};
use domain::object_kind::ObjectKind;
use domain::{Caller, Membership, OwnedUnit, Role, VisibilityScope};
use store::entity::{defect_comments, defects, pending_edits};
use store::inbox::Wanted;

use crate::error::Result;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// What an event is about, as far as the rules need it.
#[derive(Default)]
pub(super) struct Subject {
    pub(super) defect: Option<defects::Model>,
    pub(super) comment: Option<defect_comments::Model>,
    pub(super) edit: Option<pending_edits::Model>,
    repairer: Option<PersonId>,
    mentioned: Vec<PersonId>,
    named: Vec<(PersonId, bool)>,
}

impl Subject {
    pub(super) async fn of(
        work: &UnitOfWork,
        project_id: ProjectId,
        event: &NewEvent,
        rules: &[&'static InboxRule],
    ) -> Result<Self> {
        let tx = &work.tx;
        let asked = |listener: Listener| rules.iter().any(|rule| rule.listeners.contains(&listener));
        let mut subject = Self { named: named_recipients(&event.data), ..Self::default() };
        if let Some(defect_id) = event.defect_id {
            subject.defect = store::inbox::defect(tx, defect_id).await?;
        }
        if let Some(defect_id) = event.defect_id.filter(|_| asked(Listener::Repairer)) {
            let attempt = store::defects::latest_attempt(tx, defect_id).await?;
            subject.repairer = attempt.map(|attempt| attempt.person_id);
        }
        if event.kind == ObjectKind::Comment {
            subject.comment = store::inbox::comment(tx, event.object_id.into()).await?;
        }
        if asked(Listener::Mentioned) {
            subject.find_mentioned(work, project_id, event).await?;
        }
        if event.kind == ObjectKind::PendingEdit {
            subject.edit = store::sync::pending_of_operation(tx, event.object_id.into()).await?;
        }
        Ok(subject)
    }

    async fn find_mentioned(&mut self, work: &UnitOfWork, project_id: ProjectId, event: &NewEvent) -> Result<()> {
        let Some(comment) = self.comment.as_ref().filter(|comment| may_mention(&comment.body)) else { return Ok(()) };
        let unit_id = event.unit_id.filter(|_| event.visible_to == Audience::Owner);
        let people = store::inbox::named_people(&work.tx, project_id, unit_id).await?;
        let (ids, names): (Vec<PersonId>, Vec<Vec<String>>) =
            people.into_iter().map(|person| (person.person_id, person.names)).unzip();
        self.mentioned = mentioned(&comment.body, &names).into_iter().map(|place| ids[place]).collect();
        Ok(())
    }

    /// The people whom a listener means by themselves, not by a role.
    fn people(&self, listener: Listener) -> Vec<PersonId> {
        let named = |of_contractor: bool| {
            self.named.iter().filter(move |(_, other)| *other == of_contractor).map(|(person_id, _)| *person_id)
        };
        match listener {
            Listener::Leads | Listener::Roles(_) => Vec::new(),
            Listener::Assignee => self.defect.iter().filter_map(|defect| defect.assignee_id).collect(),
            Listener::Repairer => self.repairer.into_iter().collect(),
            Listener::Finder => self.defect.iter().map(|defect| defect.raised_by).collect(),
            Listener::NamedContractors => named(true).collect(),
            Listener::NamedOthers => named(false).collect(),
            Listener::Mentioned => self.mentioned.clone(),
            Listener::Author => self.edit.iter().map(|edit| edit.person_id).collect(),
        }
    }

    /// The members whom a listener means.
    fn hears(&self, listener: Listener, member: &Member) -> bool {
        let company = self.defect.as_ref().and_then(|defect| defect.responsible_company_id);
        match listener {
            Listener::Leads => member.role == Role::RectificationLead && company == Some(member.company_id),
            Listener::Roles(roles) => roles.contains(&member.role),
            other => self.people(other).contains(&member.person_id),
        }
    }

    fn wanted(&self, rules: &[&'static InboxRule]) -> Wanted {
        let mut wanted = Wanted::default();
        for listener in rules.iter().flat_map(|rule| rule.listeners) {
            match listener {
                Listener::Leads => {
                    wanted.leads_of = self.defect.as_ref().and_then(|defect| defect.responsible_company_id);
                }
                Listener::Roles(roles) => wanted.roles.extend(*roles),
                other => wanted.people.extend(self.people(*other)),
            }
        }
        wanted
    }
}

/// A member of the project.
#[derive(Debug, Clone, Copy)]
struct Member {
    person_id: PersonId,
    company_id: CompanyId,
    role: Role,
}

/// Somebody who hears of an event, with what the person sees in the project.
pub(super) struct Hearer {
    pub(super) kind: InboxKind,
    pub(super) scope: VisibilityScope,
}

/// Everybody who hears of an event, once each, by the first rule; not the person who did it. Owners hear only of what is
/// written for owners, and of their own edits.
pub(super) async fn find_hearers(
    work: &UnitOfWork,
    project_id: ProjectId,
    event: &NewEvent,
    rules: &[&'static InboxRule],
    subject: &Subject,
) -> Result<Vec<Hearer>> {
    let wanted = subject.wanted(rules);
    let members = members(work, project_id, &wanted).await?;
    let is_for_owners = matches!(event.visible_to, Audience::Owner | Audience::Edit);
    let mut kinds: Vec<(PersonId, InboxKind)> = Vec::new();
    for (rule, listener) in rules.iter().flat_map(|rule| rule.listeners.iter().map(move |listener| (rule, *listener))) {
        let staff = members.values().filter(|member| subject.hears(listener, member)).map(|member| member.person_id);
        let others = subject.people(listener).into_iter().filter(|id| is_for_owners && !members.contains_key(id));
        for person_id in staff.chain(others) {
            if event.by.or(work.person_id()) != Some(person_id) && kinds.iter().all(|(known, _)| *known != person_id) {
                kinds.push((person_id, rule.kind));
            }
        }
    }
    let mut hearers = Vec::with_capacity(kinds.len());
    for (person_id, kind) in kinds {
        let scope = scope_in(work, project_id, person_id, members.get(&person_id)).await?;
        hearers.push(Hearer { kind, scope });
    }
    Ok(hearers)
}

async fn members(work: &UnitOfWork, project_id: ProjectId, wanted: &Wanted) -> Result<BTreeMap<PersonId, Member>> {
    let rows = store::inbox::members(&work.tx, project_id, wanted).await?;
    let member = |(person_id, company_id, role)| (person_id, Member { person_id, company_id, role });
    Ok(rows.into_iter().map(member).collect())
}

/// What one person sees in a project, as it is in this transaction.
pub(super) async fn scope_of(work: &UnitOfWork, project_id: ProjectId, person_id: PersonId) -> Result<VisibilityScope> {
    let wanted = Wanted { people: vec![person_id], ..Wanted::default() };
    let members = members(work, project_id, &wanted).await?;
    scope_in(work, project_id, person_id, members.get(&person_id)).await
}

async fn scope_in(
    work: &UnitOfWork,
    project_id: ProjectId,
    person_id: PersonId,
    member: Option<&Member>,
) -> Result<VisibilityScope> {
    let mut person = Caller { person_id, administrator: false, ..Caller::operator() };
    match member {
        Some(Member { company_id, role, .. }) => {
            person.memberships.push(Membership { project_id, company_id: *company_id, role: *role, since: None });
        }
        None => {
            let owned = store::sessions::owned_units_of(&work.tx, person_id, work.now).await?;
            let owned = owned.into_iter().filter(|(of, _)| *of == project_id);
            person.owned_units.extend(owned.map(|(project_id, unit_id)| OwnedUnit { project_id, unit_id }));
        }
    }
    Ok(person.visibility())
}
