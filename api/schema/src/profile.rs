//! The facts about this schema that the transport needs.

use transport::SchemaProfile;

use super::prices::PRICES;
use super::scalars::FORMS;

/// The profile of this schema.
pub static PROFILE: SchemaProfile = SchemaProfile {
    prices: PRICES,
    scalars: &FORMS,
    // The id of an operation of a device is answered for itself, also when it is none.
    any_text: &["operationId"],
    item_by_item: &["syncPush"],
};
