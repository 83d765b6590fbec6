//! Taking in alerts, over ports in memory: who may, what is wrong, storms, and windows.
#![expect(clippy::unwrap_used, reason = "a test that meets what cannot be fails")]

mod slow;

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use escalon_application::{Caller, Done, Engine, Failure, Moment, Once, alert::Window};
use escalon_domain::{
    access::{Grants, Permission},
    alert::{Alert, AlertCommand, Link, Report, ReportAction, Status},
    alert_rule::AlertRule,
    definition::{Definition, Pin},
    escalation::Urgency,
    id::Id,
    maintenance::{MaintenanceWindow, Period},
    organization::OrganizationId,
    policy::Target,
    slug::Slug,
    source::{Payload, Source},
    stamp::Actor,
};
use escalon_memory::Memory;
use futures::{executor::block_on, future::join_all};
use uuid::Uuid;

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn operator() -> Caller {
    Caller::operator(OrganizationId::from_uuid(Uuid::from_u128(7)), "test", Uuid::nil())
}

/// A source's key, which may do this and nothing else.
fn key(permissions: &[Permission]) -> Caller {
    let grants = Grants { permissions: permissions.iter().copied().collect(), ..Grants::none() };
    Caller { actor: Actor::system("source"), grants, ..operator() }
}

fn reporter() -> Caller {
    key(&[Permission::AlertReport])
}

/// An engine with a source called `prometheus`.
fn with_source(engine: &Engine) {
    let source = Source {
        name: slug("prometheus"),
        title: "Prometheus".into(),
        payload: Payload::Alertmanager,
        severities: BTreeMap::new(),
        urgency: Urgency::Medium,
        category: slug("system"),
        kind: None,
        policy: None,
    };
    block_on(engine.define(&operator(), source, &Once::default())).unwrap();
}

fn report(key: &str) -> Report {
    Report { dedup_key: key.into(), summary: format!("{key} is full"), ..Report::default() }
}

fn send(engine: &Engine, reports: Vec<Report>, windows: &[Window]) -> Result<Vec<Done<Alert>>, Failure> {
    block_on(engine.report(&reporter(), "prometheus", reports, windows))
}

#[test]
fn each_alert_is_answered_once_in_the_order_of_the_reports() {
    let (engine, memory) = Memory::engine();
    with_source(&engine);
    let before = memory.events();
    let resolve = Report { action: ReportAction::Resolve, ..report("b") };
    let alerts =
        send(&engine, vec![report("b"), report("a"), report("b"), resolve, report("b")], &[]).unwrap();
    let told: Vec<_> = alerts
        .iter()
        .map(|done| (done.state.dedup_key.as_str(), done.state.status, done.state.episode))
        .collect();
    assert_eq!(told, [("b", Status::Triggered, 2), ("a", Status::Triggered, 1)]);
    assert_eq!(memory.events() - before, 4 + 1);
    let again = send(&engine, vec![report("a")], &[]).unwrap();
    assert_eq!((again[0].id, again[0].state.count), (alerts[1].id, 2));
    let nothing = send(&engine, vec![Report { action: ReportAction::Resolve, ..report("c") }], &[]).unwrap();
    assert_eq!((nothing[0].version, nothing[0].insertion), (0, None), "dropped without a word");
}

#[test]
fn who_may_report_read_and_handle() {
    let (engine, _) = Memory::engine();
    with_source(&engine);
    let alert = send(&engine, vec![report("a")], &[]).unwrap().remove(0);
    let others: Vec<_> =
        Permission::ALL.iter().copied().filter(|one| *one != Permission::AlertReport).collect();
    let refused = block_on(engine.report(&key(&others), "prometheus", vec![report("a")], &[])).unwrap_err();
    assert!(matches!(refused, Failure::NotPermitted { permission: Permission::AlertReport }), "{refused:?}");
    let unread = block_on(engine.alert(&reporter(), alert.id, Moment::Now)).unwrap_err();
    assert!(matches!(unread, Failure::NotPermitted { permission: Permission::AlertRead }), "{unread:?}");
    let acknowledge = || AlertCommand::Acknowledge { note: None };
    let reader = key(&[Permission::AlertRead]);
    let unhandled =
        block_on(engine.change_alert(&reader, alert.id, acknowledge(), &Once::default())).unwrap_err();
    assert!(
        matches!(unhandled, Failure::NotPermitted { permission: Permission::AlertHandle }),
        "{unhandled:?}"
    );
    let handler = key(&[Permission::AlertRead, Permission::AlertHandle]);
    let handled = block_on(engine.change_alert(&handler, alert.id, acknowledge(), &Once::default())).unwrap();
    assert_eq!(handled.state.status, Status::Acknowledged);
    assert_eq!(
        block_on(engine.alert(&reader, alert.id, Moment::Version(1))).unwrap().state.status,
        Status::Triggered
    );
}

#[test]
fn every_fault_is_named_and_nothing_is_taken_in() {
    let (engine, memory) = Memory::engine();
    with_source(&engine);
    let before = memory.events();
    let link = Link { href: "ftp://x".into(), text: None };
    let bad = vec![report("a"), report(""), Report { links: vec![link], ..report("b") }];
    let Err(Failure::Invalid(faults)) = send(&engine, bad, &[]) else { panic!("taken in") };
    let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
    assert_eq!(paths, ["reports.1.dedup_key", "reports.2.links.0.href"]);
    assert_eq!(memory.events(), before);
    let unknown = block_on(engine.report(&reporter(), "nagios", vec![report("a")], &[])).unwrap_err();
    assert!(matches!(unknown, Failure::NotFound { what: "source", .. }), "{unknown:?}");
}

#[test]
fn what_is_about_somebody_is_kept_as_theirs_and_its_key_tells_nothing() {
    let (engine, _) = Memory::engine();
    with_source(&engine);
    let about = || Report { about: Some("dana@example.com".into()), ..report("dana@example.com is angry") };
    let alert = send(&engine, vec![about()], &[]).unwrap().remove(0);
    let told = alert.state.told.clone().unwrap();
    assert!(told.about().is_some() && alert.state.dedup_key != about().dedup_key);
    assert_eq!(send(&engine, vec![about()], &[]).unwrap()[0].id, alert.id, "found again all the same");
}

#[test]
fn in_a_window_alerts_are_recorded_and_nobody_is_told() {
    let (engine, _) = Memory::engine();
    with_source(&engine);
    let now = engine.now();
    let period = Period::Once { from: now - Duration::hours(1), until: now + Duration::days(1) };
    let window = |source: &str| {
        let body = MaintenanceWindow {
            name: slug("move"),
            title: "The move".into(),
            source: Some(slug(source)),
            category: None,
            period: period.clone(),
        };
        (Pin { id: Id::<Definition<MaintenanceWindow>>::from_uuid(Uuid::from_u128(9)), version: 1 }, body)
    };
    let alerts = send(&engine, vec![report("a")], &[window("prometheus")]).unwrap();
    assert_eq!((alerts[0].state.status, alerts[0].state.waits().len()), (Status::Suppressed, 1));
    let alerts = send(&engine, vec![report("b")], &[window("nagios")]).unwrap();
    assert_eq!(alerts[0].state.status, Status::Triggered);
}

#[test]
fn a_rule_reports_as_a_source_does() {
    let (engine, _) = Memory::engine();
    let rule = AlertRule::defaults(&slug("support"), &[Target::Role(slug("manager"))]).remove(0);
    block_on(engine.define(&operator(), rule, &Once::default())).unwrap();
    let alerts =
        block_on(engine.report_by_rule(&reporter(), "sla_breach", vec![report("ticket_1")], &[])).unwrap();
    assert_eq!(
        (alerts[0].state.urgency, alerts[0].state.kind.as_deref()),
        (Some(Urgency::Urgent), Some("sla_breach"))
    );
}

#[test]
fn ten_thousand_reports_in_as_many_requests_are_200_alerts_and_few_events() {
    let (engine, memory) = slow::engine();
    with_source(&engine);
    let before = memory.events();
    let reporter = reporter();
    let requests = (0..10_000).map(|number| {
        engine.report(&reporter, "prometheus", vec![report(&format!("disk|web-{}", number % 200))], &[])
    });
    let answers = block_on(join_all(requests));
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for done in answers.into_iter().map(|answer| answer.unwrap().remove(0)) {
        let count = counts.entry(done.state.dedup_key.clone()).or_default();
        *count = done.state.count.max(*count);
        assert_eq!((done.state.status, done.state.episode), (Status::Triggered, 1));
    }
    assert_eq!(
        (counts.len(), counts.values().copied().collect::<BTreeSet<_>>()),
        (200, BTreeSet::from([50]))
    );
    assert!(memory.events() - before <= 200 * 3, "{} events", memory.events() - before);
}

#[test]
fn whoever_goes_away_takes_nobodys_answer_along() {
    let (engine, _) = slow::engine();
    with_source(&engine);
    let reporter = reporter();
    let waker = futures::task::noop_waker();
    let mut context = std::task::Context::from_waker(&waker);
    let send = || Box::pin(engine.report(&reporter, "prometheus", vec![report("a")], &[]));
    let (mut first, mut second, mut third) = (send(), send(), send());
    for request in [&mut first, &mut second, &mut third] {
        assert!(request.as_mut().poll(&mut context).is_pending());
    }
    // The first is being stored when it goes away; the second takes the third's report along, and goes away, too.
    drop(first);
    assert!(second.as_mut().poll(&mut context).is_pending());
    drop(second);
    let alert = block_on(third).unwrap().remove(0);
    assert_eq!((alert.state.status, alert.state.count), (Status::Triggered, 1));
}
