//! Email addresses, as far as the engine must understand them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An email address with a lower-case domain. `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// A text that is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not an email address; it should look like name@example.com and have 254 characters at most")]
pub struct InvalidEmail;

impl Email {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two addresses the same person's: letter case does not matter.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    /// The limits are RFC 5321's: 64 octets before the @, 254 in all.
    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let (name, domain) = text.trim().rsplit_once('@').ok_or(InvalidEmail)?;
        // Lower case can be longer and have other characters, so it is what must be good.
        let domain = domain.to_lowercase();
        let strange =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | ',' | ';' | '@');
        let label = |label: &str| {
            !label.is_empty() && label.len() <= 63 && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let good = (1..=64).contains(&name.len())
            && name.len() + 1 + domain.len() <= 254
            && !name.chars().any(strange)
            && domain.split('.').count() >= 2
            && domain.split('.').all(label);
        if good { Ok(Self(format!("{name}@{domain}"))) } else { Err(InvalidEmail) }
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, domain) = self.0.rsplit_once('@').unwrap_or(("", ""));
        write!(f, "{}***@{domain}", name.chars().next().unwrap_or('?'))
    }
}
