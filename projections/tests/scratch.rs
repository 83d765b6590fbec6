#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::print_stdout, reason = "scratch")]
use escalon_application::{caller::Caller, ports::*, recorded::Recorded};
use escalon_domain::{
    access::*,
    aggregate::{Aggregate, Event},
    definition::*,
    escalation as esc,
    id::{Id, Named},
    member::*,
    organization::*,
    personal::Personal,
    stamp::*,
    team::*,
    ticket::*,
    ticket_type::*,
};
use escalon_infrastructure::{
    database::{self, Database},
    embedded::*,
    feed::Feed,
    sequencer::Sequencer,
    store::PgEventStore,
};
use escalon_projections::*;
use sqlx::Connection;
use std::time::{Duration, Instant};
use uuid::Uuid;

fn meta(org: OrganizationId, stamp: &Stamp) -> Metadata {
    Metadata {
        organization: org,
        actor: stamp.by.clone(),
        command: Uuid::now_v7(),
        correlation: Uuid::now_v7(),
        causation: None,
        occurred_at: stamp.at,
        source: "test".into(),
    }
}
struct World {
    db: Database,
    store: PgEventStore,
    org: OrganizationId,
}
impl World {
    async fn add<A: Aggregate>(&self, id: Id<A>, from: u64, stamp: &Stamp, events: Vec<A::Event>) {
        let events = events
            .into_iter()
            .map(|event| {
                let (name, version) = (event.name().to_owned(), event.version());
                NewEvent {
                    name,
                    version,
                    payload: Recorded { stamp: stamp.clone(), event }.to_json().unwrap(),
                }
            })
            .collect();
        self.store
            .append(Append {
                stream: StreamKey { kind: A::PREFIX.into(), id: id.to_string() },
                expected_version: from,
                events,
                claims: vec![],
                metadata: meta(self.org, stamp),
                input: None,
            })
            .await
            .unwrap();
    }
}
fn id<T>() -> Id<T> {
    Id::from_uuid(Uuid::now_v7())
}

#[tokio::test(flavor = "multi_thread")]
async fn all() {
    let dir = std::env::temp_dir().join(format!("escalon-proj-{}", std::process::id()));
    let mut options = Options::new(&dir, Mode::Engine);
    options.settings.push(("log_min_messages".into(), "warning".into()));
    let pg = EmbeddedPostgres::open(options).await.unwrap();
    let out = tokio::spawn(run(pg.connect_options())).await;
    println!(
        "{}",
        std::fs::read_to_string(dir.join("postgres.log"))
            .unwrap_or_default()
            .lines()
            .filter(|l| l.contains("ERROR") || l.contains("STATEMENT"))
            .collect::<Vec<_>>()
            .join("\n")
    );
    pg.stop().await;
    let _ = std::fs::remove_dir_all(&dir);
    out.unwrap();
}

async fn run(opts: sqlx::postgres::PgConnectOptions) {
    database::migrate(&opts, Duration::from_secs(5)).await.unwrap();
    let db = Database::new(&opts, 8);
    let store = PgEventStore::new(db.clone());
    let sequencer = Sequencer::new(db.clone(), store.appended());
    let feed = Feed::new(db.clone(), sequencer.head());
    let (stop, shutdown) = tokio::sync::watch::channel(false);
    let seq = tokio::spawn(sequencer.run(shutdown.clone()));
    let org: OrganizationId = id();
    let w = World { db: db.clone(), store, org };
    let op = Stamp::new("2026-01-05T09:00:00Z".parse().unwrap(), Actor::system("op"));
    w.add::<Organization>(
        org,
        0,
        &op,
        vec![
            Founded { slug: "acme".parse().unwrap(), name: "Acme".into() }.into(),
            SettingChanged {
                setting: Setting::RegistrationRole,
                previous: None,
                value: Some("viewer".into()),
            }
            .into(),
        ],
    )
    .await;
    let t = Instant::now();
    let projections = Projections::prepare(&db, &feed).await.unwrap();
    println!("prepare {:?}", t.elapsed());
    let runner = Runner::start(projections.clone(), shutdown.clone());
    let models = ReadModels::new(db.clone(), feed.clone());
    // definitions, members
    let role: RoleId = id();
    let body = Role {
        name: "admin".parse().unwrap(),
        title: "Admin".into(),
        level: 1,
        permissions: Permission::ALL.iter().copied().collect(),
    };
    w.add(role, 0, &op, vec![DefinitionEvent::Defined(Defined { body })]).await;
    let team: TeamId = id();
    w.add(
        team,
        0,
        &op,
        vec![DefinitionEvent::Defined(Defined {
            body: Team {
                name: "ops".parse().unwrap(),
                title: "Operations".into(),
                members: Default::default(),
            },
        })],
    )
    .await;
    let (ann, bob): (MemberId, MemberId) = (id(), id());
    for (m, n) in [(ann, "Ann O'Neill"), (bob, "Bob \u{0} 100%_\\")] {
        w.add(
            m,
            0,
            &op,
            vec![
                Invited {
                    name: Personal::new(m.cast(), n.into()),
                    email: Some(Personal::new(m.cast(), "a@example.com".parse().unwrap())),
                    email_digest: None,
                }
                .into(),
                Joined {}.into(),
                RoleGranted { role }.into(),
            ],
        )
        .await;
    }
    let by = |at: &str, m: MemberId| Stamp::new(at.parse().unwrap(), Actor::Member(m));
    let ticket: TicketId = id();
    let opened = |n: u32, requester: Requester| Opened {
        number: TicketNumber::new("GROW", "2026-01-05".parse().unwrap(), n),
        ticket_type: Pin { id: id(), version: 1 },
        type_name: "incident".parse().unwrap(),
        rules: TicketRules::default(),
        title: Personal::new(requester.subject(), "Broken lamp — l'été".into()),
        description: Personal::new(requester.subject(), "The lamp on desk 4 \u{0} is \\u0000 broken".into()),
        requester,
        brand: Some("Acme Lights".into()),
        priority: Priority { name: "high".parse().unwrap(), rank: 2 },
        fields: Default::default(),
        team: None,
        assignee: None,
        channel: "test".into(),
    };
    w.add(
        ticket,
        0,
        &by("2026-01-05T10:00:00.123456Z", ann),
        vec![
            opened(1, Requester::Member(ann)).into(),
            Tagged { tags: ["late-delivery".parse().unwrap(), "vip".parse().unwrap()].into() }.into(),
        ],
    )
    .await;
    w.add(
        ticket,
        2,
        &by("2026-01-05T11:00:00Z", bob),
        vec![
            Assigned { previous_team: None, previous_assignee: None, team: Some(team), assignee: Some(bob) }
                .into(),
            Noted { note: id(), body: Personal::new(bob.cast(), "secret".into()) }.into(),
            Commented { comment: id(), body: Personal::new(bob.cast(), "hello".into()), response: true }
                .into(),
            Waiting { reason: "vendor".parse().unwrap() }.into(),
        ],
    )
    .await;
    w.add(
        ticket,
        6,
        &by("2026-01-05T13:00:00Z", bob),
        vec![
            ResolutionProposed { remarks: Personal::new(bob.cast(), "did".into()) }.into(),
            ResolutionAccepted {}.into(),
            Closed { reason: None }.into(),
        ],
    )
    .await;
    let e: esc::EscalationId = id();
    let customer = esc::Customer {
        subject: ann.cast(),
        name: Some(Personal::new(ann.cast(), "Ann".into())),
        phone: None,
        email: None,
        preferred: Some(esc::ContactChannel::Sms),
    };
    w.add(
        e,
        0,
        &by("2026-01-05T12:00:00Z", ann),
        vec![
            esc::Raised {
                subject: esc::EscalationSubject::Ticket(ticket),
                cause: esc::Cause::Rule("r".into()),
                reason: Personal::new(ann.cast(), "please hurry now".into()),
                urgency: esc::Urgency::High,
                customer: Some(customer),
            }
            .into(),
        ],
    )
    .await;
    w.add(
        e,
        1,
        &by("2026-01-05T12:10:00Z", bob),
        vec![
            esc::Started {}.into(),
            esc::Viewed { viewer: bob }.into(),
            esc::Acknowledged { note: None }.into(),
            esc::Resolved { notes: Personal::new(bob.cast(), "done".into()) }.into(),
        ],
    )
    .await;
    // read
    let dir = ReadDirectory::new(models.clone());
    assert!(dir.another_member_has(org, ann, Permission::RoleGrant).await.unwrap());
    let other: OrganizationId = id();
    assert!(!dir.another_member_has(other, ann, Permission::RoleGrant).await.unwrap());
    let head = models.status().await.unwrap()[0].head;
    println!("head {head}");
    assert!(models.wait_for(head, Duration::from_secs(5)).await);
    assert!(!models.wait_for(head + 1, Duration::from_millis(50)).await);
    let operator = Caller::operator(org, "t", Uuid::nil());
    let scope = Scope::of(&operator);
    let foreign = Scope::of(&Caller::operator(other, "t", Uuid::nil()));
    let list = models
        .tickets(&scope, TicketFilter::default(), TicketOrder::default(), Page::default())
        .await
        .unwrap();
    println!("{list:#?}");
    assert_eq!(list.total, Some(1));
    assert_eq!(
        models
            .tickets(&foreign, TicketFilter::default(), TicketOrder::default(), Page::default())
            .await
            .unwrap()
            .items
            .len(),
        0
    );
    for (text, n) in [
        ("lamp", 1),
        ("GROW-20260105-0001", 1),
        ("grow-2026", 1),
        ("GROW", 1),
        ("20260105", 1),
        ("0001", 1),
        ("late-deliv", 1),
        ("late-delivery", 1),
        ("delivery", 1),
        ("l'été", 1),
        ("acme li", 1),
        ("zebra", 0),
        ("lamp zebra", 0),
        ("'' \\ & | !", 1),
        ("lamp & (", 1),
        ("vip", 1),
        ("desk 4", 1),
    ] {
        let filter = TicketFilter { text: Some(text.into()), ..Default::default() };
        let found = models
            .tickets(&scope, filter, TicketOrder::default(), Page::default())
            .await
            .unwrap()
            .items
            .len();
        if found != n {
            println!("TEXT {text}: {found} instead of {n}");
        }
    }
    let filter = TicketFilter {
        statuses: vec!["closed".into()],
        priorities: vec!["high".into()],
        ticket_type: Some("incident".into()),
        brand: Some("Acme Lights".into()),
        assignee: Some(bob.to_string()),
        unassigned: Some(false),
        team: Some(team.to_string()),
        requester: Some(ann.to_string()),
        tag: Some("vip".into()),
        text: Some("lamp".into()),
        opened_after: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        opened_before: Some("2027-01-01T00:00:00Z".parse().unwrap()),
    };
    assert_eq!(
        models
            .tickets(
                &scope,
                filter,
                TicketOrder { by: TicketSort::Priority, descending: false },
                Page::first(1)
            )
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    println!(
        "{:#?}",
        models
            .escalations(
                &scope,
                EscalationFilter {
                    text: Some("hurry".into()),
                    unassigned: Some(false),
                    acknowledged: Some(true),
                    ..Default::default()
                },
                EscalationOrder::default(),
                Page::default()
            )
            .await
            .unwrap()
    );
    let lines = models.timeline(&scope, &ticket.to_string(), Page::default()).await.unwrap();
    println!(
        "{:?}",
        lines
            .items
            .iter()
            .map(|(_, l)| (l.position, l.kind.as_str(), l.data.to_string(), l.internal))
            .collect::<Vec<_>>()
    );
    assert_eq!(lines.items.len(), 14);
    let mut ann_caller = operator.clone();
    ann_caller.actor = Actor::Member(ann);
    ann_caller.grants = Grants { level: 5, permissions: [Permission::TicketReadOwn].into() };
    let mut cust = ann_caller.clone();
    cust.actor = Actor::system("x");
    assert_eq!(
        models
            .timeline(&Scope::of(&ann_caller), &ticket.to_string(), Page::default())
            .await
            .unwrap()
            .items
            .len(),
        13
    );
    assert_eq!(
        models.timeline(&Scope::of(&cust), &ticket.to_string(), Page::default()).await.unwrap().items.len(),
        0
    );
    assert_eq!(models.timeline(&scope, &e.to_string(), Page::default()).await.unwrap().items.len(), 5);
    assert_eq!(
        models
            .tickets(
                &Scope::of(&ann_caller),
                TicketFilter::default(),
                TicketOrder::default(),
                Page::default()
            )
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    assert_eq!(
        models
            .tickets(&Scope::of(&cust), TicketFilter::default(), TicketOrder::default(), Page::default())
            .await
            .unwrap()
            .items
            .len(),
        0
    );
    assert_eq!(
        models
            .escalations(
                &Scope::of(&ann_caller),
                EscalationFilter::default(),
                EscalationOrder::default(),
                Page::default()
            )
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    assert!(matches!(
        models.members(&Scope::of(&ann_caller), None, Page::default()).await,
        Err(ReadError::NotPermitted { .. })
    ));
    println!("{:#?}", models.members(&scope, Some("100%_\\"), Page::default()).await.unwrap());
    assert_eq!(models.members(&scope, Some("%"), Page::default()).await.unwrap().items.len(), 1);
    println!("{:?}", models.definitions(&scope, "team", false, Page::default()).await.unwrap());
    println!("{:?}", models.names(&scope, &[ann.to_string(), team.to_string(), "x".into()]).await.unwrap());
    println!("{:?}", models.organizations().await.unwrap());
    println!("{:#?}", models.dashboard(&scope, None, None).await.unwrap());
    let audit = models
        .audit(
            &scope,
            AuditFilter {
                severities: vec!["critical".into(), "warning".into()],
                text: Some("role".into()),
                ..Default::default()
            },
            Page::default(),
        )
        .await
        .unwrap();
    println!(
        "{:?}",
        audit
            .items
            .iter()
            .map(|(_, a)| (
                a.position,
                a.action.as_str(),
                a.severity.as_str(),
                a.old_value.clone(),
                a.new_value.to_string()
            ))
            .collect::<Vec<_>>()
    );
    assert!(matches!(
        models
            .audit(&scope, AuditFilter::default(), Page { after: Some("zzz".into()), ..Default::default() })
            .await,
        Err(ReadError::BadCursor { .. })
    ));
    // bulk
    let t = Instant::now();
    let mut tx = sqlx::PgConnection::connect_with(&opts).await.unwrap();
    const N: i32 = 12_500;
    let mut rows = vec![];
    let (ty, mut ids) = (id(), vec![]);
    for n in 0..N {
        let tid: TicketId = id();
        ids.push(tid);
        let at: Timestamp =
            "2016-03-01T00:00:00Z".parse::<Timestamp>().unwrap() + chrono::Duration::minutes(n as i64);
        let mut seq = 0;
        let mut push = |event: TicketEvent, minutes: i64| {
            seq += 1;
            let stamp = Stamp::new(at + chrono::Duration::minutes(minutes), Actor::Member(bob));
            let m = meta(org, &stamp);
            let mj = serde_json::json!({"organization": m.organization, "actor": m.actor, "command": m.command, "correlation": m.correlation, "occurred_at": m.occurred_at, "source": m.source}).to_string();
            rows.push((
                tid.to_string(),
                seq,
                event.name(),
                Recorded { stamp, event }.to_json().unwrap(),
                mj,
                at,
            ));
        };
        let mut o = opened(
            10 + n as u32,
            Requester::Customer { subject: id(), name: Personal::new(id(), format!("Caller {n}")) },
        );
        o.ticket_type = Pin { id: ty, version: 1 };
        o.description = Personal::new(
            o.requester.subject(),
            format!("Location {} category {} symptom {n}", n % 200, n % 50),
        );
        push(o.into(), 0);
        push(
            Assigned { previous_team: None, previous_assignee: None, team: Some(team), assignee: None }
                .into(),
            5,
        );
        push(
            Assigned {
                previous_team: Some(team),
                previous_assignee: None,
                team: Some(team),
                assignee: Some(bob),
            }
            .into(),
            15,
        );
        push(Waiting { reason: "caller".parse().unwrap() }.into(), 30);
        push(Resumed {}.into(), 60);
        push(ResolutionProposed { remarks: Personal::new(bob.cast(), "done".into()) }.into(), 90);
        push(ResolutionAccepted {}.into(), 90);
        push(Closed { reason: None }.into(), 9000);
    }
    // interleave by time as an import does
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|i| (*i as i64) / 8 + (*i as i64 % 8) * 97);
    for chunk in order.chunks(5000) {
        let g = |f: &dyn Fn(usize) -> String| chunk.iter().map(|i| f(*i)).collect::<Vec<_>>();
        sqlx::query("insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, organization, occurred_at) select 'ticket', i, s, n, '1', p::json, m::json, $6, a from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $7::timestamptz[]) with ordinality as u (i,s,n,p,m,a,o) order by o")
            .bind(g(&|i| rows[i].0.clone())).bind(chunk.iter().map(|i| rows[*i].1 as i64).collect::<Vec<_>>()).bind(g(&|i| rows[i].2.to_string())).bind(g(&|i| rows[i].3.clone())).bind(g(&|i| rows[i].4.clone())).bind(org.to_string()).bind(chunk.iter().map(|i| rows[*i].5).collect::<Vec<_>>())
            .execute(&mut tx).await.unwrap();
    }
    println!("inserted {} events in {:?}", rows.len(), t.elapsed());
    // rebuild while live catches up
    let t = Instant::now();
    let total = head + rows.len() as i64;
    let report = projections.rebuild("service_dashboard", |_| {}).await.unwrap();
    println!("{report:?}");
    assert_eq!(report.checksum_before.as_ref(), Some(&report.checksum_after));
    assert!(models.wait_for(total, Duration::from_secs(120)).await);
    println!("live caught up: {} events x 6 in {:?}", rows.len(), t.elapsed());
    let readers: Vec<_> = (0..4)
        .map(|k| {
            let (models, scope, t0) = (models.clone(), scope.clone(), ids[7].to_string());
            let mut done = shutdown.clone();
            let (tx, rx) = tokio::sync::oneshot::channel::<()>();
            let _ = &mut done;
            (
                tokio::spawn(async move {
                    let mut rx = rx;
                    let (mut ok, mut bad) = (0, vec![]);
                    while rx.try_recv().is_err() {
                        let r = match k % 4 {
                            0 => models
                                .tickets(
                                    &scope,
                                    TicketFilter { text: Some("lamp".into()), ..Default::default() },
                                    TicketOrder::default(),
                                    Page::first(10),
                                )
                                .await
                                .map(|s| assert_eq!(s.items.len(), 10)),
                            1 => models
                                .timeline(&scope, &t0, Page::default())
                                .await
                                .map(|s| assert_eq!(s.items.len(), 8)),
                            2 => models
                                .dashboard(&scope, None, None)
                                .await
                                .map(|d| assert_eq!(d.tickets, N as i64 + 1)),
                            _ => models
                                .audit(
                                    &scope,
                                    AuditFilter { text: Some("symptom 77".into()), ..Default::default() },
                                    Page::first(5),
                                )
                                .await
                                .map(|s| assert_eq!(s.items.len(), 5)),
                        };
                        match r {
                            Ok(()) => ok += 1,
                            Err(e) => bad.push(format!("{e}")),
                        }
                    }
                    (ok, bad)
                }),
                tx,
            )
        })
        .collect();
    let all_start = Instant::now();
    for name in projections.names() {
        let report = projections.rebuild(name, |_| {}).await.unwrap();
        println!(
            "{name}: {} events in {:.2}s = {:.0}/s {:?} {}",
            report.events,
            report.seconds,
            report.events as f64 / report.seconds,
            report.checksum_before,
            report.checksum_before.as_ref() == Some(&report.checksum_after)
        );
        assert_eq!(report.checksum_before.as_ref(), Some(&report.checksum_after));
    }
    println!("all {:?}", all_start.elapsed());
    for _ in 0..8 {
        for name in
            ["timeline", "escalation_inbox", "member_directory", "service_dashboard"].into_iter().skip(1)
        {
            projections.rebuild(name, |_| {}).await.unwrap();
        }
    }
    for (task, stop) in readers {
        let _ = stop.send(());
        println!("reader {:?}", task.await.unwrap());
    }
    struct V2;
    #[async_trait::async_trait]
    impl projection::Projection for V2 {
        fn name(&self) -> &'static str {
            "escalation_inbox"
        }
        fn version(&self) -> i32 {
            2
        }
        fn ddl(&self) -> &'static str {
            "create table other (id text primary key, organization text not null)"
        }
        fn tables(&self) -> &'static [&'static str] {
            &["other"]
        }
        async fn project(
            &self,
            _: &mut tables::Tables<'_>,
            _: &[happening::Happening<'_>],
        ) -> Result<(), ProjectionError> {
            Ok(())
        }
    }

    let mut all = Vec::new();
    let mut page = Page::first(1000);
    let mut pages = 0;
    let t = Instant::now();
    loop {
        let s = models
            .tickets(
                &scope,
                TicketFilter::default(),
                TicketOrder { by: TicketSort::UpdatedAt, descending: true },
                page.clone(),
            )
            .await
            .unwrap();
        pages += 1;
        all.extend(s.items.iter().map(|(_, r)| r.id.clone()));
        if !s.has_next {
            break;
        }
        page.after = Some(s.items.last().unwrap().0.clone());
        assert_eq!(s.total, Some(N as i64 + 1));
    }
    let n = all.len();
    all.sort();
    all.dedup();
    assert_eq!((n, all.len()), (N as usize + 1, N as usize + 1));
    println!("{pages} pages in {:?}", t.elapsed());
    let back = models
        .tickets(
            &scope,
            TicketFilter::default(),
            TicketOrder::default(),
            Page { last: Some(3), ..Default::default() },
        )
        .await
        .unwrap();
    let more = models
        .tickets(
            &scope,
            TicketFilter::default(),
            TicketOrder::default(),
            Page { last: Some(3), before: Some(back.items[0].0.clone()), ..Default::default() },
        )
        .await
        .unwrap();
    println!(
        "{:?} {:?} {} {} {} {}",
        back.items.iter().map(|i| i.1.opened_at).collect::<Vec<_>>(),
        more.items.iter().map(|i| i.1.opened_at).collect::<Vec<_>>(),
        back.has_next,
        back.has_previous,
        more.has_next,
        more.has_previous
    );
    for text in ["symptom 77", "lamp", "zebra", "location 7 category"] {
        let t = Instant::now();
        let s = models
            .tickets(
                &scope,
                TicketFilter { text: Some(text.into()), ..Default::default() },
                TicketOrder::default(),
                Page::first(50),
            )
            .await
            .unwrap();
        println!("text {text}: {:?} in {:?}", s.total, t.elapsed());
    }
    for text in ["role granted", "zebra", "caller 77"] {
        let t = Instant::now();
        let s = models
            .audit(&scope, AuditFilter { text: Some(text.into()), ..Default::default() }, Page::first(50))
            .await
            .unwrap();
        println!("audit {text}: {:?} in {:?}", s.total, t.elapsed());
    }
    let t = Instant::now();
    let d = models.dashboard(&scope, None, None).await.unwrap();
    println!("{d:?} in {:?}", t.elapsed());
    let t = Instant::now();
    let l = models.timeline(&scope, &ids[7].to_string(), Page::default()).await.unwrap();
    println!("timeline {} in {:?}", l.items.len(), t.elapsed());
    let t = Instant::now();
    models.tickets(&scope, TicketFilter::default(), TicketOrder::default(), Page::first(50)).await.unwrap();
    println!("list in {:?}", t.elapsed());
    let mut c = db.app.acquire().await.unwrap();
    let mut ctx = c.begin().await.unwrap();
    sqlx::query("select set_config('escalon.organization', $1, true)")
        .bind(org.to_string())
        .execute(&mut *ctx)
        .await
        .unwrap();
    for q in [
        "select count(*) from read.ticket t where t.search @@ to_tsquery('simple', '''zebra'':*')",
        "select t.id from read.ticket t order by t.opened_at desc, t.id desc limit 51",
        "select t.id from read.ticket t where (t.opened_at, t.id) < ('2016-03-03T00:00:00Z'::timestamptz, 'z') order by t.opened_at desc, t.id desc limit 51",
        "select * from read.audit a order by position desc limit 50",
        "select t.id from read.ticket t where t.assignee = 'x'",
    ] {
        let plan: Vec<String> =
            sqlx::query_scalar(&format!("explain analyze {q}")).fetch_all(&mut *ctx).await.unwrap();
        println!("{q}\n  {}", plan.join("\n  "));
    }
    let _ = ctx.rollback().await;
    for s in models.status().await.unwrap() {
        println!("{s:?}");
        assert_eq!(s.behind, 0);
        assert_eq!(s.error, None);
    }
    let sizes: Vec<(String, String)> = sqlx::query_as("select c.oid::regclass::text, pg_size_pretty(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = c.relnamespace where relkind = 'r' and nspname like 'read\\_%'").fetch_all(&db.engine).await.unwrap();
    println!("{sizes:?}");
    Projections::of(db.clone(), feed.clone(), vec![std::sync::Arc::new(V2)]).build_missing().await.unwrap();
    println!("{}", Projections::prepare(&db, &feed).await.err().unwrap());
    let views: Vec<String> =
        sqlx::query_scalar("select viewname::text from pg_views where schemaname = 'read'")
            .fetch_all(&db.engine)
            .await
            .unwrap();
    println!("{views:?}");
    w.add::<Organization>(org, 2, &op, vec![Reinstated {}.into()]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    println!(
        "{:?}",
        models.status().await.unwrap().iter().filter_map(|s| s.error.clone()).collect::<Vec<_>>()
    );
    // second prepare does nothing; a foreign reader cannot write
    assert!(sqlx::query("delete from read.ticket").execute(&db.app).await.is_err());
    assert!(matches!(projections.rebuild("nope", |_| {}).await, Err(ProjectionError::Unknown { .. })));
    println!("{}", projections.rebuild("nope", |_| {}).await.unwrap_err());
    stop.send(true).unwrap();
    runner.ended().await;
    seq.await.unwrap();
    w.db.close().await;
}
