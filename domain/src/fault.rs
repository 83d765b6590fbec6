//! What is wrong with an input: all faults at once, each with its path.

use std::fmt;

/// One fault of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it is, for example `["fields", "order"]`.
    pub path: Vec<String>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Fault {
    /// A fault at this path.
    pub fn at<const N: usize>(path: [&str; N], message: impl Into<String>) -> Self {
        Self { path: path.iter().map(|part| (*part).to_owned()).collect(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path.join("."), self.message)
        }
    }
}

/// A fault when `text`, trimmed, is shorter than `least` or longer than `most` characters.
#[must_use]
pub fn length<const N: usize>(path: [&str; N], text: &str, least: usize, most: usize) -> Option<Fault> {
    let count = text.trim().chars().count();
    if count < least {
        let message = if least == 1 {
            "must not be empty".to_owned()
        } else {
            format!("needs {least} characters or more; this has {count}")
        };
        return Some(Fault::at(path, message));
    }
    (text.chars().count() > most).then(|| {
        Fault::at(path, format!("may have {most} characters at most; this has {}", text.chars().count()))
    })
}
