//! What goes on in the demo while it runs: every few seconds somebody does the next thing to some ticket.

use std::{collections::VecDeque, time::Duration};

use escalon_application::{Caller, Engine, Failure, Once, escalation::RaiseEscalation, ticket::OpenTicket};
use escalon_domain::{
    escalation::{Cause, EscalationCommand, EscalationId, EscalationSubject, Urgency},
    member::MemberId,
    ticket::{TicketCommand, TicketId},
};
use serde_json::json;

use super::{Cast, SOURCE, slug};

const PAUSE: Duration = Duration::from_secs(12);
/// With so many tickets in work no new one is opened.
const MOST: usize = 12;

const TITLES: [&str; 6] = [
    "Blanket arrived in the wrong colour",
    "Lamp has no picture",
    "Desk costs more in the basket than in the list",
    "Mug is sold out and can still be ordered",
    "Rug is shorter than listed",
    "Shelf has another shelf's picture",
];
const BRANDS: [&str; 3] = ["Northwind", "Lakeside", "Fernhill"];
const ISSUES: [&str; 4] = ["product_not_as_listed", "missing_image", "wrong_price", "stock_mismatch"];
const PRIORITIES: [&str; 4] = ["urgent", "high", "medium", "low"];

/// A ticket in work.
struct InWork {
    ticket: TicketId,
    worker: MemberId,
    stage: u8,
    escalation: Option<EscalationId>,
}

/// Lives until it is dropped. What the engine refuses is left alone: people may have changed the ticket meanwhile.
pub async fn live(engine: Engine, cast: Cast) {
    let mut in_work: VecDeque<InWork> = VecDeque::new();
    loop {
        tokio::time::sleep(PAUSE).await;
        let mut chance = Chance::new(&engine);
        let opens = in_work.len() < 3 || (in_work.len() < MOST && chance.of(2) == 0);
        let done = if opens {
            open(&engine, &cast, &mut chance).await.map(Some)
        } else if let Some(next) = in_work.pop_front() {
            advance(&engine, &cast, next, &mut chance).await
        } else {
            Ok(None)
        };
        match done {
            Ok(Some(ticket)) => in_work.push_back(ticket),
            Ok(None) => {}
            Err(failure) => tracing::debug!(%failure, "the demo could not go on with a ticket"),
        }
    }
}

/// Dice.
struct Chance(u64);

impl Chance {
    /// The low bits of a UUIDv7 are random.
    fn new(engine: &Engine) -> Self {
        Self(engine.new_id::<()>().uuid().as_u64_pair().1 >> 2)
    }

    /// One of so many.
    fn of(&mut self, sides: usize) -> usize {
        let sides = sides.max(1) as u64;
        let thrown = self.0 % sides;
        self.0 /= sides;
        thrown as usize
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        all.get(self.of(all.len())).copied()
    }
}

async fn who(engine: &Engine, cast: &Cast, member: MemberId) -> Result<Caller, Failure> {
    let token = engine.token_for(&cast.operator, member, chrono::Duration::minutes(1)).await?;
    engine.authenticate(&token, SOURCE).await
}

async fn open(engine: &Engine, cast: &Cast, chance: &mut Chance) -> Result<InWork, Failure> {
    let nobody = || Failure::invalid(["member"], "nobody has the role");
    let growth = cast.with("growth").ok_or_else(nobody)?.id;
    let worker = chance.pick(&cast.all("operations")).ok_or_else(nobody)?;
    let mut text = |all: &[&'static str]| chance.pick(all).unwrap_or_default().to_owned();
    let (title, brand) = (text(&TITLES), text(&BRANDS));
    let input = OpenTicket {
        ticket_type: "growth".to_owned(),
        description: format!("{title}. A customer of {brand} wrote."),
        title,
        brand: Some(brand),
        priority: Some(text(&PRIORITIES)),
        fields: [("issue_type".to_owned(), json!(text(&ISSUES)))].into(),
        team: Some("operations".to_owned()),
        ..OpenTicket::default()
    };
    let caller = who(engine, cast, growth).await?;
    let ticket = engine.open_ticket(&caller, input, &Once::default()).await?.id;
    Ok(InWork { ticket, worker, stage: 0, escalation: None })
}

/// The next thing to happen to a ticket; none when it was the last.
async fn advance(
    engine: &Engine,
    cast: &Cast,
    work: InWork,
    chance: &mut Chance,
) -> Result<Option<InWork>, Failure> {
    let InWork { ticket, worker, stage, mut escalation } = work;
    let once = Once::default();
    let requester = cast.with("growth").map_or(worker, |growth| growth.id);
    let (ours, theirs) = (who(engine, cast, worker).await?, who(engine, cast, requester).await?);
    let change =
        async |caller: &Caller, command| engine.change_ticket(caller, ticket, command, &once).await.map(drop);
    match stage {
        0 => _ = engine.assign_ticket(&ours, ticket, Some("operations"), Some(worker), &once).await?,
        1 => {
            let body = "Thank you, I am looking into it.".to_owned();
            change(&ours, TicketCommand::Comment { comment: engine.new_id(), body }).await?;
        }
        2 if chance.of(3) == 0 => {
            let raise = RaiseEscalation {
                subject: EscalationSubject::Ticket(ticket),
                cause: Cause::Hand,
                reason: "The customer waits for an answer today".to_owned(),
                urgency: Urgency::High,
                customer: None,
            };
            escalation = Some(engine.raise_escalation(&theirs, raise, &once).await?.id);
        }
        2 => change(&ours, TicketCommand::Wait { reason: slug("supplier")? }).await?,
        3 => {
            if let Some(id) = escalation {
                engine
                    .change_escalation(&ours, id, EscalationCommand::Acknowledge { note: None }, &once)
                    .await?;
            } else {
                change(&ours, TicketCommand::Resume).await?;
            }
        }
        4 => {
            let remarks = "Corrected the listing and told the supplier.".to_owned();
            change(&ours, TicketCommand::ProposeResolution { remarks }).await?;
            if let Some(id) = escalation {
                let notes = "Answered the customer by email.".to_owned();
                engine.change_escalation(&ours, id, EscalationCommand::Resolve { notes }, &once).await?;
            }
        }
        5 if chance.of(5) == 0 => {
            let reason = "The customer still sees the old listing.".to_owned();
            change(&theirs, TicketCommand::Reopen { reason }).await?;
            return Ok(Some(InWork { ticket, worker, stage: 4, escalation: None }));
        }
        5 => change(&theirs, TicketCommand::AcceptResolution).await?,
        _ => {
            change(&theirs, TicketCommand::Close { reason: None }).await?;
            return Ok(None);
        }
    }
    Ok(Some(InWork { ticket, worker, stage: stage + 1, escalation }))
}
