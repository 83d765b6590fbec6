//! The append: idempotency, expected versions, claims, and callers who all want the same thing at once.

use std::collections::BTreeSet;

use escalon_application::{Caller, Failure, Once, engine::Moment, ticket::OpenTicket};
use escalon_domain::{
    definition::Definition,
    id::Id,
    slug::Slug,
    team::Team,
    ticket::{Ticket, TicketCommand, TicketId},
    ticket_type::{TicketRules, TicketType},
};
use escalon_proof::{
    Hash,
    chain::{Record, link},
};
use escalon_tests::TestApp;
use futures::future::join_all;

pub(crate) fn incident() -> TicketType {
    TicketType {
        name: "incident".parse().unwrap(),
        title: "Incident".to_owned(),
        prefix: "INC".to_owned(),
        priorities: Default::default(),
        default_priority: None,
        fields: Vec::new(),
        rules: TicketRules::default(),
    }
}

pub(crate) async fn ticket_type(app: &TestApp, operator: &Caller) -> Id<Definition<TicketType>> {
    app.engine().define(operator, incident(), &Once::default()).await.unwrap().id
}

pub(crate) fn opening() -> OpenTicket {
    OpenTicket {
        ticket_type: "incident".to_owned(),
        title: "The printer is on fire".to_owned(),
        requester: Some(escalon_application::ticket::RequesterInput::Customer {
            reference: "c-1".to_owned(),
            name: "Ada".to_owned(),
        }),
        ..OpenTicket::default()
    }
}

fn key(key: &str, input: &str) -> Once {
    Once::new(Some(key.to_owned()), None, &input)
}

fn tag(word: &str) -> TicketCommand {
    TicketCommand::Tag { tags: BTreeSet::from([word.parse::<Slug>().unwrap()]) }
}

async fn ready() -> (TestApp, Caller, TicketId) {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let ticket = app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap().id;
    (app, operator, ticket)
}

#[tokio::test]
async fn a_repeated_key_is_answered_with_the_first_answer() {
    let (app, operator, _) = ready().await;
    let first = app.engine().open_ticket(&operator, opening(), &key("k1", "a")).await.unwrap();
    let again = app.engine().open_ticket(&operator, opening(), &key("k1", "a")).await.unwrap();
    assert_eq!((first.id, first.insertion), (again.id, again.insertion));
    assert_eq!((first.replayed, again.replayed), (false, true));
    let next = app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    assert_eq!(
        next.state.number.as_ref().unwrap().to_string(),
        "INC-20260105-0003",
        "the repetition drew no number"
    );
}

#[tokio::test]
async fn a_key_with_other_input_is_refused_by_name() {
    let (app, operator, ticket) = ready().await;
    app.engine().change_ticket(&operator, ticket, tag("a"), &key("k", "a")).await.unwrap();
    let refused = app.engine().change_ticket(&operator, ticket, tag("b"), &key("k", "b")).await.unwrap_err();
    assert!(matches!(&refused, Failure::KeyReused { key } if key == "k"), "{refused}");
    let empty = app.engine().change_ticket(&operator, ticket, tag("b"), &key("", "b")).await.unwrap_err();
    assert!(matches!(empty, Failure::Invalid(_)));
}

#[tokio::test]
async fn one_key_sent_many_times_at_once_is_done_once() {
    let (app, operator, ticket) = ready().await;
    let comment = || TicketCommand::Comment { comment: app.engine().new_id(), body: "hello".to_owned() };
    let once = key("burst", "hello");
    let sent = (0..16).map(|_| app.engine().change_ticket(&operator, ticket, comment(), &once));
    let answers = join_all(sent).await;
    let fresh = answers.iter().filter(|answer| !answer.as_ref().unwrap().replayed).count();
    assert_eq!(fresh, 1);
    let now = app.engine().ticket(&operator, ticket, Moment::Now).await.unwrap();
    assert_eq!((now.version, now.state.comments.len()), (2, 1));
}

#[tokio::test]
async fn the_same_opening_sent_many_times_at_once_opens_one_ticket() {
    let (app, operator, _) = ready().await;
    let once = key("open", "a");
    let answers = join_all((0..8).map(|_| app.engine().open_ticket(&operator, opening(), &once))).await;
    let ids: BTreeSet<TicketId> = answers.into_iter().map(|answer| answer.unwrap().id).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn a_stale_version_is_refused_with_the_present_one() {
    let (app, operator, ticket) = ready().await;
    let seen = Once::new(None, Some(1), &());
    app.engine().change_ticket(&operator, ticket, tag("a"), &seen).await.unwrap();
    let refused = app.engine().change_ticket(&operator, ticket, tag("b"), &seen).await.unwrap_err();
    assert!(matches!(refused, Failure::VersionConflict { expected: 1, actual: 2 }), "{refused}");
}

#[tokio::test]
async fn concurrent_commands_on_one_ticket_all_happen() {
    let (app, operator, ticket) = ready().await;
    let tags: Vec<String> = (0..60).map(|number| format!("t{number}")).collect();
    let once = Once::default();
    let sent = tags.iter().map(|word| app.engine().change_ticket(&operator, ticket, tag(word), &once));
    for answer in join_all(sent).await {
        answer.unwrap();
    }
    let now = app.engine().ticket(&operator, ticket, Moment::Now).await.unwrap();
    assert_eq!((now.state.tags.len(), now.version), (60, 61));
}

#[tokio::test]
async fn a_name_is_taken_once_and_free_again_when_given_up() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    let team = |title: &str| Team {
        name: "night".parse().unwrap(),
        title: title.to_owned(),
        members: BTreeSet::new(),
    };
    let once = Once::default();
    let answers = join_all((0..6).map(|n| app.engine().define(&operator, team(&n.to_string()), &once))).await;
    let (defined, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((defined.len(), refused.len()), (1, 5));
    let first = defined.into_iter().next().unwrap().unwrap().id;
    for failure in refused {
        assert!(
            matches!(failure.unwrap_err(), Failure::Duplicate { holder, .. } if holder == first.to_string())
        );
    }
    app.engine().retire(&operator, first, "no longer needed".to_owned(), &once).await.unwrap();
    app.engine().define(&operator, team("again"), &once).await.unwrap();
}

#[tokio::test]
async fn two_organizations_cannot_have_one_name_and_share_nothing_else() {
    let app = TestApp::new().await;
    let acme = app.organization("acme").await;
    let other = app.organization("other").await;
    let taken = app
        .engine()
        .found_organization("acme".parse().unwrap(), "Acme".to_owned(), "test")
        .await
        .unwrap_err();
    assert!(matches!(taken, Failure::Duplicate { holder, .. } if holder == acme.organization.to_string()));
    ticket_type(&app, &acme).await;
    ticket_type(&app, &other).await;
    let numbers = [&acme, &other]
        .map(|operator| app.engine().open_ticket(operator, opening(), Box::leak(Box::default())));
    for opened in join_all(numbers).await {
        assert_eq!(opened.unwrap().state.number.as_ref().unwrap().to_string(), "INC-20260105-0001");
    }
}

#[tokio::test]
async fn nothing_is_half_done_when_a_claim_is_taken() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    let once = key("team", "x");
    let team =
        || Team { name: "night".parse().unwrap(), title: "Night".to_owned(), members: BTreeSet::new() };
    app.engine().define(&operator, team(), &Once::default()).await.unwrap();
    let before: i64 = sqlx::query_scalar("select count(*) from escalon.events")
        .fetch_one(&app.app.database.engine)
        .await
        .unwrap();
    app.engine().define(&operator, team(), &once).await.unwrap_err();
    let counts: (i64, i64) =
        sqlx::query_as("select count(*), count(*) filter (where command is not null) from escalon.events")
            .fetch_one(&app.app.database.engine)
            .await
            .unwrap();
    assert_eq!(counts, (before, 0));
}

#[tokio::test]
async fn a_ticket_reads_as_it_stood_at_any_moment() {
    let (app, operator, ticket) = ready().await;
    let opened_at = app.engine().now();
    app.clock.advance(chrono::Duration::hours(1));
    let wait = TicketCommand::Wait { reason: "customer".parse().unwrap() };
    app.engine().change_ticket(&operator, ticket, wait, &Once::default()).await.unwrap();
    let status = async |moment| {
        app.engine()
            .ticket(&operator, ticket, moment)
            .await
            .map(|done: escalon_application::Done<Ticket>| done.state.status.name())
    };
    assert_eq!(status(Moment::At(opened_at)).await.unwrap(), "open");
    assert_eq!(status(Moment::Version(1)).await.unwrap(), "open");
    assert_eq!(status(Moment::Now).await.unwrap(), "waiting");
    let before = status(Moment::At(opened_at - chrono::Duration::seconds(1))).await.unwrap_err();
    assert!(before.to_string().contains("was not there yet"), "{before}");
}

/// An event as it is stored: kind, id, sequence, name, version, payload, metadata and hash.
type StoredRow = (String, String, i64, String, String, String, String, Vec<u8>);

#[tokio::test]
async fn every_event_is_chained_to_the_one_before_it() {
    let (app, operator, ticket) = ready().await;
    for word in ["a", "b"] {
        app.engine().change_ticket(&operator, ticket, tag(word), &Once::default()).await.unwrap();
    }
    let rows: Vec<StoredRow> = sqlx::query_as(
        "select aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text, metadata::text, hash
         from escalon.events order by aggregate_type, aggregate_id, sequence",
    )
    .fetch_all(&app.app.database.engine)
    .await
    .unwrap();
    let mut previous = Hash::ZERO;
    for (kind, id, sequence, name, version, payload, metadata, hash) in &rows {
        let before = if *sequence == 1 { Hash::ZERO } else { previous };
        let sequence = sequence.unsigned_abs();
        let record = Record { kind, id, sequence, name, version, payload, metadata };
        previous = link(&before, &record);
        assert_eq!(previous.0.as_slice(), hash.as_slice(), "{id} {sequence}");
    }
    assert!(rows.iter().any(|row| row.2 == 3));
}

#[tokio::test]
async fn one_refusal_does_not_fail_those_who_share_its_transaction() {
    let (app, operator, ticket) = ready().await;
    let team =
        |name: &str| Team { name: name.parse().unwrap(), title: "Team".to_owned(), members: BTreeSet::new() };
    app.engine().define(&operator, team("taken"), &Once::default()).await.unwrap();
    app.engine().define(&operator, team("done"), &key("done", "x")).await.unwrap();
    let names: Vec<String> = (0..40)
        .map(|n| match n % 4 {
            0 => "taken".to_owned(),
            1 => "done".to_owned(),
            _ => format!("team-{n}"),
        })
        .collect();
    let seen = Once::new(None, Some(7), &());
    let all = names.iter().map(|name| {
        let (app, operator, seen) = (&app, &operator, &seen);
        async move {
            let once = if name == "done" { key("done", "x") } else { Once::default() };
            let defined = app.engine().define(operator, team(name), &once).await;
            let conflict = app.engine().change_ticket(operator, ticket, tag(name), seen).await;
            assert!(matches!(conflict, Err(Failure::VersionConflict { expected: 7, actual: 1 })));
            match (name.as_str(), defined) {
                ("taken", Err(Failure::Duplicate { .. })) => {}
                ("done", Ok(done)) => assert!(done.replayed),
                (_, answer) => assert!(!answer.unwrap().replayed),
            }
        }
    });
    join_all(all).await;
    let teams: i64 =
        sqlx::query_scalar("select count(*) from escalon.events where event_type = 'team.defined'")
            .fetch_one(&app.app.database.engine)
            .await
            .unwrap();
    assert_eq!(teams, 22);
}

#[tokio::test]
async fn what_another_process_stores_is_soon_known_here() {
    let (app, operator, ticket) = ready().await;
    let beside = app.beside().await;
    let wait = TicketCommand::Wait { reason: "customer".parse().unwrap() };
    // Each side has its own memory of the ticket, and decides rightly whichever moved last.
    let mut version = 1;
    for round in 0..6 {
        let (side, other) = if round % 2 == 0 { (&app, &beside) } else { (&beside, &app) };
        let done =
            side.engine().change_ticket(&operator, ticket, tag(&format!("t{round}")), &Once::default()).await;
        version += 1;
        assert_eq!(done.unwrap().version, version);
        let now = async || other.engine().ticket(&operator, ticket, Moment::Now).await.unwrap().version;
        let mut looks = 0;
        while now().await < version {
            looks += 1;
            assert!(looks < 200, "the other side never noticed");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    app.engine().change_ticket(&operator, ticket, wait.clone(), &Once::default()).await.unwrap();
    // At once, before it can have been noticed: what stores nothing is decided against the store.
    let again = beside.engine().change_ticket(&operator, ticket, wait, &Once::default()).await.unwrap();
    assert_eq!((again.version, again.insertion), (version + 1, None));
}
