//! What a link in a message can do.

/// What a link in a message can do, once its reader says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkAction {
    /// Own what the notification tells of.
    Acknowledge,
    /// Get no more emails.
    Unsubscribe,
}

impl LinkAction {
    /// Every action.
    pub const ALL: &'static [Self] = &[Self::Acknowledge, Self::Unsubscribe];

    /// The stored word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Unsubscribe => "unsubscribe",
        }
    }

    /// The byte for it in a link; it never changes.
    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::Acknowledge => 1,
            Self::Unsubscribe => 2,
        }
    }
}
