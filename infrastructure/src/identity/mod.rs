//! Passwords and tokens.

mod credentials;
mod passwords;
mod scram;
mod tokens;

pub use credentials::PgCredentials;
pub use passwords::Argon2Passwords;
pub use scram::{BadPassword, Verifier};
pub use tokens::{JwtTokens, SigningKey};
