//! What went wrong, for whoever has to put it right.

use std::error::Error;

/// What went wrong, and how to mend it.
#[derive(Debug)]
pub(crate) struct Problem {
    /// What is wrong, in a line.
    pub(crate) message: String,
    /// What to do about it, unless the message says so already.
    pub(crate) cure: Option<String>,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), cure: None }
    }

    pub(crate) fn cure(self, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..self }
    }
}

impl<E: Error> From<E> for Problem {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            // Many errors tell their cause already.
            let text = cause.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            source = cause.source();
        }
        Self::new(message)
    }
}
