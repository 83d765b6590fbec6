//! The public face: GraphQL over HTTP.
//!
//! [`http`] reads a request, weighs its document before it runs, and answers as the GraphQL-over-HTTP specification says;
//! [`authenticate`] finds out who is calling; [`schema`] holds the types and resolvers, one file per aggregate. A resolver
//! is context, one call, conversion. This crate sees no SQL: it calls the use cases of `application` and the queries of
//! `projections`.

pub mod app;
pub mod authenticate;
pub mod http;
pub mod schema;
