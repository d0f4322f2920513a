//! A folder in place of channels: one file for each message, for demos and tests. The same message is the same file.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::{Outcome, Outgoing};

/// A folder of messages.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a message.
    pub(crate) async fn write(&self, message: &Outgoing) -> Outcome {
        let (folder, name, text) = (self.0.clone(), format!("{}.json", message.id), content(message));
        let written = tokio::task::spawn_blocking(move || write_whole(&folder, &name, &text)).await;
        match written {
            Ok(Ok(())) => Outcome::Accepted { provider_id: None, answer: None },
            Ok(Err(error)) => Outcome::Outage(format!("the folder of messages: {error}")),
            Err(_) => Outcome::Outage("the program is stopping".to_owned()),
        }
    }
}

fn content(message: &Outgoing) -> String {
    let file = json!({
        "id": message.id,
        "kind": message.kind,
        "channel": message.channel,
        "to": message.to,
        "language": message.language,
        "subject": message.subject,
        "text": message.text,
        "unsubscribeUrl": message.unsubscribe_url,
        "writtenAt": message.written_at.to_rfc3339(),
    });
    format!("{file:#}\n")
}

/// Writes a file that is there as a whole or not at all.
fn write_whole(folder: &Path, name: &str, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!("{name}.part"));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Links and codes are in it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, folder.join(name))
}
