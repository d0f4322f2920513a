//! Codes of the domain as constants of a statement's text, so that hand-written SQL names none itself.

use std::fmt::Display;

/// The codes of a list `IN (…)`: `'CLOSED', 'VOID'`.
pub(crate) fn constants(codes: impl IntoIterator<Item = impl Display>) -> String {
    codes.into_iter().map(constant).collect::<Vec<_>>().join(", ")
}

/// One code: `'VOID'`. Codes are upper-case words, so nothing is to be escaped.
pub(crate) fn constant(code: impl Display) -> String {
    format!("'{code}'")
}
