//! What running work waits for. A timer asks, it does not tell: when a moment has come, the stream is asked what is due.

use std::borrow::Cow;

use crate::stamp::Timestamp;

/// A moment at which a stream wants to be asked what is due. Each aggregate that waits says from its state alone which these
/// are; one that is not among them any more need not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// What is waited for, unique in its stream: `level`, for example. The stream's next answer replaces the moment under it.
    pub key: Cow<'static, str>,
    /// The moment. It follows from what caused the wait, never from when somebody asks, so that lateness does not add up.
    pub due: Timestamp,
}

impl Wait {
    /// A wait.
    pub fn new(key: impl Into<Cow<'static, str>>, due: Timestamp) -> Self {
        Self { key: key.into(), due }
    }
}
