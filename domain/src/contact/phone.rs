//! Telephone numbers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A telephone number in the form of ITU-T E.164: `+`, a country code, and 15 digits at most in all. `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// What is wrong with a telephone number. It does not repeat the number, which is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhone {
    /// It does not say of which country it is.
    #[error("begins with “+” and the country code, such as +4930123456 or +14155550123")]
    NoCountryCode,
    /// Something in it is no digit.
    #[error(
        "has digits only after the “+”; spaces, dots, dashes, slashes and brackets may stand between them"
    )]
    NotDigits,
    /// It is too short or too long.
    #[error("has 7 to 15 digits, country code included; this has {0}")]
    Length(usize),
}

impl Phone {
    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = InvalidPhone;

    fn from_str(text: &str) -> Result<Self, InvalidPhone> {
        let between = |c: char| matches!(c, ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')');
        let digits = text.trim().strip_prefix('+').ok_or(InvalidPhone::NoCountryCode)?.replace(between, "");
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPhone::NotDigits);
        }
        // No country code begins with 0.
        match digits.len() {
            7..=15 if digits.starts_with('0') => Err(InvalidPhone::NoCountryCode),
            7..=15 => Ok(Self(format!("+{digits}"))),
            length => Err(InvalidPhone::Length(length)),
        }
    }
}

impl TryFrom<String> for Phone {
    type Error = InvalidPhone;

    fn try_from(text: String) -> Result<Self, InvalidPhone> {
        text.parse()
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}****{}", &self.0[..3], &self.0[self.0.len() - 4..])
    }
}
