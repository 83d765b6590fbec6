//! A notification as it stands.

use serde::{Deserialize, Serialize};

use crate::id::{Id, Named};

/// A notification as it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Notification {}

/// The id of a notification.
pub type NotificationId = Id<Notification>;

impl Named for Notification {
    const PREFIX: &'static str = "notification";
}
