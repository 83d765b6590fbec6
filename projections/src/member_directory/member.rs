//! From a member's events to their row.

use escalon_domain::{
    id::Id,
    member::{Invited, MemberEvent, MemberId, MemberStatus},
    personal::SubjectId,
    stamp::Timestamp,
};

use crate::{
    happening::{Happening, What},
    row,
    tables::Fold,
};

row! {
    /// A member as the directory shows them.
    pub struct MemberRow in "member" {
        /// Their id, `member_…`.
        pub id: String,
        /// The organization they belong to.
        pub organization: String,
        /// The subject of their personal data.
        pub subject: String,
        /// Their name; none when forgotten.
        pub name: Option<String>,
        /// Their address; none when they have none, or it was forgotten.
        pub email: Option<String>,
        /// The name in lower case, by which lists are sorted.
        pub sort_name: String,
        /// The word for their status.
        pub status: String,
        /// Whether they ever joined.
        pub joined: bool,
        /// The ids of their roles, in order.
        pub roles: Vec<String>,
        /// When they were invited.
        pub invited_at: Timestamp,
        /// When anything last happened to their membership.
        pub updated_at: Timestamp,
        /// How many events they have.
        pub version: i64,
    }
}

/// The fold over members.
#[derive(Debug, Clone, Copy)]
pub struct MemberFold;

impl Fold for MemberFold {
    type Row = MemberRow;

    fn key<'h>(happening: &'h Happening<'_>) -> Option<&'h str> {
        matches!(happening.what, What::Member(_)).then(|| happening.id())
    }

    fn apply(row: Option<MemberRow>, happening: &Happening<'_>) -> Option<MemberRow> {
        let What::Member(event) = &happening.what else { return row };
        let mut row = match (row, event) {
            (_, MemberEvent::Invited(invited)) => return Some(MemberRow::invited(invited, happening)),
            (row, _) => row?,
        };
        match event {
            MemberEvent::Invited(_) => {}
            MemberEvent::Joined(_) => {
                row.joined = true;
                row.stand(MemberStatus::Active);
            }
            MemberEvent::RoleGranted(granted) => {
                row.roles.push(granted.role.to_string());
                row.roles.sort_unstable();
                row.roles.dedup();
            }
            MemberEvent::RoleRevoked(revoked) => {
                let role = revoked.role.to_string();
                row.roles.retain(|held| *held != role);
            }
            MemberEvent::Suspended(_) => row.stand(MemberStatus::Suspended),
            MemberEvent::Reinstated(_) if row.joined => row.stand(MemberStatus::Active),
            MemberEvent::Reinstated(_) => row.stand(MemberStatus::Invited),
            // The directory does not show how somebody is reached.
            MemberEvent::ContactMethodAdded(_)
            | MemberEvent::ContactMethodVerified(_)
            | MemberEvent::ContactMethodRemoved(_)
            | MemberEvent::RulesSet(_)
            | MemberEvent::PreferencesSet(_)
            | MemberEvent::QuietHoursSet(_)
            | MemberEvent::ConsentGiven(_)
            | MemberEvent::ConsentWithdrawn(_)
            | MemberEvent::ZoneSet(_) => {}
            MemberEvent::Forgotten(_) => {
                row.stand(MemberStatus::Forgotten);
                (row.name, row.email) = (None, None);
                row.sort_name.clear();
                row.roles.clear();
            }
        }
        row.updated_at = happening.at();
        row.version = happening.version();
        Some(row)
    }
}

impl MemberRow {
    fn invited(invited: &Invited, happening: &Happening<'_>) -> Self {
        let name = invited.name.reveal().cloned();
        // A member's subject has the member's own UUID.
        let subject: Option<SubjectId> = happening.id().parse::<MemberId>().ok().map(Id::cast);
        Self {
            id: happening.id().to_owned(),
            organization: happening.organization(),
            subject: subject.unwrap_or(invited.name.subject).to_string(),
            sort_name: name.as_deref().unwrap_or_default().to_lowercase(),
            name,
            email: invited.email.as_ref().and_then(|email| Some(email.reveal()?.as_str().to_owned())),
            status: MemberStatus::Invited.name().to_owned(),
            joined: false,
            roles: Vec::new(),
            invited_at: happening.at(),
            updated_at: happening.at(),
            version: happening.version(),
        }
    }

    fn stand(&mut self, status: MemberStatus) {
        status.name().clone_into(&mut self.status);
    }
}
