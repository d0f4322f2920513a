//! Why the settings of channels cannot be used.

/// A setting that makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// Said in words.
    #[error("{0}")]
    Setting(&'static str),
    /// A value that cannot be read, with the name of its setting.
    #[error("{setting}: {reason}")]
    Value {
        /// The name of the setting.
        setting: &'static str,
        /// What is wrong with it, without the value of a secret.
        reason: String,
    },
}

impl ChannelError {
    pub(crate) fn value(setting: &'static str, reason: impl ToString) -> Self {
        Self::Value { setting, reason: reason.to_string() }
    }
}
