//! Passwords of database roles, as PostgreSQL keeps them (RFC 5802, RFC 7677): computed here, so that the password itself
//! is in no statement and in no log of the server.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use rand::RngCore;
use sha2::{Digest, Sha256};

/// PostgreSQL's own number of rounds.
const ROUNDS: u32 = 4_096;
/// The shortest password, in characters.
const SHORTEST: usize = 12;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Somebody could guess it.
    #[error("the password needs {} characters or more", SHORTEST)]
    Short,
    /// Clients differ in how they write others.
    #[error("the password may have letters, digits and signs of ASCII only, and no blank at its ends")]
    Signs,
}

/// A password as PostgreSQL keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier(String);

impl Verifier {
    /// The verifier of a password, with a new salt.
    ///
    /// # Errors
    /// The password is too short, or has signs that not every client sends alike.
    pub fn new(password: &str) -> Result<Self, BadPassword> {
        if !password.chars().all(|sign| sign.is_ascii_graphic() || sign == ' ') || password.trim() != password
        {
            return Err(BadPassword::Signs);
        }
        if password.len() < SHORTEST {
            return Err(BadPassword::Short);
        }
        let mut salt = [0; 16];
        rand::rng().fill_bytes(&mut salt);
        Ok(Self::salted(password, &salt))
    }

    fn salted(password: &str, salt: &[u8]) -> Self {
        let (stored, server) = keys(password, salt);
        let [salt, stored, server] = [salt, &stored, &server].map(|bytes| STANDARD.encode(bytes));
        Self(format!("SCRAM-SHA-256${ROUNDS}:{salt}${stored}:{server}"))
    }

    /// As the statement that sets it wants it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who has it can pretend to be the server, so it is not shown.
impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier(…)")
    }
}

/// The keys with which the server checks the client, and proves itself to it.
fn keys(password: &str, salt: &[u8]) -> ([u8; 32], [u8; 32]) {
    let salted = stretched(password.as_bytes(), salt);
    let stored = Sha256::digest(hmac(&salted, b"Client Key")).into();
    (stored, hmac(&salted, b"Server Key"))
}

/// PBKDF2 of one block.
fn stretched(password: &[u8], salt: &[u8]) -> [u8; 32] {
    let mut round = hmac(password, &[salt, &[0, 0, 0, 1]].concat());
    let mut sum = round;
    for _ in 1..ROUNDS {
        round = hmac(password, &round);
        sum.iter_mut().zip(round).for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // Of a block's length or shorter, any key is good; a longer one would be hashed by the algorithm itself.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_the_example_in_rfc_7677() {
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let exchanged = format!(
            "n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}"
        );
        let (_, server) = keys("pencil", &salt);
        let signature = STANDARD.encode(hmac(&server, exchanged.as_bytes()));
        assert_eq!(signature, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    }

    #[test]
    fn guessable_and_ambiguous_passwords_are_refused_and_no_verifier_is_like_another() {
        assert_eq!(Verifier::new("short"), Err(BadPassword::Short));
        assert_eq!(Verifier::new("pässwörter sind"), Err(BadPassword::Signs));
        assert_eq!(Verifier::new(" correct horse battery"), Err(BadPassword::Signs));
        let (one, other) = (Verifier::new("correct horse battery"), Verifier::new("correct horse battery"));
        assert_ne!(one, other);
        assert!(one.unwrap().as_str().starts_with("SCRAM-SHA-256$4096:"));
    }
}
