//! Validation and normalization of GraphQL documents, by the specification's rules.
//!
//! async-graphql reads documents and runs them, but its validation has gaps (`docs/architecture.md` lists them). So a
//! document is checked by [`Rules`] first, then by [`check_values`], and its [`normal_form`] runs.

mod fits;
mod normal_form;
mod parsed;
mod rules;
mod unique;
mod values;

pub(super) use fits::variables_fit;
pub(super) use normal_form::normal_form;
pub(super) use rules::Rules;
pub(super) use values::check_values;
