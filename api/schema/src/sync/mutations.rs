//! Pushing, settling, reporting.

use app::operation::UNREADABLE;
use app::sync::push::push;
use app::sync::{Answer, ReceivedOperation, device, resolve};
use async_graphql::{Context, ID, InputType, Object, SimpleObject, Value};
use domain::id::OperationId;
use domain::{Refusal, RefusalCode};

use super::device::Device;
use super::inputs::{
    DeviceExcuseInput, DeviceReportInput, PendingEditApplyInput, PendingEditDismissInput, SyncOperationInput,
    SyncPushInput,
};
use super::types::{PendingEdit, SyncResult};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, payload, split};
use crate::scalars::Uid;

/// Pushing operations and settling what waits.
#[derive(Default)]
pub struct SyncMutation;

/// What became of each operation.
#[derive(SimpleObject)]
pub struct SyncPushPayload {
    /// One answer for each operation, in the order of the input. None of them stops the others.
    pub results: Vec<SyncResult>,
    /// Validation and permission errors of the push itself. Empty when the operations were answered.
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
    /// Validation and permission errors. Empty on success.
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

/// The operation as the use case takes it: with its command, or with the reason why that cannot be read.
fn received(input: SyncOperationInput) -> Result<ReceivedOperation, Refusal> {
    let id = Uid::<OperationId>::parse(Some(Value::String(input.operation_id.to_string())))
        .map_err(|_| Refusal::at(RefusalCode::InvalidId, "operationId"))?;
    let command = input.command.value.into_command();
    let input_json = match &command {
        Ok(_) => only_value(input.command.json),
        Err(_) => as_it_came(input.command.json),
    };
    Ok(ReceivedOperation {
        id: id.0,
        occurred_at: input.occurred_at.map(|moment| moment.0),
        base_version: input.base_version,
        command,
        input: input_json,
    })
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

#[Object]
impl SyncMutation {
    /// Runs the operations of a device in their order, each in a transaction of its own, and only once even if it is
    /// sent repeatedly. It continues when the client hangs up; a repetition answers the outcome. Send the operations as
    /// variables: then one that cannot be read is answered for itself.
    async fn sync_push(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device and its operations.")] input: SyncPushInput,
    ) -> ApiResult<SyncPushPayload> {
        let (acting, device_id) = (ctx.acting()?, input.device_id.0);
        let ids: Vec<ID> = input.operations.iter().map(|operation| operation.operation_id.clone()).collect();
        let operations = input.operations.into_iter().map(received).collect();
        let answers = push(acting, device_id, input.device_name.as_deref(), operations).await?;
        let result = |(operation_id, answer): (ID, Answer)| SyncResult { operation_id, answer };
        Ok(SyncPushPayload { results: ids.into_iter().zip(answers).map(result).collect(), user_errors: Vec::new() })
    }

    /// Says how far a device has pulled and what it still holds, so that others know before a signing. A device calls
    /// it at the end of each sync, and whenever it can while something waits.
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
        DeviceReportPayload::from_result(device::report_device(ctx.app(), ctx.caller()?, report).await, ctx.language())
    }

    /// A delivery manager exempts a device, by name and with a reason, for example because it was lost. Work that it
    /// has not pushed does not block submissions and signatures. The exemption ends at the device's next contact.
    async fn device_excuse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The device, and why.")] input: DeviceExcuseInput,
    ) -> ApiResult<DeviceExcusePayload> {
        let answer = device::exempt(ctx.acting()?, input.project_id.0, input.device_id.0, &input.reason).await;
        let (devices, user_errors) = split(answer, ctx.language())?;
        let devices = devices.unwrap_or_default().into_iter().map(Device::from).collect();
        Ok(DeviceExcusePayload { devices, user_errors })
    }

    /// Has an edit that waits done after all, over what stands now, with the rights that its author had. Delivery
    /// manager, site engineer and supervising engineer.
    async fn pending_edit_apply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which edit.")] input: PendingEditApplyInput,
    ) -> ApiResult<PendingEditApplyPayload> {
        let acting = ctx.acting()?;
        let answer = match resolve::find_pending_edit(acting, input.pending_edit_id.0).await {
            Ok(edit) => resolve::apply_pending_edit(acting, &edit, input.note.as_deref()).await,
            Err(error) => Err(error),
        };
        PendingEditApplyPayload::from_result(answer, ctx.language())
    }

    /// Decides against an edit that waits; its author reads why. Delivery manager, site engineer and supervising
    /// engineer.
    async fn pending_edit_dismiss(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which edit, and why.")] input: PendingEditDismissInput,
    ) -> ApiResult<PendingEditDismissPayload> {
        let acting = ctx.acting()?;
        let answer = match resolve::find_pending_edit(acting, input.pending_edit_id.0).await {
            Ok(edit) => resolve::dismiss_pending_edit(acting, &edit, &input.note).await,
            Err(error) => Err(error),
        };
        PendingEditDismissPayload::from_result(answer, ctx.language())
    }
}
