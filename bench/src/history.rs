//! A plausible past: tickets of ten events each, written through the event store, so that whatever it does with an event
//! (chaining, sealing, numbering) is done with these, too.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, Duration};
use escalon_application::{
    Engine, Recorded,
    ports::{Append, EventStore, Head, Metadata, NewEvent, StreamKey},
};
use escalon_domain::{
    aggregate::{Aggregate, Event},
    definition::Pin,
    id::Id,
    member::MemberId,
    organization::OrganizationId,
    personal::{Personal, SubjectId},
    slug::Slug,
    stamp::{Actor, Stamp, Timestamp},
    ticket::{
        Assigned, Closed, Commented, Noted, Opened, Prioritized, Requester, ResolutionAccepted,
        ResolutionProposed, Resumed, Tagged, Ticket, TicketEvent, TicketId, TicketNumber, Waiting,
    },
    ticket_type::{Priority, PriorityScale, TicketRules, TicketType},
};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{Result, ours::Desk};

/// How many members work on the tickets.
const MEMBERS: usize = 50;
/// How many tickets are written at once.
const WRITERS: usize = 48;
/// The first ticket was opened in January 2024, and all of them in two years.
const BEGIN: i64 = 1_704_067_200;
const SPAN_SECONDS: u64 = 2 * 365 * 86_400;
/// How many events a long stream gets at once.
const CHUNK: usize = 500;

const THINGS: [&str; 24] = [
    "printer",
    "invoice",
    "parcel",
    "login",
    "refund",
    "price",
    "picture",
    "description",
    "colour",
    "size",
    "voucher",
    "address",
    "basket",
    "payment",
    "newsletter",
    "account",
    "warranty",
    "delivery",
    "search",
    "filter",
    "review",
    "catalogue",
    "terminal",
    "scanner",
];
const FAULTS: [&str; 16] = [
    "missing",
    "wrong",
    "late",
    "broken",
    "duplicated",
    "unreadable",
    "outdated",
    "rejected",
    "slow",
    "empty",
    "lost",
    "blocked",
    "cancelled",
    "incomplete",
    "misplaced",
    "expired",
];
pub(crate) const BRANDS: [&str; 8] =
    ["Northwind", "Contoso", "Fabrikam", "Adatum", "Litware", "Proseware", "Tailspin", "Wingtip"];
const TAGS: [&str; 6] = ["returns", "finance", "logistics", "content", "vip", "weekend"];

/// For whom the past is written.
#[derive(Clone)]
pub(crate) struct Past {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) organization: OrganizationId,
    pub(crate) ticket_type: Pin<TicketType>,
    pub(crate) members: Vec<MemberId>,
}

/// Numbers that look random and are the same in every run (splitmix64).
fn scatter(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn pick<T: Copy>(list: &[T], seed: u64) -> T {
    list[usize::try_from(seed % list.len() as u64).unwrap_or_default()]
}

impl Past {
    /// Of the organization of this desk, with some members to work on its tickets.
    pub(crate) async fn of(desk: &Desk, store: Arc<dyn EventStore>) -> Result<Self> {
        let (worker, _) = desk.member("worker", &[]).await?;
        let mut members: Vec<_> = worker.member().into_iter().collect();
        for number in 1..MEMBERS {
            members.push(desk.join(&format!("worker-{}-{number}", &desk.run[20..]), Vec::new()).await?);
        }
        Self::with(desk, store, members).await
    }

    /// The same with members who are there already.
    pub(crate) async fn with(
        desk: &Desk,
        store: Arc<dyn EventStore>,
        members: Vec<MemberId>,
    ) -> Result<Self> {
        let ticket_type = Pin { id: desk.engine.resolve(&desk.caller, "incident").await?, version: 1 };
        let (engine, organization) = (desk.engine.clone(), desk.caller.organization);
        Ok(Self { engine, store, organization, ticket_type, members })
    }

    /// Writes the tickets of these numbers, over the whole time that the past takes.
    pub(crate) async fn write(&self, tickets: Range<u64>) -> Result<()> {
        let next = Arc::new(AtomicU64::new(tickets.start));
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            let (past, next, tickets) = (self.clone(), Arc::clone(&next), tickets.clone());
            writers.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= tickets.end {
                        return Result::Ok(());
                    }
                    let part = u128::from(number - tickets.start) * u128::from(SPAN_SECONDS);
                    let at = i64::try_from(part / u128::from(tickets.end - tickets.start))?;
                    let opened = DateTime::from_timestamp(BEGIN + at, 0).ok_or("a moment")?;
                    past.append(past.engine.new_id(), Head::default(), past.life(number, opened)?).await?;
                }
            });
        }
        while let Some(written) = writers.join_next().await {
            written??;
        }
        Ok(())
    }

    /// Writes one ticket with this number and so many events, most of them comments.
    pub(crate) async fn long(&self, number: u64, events: usize) -> Result<TicketId> {
        let id = self.engine.new_id();
        let at = DateTime::from_timestamp(BEGIN, 0).ok_or("a moment")?;
        let mut life = self.life(number, at)?;
        life.truncate(1);
        let by = Actor::Member(self.members[0]);
        for count in 1..events {
            let body =
                self.says(self.members[0], format!("Asked the supplier again, for the {count}th time."));
            let commented = Commented { comment: self.engine.new_id(), body, response: true };
            life.push((commented.into(), Stamp::new(at, by.clone())));
        }
        let mut head = Head::default();
        for chunk in life.chunks(CHUNK) {
            head = self.append(id, head, chunk.to_vec()).await?;
        }
        Ok(id)
    }

    fn says(&self, member: MemberId, text: String) -> Personal<String> {
        Personal::new(member.cast(), text)
    }

    /// Ten events. A third of the tickets is closed, a third resolved, and a third still open.
    fn life(&self, number: u64, opened: Timestamp) -> Result<Vec<(TicketEvent, Stamp)>> {
        let seed = scatter(number);
        let (assignee, other) = (pick(&self.members, seed >> 8), pick(&self.members, seed >> 16));
        let customer: SubjectId = Id::derived(self.organization, &format!("customer:c-{}", seed % 20_000));
        let by_customer = Actor::Customer(customer);
        let by_member = Actor::Member(assignee);
        let scale = PriorityScale::default();
        let priority = |place: u64| -> Result<Priority> {
            Ok(scale.find(["urgent", "high", "medium", "low"][(place % 4) as usize])?)
        };
        let (thing, fault) = (pick(&THINGS, seed >> 24), pick(&FAULTS, seed >> 32));
        let requester = match seed % 20 {
            0 => Requester::Member(other),
            _ => Requester::Customer {
                subject: customer,
                name: Personal::new(customer, format!("Customer {}", seed % 20_000)),
            },
        };
        let subject = requester.subject();
        let first = Opened {
            number: TicketNumber::new("INC", opened.date_naive(), u32::try_from(number + 1)?),
            ticket_type: self.ticket_type,
            type_name: "incident".parse()?,
            rules: TicketRules::default(),
            requester,
            title: Personal::new(subject, format!("{thing} {fault}, order {}", 100_000 + number)),
            description: Personal::new(
                subject,
                format!(
                    "The {thing} is {fault} since this morning. It was still right last week, and {} is asking for an answer.",
                    pick(&BRANDS, seed >> 44)
                ),
            ),
            brand: Some(pick(&BRANDS, seed >> 40).to_owned()),
            priority: priority(seed >> 48)?,
            fields: Default::default(),
            team: None,
            assignee: None,
            channel: "graphql".to_owned(),
            sla: None,
        };
        let previous = first.priority.clone();
        let assigned =
            Assigned { previous_team: None, previous_assignee: None, team: None, assignee: Some(assignee) };
        let comment = |text: &str, response| Commented {
            comment: self.engine.new_id(),
            body: self.says(
                assignee,
                format!(
                    "{text} About the {thing}: we look into it and come back to you by tomorrow at noon."
                ),
            ),
            response,
        };
        let tags = [pick(&TAGS, seed >> 52), pick(&TAGS, seed >> 56)];
        let tags = tags.iter().map(|tag| tag.parse::<Slug>()).collect::<std::result::Result<_, _>>()?;
        let mut life: Vec<(TicketEvent, &Actor)> = vec![
            (first.into(), &by_customer),
            (assigned.into(), &by_member),
            (comment("Thank you for writing.", true).into(), &by_member),
            (Prioritized { previous, priority: priority(seed >> 50)? }.into(), &by_member),
            (Tagged { tags }.into(), &by_member),
            (
                Noted {
                    note: self.engine.new_id(),
                    body: self.says(assignee, format!("The {thing} was {fault} before, see last month.")),
                }
                .into(),
                &by_member,
            ),
            (comment("We have found the cause.", true).into(), &by_member),
            (Waiting { reason: "supplier".parse()? }.into(), &by_member),
        ];
        let remarks = self.says(assignee, format!("The {thing} is not {fault} any more."));
        life.extend(match number % 3 {
            0 => [
                (ResolutionProposed { remarks }.into(), &by_member),
                (Closed { reason: None }.into(), &by_member),
            ],
            1 => [
                (ResolutionProposed { remarks }.into(), &by_member),
                (ResolutionAccepted {}.into(), &by_customer),
            ],
            _ => [
                (Resumed {}.into(), &by_member),
                (comment("Still waiting for the supplier.", true).into(), &by_member),
            ],
        });
        let stamped = life
            .into_iter()
            .zip(0..)
            .map(|((event, by), hours)| (event, Stamp::new(opened + Duration::hours(hours), by.clone())));
        Ok(stamped.collect())
    }

    async fn append(&self, id: TicketId, after: Head, life: Vec<(TicketEvent, Stamp)>) -> Result<Head> {
        let Some((_, last)) = life.last().cloned() else { return Ok(after) };
        let mut state = Ticket::default();
        let mut append = Append {
            stream: StreamKey { kind: "ticket".to_owned(), id: id.to_string() },
            after,
            events: Vec::with_capacity(life.len()),
            claims: Vec::new(),
            metadata: Metadata {
                organization: self.organization,
                actor: last.by,
                command: self.engine.new_id::<Ticket>().uuid(),
                correlation: Uuid::nil(),
                causation: None,
                occurred_at: last.at,
                source: "graphql".to_owned(),
            },
            input: None,
        };
        for (event, stamp) in life {
            append.claims.extend(state.claims(&event));
            state.evolve(&event, &stamp);
            let (name, version) = (event.name().to_owned(), event.version());
            let payload = Recorded { stamp, event }.to_json()?;
            append.events.push(NewEvent { name, version, payload });
        }
        Ok(self.store.append(append).await?.head)
    }
}
