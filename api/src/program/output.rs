//! What the program's commands print.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

/// Prints a text as it is. A reader who has gone, as in `handover schema | head -1`, wants no more of it: that is no
/// failure.
///
/// # Errors
/// When it cannot be written for another reason, for example to a full disk.
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
