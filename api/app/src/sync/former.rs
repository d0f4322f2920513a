//! Work that a person did in a former position: for another company of the project, or as the owner of a home. It must
//! not count for the present company. A pushed operation is parked as a pending edit; a single command is refused.

use domain::id::{CompanyId, PersonId, ProjectId, UnitId};
use domain::time::CLOCK_LEEWAY_MICROS;
use domain::{Actor, Caller, Refusal, RefusalCode, Role, Timestamp};
use store::Connection;
use store::entity::memberships;

use crate::context::Context;
use crate::error::Result;
use crate::operation::{Operation, OriginalActor};
use crate::project::rules::ProjectRules;
use crate::unit_of_work::UnitOfWork;

/// The former roles of a person.
pub(super) struct Former(Vec<memberships::Model>);

/// The former position in which a person acted.
struct FormerPosition {
    company_id: Option<CompanyId>,
    role: Role,
}

impl Former {
    /// Those of a person.
    pub(super) async fn of(conn: &Connection, person_id: PersonId) -> Result<Self> {
        Ok(Self(store::sync::former_memberships(conn, person_id).await?))
    }

    /// The position in which the caller did it, if that was for another company than the caller's present one, or as
    /// the owner of the unit before the caller's present role began.
    pub(super) async fn author(&self, ctx: Context<'_>, operation: &Operation) -> Result<Option<OriginalActor>> {
        let (reader, caller) = (ctx.app.db.read(), ctx.caller);
        let Some(at) = operation.occurred_at else { return Ok(None) };
        // Most people had one position only, and their pushes ask nothing.
        let began_later = caller.memberships.iter().any(|one| one.since.is_some_and(|since| at < since));
        if self.0.is_empty() && !began_later {
            return Ok(None);
        }
        let place = store::sync::find_place(reader, operation.target.subject).await?;
        let Some(place) = place.filter(|place| !caller.is_kept_from(place.unit_id)) else { return Ok(None) };
        let Some(actor) = caller.actor_in(place.project_id) else { return Ok(None) };
        let then = self.position_at(reader, caller, &actor, (place.unit_id, at)).await?;
        // An owner acts in the own unit only.
        let then = then.filter(|then| then.company_id.is_some() || place.unit_id.is_some());
        let Some(then) = then else { return Ok(None) };
        let author = OriginalActor {
            project_id: place.project_id,
            unit_id: place.unit_id,
            person_id: caller.person_id,
            company_id: then.company_id,
            role: then.role,
        };
        // An object that neither position sees is answered like an object that does not exist.
        if store::sync::is_seen(reader, &caller.visibility(), operation.target.subject).await? {
            return Ok(Some(author));
        }
        if_seen(ctx, operation, author).await
    }

    /// The company and the role of each former role in a project, the one that ended last first.
    pub(super) fn in_project(&self, project_id: ProjectId) -> impl Iterator<Item = (CompanyId, Role)> {
        self.0.iter().filter(move |row| row.project_id == project_id).map(|row| (row.company_id, row.role))
    }

    /// The caller's position at a moment in the project, if it differs from the present one: a role for another
    /// company, or, without such a role and before the present one began, the ownership of the unit; of any unit, if
    /// none is named. A time before the project's records can begin is that of a wrong clock and says nothing about
    /// when the work was done.
    async fn position_at(
        &self,
        conn: &Connection,
        caller: &Caller,
        now: &Actor,
        (unit_id, at): (Option<UnitId>, Timestamp),
    ) -> Result<Option<FormerPosition>> {
        if at < ProjectRules::load(conn, now.project_id).await?.earliest() {
            return Ok(None);
        }
        if let Some(row) = self.role_at(now.project_id, at) {
            let is_other = Some(row.company_id) != now.company_id();
            return Ok(is_other.then_some(FormerPosition { company_id: Some(row.company_id), role: row.role }));
        }
        let began_later = caller.staff_since(now.project_id).is_some_and(|since| at < since);
        if !began_later || !store::sync::owned_at(conn, now.project_id, unit_id, caller.person_id, at).await? {
            return Ok(None);
        }
        Ok(Some(FormerPosition { company_id: None, role: Role::Owner }))
    }

    /// The role in a project at a moment.
    fn role_at(&self, project_id: ProjectId, at: Timestamp) -> Option<&memberships::Model> {
        self.0.iter().filter(|row| row.project_id == project_id).find(|row| {
            row.added_at.is_none_or(|added| added <= at.0) && row.ended_at.is_some_and(|ended| at.0 < ended)
        })
    }
}

/// The author in a former position, if that position would see the subject of the operation today. Otherwise nothing is
/// kept: a pending edit would tell the person that the object exists, and where.
pub(super) async fn if_seen(
    ctx: Context<'_>,
    operation: &Operation,
    author: OriginalActor,
) -> Result<Option<OriginalActor>> {
    let reader = ctx.app.db.read();
    if author.company_id.is_none() {
        let Some(unit_id) = author.unit_id else { return Ok(None) };
        if !store::sync::owned_once(reader, unit_id, author.person_id).await? {
            return Ok(None);
        }
    }
    let scope = author.as_caller(ctx.caller.clone()).visibility();
    let seen = store::sync::is_seen(reader, &scope, operation.target.subject).await?;
    Ok(seen.then_some(author))
}

impl UnitOfWork {
    /// Sets the project of a command that was done at `at`, and returns the caller as a member of it. A single command
    /// acts in the caller's present position, so a command that was done in a former position is refused with
    /// `INVALID_VALUE` at `occurredAt`. The commit returns that refusal, because a repetition of a command that was done
    /// before the change is answered as usual. A pushed operation was checked before, and a pending edit runs with its
    /// author's former role. The former roles are loaded only for a time at which the caller may have had one.
    ///
    /// # Errors
    /// `NOT_FOUND` as [`UnitOfWork::act_in_project`], or an internal error.
    pub(crate) async fn act_in_project_at(
        &mut self,
        caller: &Caller,
        project_id: ProjectId,
        at: Timestamp,
    ) -> Result<Actor> {
        let actor = self.act_in_project(caller, project_id)?;
        let is_earlier = match actor.company_id() {
            Some(_) => caller.staff_since(project_id).is_some_and(|since| at < since),
            None => self.now.micros_since(at) > CLOCK_LEEWAY_MICROS,
        };
        if self.operation.is_some() || !is_earlier {
            return Ok(actor);
        }
        let former = Former::of(&self.tx, caller.person_id).await?;
        if former.position_at(&self.tx, caller, &actor, (None, at)).await?.is_none() {
            return Ok(actor);
        }
        let en = "you had another company or a home in the project then, and the command would count for your company of \
                  now; leave the time out";
        let zh = "当时您在本项目中属于另一单位或是业主，而此操作会计入您现在的单位；请不要填写时间";
        self.refuse_at_commit(Refusal::at(RefusalCode::InvalidValue, "occurredAt").because(en, zh));
        Ok(actor)
    }
}
