//! What the use cases need from the world; implemented by `infrastructure` and `projections`, wired in `cli`.

mod accounts;
mod event_store;
mod facts;
mod people;
mod sequences;

pub use accounts::{Credentials, PasswordHasher, Purpose, TokenClaims, TokenError, Tokens};
pub use event_store::{
    Append, AppendError, Appended, CommandRecord, EventStore, Head, Metadata, NewEvent, Snapshot, StoreError,
    StoredEvent, StreamKey, StreamPositions,
};
pub use facts::{Clock, Directory, Ids, Numbers, Without};
pub use people::{Destroyed, People};
pub use sequences::{Parked, Resumed, Sequences};
