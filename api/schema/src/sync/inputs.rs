//! What a device pushes.

use std::borrow::Cow;

use async_graphql::registry::Registry;
use async_graphql::{ID, InputObject, InputType, InputValueError, InputValueResult, Value};
use domain::id::{DeviceId, PendingEditId, ProjectId, UnitId};

use super::command::SyncCommandInput;
use crate::scalars::{DateTime, Uid};

/// An input together with its JSON as it came.
pub struct Raw<T> {
    /// The input.
    pub value: T,
    /// The same as it came.
    pub json: serde_json::Value,
}

impl<T: InputType> InputType for Raw<T> {
    type RawValueType = T::RawValueType;

    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let json = value
            .clone()
            .unwrap_or_default()
            .into_json()
            .map_err(|error| InputValueError::custom(error.to_string()))?;
        Ok(Self { value: T::parse(value).map_err(InputValueError::propagate)?, json })
    }

    fn to_value(&self) -> Value {
        self.value.to_value()
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        self.value.as_raw_value()
    }
}

/// One operation of a device.
#[derive(InputObject)]
pub struct SyncOperationInput {
    /// The operation's id, a UUID of version 7 made by the device when its person did it. The same again with the same
    /// content is done once, and answered as before.
    pub operation_id: ID,
    /// When it was done, by the device's clock. A time in the future is taken as now, because a wrong clock must not
    /// stop a person's work.
    pub occurred_at: Option<DateTime>,
    /// The version of the defect, unit inspection or photo that the person saw; left out for what makes something new,
    /// and for comments.
    pub base_version: Option<i32>,
    /// The command.
    pub command: Raw<SyncCommandInput>,
}

/// What a device pushes.
#[derive(InputObject)]
pub struct SyncPushInput {
    /// The device, by a UUID that it gives itself once and keeps.
    pub device_id: Uid<DeviceId>,
    /// What the device calls itself, for the list of devices; at most 120 characters.
    pub device_name: Option<String>,
    /// The operations in the order in which they were done. 100 are taken, the others answered `TRY_AGAIN`.
    pub operations: Vec<SyncOperationInput>,
}

/// What a device still holds of a unit.
#[derive(InputObject)]
pub struct DeviceWaitingInput {
    /// The unit.
    pub unit_id: Uid<UnitId>,
    /// Operations that were not pushed yet, from 0; more than 1,000,000 count as 1,000,000.
    #[graphql(default)]
    pub operations: i64,
    /// Photos that were not uploaded yet, from 0; more than 1,000,000 count as 1,000,000.
    #[graphql(default)]
    pub photos: i64,
    /// Their bytes, from 0; more than 1 TB counts as 1 TB.
    #[graphql(default)]
    pub photo_bytes: i64,
}

/// What a device says of itself.
#[derive(InputObject)]
pub struct DeviceReportInput {
    /// The device, by a UUID that it gives itself once and keeps.
    pub device_id: Uid<DeviceId>,
    /// What the device calls itself; at most 120 characters.
    pub device_name: Option<String>,
    /// The project.
    pub project_id: Uid<ProjectId>,
    /// The cursor up to which it has pulled.
    pub cursor: Option<String>,
    /// The work that it still holds, by unit; units that are not named are done.
    #[graphql(default)]
    pub waiting: Vec<DeviceWaitingInput>,
}

/// The device to exempt, and the reason.
#[derive(InputObject)]
pub struct DeviceExcuseInput {
    /// The project.
    pub project_id: Uid<ProjectId>,
    /// The device.
    pub device_id: Uid<DeviceId>,
    /// Why, at most 4,000 characters.
    pub reason: String,
}

/// Which edit is done after all.
#[derive(InputObject)]
pub struct PendingEditApplyInput {
    /// The edit.
    pub pending_edit_id: Uid<PendingEditId>,
    /// Why, at most 4,000 characters.
    pub note: Option<String>,
}

/// Which edit is decided against, and why.
#[derive(InputObject)]
pub struct PendingEditDismissInput {
    /// The edit.
    pub pending_edit_id: Uid<PendingEditId>,
    /// Why, at most 4,000 characters; its author reads it.
    pub note: String,
}
