//! Escalon.

pub mod authenticate;
pub mod http;
pub mod schema;
