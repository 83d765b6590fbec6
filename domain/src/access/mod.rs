//! Who may do what: the permission catalogue, and roles as data.

mod grants;
mod permission;
mod role;

pub use grants::Grants;
pub use permission::{Permission, UnknownPermission};
pub use role::{Role, RoleId};
