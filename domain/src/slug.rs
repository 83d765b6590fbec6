//! Short names that stand in addresses and files: `acme`, `product_not_as_listed`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A lower-case name of 1–63 letters, digits, `_` and `-`, beginning with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// A text that is not a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not a short name: use 1 to 63 lower-case letters, digits, “_” or “-”, beginning with a letter or digit"
)]
pub struct InvalidSlug(String);

impl Slug {
    /// The short name that is most like a text: “Disk Full!” gives `disk_full`. None where nothing of it could stand in one.
    #[must_use]
    pub fn like(text: &str) -> Option<Self> {
        let plain =
            |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '_' };
        let name: String = text.trim().chars().map(plain).collect();
        let name: String = name.trim_matches(['_', '-']).chars().take(63).collect();
        name.parse().ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let good = (1..=63).contains(&text.len())
            && plain(text.as_bytes()[0])
            && text.bytes().all(|byte| plain(byte) || byte == b'_' || byte == b'-');
        if good { Ok(Self(text.to_owned())) } else { Err(InvalidSlug(text.chars().take(80).collect())) }
    }
}

impl TryFrom<String> for Slug {
    type Error = InvalidSlug;

    fn try_from(text: String) -> Result<Self, InvalidSlug> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
