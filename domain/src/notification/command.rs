//! What a notification can be asked to do.

use super::{Occasion, Reason};
use crate::{
    contact::{Channel, ContactMethodId},
    escalation::Urgency,
    fault::Fault,
    member::MemberId,
    refusal::{Refusal, RefusalCode, sentence},
    slug::Slug,
    stamp::Timestamp,
};

use super::NotificationId;

/// Everything that planning a notification needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Who is told.
    pub recipient: MemberId,
    /// At which address.
    pub method: ContactMethodId,
    /// By which channel.
    pub channel: Channel,
    /// Of what.
    pub occasion: Occasion,
    /// How insistently.
    pub urgency: Urgency,
    /// When.
    pub at: Timestamp,
    /// When it is too late: the next level is due, say.
    pub expires_at: Option<Timestamp>,
    /// The one that failed, if this takes its place.
    pub instead_of: Option<NotificationId>,
}

/// What a notification can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotificationCommand {
    /// Be sent when its moment has come.
    Plan(Box<Plan>),
    /// Not be sent any more.
    Suppress {
        /// Why.
        why: Reason,
    },
    /// Do what is due. If that is an attempt, whoever asked makes it: nobody else was told to.
    Due {
        /// Why it is not to be sent any more, if so: somebody owns what it is about.
        withhold: Option<Reason>,
    },
    /// Learn what became of it.
    Report(Report),
}

/// What became of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The provider took it.
    Sent {
        /// By which attempt.
        attempt: u16,
        /// The provider's own reference.
        reference: Option<String>,
    },
    /// It reached the address.
    Delivered,
    /// The recipient read it.
    Read,
    /// The recipient did what it asked for.
    ActedOn {
        /// What.
        action: Slug,
    },
    /// An attempt failed.
    Failed {
        /// Which.
        attempt: u16,
        /// Whether another attempt would fail, too.
        permanent: bool,
        /// The provider does not want another attempt before this moment.
        not_before: Option<Timestamp>,
        /// What was wrong.
        trouble: Trouble,
    },
    /// The address refused it.
    Bounced {
        /// What was wrong.
        trouble: Trouble,
    },
    /// Nobody knows whether the provider took it.
    Unknown {
        /// By which attempt.
        attempt: u16,
    },
}

/// What was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The provider's code, or a word of the adapter's own: `30003`, `connection_refused`.
    pub code: String,
    /// What it said. It may name the address.
    pub detail: Option<String>,
}

/// Why a notification says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    /// It does not exist.
    #[error("there is no such notification")]
    NotPlanned,
    /// The input is wrong.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),
}

impl Refusal for NotificationError {
    fn code(&self) -> RefusalCode {
        match self {
            Self::NotPlanned => RefusalCode::NotFound,
            Self::Invalid(_) => RefusalCode::InvalidInput,
        }
    }

    fn faults(&self) -> Vec<Fault> {
        if let Self::Invalid(faults) = self { faults.clone() } else { Vec::new() }
    }
}
