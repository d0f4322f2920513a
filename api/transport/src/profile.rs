//! The profile of a schema: what the transport needs and the schema's text does not hold.

use domain::words::Phrase;

use super::limits::Prices;

/// Facts about a schema.
#[derive(Clone, Copy, Debug)]
pub struct SchemaProfile {
    /// What its fields cost.
    pub prices: Prices,
    /// Its scalars whose values are texts of a form.
    pub scalars: &'static [ScalarForm],
    /// Arguments and input fields that take any text, although their scalar has a form.
    pub any_text: &'static [&'static str],
    /// Mutations that answer each item of their input for itself. The body of a request that names one of them is
    /// mended where it is no JSON, because the fault of one item must not hold up the others.
    pub item_by_item: &'static [&'static str],
}

impl SchemaProfile {
    /// Of a schema of which nothing special is known.
    pub const PLAIN: Self = Self { prices: Prices::PLAIN, scalars: &[], any_text: &[], item_by_item: &[] };
}

/// A scalar whose values are texts of a form, such as moments.
#[derive(Clone, Copy, Debug)]
pub struct ScalarForm {
    /// The scalar's name in the schema.
    pub name: &'static str,
    /// Whether a text has the form.
    pub fits: fn(&str) -> bool,
    /// The fault of a text without it, and the correct form.
    pub why: Phrase,
}
