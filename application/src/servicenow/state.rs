//! ServiceNow's states, and where a ticket stands that is being imported.

use escalon_domain::slug::Slug;

use super::Step;

/// Where an incident stands, in the ticket's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// New, or being worked on.
    Working,
    /// Waiting for somebody.
    Waiting(Slug),
    /// Resolved.
    Resolved,
    /// Closed.
    Closed,
}

impl Standing {
    /// What a state of the log means; none for a state that is not known.
    pub(super) fn of(state: &str) -> Option<Self> {
        match state {
            "New" | "Active" => Some(Self::Working),
            "Resolved" => Some(Self::Resolved),
            "Closed" => Some(Self::Closed),
            _ => {
                let whom = state.strip_prefix("Awaiting ")?.to_lowercase().replace(' ', "_");
                whom.parse().ok().map(Self::Waiting)
            }
        }
    }

    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Working => "open",
            Self::Waiting(_) => "waiting",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    pub(super) const fn is_done(&self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }

    /// The step from here to there; none when it is the same place.
    ///
    /// # Errors
    /// Only a reopening leads there.
    pub(super) fn step_to(&self, there: &Self, code: Option<&str>) -> Result<Option<Step>, ()> {
        Ok(match (self, there) {
            (here, there) if here == there => None,
            (Self::Resolved, Self::Closed) => Some(Step::Close { reason: None }),
            (Self::Resolved | Self::Closed, _) => return Err(()),
            (_, Self::Working) => Some(Step::Resume),
            (_, Self::Waiting(reason)) => Some(Step::Wait { reason: reason.clone() }),
            (_, Self::Resolved) => Some(Step::Resolve { remarks: said("Resolved in ServiceNow", code) }),
            (_, Self::Closed) => {
                Some(Step::Close { reason: Some(said("Closed in ServiceNow without a resolution", code)) })
            }
        })
    }
}

fn said(what: &str, code: Option<&str>) -> String {
    code.map_or_else(|| what.to_owned(), |code| format!("{what} ({code})"))
}
