//! Who is told, by what and when; or not, and why. A pure function of what is known about each person at that moment:
//!
//! 1. **Nobody** is told who was forgotten or suspended, who is not on call, when somebody owns it already, or when it is
//!    suppressed. Who is told through one target is not told again through another.
//! 2. **In the application** everybody else is told at once.
//! 3. **Further** they are told by the channels that the occasion names, or else by their own rules for its urgency, or else by
//!    the first of their contact methods that will do. One that will not do (never proven, not wanted, no consent, used too
//!    often) gives way to the next.
//! 4. **Later** instead of now: at the end of their quiet hours, with their digest, or when their limit allows. What is due to
//!    one address at one moment is one message: see [`bundles`].
//! 5. **After a failure** the next contact method that will do is asked for in the same way.

mod bundle;
mod considered;
mod decide;
mod limit;
mod moment;
mod order;
mod plans;
mod why;

pub use bundle::{Bundle, bundles};
pub use considered::{Considered, Telling, Told};
pub use decide::tell;
pub use limit::{Limit, Limits};
pub use plans::plans;
pub use why::{because, why, why_not};
