//! Members: the people of an organization.

mod command;
mod decide;
mod email;
mod event;
mod state;

pub use command::{MemberCommand, MemberError};
pub use email::{Email, InvalidEmail};
pub use event::{Invited, Joined, MemberEvent, Reinstated, RoleGranted, RoleRevoked, Suspended};
pub use state::{Member, MemberId, MemberStatus};
