//! Who is on call at a moment, and where that comes from.

use serde::{Deserialize, Serialize};

use super::Schedule;
use crate::{member::MemberId, slug::Slug, stamp::Timestamp};

/// Somebody who is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnCall {
    /// Who.
    pub member: MemberId,
    /// What puts them on call.
    pub source: Source,
}

/// What puts somebody on call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Their turn in a layer.
    Layer {
        /// The layer's short name.
        name: Slug,
        /// Which turn it is; the first is 0.
        turn: u64,
    },
    /// An override.
    Override {
        /// Its place among the overrides; the first is 0.
        place: usize,
    },
}

impl Schedule {
    /// Who is on call at a moment, past or future, by the order of their ids; nobody when it is a gap. It takes the same time
    /// however far the moment is from the start.
    ///
    /// ```
    /// use escalon_domain::schedule::Schedule;
    ///
    /// let nights: Schedule = serde_json::from_value(serde_json::json!({
    ///     "name": "nights", "title": "Nights", "zone": "Europe/Berlin",
    ///     "layers": [{
    ///         "name": "all", "starts": "2026-01-05T20:00:00", "rotation": {"hourly": {"every": 12}},
    ///         "participants": [["member_01ke6kmq00e0080000000002rb"], []],
    ///     }],
    /// }))?;
    /// let on_call = |at: &str| nights.on_call(at.parse().unwrap()).len();
    /// // 20:00 in Berlin is 19:00 UTC in winter and 18:00 UTC in summer.
    /// assert_eq!((on_call("2026-01-07T18:59:59Z"), on_call("2026-01-07T19:00:00Z")), (0, 1));
    /// assert_eq!((on_call("2031-07-07T17:59:59Z"), on_call("2031-07-07T18:00:00Z")), (0, 1));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn on_call(&self, at: Timestamp) -> Vec<OnCall> {
        self.present(at).0
    }

    /// Who is on call at a moment, and until when that surely stays so; for ever when there is none.
    pub(super) fn present(&self, at: Timestamp) -> (Vec<OnCall>, Option<Timestamp>) {
        let (mut people, mut edges) = (Vec::new(), Vec::new());
        for layer in &self.layers {
            let present = layer.present(self.zone, at);
            edges.extend(present.until);
            if let (Some(turn), false) = (present.turn, present.members.is_empty()) {
                let source = Source::Layer { name: layer.name.clone(), turn: turn.number };
                let on_call = |member: &MemberId| OnCall { member: *member, source: source.clone() };
                people = present.members.iter().map(on_call).collect();
            }
        }
        for (place, change) in self.overrides.iter().enumerate() {
            if change.holds(at) {
                people = change.change(place, people);
            }
            edges.extend([change.from, change.until].into_iter().filter(|edge| *edge > at));
        }
        people.sort_unstable_by_key(|one| one.member);
        (people, edges.into_iter().min())
    }
}
