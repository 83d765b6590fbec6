//! How Escalon reaches the world: the event store and its order, subscriptions, identity, and an embedded PostgreSQL.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`embedded`] | a private PostgreSQL cluster, run as our child |
//! | [`database`] | migrations, and the pools: one bound by row-level security, one that appends, one for the engine's own work |
//! | [`store`] | the event store: appends that come together share a transaction |
//! | [`sequencer`] | gives committed events their dense positions |
//! | [`feed`] | events in position order, and in bulk |
//! | [`subscription`] | consumers: leases, checkpoints moved in the transaction of their output, parked sequences |
//! | [`cqrs`] | the bridge to `cqrs-es` |
//! | [`analysts`] | the database roles of analysts |
//! | [`identity`] | password hashes and tokens |
//! | [`notary`] | proof: a Merkle tree over each organization's events, and its signed checkpoints |
//! | [`numbers`] | ticket numbers |
//! | [`world`] | the clock and ids |
//! | [`vault`] | keys of subjects: personal values are sealed in the store, and forgotten with their key |

pub mod analysts;
pub mod cqrs;
pub mod database;
pub mod embedded;
mod error;
pub mod feed;
mod gather;
pub mod identity;
mod line;
pub mod notary;
pub mod numbers;
mod pace;
pub mod sequencer;
pub mod store;
pub mod subscription;
pub mod vault;
pub mod world;

pub use error::{DataError, store_error};
