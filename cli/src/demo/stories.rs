//! What happened in the demo before it was started: some tickets of the last two days.

use chrono::{DateTime, Duration, Utc};
use escalon_application::{Engine, Failure, Once, escalation::RaiseEscalation, ticket::OpenTicket};
use escalon_domain::{
    escalation::{Cause, EscalationSubject, Urgency},
    id::Id,
    stamp::Actor,
    ticket::{Ticket, TicketCommand},
};
use serde_json::json;

use super::{Cast, slug};

/// A ticket: brand, title, issue, priority, hours ago, and how far it got.
type Story = (&'static str, &'static str, &'static str, &'static str, i64, Stage);

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Stage {
    Open,
    Assigned,
    Waiting,
    Escalated,
    Processed,
    Resolved,
    Reopened,
    Closed,
}

const STORIES: &[Story] = &[
    (
        "Northwind",
        "Boots are listed as leather and are not",
        "product_not_as_listed",
        "urgent",
        47,
        Stage::Closed,
    ),
    ("Northwind", "Three jackets have no picture", "missing_image", "medium", 44, Stage::Closed),
    ("Lakeside", "Tea set sold at last year's price", "wrong_price", "high", 40, Stage::Reopened),
    (
        "Lakeside",
        "Kettle shows 40 in stock, the shelf is empty",
        "stock_mismatch",
        "high",
        33,
        Stage::Resolved,
    ),
    (
        "Fernhill",
        "Garden chairs come in another green",
        "product_not_as_listed",
        "medium",
        28,
        Stage::Processed,
    ),
    ("Fernhill", "Hose length is missing", "product_not_as_listed", "low", 26, Stage::Waiting),
    ("Northwind", "Checkout shows the net price", "wrong_price", "urgent", 9, Stage::Escalated),
    ("Lakeside", "Bundle counts as one item", "stock_mismatch", "medium", 6, Stage::Assigned),
    ("Fernhill", "Parasol picture is upside down", "missing_image", "low", 3, Stage::Open),
];

/// Lets it happen, once.
///
/// # Errors
/// The database cannot be reached, or somebody took the demo apart.
pub async fn past(engine: &Engine, cast: &Cast, now: DateTime<Utc>) -> Result<(), Failure> {
    for (place, story) in STORIES.iter().enumerate() {
        tell(engine, cast, place, story, now).await?;
    }
    Ok(())
}

async fn tell(
    engine: &Engine,
    cast: &Cast,
    place: usize,
    story: &Story,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let (brand, title, issue, priority, hours, stage) = *story;
    let (Some(growth), operations) = (cast.with("growth"), cast.all("operations")) else { return Ok(()) };
    let Some(&worker) = operations.get(place % operations.len().max(1)) else { return Ok(()) };
    let once = |step: &str| Once::new(Some(format!("demo:{place}:{step}")), None, &title);
    let at = |part: i32| now - Duration::hours(hours) + Duration::minutes(hours * 60) * part / 10;
    let by_growth = |part| cast.operator.recording(Actor::Member(growth.id), at(part));
    let by_worker = |part| cast.operator.recording(Actor::Member(worker), at(part));
    let id: Id<Ticket> = Id::derived(cast.operator.organization, &format!("demo:ticket:{place}"));

    let mut fields = escalon_domain::ticket_type::GivenFields::new();
    fields.insert("issue_type".to_owned(), json!(issue));
    let open = OpenTicket {
        id: Some(id),
        ticket_type: "growth".to_owned(),
        title: title.to_owned(),
        description: format!("{title}. Reported by a customer of {brand}."),
        brand: Some(brand.to_owned()),
        priority: Some(priority.to_owned()),
        fields,
        team: Some("operations".to_owned()),
        ..OpenTicket::default()
    };
    if engine.open_ticket(&by_growth(0), open, &once("open")).await?.replayed {
        return Ok(());
    }
    let change =
        async |caller, command, step: &str| engine.change_ticket(&caller, id, command, &once(step)).await;
    if stage >= Stage::Assigned {
        engine.assign_ticket(&by_worker(1), id, Some("operations"), Some(worker), &once("assign")).await?;
        let (comment, body) = (Id::derived(id, "comment"), "I am looking into it.".to_owned());
        change(by_worker(2), TicketCommand::Comment { comment, body }, "comment").await?;
    }
    if stage == Stage::Waiting {
        change(by_worker(3), TicketCommand::Wait { reason: slug("supplier")? }, "wait").await?;
    }
    if stage == Stage::Escalated {
        let raise = RaiseEscalation {
            subject: EscalationSubject::Ticket(id),
            cause: Cause::Hand,
            reason: "Customers pay the wrong price right now".to_owned(),
            urgency: Urgency::Urgent,
            customer: None,
        };
        engine.raise_escalation(&by_growth(5), raise, &once("escalate")).await?;
    }
    if stage >= Stage::Processed {
        let remarks = "Corrected the listing and told the supplier.".to_owned();
        change(by_worker(5), TicketCommand::ProposeResolution { remarks }, "resolve").await?;
    }
    if stage >= Stage::Resolved {
        change(by_growth(6), TicketCommand::AcceptResolution, "accept").await?;
    }
    if stage == Stage::Reopened {
        let reason = "The old price is back since this morning.".to_owned();
        change(by_growth(8), TicketCommand::Reopen { reason }, "reopen").await?;
    }
    if stage == Stage::Closed {
        change(by_growth(9), TicketCommand::Close { reason: None }, "close").await?;
    }
    Ok(())
}
