//! When a message is sent that somebody is to get.

use std::collections::BTreeSet;

use super::{Considered, Telling};
use crate::{
    contact::{Channel, ContactMethodId, is_critical},
    notification::Reason,
    stamp::Timestamp,
};

/// When a message is sent, and what put it off.
pub(super) struct Due {
    pub(super) at: Timestamp,
    pub(super) put_off: BTreeSet<Reason>,
}

/// When a message that is wanted at this moment is sent by this contact method.
pub(super) fn due(
    telling: &Telling,
    to: &Considered,
    (method, channel): (ContactMethodId, Channel),
    from: Timestamp,
) -> Due {
    let (reach, zone) = (&to.reach, to.reach.zone.unwrap_or(telling.zone));
    let mut due = Due { at: from, put_off: BTreeSet::new() };
    if let Some(digest) = reach.preferences.digest(telling.urgency, zone, from) {
        due.put_off(digest, Reason::Digest);
    }
    let breaks = |urgent_breaks| urgent_breaks && is_critical(telling.urgency);
    let quiet = reach.quiet_hours.filter(|hours| !breaks(hours.urgent_breaks));
    // The limit may allow it in the quiet hours, and their end may be beyond the limit: on until both agree.
    loop {
        let before = due.at;
        if let Some(end) = quiet.and_then(|hours| hours.end(zone, due.at)) {
            due.put_off(end, Reason::QuietHours);
        }
        due.put_off(telling.limits.allow(channel, to.told.sent.get(&method), due.at), Reason::Limited);
        if due.at == before {
            return due;
        }
    }
}

impl Due {
    fn put_off(&mut self, until: Timestamp, why: Reason) {
        if until > self.at {
            self.at = until;
            self.put_off.insert(why);
        }
    }
}
