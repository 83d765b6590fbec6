//! How Escalon reaches the world: the event store and its order, subscriptions, identity, and an embedded PostgreSQL.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`embedded`] | a private PostgreSQL cluster, run as our child |
//! | [`database`] | migrations, and the two pools: one bound by row-level security, one for the engine's own work |
//! | [`store`] | the event store: one round trip an append |
//! | [`sequencer`] | gives committed events their dense positions |
//! | [`feed`] | events in position order |
//! | [`subscription`] | a consumer that moves its checkpoint in the transaction of its output |
//! | [`cqrs`] | the bridge to `cqrs-es` |
//! | [`identity`] | password hashes and tokens |
//! | [`world`] | the clock, ids, ticket numbers |

pub mod cqrs;
pub mod database;
pub mod embedded;
mod error;
pub mod feed;
pub mod identity;
pub mod sequencer;
pub mod store;
pub mod subscription;
pub mod world;

pub use error::store_error;
