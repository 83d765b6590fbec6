//! Messages: what they say, and that nobody can make them say or do something else.
#![expect(clippy::unwrap_used, reason = "a test that meets what cannot be fails")]

mod email;
mod link;
mod page;
mod webhook;

use escalon_application::message::Story;
use escalon_domain::{
    escalation::Urgency,
    id::Id,
    notification::{NotificationId, Occasion},
    stamp::Timestamp,
};
use uuid::Uuid;

fn id<T>(last_digits: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(0x019b_8d3a_5c00_7000_8000_0000_0000_0000 | last_digits))
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn level() -> Occasion {
    Occasion::Level { escalation: id(0xe5c), level: 2, round: 1 }
}

const NOTIFICATION: NotificationId = Id::from_uuid(Uuid::from_u128(0x7));

fn story() -> Story {
    Story {
        notification: NOTIFICATION,
        urgency: Urgency::Urgent,
        title: "Payments fail".into(),
        facts: vec![("Ticket".into(), "GROW-20260105-0001".into())],
        text: Some("Since nine.\n\nNobody can pay.".into()),
        because: "on call in schedule primary (level 2)".into(),
        view: Some("https://escalon.example.com/t/1?a=1&b=2".into()),
        acknowledge: Some("https://escalon.example.com/links/abc".into()),
    }
}
