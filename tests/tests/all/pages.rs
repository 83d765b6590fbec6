//! Pages of long lists: the same rows whichever way leads to them, held against a list in memory.

use chrono::{DateTime, Duration};
use escalon_application::Caller;
use escalon_domain::{access::Permission, stamp::Timestamp};
use escalon_projections::{Page, Scope, TicketFilter, TicketOrder, TicketSort};
use escalon_tests::TestApp;

/// More than are looked at before a way is chosen.
const TICKETS: i64 = 6_000;

/// A ticket of the list, and the oracle's idea of it.
#[derive(Clone)]
struct Entry {
    id: String,
    organization: String,
    opened_at: Timestamp,
    updated_at: Timestamp,
    rank: i16,
    status: &'static str,
    brand: Option<&'static str>,
    assignee: Option<String>,
    requester: Option<String>,
    title: String,
    tags: &'static str,
}

fn moment(minutes: i64) -> Timestamp {
    DateTime::UNIX_EPOCH + Duration::minutes(minutes)
}

/// Common and rare things in no particular order.
fn entry(number: i64, organization: &str, member: &str) -> Entry {
    let every = |times: i64, rest: i64| number % times == rest;
    let text = |words: &str| format!("{words} no {number}");
    Entry {
        id: format!("ticket_{organization:.24}_{number:06}"),
        organization: organization.to_owned(),
        opened_at: moment(number * 7_919 % TICKETS),
        updated_at: moment(number * 104_729 % (TICKETS / 2)),
        rank: [1, 2, 3, 4][number.unsigned_abs() as usize % 4],
        status: if every(2_500, 3) {
            "reopened"
        } else {
            ["closed", "resolved", "open"][number as usize % 3]
        },
        brand: if every(8, 0) { Some("Northwind") } else { every(3_000, 1).then_some("Rarity") },
        assignee: every(40, 0).then(|| member.to_owned()),
        requester: every(900, 7).then(|| member.to_owned()),
        title: match number {
            _ if every(1_500, 4) => text("Printers unheard-of"),
            _ if every(24, 0) => text("printer lost"),
            _ => text("parcel late"),
        },
        tags: if every(3, 0) { "{vip,weekend}" } else { "{}" },
    }
}

async fn fill(app: &TestApp, entries: &[Entry]) {
    let column = |of: fn(&Entry) -> Option<String>| entries.iter().map(of).collect::<Vec<_>>();
    let moments = |of: fn(&Entry) -> Timestamp| entries.iter().map(of).collect::<Vec<_>>();
    sqlx::query(
        "insert into read_ticket_inbox_1.ticket (id, organization, number, ticket_type, type_name, title, requester_subject,
            requester_member, opened_by, brand, priority, priority_rank, status, assignee, tags, reopenings, comments,
            opened_at, updated_at, version)
         select id, organization, 'INC-20260105-' || place, 'ticket_type_1', 'incident', title, 'subject_1',
            requester, 'subject_1', brand, 'rank ' || rank, rank, status, assignee, tags::text[], 0, 0, opened, updated, 1
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int2[], $7::text[], $8::text[],
            $9::text[], $10::timestamptz[], $11::timestamptz[]) with ordinality
            as e (id, organization, title, requester, brand, rank, status, assignee, tags, opened, updated, place)",
    )
    .bind(column(|entry| Some(entry.id.clone())))
    .bind(column(|entry| Some(entry.organization.clone())))
    .bind(column(|entry| Some(entry.title.clone())))
    .bind(column(|entry| entry.requester.clone()))
    .bind(column(|entry| entry.brand.map(str::to_owned)))
    .bind(entries.iter().map(|entry| entry.rank).collect::<Vec<_>>())
    .bind(column(|entry| Some(entry.status.to_owned())))
    .bind(column(|entry| entry.assignee.clone()))
    .bind(column(|entry| Some(entry.tags.to_owned())))
    .bind(moments(|entry| entry.opened_at))
    .bind(moments(|entry| entry.updated_at))
    .execute(&app.app.database.engine)
    .await
    .unwrap();
}

/// What is asked for, and whether a ticket is that.
type Question = (TicketFilter, Box<dyn Fn(&Entry) -> bool>);

fn questions(member: &str) -> Vec<Question> {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let some = |text: &str| Some(text.to_owned());
    let has = |entry: &Entry, word: &str| {
        let beginning = |one: &str| one.to_lowercase().starts_with(word);
        entry.title.split([' ', '-']).any(beginning) || entry.brand.is_some_and(beginning)
    };
    let any = TicketFilter::default();
    let mine = member.to_owned();
    vec![
        (any.clone(), Box::new(|_| true)),
        (
            TicketFilter { statuses: words(&["open", "resolved"]), ..any.clone() },
            Box::new(|entry| ["open", "resolved"].contains(&entry.status)),
        ),
        (
            TicketFilter { statuses: words(&["reopened"]), ..any.clone() },
            Box::new(|entry| entry.status == "reopened"),
        ),
        (
            TicketFilter { brand: some("Rarity"), ..any.clone() },
            Box::new(|entry| entry.brand == Some("Rarity")),
        ),
        (TicketFilter { text: some("printer"), ..any.clone() }, Box::new(move |entry| has(entry, "printer"))),
        (
            TicketFilter { text: some("UNHEARD prin"), ..any.clone() },
            Box::new(move |entry| has(entry, "unheard") && has(entry, "prin")),
        ),
        (
            TicketFilter {
                text: some("lost"),
                brand: some("Northwind"),
                tag: some("vip"),
                statuses: words(&["closed"]),
                ..any.clone()
            },
            Box::new(move |entry| {
                has(entry, "lost")
                    && entry.brand == Some("Northwind")
                    && entry.tags.contains("vip")
                    && entry.status == "closed"
            }),
        ),
        (
            TicketFilter { assignee: some(member), unassigned: Some(false), ..any.clone() },
            Box::new(move |entry| entry.assignee.as_ref() == Some(&mine)),
        ),
        (
            TicketFilter {
                opened_after: Some(moment(100)),
                opened_before: Some(moment(200)),
                text: some("parcel"),
                ..any.clone()
            },
            Box::new(move |entry| {
                (moment(100)..moment(200)).contains(&entry.opened_at) && has(entry, "parcel")
            }),
        ),
        (TicketFilter { text: some("nowhere"), ..any }, Box::new(|_| false)),
    ]
}

fn sorted(mut entries: Vec<Entry>, order: TicketOrder) -> Vec<String> {
    entries.sort_by(|one, other| {
        let by = match order.by {
            TicketSort::OpenedAt => one.opened_at.cmp(&other.opened_at),
            TicketSort::UpdatedAt => one.updated_at.cmp(&other.updated_at),
            TicketSort::Priority => one.rank.cmp(&other.rank),
        };
        by.then_with(|| one.id.cmp(&other.id))
    });
    if order.descending {
        entries.reverse();
    }
    entries.into_iter().map(|entry| entry.id).collect()
}

/// The first pages, or the last ones, one after the other.
async fn pages(
    app: &TestApp,
    caller: &Caller,
    filter: &TicketFilter,
    order: TicketOrder,
    from_end: bool,
    expected: &[String],
) {
    const ROWS: u32 = 40;
    let scope = Scope::of(caller);
    let mut rest = expected;
    let mut page = match from_end {
        true => Page { last: Some(ROWS), ..Page::default() },
        false => Page::first(ROWS),
    };
    for _ in 0..2 {
        let part = app.app.reads.tickets(&scope, filter.clone(), order, page.clone()).await.unwrap();
        let size = rest.len().min(ROWS as usize);
        let (wanted, left) = match from_end {
            true => (&rest[rest.len() - size..], &rest[..rest.len() - size]),
            false => rest.split_at(size),
        };
        let found: Vec<_> = part.items.iter().map(|(_, row)| row.id.clone()).collect();
        assert_eq!(found, wanted, "{filter:?} {order:?} {page:?}");
        let more = if from_end { part.has_previous } else { part.has_next };
        assert_eq!(more, !left.is_empty(), "{filter:?} {order:?} {page:?}");
        if let Some(total) = part.total {
            assert_eq!(usize::try_from(total).unwrap(), expected.len(), "{filter:?} {order:?} {page:?}");
        }
        let cursor = match from_end {
            true => part.items.first(),
            false => part.items.last(),
        };
        let Some((cursor, _)) = cursor else { return };
        match from_end {
            true => page.before = Some(cursor.clone()),
            false => page.after = Some(cursor.clone()),
        }
        rest = left;
    }
}

#[tokio::test]
async fn a_page_of_a_long_list_has_the_same_rows_whichever_way_leads_there() {
    let app = TestApp::new().await;
    let (acme, other) = (app.organization("acme").await, app.organization("other").await);
    let worker = app.member(&acme, "worker", &[Permission::TicketReadOwn]).await;
    let member = worker.member().unwrap().to_string();
    app.settle().await;
    let of = |caller: &Caller, count: i64| -> Vec<Entry> {
        let organization = caller.organization.to_string();
        (0..count).map(|number| entry(number, &organization, &member)).collect()
    };
    let (long, short) = (of(&acme, TICKETS), of(&other, 100));
    fill(&app, &long).await;
    fill(&app, &short).await;

    let mine = |entry: &Entry| [&entry.assignee, &entry.requester].contains(&&Some(member.clone()));
    let orders =
        [(TicketSort::OpenedAt, true), (TicketSort::UpdatedAt, false), (TicketSort::Priority, false)];
    for (by, descending) in orders {
        let order = TicketOrder { by, descending };
        for (filter, is_wanted) in questions(&member) {
            for (caller, entries, all) in
                [(&acme, &long, true), (&worker, &long, false), (&other, &short, true)]
            {
                let seen = entries.iter().filter(|entry| is_wanted(entry) && (all || mine(entry)));
                let expected = sorted(seen.cloned().collect(), order);
                for from_end in [false, true] {
                    pages(&app, caller, &filter, order, from_end, &expected).await;
                }
            }
        }
    }

    // A list that ends where one has looked is counted.
    let page = Page::first(10);
    let (scope, order) = (Scope::of(&other), TicketOrder::default());
    let few = app.app.reads.tickets(&scope, TicketFilter::default(), order, page).await;
    assert_eq!(few.unwrap().total, Some(100));
}
