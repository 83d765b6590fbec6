//! Passwords and tokens.

mod credentials;
mod passwords;
mod tokens;

pub use credentials::PgCredentials;
pub use passwords::Argon2Passwords;
pub use tokens::{JwtTokens, SigningKey};
