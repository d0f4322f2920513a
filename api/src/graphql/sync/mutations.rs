//! Pushing, settling, reporting.

use app::sync::operation::{Answer, Operation, UNREADABLE};
use app::sync::push::{Readable, push};
use app::sync::storable::path_of_nul;
use app::sync::{device, settle};
use async_graphql::{Context, ID, InputType, Object, SimpleObject, Value};
use domain::{Caller, Refusal, RefusalCode, Timestamp};
use futures::FutureExt;
use uuid::Uuid;

use super::command::SyncCommandInput;
use super::device::Device;
use super::inputs::{
    DeviceExcuseInput, DeviceReportInput, PendingEditApplyInput, PendingEditDismissInput, SyncOperationInput,
    SyncPushInput,
};
use super::types::{PendingEdit, SyncResult};
use crate::graphql::ask::Ask;
use crate::graphql::error::{ApiError, ApiResult};
use crate::graphql::payload::{UserError, payload, split};
use crate::graphql::scalars::Uid;

/// Pushing operations and settling what waits.
#[derive(Default)]
pub struct SyncMutation;

/// What became of each operation.
#[derive(SimpleObject)]
pub struct SyncPushPayload {
    /// One answer for each operation, in the order of the input. None of them stops the others.
    pub results: Vec<SyncResult>,
    /// What a person can mend of the push itself; empty when the operations were answered.
    pub user_errors: Vec<UserError>,
}

payload! {
    /// The device as it stands now, or why not.
    DeviceReportPayload {
        /// The device; null when refused.
        device: Device
    }
}

/// The device as it stands now, or why not.
#[derive(SimpleObject)]
pub struct DeviceExcusePayload {
    /// The device, once for each person who used it; empty when refused.
    pub devices: Vec<Device>,
    /// What a person can mend; empty when it was done.
    pub user_errors: Vec<UserError>,
}

payload! {
    /// The edit that was done, or why not: then it still waits.
    PendingEditApplyPayload {
        /// The edit; null when refused.
        pending_edit: PendingEdit
    }
}

payload! {
    /// The edit that was decided against, or why not.
    PendingEditDismissPayload {
        /// The edit; null when refused.
        pending_edit: PendingEdit
    }
}

/// The operation as the use case takes it: with a way to do it, or the reason why it cannot be read.
fn readable<'a>(
    input: SyncOperationInput,
    device_id: Uuid,
    now: Timestamp,
    caller: &Caller,
) -> Result<Readable<'a>, Refusal> {
    let id = Uid::parse(Some(Value::String(input.operation_id.to_string())))
        .map_err(|_| Refusal::at(RefusalCode::InvalidId, "operationId"))?;
    domain::ids::check_new(id.0, "operationId")?;
    let said = input.occurred_at.map(|moment| moment.0);
    let doable = match input.command.value.doable(said, now) {
        Ok(doable) => doable,
        Err(refusal) => {
            let operation = Operation::unreadable(id.0, device_id, as_it_came(input.command.json));
            return Ok((operation, Box::new(move |_| futures::future::ready(Err(refusal.clone().into())).boxed())));
        }
    };
    let value = only_value(input.command.json);
    let unstorable = path_of_nul(&value);
    let operation = Operation {
        id: id.0,
        device_id,
        occurred_at: doable.occurred_at,
        base_version: input.base_version,
        command: doable.name,
        input: value,
        target: doable.target,
        time_doubted: doable.time_doubted,
        last_contact: None,
        counted: false,
    };
    if let Some(path) = unstorable {
        let refusal = Refusal::at(RefusalCode::TextInvalid, &path);
        return Ok((operation, Box::new(move |_| futures::future::ready(Err(refusal.clone().into())).boxed())));
    }
    let caller = caller.clone();
    Ok((operation, Box::new(move |app| (doable.run)(app, caller.clone()))))
}

/// What came in place of a command, without this server's own words on it: another version may find others.
fn as_it_came(mut command: serde_json::Value) -> serde_json::Value {
    if let Some(note) = command.get_mut(UNREADABLE).and_then(serde_json::Value::as_object_mut) {
        note.remove("message");
    }
    command
}

/// What stands in an object of one field.
fn only_value(json: serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::Object(fields) => fields.into_iter().next().map(|(_, value)| value).unwrap_or_default(),
        other => other,
    }
}

/// The command of an edit, read again from what was kept of it.
fn command_of(edit: &app::sync::PendingEditRow, now: Timestamp) -> ApiResult<settle::Command<'static>> {
    let whole = serde_json::json!({ edit.command.clone(): edit.input });
    let unreadable = |_| ApiError::internal("a kept edit cannot be read");
    let value = Value::from_json(whole).map_err(ApiError::internal)?;
    let input = SyncCommandInput::parse(Some(value)).map_err(|_| ()).map_err(unreadable)?;
    let doable = input.doable(edit.occurred_at.map(Timestamp), now).map_err(|_| ()).map_err(unreadable)?;
    Ok((doable.name, doable.target, doable.run))
}

#[Object]
impl SyncMutation {
    /// Does what was done on a device, in its order, each operation in a transaction of its own and once however often it
    /// comes. It goes on when the client hangs up; the same again answers what became of it. Send the operations as
    /// variables: then one that cannot be read is answered for itself.
    async fn sync_push(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device and its operations.")] input: SyncPushInput,
    ) -> ApiResult<SyncPushPayload> {
        let (app, caller, now) = (ctx.app(), ctx.caller()?, ctx.app().clock.now());
        let device_id = input.device_id.0;
        let ids: Vec<ID> = input.operations.iter().map(|operation| operation.operation_id.clone()).collect();
        let operations =
            input.operations.into_iter().map(|operation| readable(operation, device_id, now, caller)).collect();
        let answers = push(app, caller, device_id, input.device_name.as_deref(), operations).await?;
        let result = |(operation_id, answer): (ID, Answer)| SyncResult { operation_id, answer };
        Ok(SyncPushPayload { results: ids.into_iter().zip(answers).map(result).collect(), user_errors: Vec::new() })
    }

    /// Says how far a device has pulled and what it still holds, so that others know before a signing. A device calls it
    /// at the end of each sync, and whenever it can while something waits.
    async fn device_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device.")] input: DeviceReportInput,
    ) -> ApiResult<DeviceReportPayload> {
        let report = device::Report {
            device_id: input.device_id.0,
            name: input.device_name,
            project_id: input.project_id.0,
            cursor: input.cursor,
            waiting: input
                .waiting
                .into_iter()
                .map(|one| device::Waiting {
                    unit_id: one.unit_id.0,
                    operations: one.operations,
                    photos: one.photos,
                    photo_bytes: one.photo_bytes,
                })
                .collect(),
        };
        DeviceReportPayload::answer(device::report(ctx.app(), ctx.caller()?, report).await, ctx.language())
    }

    /// A delivery manager says, by name and with a reason, that nobody waits for a device any more: it was lost, say. What
    /// was not pushed from it holds up no submission and no signing. It counts again as soon as it is heard of.
    async fn device_excuse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device, and why.")] input: DeviceExcuseInput,
    ) -> ApiResult<DeviceExcusePayload> {
        let (app, caller) = (ctx.app(), ctx.caller()?);
        let answer = device::excuse(app, caller, input.project_id.0, input.device_id.0, &input.reason).await;
        let (devices, user_errors) = split(answer, ctx.language())?;
        let devices = devices.unwrap_or_default().into_iter().map(Device::from).collect();
        Ok(DeviceExcusePayload { devices, user_errors })
    }

    /// Has an edit that waits done after all, over what stands now, with the rights that its author had. Delivery manager,
    /// site engineer and supervising engineer.
    async fn pending_edit_apply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which edit.")] input: PendingEditApplyInput,
    ) -> ApiResult<PendingEditApplyPayload> {
        let (app, caller) = (ctx.app(), ctx.caller()?);
        let answer = match settle::find(app, caller, input.pending_edit_id.0).await {
            Ok(edit) => {
                let command = command_of(&edit, app.clock.now())?;
                settle::apply(app, caller, &edit, input.note.as_deref(), command).await
            }
            Err(error) => Err(error),
        };
        PendingEditApplyPayload::answer(answer, ctx.language())
    }

    /// Decides against an edit that waits; its author reads why. Delivery manager, site engineer and supervising engineer.
    async fn pending_edit_dismiss(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which edit, and why.")] input: PendingEditDismissInput,
    ) -> ApiResult<PendingEditDismissPayload> {
        let (app, caller) = (ctx.app(), ctx.caller()?);
        let answer = match settle::find(app, caller, input.pending_edit_id.0).await {
            Ok(edit) => settle::dismiss(app, caller, &edit, &input.note).await,
            Err(error) => Err(error),
        };
        PendingEditDismissPayload::answer(answer, ctx.language())
    }
}
