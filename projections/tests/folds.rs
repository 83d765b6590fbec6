//! The pure folds: events in, rows out, no database.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use escalon_application::{
    ports::{Metadata, StoredEvent, StreamKey},
    recorded::Recorded,
};
use escalon_domain::{
    access::Role,
    aggregate::{Aggregate, Event},
    definition::{Defined, Definition, DefinitionEvent, Pin, Retired, Revised},
    escalation::{self, Escalation, EscalationSubject},
    id::Id,
    member::{self, Member, MemberId},
    organization::{self, Organization, OrganizationId, Setting},
    personal::{OnceBare, Personal},
    stamp::{Actor, Stamp, Timestamp},
    team::TeamId,
    ticket::{self, Requester, Ticket, TicketNumber},
    ticket_type::{Priority, TicketRules},
};
use escalon_infrastructure::feed::FeedEvent;
use escalon_projections::{
    audit_log::{AuditRow, Severity},
    escalation_inbox::EscalationFold,
    happening::{Happening, What},
    member_directory::{DefinitionFold, MemberFold, OrganizationFold},
    service_dashboard::FactFold,
    tables::Fold,
    ticket_inbox::TicketFold,
    timeline::{TimelineEscalation, TimelineRow},
};
use uuid::Uuid;

fn id<T>(number: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(number))
}

fn at(minutes: i64) -> Timestamp {
    "2026-01-05T09:00:00Z".parse::<Timestamp>().unwrap() + chrono::Duration::minutes(minutes)
}

const ANN: u128 = 1;
const BOB: u128 = 2;

/// A stream being told: each event some minutes after the start, by a member.
struct Story<A: Aggregate> {
    id: Id<A>,
    events: Vec<FeedEvent>,
}

impl<A: Aggregate> Story<A> {
    fn of(number: u128) -> Self {
        Self { id: id(number), events: Vec::new() }
    }

    fn then(mut self, minutes: i64, by: u128, event: impl Into<A::Event>) -> Self {
        let event = event.into();
        let stamp = Stamp::new(at(minutes), Actor::Member(id(by)));
        let (name, version) = (event.name().to_owned(), event.version());
        let sequence = self.events.len() as u64 + 1;
        let metadata = Metadata {
            organization: id(9),
            actor: stamp.by.clone(),
            command: Uuid::nil(),
            correlation: Uuid::nil(),
            causation: None,
            occurred_at: stamp.at,
            source: "test".to_owned(),
        };
        let event = StoredEvent {
            stream: StreamKey { kind: A::PREFIX.to_owned(), id: self.id.to_string() },
            sequence,
            name,
            version,
            payload: Recorded { stamp, event }.to_json().unwrap(),
            metadata,
            recorded_at: at(100_000),
            insertion: sequence as i64,
            hash: Default::default(),
        };
        self.events.push(FeedEvent { position: sequence as i64, event });
        self
    }

    fn happenings(&self) -> Vec<Happening<'_>> {
        Happening::parse_all(&self.events, &[]).unwrap()
    }

    fn fold<F: Fold>(&self) -> Option<F::Row> {
        self.happenings().iter().fold(None, |row, happening| {
            assert_eq!(F::key(happening), Some(happening.id()));
            F::apply(row, happening)
        })
    }
}

fn words(of: u128, text: &str) -> Personal<String> {
    Personal::new(id(of), text.to_owned())
}

fn slug(text: &str) -> escalon_domain::slug::Slug {
    text.parse().unwrap()
}

fn opened() -> ticket::Opened {
    ticket::Opened {
        number: TicketNumber::new("GROW", at(0).date_naive(), 1),
        ticket_type: Pin { id: id(50), version: 1 },
        type_name: slug("incident"),
        rules: TicketRules::default(),
        requester: Requester::Customer { subject: id(7), name: words(7, "Carla") },
        title: words(7, "Broken lamp"),
        description: words(7, "It flickers"),
        brand: Some("Acme".to_owned()),
        priority: Priority { name: slug("high"), rank: 2 },
        fields: Default::default(),
        team: None,
        assignee: None,
        channel: "test".to_owned(),
        sla: None,
    }
}

fn assigned(from: (Option<u128>, Option<u128>), to: (Option<u128>, Option<u128>)) -> ticket::Assigned {
    let team = |team: Option<u128>| team.map(id);
    let member = |member: Option<u128>| member.map(id);
    ticket::Assigned {
        previous_team: team(from.0),
        previous_assignee: member(from.1),
        team: team(to.0),
        assignee: member(to.1),
    }
}

fn waiting(reason: &str) -> ticket::Waiting {
    ticket::Waiting { reason: slug(reason) }
}

#[test]
fn a_ticket_row_follows_its_ticket() {
    let story = Story::<Ticket>::of(3)
        .then(0, ANN, opened())
        .then(1, ANN, ticket::Tagged { tags: [slug("vip"), slug("late")].into() })
        .then(2, ANN, ticket::Untagged { tags: [slug("vip")].into() })
        .then(3, ANN, assigned((None, None), (Some(20), Some(BOB))))
        .then(4, BOB, ticket::Noted { note: id(60), body: words(BOB, "hm") })
        .then(5, BOB, waiting("vendor"))
        .then(6, BOB, ticket::Commented { comment: id(61), body: words(BOB, "soon"), response: true });
    let row = story.fold::<TicketFold>().unwrap();
    assert_eq!((row.number.as_str(), row.status.as_str(), row.version), ("GROW-20260105-0001", "waiting", 7));
    assert_eq!((row.requester_name.as_deref(), row.requester_member), (Some("Carla"), None));
    assert_eq!((row.tags, row.waiting_for.as_deref()), (vec!["late".to_owned()], Some("vendor")));
    assert_eq!(
        (row.team, row.assignee),
        (
            Some(id::<Definition<_>>(20) as TeamId).map(|id| id.to_string()),
            Some((id(BOB) as MemberId).to_string())
        )
    );
    assert_eq!((row.comments, row.first_response_at, row.updated_at), (1, Some(at(6)), at(6)));

    let story = story
        .then(10, BOB, ticket::ResolutionProposed { remarks: words(BOB, "new bulb") })
        .then(11, ANN, ticket::ResolutionAccepted {})
        .then(12, ANN, ticket::Closed { reason: None });
    let row = story.fold::<TicketFold>().unwrap();
    assert_eq!((row.status.as_str(), row.waiting_for), ("closed", None));
    assert_eq!(
        (row.first_response_at, row.resolved_at, row.closed_at),
        (Some(at(6)), Some(at(11)), Some(at(12)))
    );

    let story = story
        .then(20, ANN, ticket::Reopened { reason: words(ANN, "again") })
        .then(21, ANN, waiting("parts"))
        .then(22, ANN, ticket::Resumed {});
    let row = story.fold::<TicketFold>().unwrap();
    assert_eq!((row.status.as_str(), row.reopenings), ("reopened", 1));
    assert_eq!((row.resolved_at, row.closed_at, row.waiting_for), (None, None, None));
}

#[test]
fn the_status_in_the_row_is_that_of_the_aggregate() {
    let story = Story::<Ticket>::of(3)
        .then(0, ANN, opened())
        .then(1, ANN, waiting("a"))
        .then(2, ANN, ticket::Resumed {})
        .then(3, ANN, waiting("b"))
        .then(4, ANN, ticket::ResolutionProposed { remarks: words(ANN, "x") })
        .then(5, ANN, ticket::Reopened { reason: words(ANN, "x") })
        .then(6, ANN, waiting("c"))
        .then(7, ANN, ticket::Resumed {})
        .then(8, ANN, ticket::ResolutionProposed { remarks: words(ANN, "x") })
        .then(9, ANN, ticket::ResolutionAccepted {})
        .then(10, ANN, ticket::Closed { reason: None });
    let (mut state, mut row, mut fact) = (Ticket::default(), None, None);
    for happening in &story.happenings() {
        let What::Ticket(event) = &happening.what else { unreachable!() };
        state.evolve(event, &Stamp::new(happening.at(), happening.by().clone()));
        row = TicketFold::apply(row, happening);
        fact = FactFold::apply(fact, happening);
        let (row, fact) = (row.as_ref().unwrap(), fact.as_ref().unwrap());
        assert_eq!((row.status.as_str(), fact.status.as_str()), (state.status.name(), state.status.name()));
        assert_eq!(row.waiting_for, state.waiting_for.as_ref().map(ToString::to_string));
        assert_eq!((row.resolved_at, row.closed_at), (state.resolved_at, state.closed_at));
        assert_eq!(
            (row.first_response_at, fact.first_response_at),
            (state.first_response_at, state.first_response_at)
        );
    }
}

#[test]
fn forgotten_words_are_none() {
    let forgotten = ticket::Opened { title: Personal { subject: id(7), value: None }, ..opened() };
    let edited =
        ticket::Edited { description: Some(Personal { subject: id(7), value: None }), ..Default::default() };
    let row =
        Story::<Ticket>::of(3).then(0, ANN, forgotten).then(1, ANN, edited).fold::<TicketFold>().unwrap();
    assert_eq!((row.title, row.description, row.brand.as_deref()), (None, None, Some("Acme")));
}

#[test]
fn assignments_are_counted_by_what_changed() {
    let row = Story::<Ticket>::of(3)
        .then(0, ANN, opened())
        .then(1, ANN, assigned((None, None), (Some(20), None)))
        .then(2, ANN, assigned((Some(20), None), (Some(20), Some(ANN))))
        .then(3, ANN, assigned((Some(20), Some(ANN)), (Some(21), Some(BOB))))
        .then(4, ANN, ticket::Unassigned { previous_team: Some(id(21)), previous_assignee: Some(id(BOB)) })
        .fold::<FactFold>()
        .unwrap();
    assert_eq!((row.team_changes, row.assignee_changes, row.reassignments), (3, 3, 1));
    assert_eq!((row.team, row.assignee), (None, None));
}

#[test]
fn paused_time_is_the_sum_of_the_waiting() {
    let story = Story::<Ticket>::of(3)
        .then(0, ANN, opened())
        .then(10, ANN, waiting("customer"))
        .then(15, ANN, waiting("vendor"))
        .then(20, ANN, ticket::Resumed {})
        .then(30, ANN, waiting("customer"));
    let row = story.fold::<FactFold>().unwrap();
    assert_eq!((row.paused_ms, row.waiting_since), (10 * 60_000, Some(at(30))));
    let row = story.then(31, ANN, ticket::Closed { reason: None }).fold::<FactFold>().unwrap();
    assert_eq!((row.paused_ms, row.waiting_since), (11 * 60_000, None));
}

#[test]
fn an_escalation_row_follows_its_escalation() {
    let raised = escalation::Raised {
        subject: EscalationSubject::Conversation("chat-1".to_owned()),
        cause: escalation::Cause::Rule("angry".to_owned()),
        reason: words(7, "please call me back"),
        urgency: escalation::Urgency::High,
        customer: Some(escalation::Customer {
            subject: id(7),
            name: Some(words(7, "Carla")),
            phone: None,
            email: Some(Personal::new(id(7), "carla@example.com".parse().unwrap())),
            preferred: Some(escalation::ContactChannel::Call),
        }),
    };
    let story = Story::<Escalation>::of(4)
        .then(0, ANN, raised)
        .then(1, BOB, escalation::Viewed { viewer: id(BOB) })
        .then(2, BOB, escalation::Started {})
        .then(3, BOB, escalation::Snoozed { until: at(60) })
        .then(4, BOB, escalation::Acknowledged { note: None });
    let row = story.fold::<EscalationFold>().unwrap();
    assert_eq!(
        (row.status.as_str(), row.urgency_rank, row.subject.as_str()),
        ("in_progress", 2, "conversation:chat-1")
    );
    assert_eq!((row.rule.as_deref(), row.preferred.as_deref()), (Some("angry"), Some("call")));
    assert_eq!(
        (row.customer_name.as_deref(), row.customer_email.as_deref()),
        (Some("Carla"), Some("carla@example.com"))
    );
    let bob = (id(BOB) as MemberId).to_string();
    assert_eq!(
        (row.assignee.as_ref(), row.acknowledged_by.as_ref(), &row.viewers),
        (Some(&bob), Some(&bob), &vec![bob.clone()])
    );
    assert_eq!((row.snoozed_until, row.acknowledged_at), (None, Some(at(4))));

    let row = story
        .then(5, BOB, escalation::Resolved { notes: words(BOB, "called") })
        .fold::<EscalationFold>()
        .unwrap();
    assert_eq!(
        (row.status.as_str(), row.notes.as_deref(), row.ended_at),
        ("resolved", Some("called"), Some(at(5)))
    );
    assert_eq!((row.ended_by, row.version), (Some(bob), 6));
}

#[test]
fn a_member_row_knows_roles_and_status() {
    let invited = member::Invited { name: words(ANN, "Ann O'Neill"), email: None, email_digest: None };
    let story = Story::<Member>::of(ANN)
        .then(0, BOB, invited)
        .then(1, BOB, member::RoleGranted { role: id(31) })
        .then(2, BOB, member::RoleGranted { role: id(30) })
        .then(3, BOB, member::RoleRevoked { role: id(31) })
        .then(4, BOB, member::Suspended { reason: OnceBare::Bare("away".to_owned()) });
    let row = story.fold::<MemberFold>().unwrap();
    assert_eq!(
        (row.status.as_str(), row.sort_name.as_str(), row.roles.len()),
        ("suspended", "ann o'neill", 1)
    );
    assert_eq!(row.subject, (id(ANN) as escalon_domain::personal::SubjectId).to_string());
    let row = story.then(5, BOB, member::Reinstated {}).fold::<MemberFold>().unwrap();
    assert_eq!((row.status.as_str(), row.joined), ("invited", false));
}

#[test]
fn a_definition_row_has_the_latest_body() {
    let role =
        |title: &str| Role { name: slug("agent"), title: title.to_owned(), level: 3, permissions: [].into() };
    let row = Story::<Definition<Role>>::of(30)
        .then(0, ANN, DefinitionEvent::Defined(Defined { body: role("Agent") }))
        .then(1, ANN, DefinitionEvent::Revised(Revised { previous: role("Agent"), body: role("Agents") }))
        .then(2, ANN, DefinitionEvent::Retired(Retired { reason: "none left".to_owned() }))
        .fold::<DefinitionFold>()
        .unwrap();
    assert_eq!((row.kind.as_str(), row.name.as_str(), row.title.as_str()), ("role", "agent", "Agents"));
    assert_eq!((row.retired, row.version, row.body["level"].as_u64()), (true, 3, Some(3)));
}

#[test]
fn an_organization_row_has_its_settings() {
    let set = |value: Option<&str>| organization::SettingChanged {
        setting: Setting::RegistrationRole,
        previous: None,
        value: value.map(str::to_owned),
    };
    let story = Story::<Organization>::of(9)
        .then(0, ANN, organization::Founded { slug: slug("acme"), name: "Acme".to_owned() })
        .then(1, ANN, set(Some("viewer")))
        .then(2, ANN, organization::Suspended { reason: "unpaid".to_owned() });
    let row = story.fold::<OrganizationFold>().unwrap();
    assert_eq!((row.suspended, &row.settings), (true, &serde_json::json!({"registration.role": "viewer"})));
    assert_eq!((row.id.clone(), row.organization), (row.id, (id(9) as OrganizationId).to_string()));
    let row = story
        .then(3, ANN, set(None))
        .then(4, ANN, organization::Reinstated {})
        .fold::<OrganizationFold>()
        .unwrap();
    assert_eq!((row.suspended, row.settings), (false, serde_json::json!({})));
}

#[test]
fn a_timeline_has_a_line_for_each_event_with_plain_words() {
    let story = Story::<Ticket>::of(3)
        .then(0, ANN, opened())
        .then(1, BOB, ticket::Noted { note: id(60), body: words(BOB, "hm") })
        .then(2, BOB, ticket::Reopened { reason: Personal { subject: id(BOB), value: None } });
    let lines: Vec<_> = story.happenings().iter().filter_map(TimelineRow::of).collect();
    let shown: Vec<_> = lines.iter().map(|line| (line.position, line.kind.as_str(), line.internal)).collect();
    assert_eq!(
        shown,
        [(1, "ticket.opened", false), (2, "ticket.noted", true), (3, "ticket.reopened", false)]
    );
    assert_eq!(lines[0].data["title"], "Broken lamp");
    assert_eq!(lines[0].data["requester"]["customer"]["name"], "Carla");
    assert_eq!(lines[0].subjects, [(id(7) as escalon_domain::personal::SubjectId).to_string()]);
    assert!(lines[2].data["reason"].is_null());

    let member = Story::<Member>::of(ANN).then(0, ANN, member::Joined {});
    assert_eq!(member.happenings().iter().filter_map(TimelineRow::of).count(), 0);
    assert_eq!(story.happenings().iter().filter_map(TimelineEscalation::of).count(), 0);
}

#[test]
fn the_audit_log_tells_old_from_new() {
    let urgent = Priority { name: slug("urgent"), rank: 1 };
    let high = Priority { name: slug("high"), rank: 2 };
    let story = Story::<Ticket>::of(3)
        .then(0, ANN, ticket::Prioritized { previous: high, priority: urgent })
        .then(1, ANN, assigned((Some(20), None), (Some(21), Some(ANN))));
    let rows: Vec<_> = story.happenings().iter().map(AuditRow::of).collect();
    assert_eq!(rows[0].old_value, Some(serde_json::json!({"priority": {"name": "high", "rank": 2}})));
    assert_eq!(rows[0].new_value, serde_json::json!({"priority": {"name": "urgent", "rank": 1}}));
    let old = rows[1].old_value.as_ref().unwrap();
    assert!(old["assignee"].is_null() && old["team"].as_str() != rows[1].new_value["team"].as_str());
    assert_eq!((rows[1].severity.as_str(), rows[1].resource_kind.as_str()), ("info", "ticket"));
}

#[test]
fn severities_are_graded() {
    let graded = [
        ("member.role_granted", Severity::Critical),
        ("member.suspended", Severity::Critical),
        ("organization.suspended", Severity::Critical),
        ("role.revised", Severity::Warning),
        ("team.retired", Severity::Warning),
        ("organization.setting_changed", Severity::Warning),
        ("ticket.closed", Severity::Info),
        ("member.joined", Severity::Info),
    ];
    for (event, severity) in graded {
        assert_eq!(Severity::of(event), severity, "{event}");
    }
}

#[test]
fn what_is_not_read_is_not_parsed_and_what_is_newer_is_unknown() {
    let mut story = Story::<Ticket>::of(3).then(0, ANN, opened());
    assert!(matches!(Happening::parse(&story.events[0], &["member"]).unwrap()[0].what, What::Unknown));
    story.events[0].event.payload =
        story.events[0].event.payload.replace("ticket.opened", "ticket.teleported");
    assert!(matches!(Happening::parse(&story.events[0], &[]).unwrap()[0].what, What::Unknown));
    story.events[0].event.payload = "{}".to_owned();
    assert!(Happening::parse(&story.events[0], &[]).unwrap_err().to_string().contains("position 1"));
}
