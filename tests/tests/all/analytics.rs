//! Analysts: by raw SQL as the roles they are given, trying to reach what is not theirs; and views that survive switches.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use escalon_application::{
    Caller, Once,
    escalation::{CustomerInput, RaiseEscalation},
    ports::Ids,
    ticket::OpenTicket,
};
use escalon_domain::{
    escalation::{Cause, EscalationSubject, Urgency},
    team::Team,
    ticket::{TicketCommand, TicketId},
};
use escalon_infrastructure::{analysts::Analysts, identity::Verifier, world::RandomIds};
use escalon_projections::analytics::{VIEWS, dictionary};
use escalon_tests::TestApp;
use sqlx::{Connection, Executor, PgConnection, Row};

use super::store::{opening, ticket_type};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A role of the whole cluster, so each test has its own.
pub(crate) fn role_name() -> String {
    format!("analyst_{}", RandomIds.uuid().simple())
}

/// Somebody who logs in as this role.
pub(crate) async fn log_in(app: &TestApp, role: &str) -> PgConnection {
    let options = app.options.clone().username(role).password(PASSWORD);
    PgConnection::connect_with(&options).await.expect("the analyst logs in")
}

pub(crate) async fn analyst(app: &TestApp, of: &Caller, unmasked: bool) -> PgConnection {
    let role = role_name();
    let password = Verifier::new(PASSWORD).unwrap();
    app.engine().grant_analyst(of, role.clone(), unmasked).await.unwrap();
    let analysts = Analysts::new(app.app.database.clone());
    analysts.grant(of.organization, &role, unmasked, Some(&password)).await.unwrap();
    log_in(app, &role).await
}

pub(crate) async fn change(app: &TestApp, by: &Caller, ticket: TicketId, command: TicketCommand) {
    app.engine().change_ticket(by, ticket, command, &Once::default()).await.unwrap();
}

/// A ticket of a day's work: answered after an hour, resolved after five, reopened, and escalated for a customer.
pub(crate) async fn worked(app: &TestApp, operator: &Caller, title: &str) -> TicketId {
    let (engine, once) = (app.engine(), Once::default());
    let open = OpenTicket { title: title.to_owned(), team: Some("night".to_owned()), ..opening() };
    let ticket = engine.open_ticket(operator, open, &once).await.unwrap().id;
    app.clock.advance(Duration::hours(1));
    let comment = TicketCommand::Comment { comment: engine.new_id(), body: "We are on our way".to_owned() };
    change(app, operator, ticket, comment).await;
    app.clock.advance(Duration::hours(4));
    change(app, operator, ticket, TicketCommand::ProposeResolution { remarks: "Put out".to_owned() }).await;
    change(app, operator, ticket, TicketCommand::AcceptResolution).await;
    let customer = CustomerInput {
        reference: "c-1".to_owned(),
        name: Some("Ada Lovelace".to_owned()),
        phone: Some("+44 98123 45678".to_owned()),
        email: Some("usha@example.com".parse().unwrap()),
        preferred: None,
    };
    let raise = RaiseEscalation {
        subject: EscalationSubject::Ticket(ticket),
        cause: Cause::Customer,
        reason: "the customer called for the third time".to_owned(),
        urgency: Urgency::High,
        customer: Some(customer),
    };
    engine.raise_escalation(operator, raise, &once).await.unwrap();
    ticket
}

/// Two organizations, each with a worked ticket.
pub(crate) async fn scene() -> (TestApp, Caller, Caller) {
    let app = TestApp::new().await;
    let mut callers = Vec::new();
    for slug in ["acme", "other"] {
        let operator = app.organization(slug).await;
        ticket_type(&app, &operator).await;
        let member = app.member(&operator, &format!("{slug}-ann"), &[]).await.member().unwrap();
        let team =
            Team { name: "night".parse().unwrap(), title: "Night".to_owned(), members: [member].into() };
        app.engine().define(&operator, team, &Once::default()).await.unwrap();
        worked(&app, &operator, &format!("A fire at {slug}")).await;
        callers.push(operator);
    }
    app.settle().await;
    let other = callers.remove(1);
    (app, callers.remove(0), other)
}

async fn count(connection: &mut PgConnection, sql: &str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

async fn texts(connection: &mut PgConnection, sql: &str) -> Vec<Option<String>> {
    sqlx::query_scalar(sql).fetch_all(connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

#[tokio::test]
async fn an_analyst_reads_every_view_of_their_organization_and_no_other() {
    let (app, acme, other) = scene().await;
    let mut ann = analyst(&app, &acme, false).await;
    let mut bob = analyst(&app, &other, true).await;
    for view in VIEWS {
        let mine = count(&mut ann, &format!("select count(*) from analytics.{}", view.name)).await;
        let theirs = count(&mut bob, &format!("select count(*) from analytics.{}", view.name)).await;
        assert!(mine > 0 && theirs > 0, "{}: {mine} and {theirs} rows", view.name);
    }
    let title = "select title from analytics.tickets";
    assert_eq!(texts(&mut bob, title).await, [Some("A fire at other".to_owned())]);
    let ticket = "select ticket_id from analytics.tickets";
    let hers = texts(&mut bob, ticket).await;
    assert_ne!(texts(&mut ann, ticket).await, hers);

    // Whatever they say or become, they stay where they are.
    for attempt in [
        format!("set escalon.organization = '{}'", other.organization),
        format!("select set_config('escalon.organization', '{}', false)", other.organization),
        "set escalon.unmasked = 'on'".to_owned(),
        "set role escalon_analyst".to_owned(),
        "set row_security = on".to_owned(),
    ] {
        ann.execute(attempt.as_str()).await.unwrap();
        assert_eq!(texts(&mut ann, title).await, [Some("[redacted]".to_owned())], "{attempt}");
        assert_ne!(texts(&mut ann, ticket).await, hers, "{attempt}");
    }
    ann.execute("set row_security = off").await.unwrap();
    let refused = ann.execute(title).await.unwrap_err().to_string();
    assert!(refused.contains("row-level security") || refused.contains("row security"), "{refused}");
    for role in ["escalon_app", "escalon_engine", "escalon_views", "escalon_owner"] {
        let refused = ann.execute(format!("set role {role}").as_str()).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{role}: {refused}");
    }
}

#[tokio::test]
async fn an_analyst_reaches_no_table_and_changes_nothing() {
    let (app, acme, _) = scene().await;
    let mut ann = analyst(&app, &acme, true).await;
    let tables =
        "select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.tables
        where table_schema in ('escalon', 'read') or table_schema like 'read\\_%'";
    let owner = &mut PgConnection::connect_with(&app.options).await.unwrap();
    let tables = texts(owner, tables).await;
    assert!(tables.len() > 20, "{tables:?}");
    for table in tables.into_iter().flatten() {
        let refused = ann.execute(format!("select * from {table} limit 1").as_str()).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{table}: {refused}");
    }
    // Sessions begin read-only; one that is not has no rights to write either.
    let written = ann.execute("create table analytics.mine (a int)").await.unwrap_err().to_string();
    assert!(written.contains("read-only transaction"), "{written}");
    ann.execute("set default_transaction_read_only = off").await.unwrap();
    for sql in [
        "create table analytics.mine (a int)",
        "create table public.mine (a int)",
        "create schema mine",
        "update analytics.tickets set title = 'mine'",
        "delete from analytics.ticket_types",
        "insert into analytics.team_members (team_id) values ('x')",
        "insert into escalon.analysts (role, organization, unmasked) values (current_user, '', true)",
        "select escalon.end_analysts_queries()",
        "alter view analytics.tickets owner to current_user",
        "drop view analytics.tickets",
        "create role another login",
    ] {
        let refused = ann.execute(sql).await.unwrap_err().to_string();
        let expected =
            ["permission denied", "must be owner", "cannot update", "cannot delete", "cannot insert"];
        assert!(expected.iter().any(|word| refused.contains(word)), "{sql}: {refused}");
    }
    assert_eq!(texts(&mut ann, "show statement_timeout").await, [Some("5min".to_owned())]);
}

#[tokio::test]
async fn personal_data_are_masked_unless_they_were_granted() {
    let (app, acme, _) = scene().await;
    let mut masked = analyst(&app, &acme, false).await;
    let mut clear = analyst(&app, &acme, true).await;
    let sql = "select customer_name, customer_phone, customer_email, reason from analytics.escalations";
    let row = masked.fetch_one(sql).await.unwrap();
    let shown: Vec<String> = (0..4).map(|place| row.get(place)).collect();
    assert_eq!(shown, ["A. L.", "+4****5678", "u***@example.com", "[redacted]"]);
    let row = clear.fetch_one(sql).await.unwrap();
    let shown: Vec<String> = (0..4).map(|place| row.get(place)).collect();
    let reason = "the customer called for the third time";
    assert_eq!(shown, ["Ada Lovelace", "+44 98123 45678", "usha@example.com", reason]);

    // No column of any view shows a planted value, and none can be guessed by comparing.
    let planted = ["Lovelace", "98123", "usha", "third time", "A fire", "Ada", "acme-ann@"];
    for view in VIEWS {
        let rows = texts(&mut masked, &format!("select v::text from analytics.{} v", view.name)).await;
        for (row, word) in rows.iter().flatten().flat_map(|row| planted.map(|word| (row, word))) {
            assert!(!row.contains(word), "{} shows {word}: {row}", view.name);
        }
    }
    let guess = "select count(*) from analytics.escalations where customer_email = 'usha@example.com'";
    assert_eq!((count(&mut masked, guess).await, count(&mut clear, guess).await), (0, 1));
}

#[tokio::test]
async fn the_figures_are_those_of_the_story() {
    let (app, acme, _) = scene().await;
    let mut clear = analyst(&app, &acme, true).await;
    let hours = "select first_response_seconds / 3600, resolution_seconds / 3600, events::double precision,
        extract(epoch from opened_at)::double precision from analytics.tickets";
    let row = clear.fetch_one(hours).await.unwrap();
    assert_eq!((row.get::<f64, _>(0), row.get::<f64, _>(1), row.get::<f64, _>(2)), (1.0, 5.0, 4.0));
    let steps = "select event from analytics.ticket_events order by position";
    let steps: Vec<_> = texts(&mut clear, steps).await.into_iter().flatten().collect();
    assert_eq!(
        steps,
        ["ticket.opened", "ticket.commented", "ticket.resolution_proposed", "ticket.resolution_accepted"]
    );
    let between = "select sum(seconds_since_previous) from analytics.ticket_events";
    let between: f64 = sqlx::query_scalar(between).fetch_one(&mut clear).await.unwrap();
    assert_eq!(between, 5.0 * 3600.0);
    let daily = "select (opened, first_responses, resolved, reopenings, escalations, team)::text,
        resolution_seconds_median from analytics.service_daily";
    let row = clear.fetch_one(daily).await.unwrap();
    assert_eq!((row.get::<String, _>(0).as_str(), row.get::<f64, _>(1)), ("(1,1,1,0,1,night)", 18_000.0));
    let causes = "select (cause, urgency, raised, resolved)::text from analytics.escalations_daily";
    assert_eq!(texts(&mut clear, causes).await, [Some("(customer,high,1,0)".to_owned())]);
    let team = "select (team, members, unfinished_tickets, tickets)::text from analytics.teams";
    assert_eq!(texts(&mut clear, team).await, [Some("(night,1,0,1)".to_owned())]);

    // What has not come to its end has no span, and is in no mean.
    app.engine().open_ticket(&acme, opening(), &Once::default()).await.unwrap();
    app.settle().await;
    for sql in [
        "select count(*) from analytics.tickets where status = 'open' and resolution_seconds is null
            and first_response_seconds is null and closing_seconds is null",
        "select count(*) from analytics.escalations where ending_seconds is null and acknowledgement_seconds is null",
        "select count(*) from analytics.escalations_daily where ending_seconds_mean is null and ending_seconds_median is null",
    ] {
        assert_eq!(count(&mut clear, sql).await, 1, "{sql}");
    }
    let daily = "select avg(resolution_seconds_mean), sum(opened)::bigint from analytics.service_daily";
    let row = clear.fetch_one(daily).await.unwrap();
    assert_eq!((row.get::<f64, _>(0), row.get::<i64, _>(1)), (18_000.0, 2));
}

#[tokio::test]
async fn a_revoked_analyst_sees_nothing_and_cannot_come_back() {
    let (app, acme, other) = scene().await;
    let (role, analysts) = (role_name(), Analysts::new(app.app.database.clone()));
    let password = Verifier::new(PASSWORD).unwrap();
    let none = analysts.grant(acme.organization, &role, false, None).await.unwrap_err().to_string();
    assert!(none.contains("needs a password"), "{none}");
    analysts.grant(acme.organization, &role, false, Some(&password)).await.unwrap();
    let mut ann = log_in(&app, &role).await;
    assert_eq!(count(&mut ann, "select count(*) from analytics.tickets").await, 1);

    // Another organization cannot take it over, nor a role that is none of ours.
    let taken = analysts.grant(other.organization, &role, true, Some(&password)).await.unwrap_err();
    assert!(taken.to_string().contains("--role"), "{taken}");
    let taken =
        analysts.grant(other.organization, "escalon_engine", true, Some(&password)).await.unwrap_err();
    assert!(taken.to_string().contains("--role"), "{taken}");
    analysts.revoke(other.organization, &role).await.unwrap();
    assert_eq!(count(&mut ann, "select count(*) from analytics.tickets").await, 1, "it was not theirs");

    // Unmasking is a change of what is there; the password stays.
    analysts.grant(acme.organization, &role, true, None).await.unwrap();
    let title = "select title from analytics.tickets";
    assert_eq!(texts(&mut ann, title).await, [Some("A fire at acme".to_owned())]);
    let listed = analysts.list(acme.organization).await.unwrap();
    assert_eq!((listed.len(), listed[0].unmasked, listed[0].exists), (1, true, true));

    analysts.revoke(acme.organization, &role).await.unwrap();
    assert!(ann.execute(title).await.is_err(), "the session was ended");
    let options = app.options.clone().username(&role).password(PASSWORD);
    let refused = PgConnection::connect_with(&options).await.unwrap_err();
    assert!(refused.to_string().contains("does not exist"), "{refused}");
    assert_eq!(analysts.list(acme.organization).await.unwrap(), []);
}

#[tokio::test]
async fn a_role_that_lost_its_organization_sees_nothing_even_while_it_is_logged_in() {
    let (app, acme, _) = scene().await;
    let mut ann = analyst(&app, &acme, true).await;
    app.app
        .database
        .engine
        .execute("reset role; delete from escalon.analysts; set role escalon_engine")
        .await
        .unwrap();
    for view in VIEWS {
        assert_eq!(count(&mut ann, &format!("select count(*) from analytics.{}", view.name)).await, 0);
    }
}

#[tokio::test]
async fn the_views_survive_a_rebuild() {
    let (app, acme, _) = scene().await;
    let mut ann = analyst(&app, &acme, false).await;
    let mut before = BTreeMap::new();
    for view in VIEWS {
        let rows = format!("select v::text from analytics.{} v order by 1", view.name);
        before.insert(view.name, texts(&mut ann, &rows).await);
    }
    // A transaction that has read a view keeps it from being replaced, until it has to give way.
    let mut idle = analyst(&app, &acme, false).await;
    idle.execute("begin; select count(*) from analytics.tickets").await.unwrap();
    for name in app.app.projections.names() {
        app.app.projections.rebuild(name, |_| {}).await.unwrap();
    }
    assert!(idle.execute("select 1").await.is_err(), "it gave way");
    worked(&app, &acme, "Another fire").await;
    app.settle().await;
    assert_eq!(
        count(&mut ann, "select count(*) from analytics.tickets").await,
        2,
        "they show the live tables"
    );
    let bound = "select count(*) from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class v on v.oid = r.ev_class
            join pg_class t on t.oid = d.refobjid
        where v.relnamespace = 'analytics'::regnamespace and t.relnamespace in
            (select to_regnamespace(schema) from escalon.projections where not live)";
    let owner = &mut PgConnection::connect_with(&app.options).await.unwrap();
    assert_eq!(count(owner, bound).await, 0, "no view shows what was live before");
    for view in VIEWS.iter().filter(|view| matches!(view.name, "team_members" | "ticket_types")) {
        let rows = format!("select v::text from analytics.{} v order by 1", view.name);
        assert_eq!(texts(&mut ann, &rows).await, before[view.name], "{}", view.name);
    }
}

#[tokio::test]
async fn an_analyst_gives_way_when_a_view_is_made_anew() {
    let (app, acme, _) = scene().await;
    let (mut idle, mut busy) = (analyst(&app, &acme, false).await, analyst(&app, &acme, false).await);
    idle.execute("begin; select count(*) from analytics.tickets").await.unwrap();
    let asked = tokio::spawn(async move {
        busy.execute("select pg_sleep(60), count(*) from analytics.tickets group by ticket_id").await
    });
    let owner = &mut PgConnection::connect_with(&app.options).await.unwrap();
    let asking = "select count(*) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%'
        and state = 'active' and pid <> pg_backend_pid()";
    while count(owner, asking).await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    owner.execute("update escalon.analytics_views set made = 'otherwise'").await.unwrap();
    let other = app.beside().await;
    assert!(asked.await.unwrap().is_err(), "the query was ended");
    assert!(idle.execute("select 1").await.is_err(), "the idle transaction was ended");
    let otherwise = "select count(*) from escalon.analytics_views where made = 'otherwise'";
    assert_eq!(count(owner, otherwise).await, 0);
    let mut ann = analyst(&app, &acme, false).await;
    assert_eq!(count(&mut ann, "select count(*) from analytics.tickets").await, 1);
    drop(other);
}

#[tokio::test]
async fn masks_are_those_of_the_api() {
    let app = TestApp::new().await;
    let owner = &mut PgConnection::connect_with(&app.options).await.unwrap();
    for (kind, text, masked) in [
        ("name", "Asha van der Rao", "A. v. d. R."),
        ("name", " Ada ", "A."),
        ("email", "usha@example.com", "u***@example.com"),
        ("email", "@x", "****@x"),
        ("email", "no address", "n***@***"),
        ("phone", "9812345678", "98****5678"),
        ("phone", "+91 98123 45678", "+9****5678"),
        ("phone", "12345", "****"),
        ("words", "my order is late", "[redacted]"),
    ] {
        let found: Vec<Option<String>> = sqlx::query_scalar(&format!(
            "select escalon.masked_{kind}(value) from (values ($1::text), (null)) as given (value)"
        ))
        .bind(text)
        .fetch_all(&mut *owner)
        .await
        .unwrap();
        assert_eq!(found, [Some(masked.to_owned()), None], "{kind} {text}");
    }
}

#[tokio::test]
async fn the_database_says_what_the_dictionary_says() {
    let (app, acme, _) = scene().await;
    let mut ann = analyst(&app, &acme, false).await;
    let sql = "select c.table_name::text, c.column_name::text, c.data_type::text,
            col_description(format('analytics.%I', c.table_name)::regclass, c.ordinal_position)
        from information_schema.columns c where c.table_schema = 'analytics' order by c.table_name, c.ordinal_position";
    let found: Vec<(String, String, String, String)> = sqlx::query_as(sql).fetch_all(&mut ann).await.unwrap();
    let text = dictionary();
    let mut named = BTreeSet::new();
    for view in VIEWS {
        let columns: Vec<_> = found.iter().filter(|found| found.0 == view.name).collect();
        assert_eq!(columns.len(), view.columns.len(), "{}", view.name);
        for (column, (_, name, kind, comment)) in view.columns.iter().zip(columns) {
            let kind = kind.replace("timestamp with time zone", "timestamptz");
            assert_eq!((column.name, column.kind.sql()), (name.as_str(), kind.as_str()), "{}", view.name);
            assert!(comment.starts_with(column.meaning), "{}.{name}: {comment}", view.name);
            assert!(text.contains(&format!("| `{name}` | {kind} |")), "{}.{name}", view.name);
        }
        named.insert(view.name);
    }
    assert!(found.iter().all(|found| named.contains(found.0.as_str())), "no view is left over");
    let kept = include_str!("../../../docs/data-dictionary.md");
    assert!(kept.trim_end() == text.trim_end(), "docs/data-dictionary.md is not up to date: run `make doc`");
}
