//! A schema with every behaviour that a transport must handle.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::{Context, EmptySubscription, InputValueError, Object, Scalar, ScalarType, Value};
use schema::error::{ApiError, ApiResult};
use tokio::sync::Notify;
use transport::RequestId;

use super::server::Person;

/// A text that must never be in an answer.
pub(super) const SECRET: &str = "password=hunter2";

pub(super) type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// The state of the resolvers that tests observe.
#[derive(Default)]
pub(super) struct Probe {
    /// A mutation has begun.
    pub(super) begun: Notify,
    /// Lets the mutation go on.
    pub(super) gate: Notify,
    /// The writes of mutations.
    pub(super) written: AtomicU32,
}

/// Panics.
pub(super) fn fall<T>() -> T {
    panic!("{SECRET}")
}

pub(super) struct Query;

/// A scalar that accepts even numbers only.
pub(super) struct Even(i64);

#[Scalar]
impl ScalarType for Even {
    fn parse(value: Value) -> Result<Self, InputValueError<Self>> {
        match value {
            Value::Number(number) if number.as_i64().is_some_and(|n| n % 2 == 0) => {
                Ok(Self(number.as_i64().unwrap_or_default()))
            }
            _ => Err(InputValueError::custom("an even number, please")),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

#[Object]
impl Query {
    async fn hello(&self, name: Option<String>) -> String {
        format!("hello {}", name.as_deref().unwrap_or("you"))
    }

    async fn half(&self, of: Even) -> i64 {
        of.0 / 2
    }

    async fn whoami(&self, ctx: &Context<'_>) -> ApiResult<String> {
        let person = ctx.data_opt::<Arc<Person>>().ok_or(ApiError::Unauthenticated)?;
        Ok(person.name.to_owned())
    }

    async fn request_id(&self, ctx: &Context<'_>) -> String {
        ctx.data_unchecked::<RequestId>().as_str().to_owned()
    }

    async fn missing(&self) -> Option<ApiResult<i32>> {
        Some(Err(ApiError::NotFound))
    }

    async fn internal(&self) -> Option<ApiResult<i32>> {
        Some(Err(ApiError::internal(std::io::Error::other(SECRET))))
    }

    async fn slow(&self) -> Option<ApiResult<i32>> {
        Some(Err(ApiError::TooSlow))
    }

    async fn foreign(&self) -> Option<async_graphql::Result<i32>> {
        Some(Err(std::io::Error::other(SECRET).into()))
    }

    async fn plain(&self) -> Option<async_graphql::Result<i32>> {
        Some(Err(async_graphql::Error::new(SECRET)))
    }

    async fn boom(&self) -> i32 {
        fall()
    }

    async fn forever(&self) -> i32 {
        std::future::pending().await
    }

    async fn faults(&self, count: u32) -> Vec<Fault> {
        (0..count).map(|_| Fault).collect()
    }
}

pub(super) struct Fault;

#[Object]
impl Fault {
    async fn value(&self) -> Option<ApiResult<i32>> {
        Some(Err(ApiError::bad_request("FAULTY", "this one is faulty")))
    }
}

pub(super) struct Mutation;

#[Object]
impl Mutation {
    /// Writes, with a pause in the middle.
    async fn write(&self, ctx: &Context<'_>, value: u32) -> u32 {
        let probe = ctx.data_unchecked::<Arc<Probe>>();
        probe.begun.notify_one();
        probe.gate.notified().await;
        probe.written.store(value, Ordering::SeqCst);
        value
    }

    async fn boom(&self) -> i32 {
        fall()
    }
}
