//! Several notifications in one message: what is due to one address at one moment.

use std::collections::BTreeMap;

use crate::{
    contact::{Channel, ContactMethodId},
    member::MemberId,
    notification::{Candidate, NotificationId, Verdict},
    stamp::Timestamp,
};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// To whom.
    pub recipient: MemberId,
    /// To which address.
    pub method: ContactMethodId,
    /// By which channel.
    pub channel: Channel,
    /// When.
    pub at: Timestamp,
    /// Of what, in the order of the candidates; one or more.
    pub notifications: Vec<NotificationId>,
}

/// The messages that these candidates get, the earliest first. In the application, each notification stands for itself.
pub fn bundles<'a>(candidates: impl IntoIterator<Item = &'a Candidate>) -> Vec<Bundle> {
    let mut bundles = BTreeMap::<_, Bundle>::new();
    for candidate in candidates {
        let Verdict::Told { by, .. } = &candidate.verdict else { continue };
        for planned in by {
            let alone = (planned.channel == Channel::InApp).then_some(planned.notification);
            let bundle = bundles.entry((planned.at, planned.method, alone)).or_insert_with(|| Bundle {
                recipient: candidate.member,
                method: planned.method,
                channel: planned.channel,
                at: planned.at,
                notifications: Vec::new(),
            });
            if !bundle.notifications.contains(&planned.notification) {
                bundle.notifications.push(planned.notification);
            }
        }
    }
    bundles.into_values().collect()
}
