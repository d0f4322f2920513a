//! The standard output of commands.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

/// Prints a text as it is. A closed pipe, as in `handover schema | head -1`, is no error.
///
/// # Errors
/// When the output fails for another reason, for example because the disk is full.
pub(super) fn text(text: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match write!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// Prints a line, as [`text`] does.
///
/// # Errors
/// As [`text`].
pub(super) fn line(line: impl Display) -> io::Result<()> {
    text(format_args!("{line}\n"))
}
