//! Parts: objects with a selection that a row itself holds, without loading.

use super::{Planned, PlannedList, PlannedObject};
use crate::error::{ApiError, ApiResult};

/// The objects that a row holds.
pub enum Held<U> {
    /// One object, or none.
    One(Option<U>),
    /// A list of objects.
    List(Vec<U>),
    /// The error that the field answers instead.
    Error(ApiError),
}

/// An answer of a resolver that holds objects.
pub trait Holds: 'static {
    /// Their type.
    type Object: Planned;
    /// Whether an error in one object makes it null, and not the row.
    const IS_NULLABLE: bool = false;

    /// The objects.
    fn held(self) -> Held<Self::Object>;
}

impl<U: Planned> Holds for Option<U> {
    type Object = U;
    const IS_NULLABLE: bool = true;

    fn held(self) -> Held<U> {
        Held::One(self)
    }
}

impl<U: Planned> Holds for PlannedObject<U> {
    type Object = U;

    fn held(self) -> Held<U> {
        Held::One(Some(self.0))
    }
}

impl<U: Planned> Holds for Vec<U> {
    type Object = U;

    fn held(self) -> Held<U> {
        Held::List(self)
    }
}

impl<U: Planned> Holds for PlannedList<U> {
    type Object = U;

    fn held(self) -> Held<U> {
        Held::List(self.0)
    }
}

impl<H: Holds> Holds for ApiResult<H> {
    type Object = H::Object;
    const IS_NULLABLE: bool = H::IS_NULLABLE;

    fn held(self) -> Held<H::Object> {
        match self {
            Ok(holds) => holds.held(),
            Err(error) => Held::Error(error),
        }
    }
}
