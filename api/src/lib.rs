//! Escalon.

pub mod app;
pub mod authenticate;
pub mod http;
pub mod schema;
