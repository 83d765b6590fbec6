//! Forgetting: nothing readable is left of who was forgotten, wherever one looks, and everything else is as it was.

use std::{fs, path::Path, process::Command, sync::Arc};

use escalon_application::{
    Caller, Failure, Once,
    escalation::{CustomerInput, RaiseEscalation},
    member::InviteMember,
    privacy::WhichCustomer,
    ticket::{OpenTicket, RequesterInput},
};
use escalon_cli::compose::{App, World};
use escalon_domain::{
    access::Permission,
    escalation::{Cause, EscalationCommand, EscalationSubject, Urgency},
    id::Id,
    member::{MemberId, MemberStatus},
    personal::SubjectId,
    ticket::{Requester, TicketCommand, TicketId},
    ticket_type::{Field, FieldKind, TicketType},
};
use escalon_infrastructure::{
    embedded::{EmbeddedPostgres, Mode, Options},
    identity::SigningKey,
    vault::{MasterKeySource, Vault},
};
use escalon_projections::{Projections, Scrub};
use escalon_proof::{
    Hash,
    chain::{Record, link},
};
use escalon_tests::{Client, MASTER_KEY, TestApp, TestClock};
use serde_json::json;
use sqlx::{Connection, PgConnection};

/// In everything that belongs to who is forgotten, in some case or other; in nothing else.
const MARK: &str = "zzqxv";
/// The digits of the customer's telephone.
const DIGITS: &str = "7390517264";
/// In what belongs to everybody else.
const KEPT: &str = "keepsake";
const REASON: &str = "Asked for it in writing.";

fn once() -> Once {
    Once::default()
}

/// An organization in which two people left words everywhere.
struct Story {
    boss: Caller,
    operator: Caller,
    member: MemberId,
    customer: SubjectId,
    tickets: [TicketId; 2],
}

async fn story(app: &TestApp) -> Story {
    let engine = app.engine();
    let operator = app.organization("acme").await;
    let boss = app.member_at(&operator, "boss", 1, Permission::ALL).await;
    let invite = InviteMember {
        name: "Zzqxvfrieda Zzqxvwinter".to_owned(),
        email: Some("zzqxvfrieda@zzqxvmail.example".parse().unwrap()),
        roles: vec!["boss-role".to_owned()],
        ..InviteMember::default()
    };
    let member = engine.invite_member(&operator, invite, &once()).await.unwrap().id;
    engine.set_password(&operator, member, "a long enough password".to_owned()).await.unwrap();
    let token = engine.token_for(&operator, member, chrono::Duration::hours(1)).await.unwrap();
    let frieda = engine.authenticate(&token, "test").await.unwrap();
    let contact = Field {
        name: "contact".parse().unwrap(),
        title: "Contact".to_owned(),
        kind: FieldKind::Text,
        required: false,
        personal: true,
    };
    let kind = TicketType {
        name: "incident".parse().unwrap(),
        title: "Incident".to_owned(),
        prefix: "INC".to_owned(),
        priorities: Default::default(),
        default_priority: None,
        fields: vec![contact],
        rules: Default::default(),
    };
    engine.define(&operator, kind, &once()).await.unwrap();

    let own = OpenTicket {
        ticket_type: "incident".to_owned(),
        title: "Zzqxvtitle of mine".to_owned(),
        description: "A zzqxvdescription, too".to_owned(),
        ..OpenTicket::default()
    };
    let key = Once::new(Some("open-1".to_owned()), None, &"zzqxvinput");
    let own = engine.open_ticket(&frieda, own, &key).await.unwrap().id;
    let of_customer = OpenTicket {
        ticket_type: "incident".to_owned(),
        title: "Zzqxvcolour is wrong".to_owned(),
        description: "zzqxvlisting".to_owned(),
        requester: Some(customer("Zzqxvdana")),
        fields: [("contact".to_owned(), json!(format!("zzqxvdana@zzqxv.example {DIGITS}")))].into(),
        ..OpenTicket::default()
    };
    let ticket = engine.open_ticket(&operator, of_customer, &once()).await.unwrap();
    let customer = match ticket.state.requester.as_ref().unwrap() {
        Requester::Customer { subject, .. } => *subject,
        Requester::Member(_) => panic!("a customer asked"),
    };
    for (caller, words) in [(&frieda, "Zzqxvcomment of Frieda"), (&boss, "A keepsake comment")] {
        let comment = TicketCommand::Comment { comment: engine.new_id(), body: words.to_owned() };
        engine.change_ticket(caller, ticket.id, comment, &once()).await.unwrap();
        let note = TicketCommand::Note { note: engine.new_id(), body: format!("{words}, internally") };
        engine.change_ticket(caller, ticket.id, note, &once()).await.unwrap();
    }
    let raise = RaiseEscalation {
        subject: EscalationSubject::Ticket(ticket.id),
        cause: Cause::Hand,
        reason: "Zzqxvreason in words of Frieda".to_owned(),
        urgency: Urgency::High,
        customer: Some(CustomerInput {
            reference: "zzqxvreference-17".to_owned(),
            name: Some("Zzqxvdana Zzqxvsommer".to_owned()),
            phone: Some(format!("+49{DIGITS}")),
            email: Some("zzqxvdana@zzqxvsommer.example".parse().unwrap()),
            preferred: None,
        }),
    };
    let escalation = engine.raise_escalation(&frieda, raise, &once()).await.unwrap().id;
    let resolve = EscalationCommand::Resolve { notes: "A keepsake of notes.".to_owned() };
    engine.change_escalation(&boss, escalation, resolve, &once()).await.unwrap();
    engine.suspend_member(&boss, member, "Zzqxvsuspended for a while".to_owned(), &once()).await.unwrap();
    Story { boss, operator, member, customer, tickets: [own, ticket.id] }
}

fn customer(name: &str) -> RequesterInput {
    RequesterInput::Customer { reference: "zzqxvreference-17".to_owned(), name: name.to_owned() }
}

impl Story {
    async fn forget_both(&self, app: &TestApp) {
        let engine = app.engine();
        engine.forget_member(&self.boss, self.member, REASON.to_owned(), &once()).await.unwrap();
        let which = WhichCustomer::Reference("zzqxvreference-17".to_owned());
        engine.forget_customer(&self.boss, which, REASON.to_owned(), &once()).await.unwrap();
    }
}

fn marked(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains(MARK) || text.contains(DIGITS)
}

/// The files below a directory in which the mark stands.
fn marked_files(directory: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            marked_files(&path, found);
        } else if let Ok(bytes) = fs::read(&path)
            && let Some(place) = place_of_mark(&bytes)
        {
            let around = &bytes[place.saturating_sub(40)..(place + 40).min(bytes.len())];
            found.push(format!("{}: {}", path.display(), String::from_utf8_lossy(around)));
        }
    }
}

fn place_of_mark(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(MARK.len())
        .position(|window| window.eq_ignore_ascii_case(MARK.as_bytes()))
        .or_else(|| bytes.windows(DIGITS.len()).position(|window| window == DIGITS.as_bytes()))
}

/// Questions that show everything.
const QUESTIONS: [&str; 6] = [
    "query($member: ID!) { member(id: $member) { name { text } email { text } history(first: 50) { nodes { data } } } }",
    "{ members(first: 50) { nodes { id status name { text } email { text } } } }",
    "{ tickets(first: 50) { nodes { id title { text } requesterName { text } } } }",
    "query($ticket: ID!) { ticket(id: $ticket) { title { text } description { text } fields
        requester { customerName { text } } comments(first: 50) { nodes { body { text } } }
        history(first: 50) { nodes { name data } } } timeline(subject: $ticket, first: 50) { nodes { name data } } }",
    "{ escalations(first: 50) { nodes { id reason { text } customerName { text } customerPhone { text }
        customerEmail { text } } } }",
    "{ auditLog(first: 100) { nodes { action oldValue newValue } } }",
];

async fn answers(client: &Client<'_>, story: &Story) -> String {
    let mut all = String::new();
    for question in QUESTIONS {
        let variables = json!({ "ticket": story.tickets[1].to_string(), "member": story.member.to_string() });
        all += &client.query(question, variables).await.to_string();
    }
    all
}

#[tokio::test]
async fn nothing_readable_is_left_of_who_was_forgotten() {
    let scrub = left_on_the_disk(|projections| projections).await;
    assert!(scrub.rewritten.iter().any(|table| table.ends_with(".ticket")), "{scrub:?}");
}

#[tokio::test]
async fn nor_where_read_models_are_so_large_that_they_are_built_anew() {
    let scrub = left_on_the_disk(|projections| projections.rewriting_in_place(0)).await;
    assert!(scrub.rewritten.contains(&"ticket_inbox".to_owned()), "{scrub:?}");
    assert!(scrub.rewritten.iter().all(|what| !what.starts_with("read_")), "{scrub:?}");
}

/// Two people are forgotten, and their words are looked for everywhere: by every question, in a dump, and in every file of
/// the database.
async fn left_on_the_disk(scrubbing: impl Fn(Projections) -> Projections) -> Scrub {
    let directory = tempfile::Builder::new().prefix("escalon-forgetting").tempdir_in("/tmp").unwrap();
    fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let data = directory.path().join("postgres");
    let postgres = EmbeddedPostgres::open(Options::new(&data, Mode::Engine)).await.unwrap();
    let clock = Arc::new(TestClock::at("2026-01-05T09:00:00Z"));
    let anchor = Arc::default();
    let world = World {
        clock: clock.clone(),
        key: SigningKey::from_hex(&"ab".repeat(32)).unwrap(),
        master_key: MasterKeySource::text("cd".repeat(32)),
        notary: escalon_tests::notary(1, Arc::clone(&anchor)),
    };
    let options = postgres.connect_options();
    let app = App::over(&options, world).await.unwrap();
    let app = TestApp { app, clock, anchor, options: options.clone() };
    let story = story(&app).await;
    app.settle().await;

    // Before: it is all there, and the events hold none of it.
    let api = app.serve().await;
    let boss = api.log_in("acme", "boss@example.com", "correct horse battery boss").await;
    let before = answers(&boss, &story).await;
    assert!(marked(&before) && before.contains(DIGITS) && before.contains(KEPT), "{before}");
    let rows = events(&app).await;
    for row in &rows {
        assert!(!marked(&row.payload) && !marked(&row.metadata), "{}", row.payload);
        assert!(!row.payload.contains(KEPT));
    }

    story.forget_both(&app).await;

    // At once: no answer shows it, and everybody else's words are there.
    let after = answers(&boss, &story).await;
    assert!(!marked(&after), "{after}");
    assert_eq!(after.matches(KEPT).count(), before.matches(KEPT).count(), "{after}");
    for text in ["zzqxvtitle", "zzqxvdana", DIGITS, "zzqxvcomment"] {
        let search = "query($text: String!) { tickets(first: 5, filter: { text: $text }) { totalCount }
            escalations(first: 5, filter: { text: $text }) { totalCount }
            auditLog(first: 5, filter: { text: $text }) { totalCount } members(first: 5, text: $text) { totalCount } }";
        let hits = boss.query(search, json!({ "text": text })).await;
        let none = json!({ "totalCount": 0 });
        for list in ["tickets", "escalations", "auditLog", "members"] {
            assert_eq!(hits[list], none, "{text} in {list}");
        }
    }
    api.stop().await;

    // Soon: nothing of it is on the disk.
    let scrub = scrubbing(app.app.projections.clone()).scrub().await.unwrap();
    assert!(scrub.done && scrub.people == 2 && scrub.notes.is_empty(), "{scrub:?}");
    let certificate = app.engine().certificate(&story.boss, story.customer).await.unwrap();
    assert!(certificate.destroyed.scrubbed_at.is_some(), "{certificate:?}");
    assert!(certificate.destroyed.key.is_some());
    assert_eq!((certificate.forgotten.held.streams, certificate.forgotten.held.events), (2, 2));
    assert_eq!(app.app.projections.scrub().await.unwrap().people, 0);

    // History stands: every stream loads, and every hash is what it was.
    let now = events(&app).await;
    assert_eq!(
        now[..rows.len()].iter().map(|row| &row.hash).collect::<Vec<_>>(),
        rows.iter().map(|row| &row.hash).collect::<Vec<_>>()
    );
    chained(&now);
    for id in story.tickets {
        let ticket = app.engine().ticket(&story.boss, id, escalon_application::Moment::Now).await.unwrap();
        assert!(ticket.state.title.as_ref().unwrap().is_forgotten());
    }
    let rebuilt = app.app.projections.rebuild("audit_log", |_| {}).await.unwrap();
    assert!(
        rebuilt.events > 10 && rebuilt.comparison.is_some_and(|comparison| comparison.is_equal()),
        "as after a rebuild"
    );

    let dump = dump(&options);
    assert!(!marked(&dump) && dump.contains("member.forgotten"));
    app.app.close().await;
    postgres.stop().await;
    let mut found = Vec::new();
    marked_files(directory.path(), &mut found);
    assert!(found.is_empty(), "{found:#?}");
    scrub
}

struct Row {
    kind: String,
    id: String,
    sequence: i64,
    name: String,
    version: String,
    payload: String,
    metadata: String,
    hash: Vec<u8>,
}

async fn events(app: &TestApp) -> Vec<Row> {
    type Columns = (String, String, i64, String, String, String, String, Vec<u8>);
    let rows: Vec<Columns> = sqlx::query_as(
        "select aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text, metadata::text, hash
         from escalon.events order by insertion",
    )
    .fetch_all(&app.app.database.engine)
    .await
    .unwrap();
    let row = |(kind, id, sequence, name, version, payload, metadata, hash)| Row {
        kind,
        id,
        sequence,
        name,
        version,
        payload,
        metadata,
        hash,
    };
    rows.into_iter().map(row).collect()
}

/// Every event's hash follows from what is stored, as it is stored.
fn chained(rows: &[Row]) {
    let mut heads = std::collections::HashMap::new();
    for row in rows {
        let previous = heads.get(&row.id).copied().unwrap_or(Hash::ZERO);
        let record = Record {
            kind: &row.kind,
            id: &row.id,
            sequence: row.sequence.unsigned_abs(),
            name: &row.name,
            version: &row.version,
            payload: &row.payload,
            metadata: &row.metadata,
        };
        let hash = link(&previous, &record);
        assert_eq!(hash.0[..], row.hash[..], "{} {}", row.id, row.sequence);
        heads.insert(row.id.clone(), hash);
    }
}

fn dump(options: &sqlx::postgres::PgConnectOptions) -> String {
    let output = Command::new("pg_dump")
        .arg("--host")
        .arg(options.get_socket().unwrap())
        .args(["--username", options.get_username(), "--port", &options.get_port().to_string()])
        .arg(options.get_database().unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_forgotten_member_is_out_and_their_address_is_free() {
    let app = TestApp::new().await;
    let story = story(&app).await;
    let (engine, member) = (app.engine(), story.member);
    engine.reinstate_member(&story.boss, member, &once()).await.unwrap();
    let token = engine.token_for(&story.operator, member, chrono::Duration::hours(1)).await.unwrap();
    let tells =
        engine.forget_member(&story.boss, member, "Zzqxvfrieda left.".to_owned(), &once()).await.unwrap_err();
    assert!(matches!(&tells, Failure::Invalid(faults) if faults[0].path == ["reason"]), "{tells}");

    let done = engine.forget_member(&story.boss, member, REASON.to_owned(), &once()).await.unwrap();
    assert_eq!((done.state.status, done.state.roles.len()), (MemberStatus::Forgotten, 0));
    let first = engine.certificate(&story.boss, member.cast()).await.unwrap();
    assert_eq!(first.by, story.boss.actor);
    assert_eq!(first.forgotten.reason, REASON);
    assert!(first.forgotten.held.values >= 8, "{first:?}");

    let again = engine.forget_member(&story.boss, member, "Once more.".to_owned(), &once()).await.unwrap();
    assert_eq!((again.version, again.insertion), (done.version, None));
    assert_eq!(engine.certificate(&story.boss, member.cast()).await.unwrap().digest, first.digest);

    let refused = engine.authenticate(&token, "test").await.unwrap_err();
    assert!(matches!(refused, Failure::Unauthenticated(_)), "{refused}");
    let password = "a long enough password".to_owned();
    let refused = engine.log_in("acme", "zzqxvfrieda@zzqxvmail.example", password, "test").await.unwrap_err();
    assert!(matches!(refused, Failure::Unauthenticated(_)), "{refused}");
    let hashes: i64 = sqlx::query_scalar("select count(*) from escalon.credentials where member = $1")
        .bind(member.to_string())
        .fetch_one(&app.app.database.engine)
        .await
        .unwrap();
    assert_eq!(hashes, 0);
    let refused = engine.grant_role(&story.boss, member, "boss-role", &once()).await.unwrap_err();
    assert!(refused.to_string().contains("was forgotten"), "{refused}");

    // Nothing new is kept about them, and the address is anybody's.
    let edit = TicketCommand::Edit {
        title: Some("Another title".to_owned()),
        description: None,
        brand: None,
        fields: Default::default(),
    };
    let refused = engine.change_ticket(&story.boss, story.tickets[0], edit, &once()).await.unwrap_err();
    assert!(refused.to_string().contains("was forgotten"), "{refused}");
    let invite = InviteMember {
        name: "Somebody Else".to_owned(),
        email: Some("zzqxvfrieda@zzqxvmail.example".parse().unwrap()),
        ..InviteMember::default()
    };
    assert_ne!(engine.invite_member(&story.operator, invite, &once()).await.unwrap().id, member);
}

#[tokio::test]
async fn a_customer_who_comes_back_is_somebody_new() {
    let app = TestApp::new().await;
    let story = story(&app).await;
    let engine = app.engine();
    let which = || WhichCustomer::Reference("zzqxvreference-17".to_owned());
    let key = Once::new(Some("forget".to_owned()), None, &"customer");
    let tells =
        engine.forget_customer(&story.boss, which(), "zzqxvreference asked".to_owned(), &once()).await;
    assert!(matches!(tells.unwrap_err(), Failure::Invalid(_)));
    let done = engine.forget_customer(&story.boss, which(), REASON.to_owned(), &key).await.unwrap();
    assert_eq!(done.id.cast(), story.customer);
    let again = engine.forget_customer(&story.boss, which(), REASON.to_owned(), &key).await.unwrap();
    assert!(again.replayed && again.version == 1, "{again:?}");
    let gone = engine.forget_customer(&story.boss, which(), REASON.to_owned(), &once()).await.unwrap_err();
    assert!(matches!(gone, Failure::NotFound { .. }), "nothing leads from the reference to them: {gone}");
    let same = WhichCustomer::Subject(story.customer);
    let so = engine.forget_customer(&story.boss, same, REASON.to_owned(), &once()).await.unwrap();
    assert_eq!((so.version, so.insertion), (1, None));

    let open = OpenTicket {
        ticket_type: "incident".to_owned(),
        title: "Back again".to_owned(),
        requester: Some(customer("Zzqxvdana")),
        ..OpenTicket::default()
    };
    let ticket = engine.open_ticket(&story.operator, open, &once()).await.unwrap();
    let subject = ticket.state.requester.as_ref().unwrap().subject();
    assert_ne!(subject, story.customer);
    assert!(ticket.state.title.as_ref().unwrap().reveal().is_some());
}

#[tokio::test]
async fn nobody_is_forgotten_who_is_not_there_or_is_somebody_else() {
    let app = TestApp::new().await;
    let story = story(&app).await;
    let other = app.organization("other").await;
    let engine = app.engine();
    let forget = async |caller: &Caller, subject: SubjectId| {
        let which = WhichCustomer::Subject(subject);
        engine.forget_customer(caller, which, REASON.to_owned(), &once()).await.unwrap_err()
    };
    assert!(
        matches!(forget(&other, story.customer).await, Failure::NotFound { .. }),
        "another organization's"
    );
    assert!(matches!(forget(&story.boss, engine.new_id()).await, Failure::NotFound { .. }));
    let own_secret = story.operator.organization.cast();
    assert!(
        matches!(forget(&story.boss, own_secret).await, Failure::NotFound { .. }),
        "the organization's secret"
    );
    assert!(matches!(forget(&story.boss, story.member.cast()).await, Failure::Invalid(_)), "a member");
    let refused = engine.certificate(&story.boss, story.member.cast()).await.unwrap_err();
    assert!(matches!(refused, Failure::NotFound { .. }), "{refused}");
    let clerk = app.member(&story.operator, "clerk", &[Permission::MemberRead]).await;
    let refused = engine.forget_member(&clerk, story.member, REASON.to_owned(), &once()).await.unwrap_err();
    assert!(matches!(refused, Failure::NotPermitted { permission: Permission::PrivacyForget }));
    // Level by level, as with roles; and somebody must be left who may grant them.
    let privacy = app.member(&story.operator, "privacy", &[Permission::PrivacyForget]).await;
    let boss = story.boss.member().unwrap();
    let above = engine.forget_member(&privacy, boss, REASON.to_owned(), &once()).await.unwrap_err();
    assert!(above.to_string().contains("nobody acts above their own level"), "{above}");
    let last = engine.forget_member(&story.boss, boss, REASON.to_owned(), &once()).await.unwrap_err();
    assert!(last.to_string().contains("last administrator"), "{last}");
}

#[tokio::test]
async fn another_process_forgets_as_well() {
    let app = TestApp::new().await;
    let story = story(&app).await;
    let beside = app.beside().await;
    let title = async || {
        let ticket =
            beside.engine().ticket(&story.boss, story.tickets[0], escalon_application::Moment::Now).await;
        ticket.unwrap().state.title.as_ref().unwrap().reveal().cloned()
    };
    assert_eq!(title().await.as_deref(), Some("Zzqxvtitle of mine"));
    story.forget_both(&app).await;
    for _ in 0..100 {
        if title().await.is_none() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the other process still shows it");
}

#[tokio::test]
async fn a_wrong_or_missing_key_is_said_and_never_reads_as_forgotten() {
    let app = TestApp::new().await;
    let story = story(&app).await;
    let database = &app.app.database;
    let wrong = Vault::new(database, MasterKeySource::text("11".repeat(32))).unlock().await.unwrap_err();
    assert!(wrong.to_string().contains("give the right one with --master-key-file"), "{wrong}");
    let nowhere = MasterKeySource::File("/nonexistent/master.key".into());
    let missing = Vault::new(database, nowhere).unlock().await.unwrap_err();
    assert!(missing.to_string().contains("put it back"), "{missing}");
    assert!(!Path::new("/nonexistent").exists(), "no new key is made for a database that has one");

    // A key that is gone without a forgetting, or damaged, is an error for who reads, too.
    let mut owner = PgConnection::connect_with(&app.options).await.unwrap();
    for damage in [
        "update escalon.subject_keys set wrapped = set_byte(wrapped, 20, (get_byte(wrapped, 20) + 1) % 256) where subject = $1",
        "delete from escalon.subject_keys where subject = $1",
    ] {
        sqlx::query(damage).bind(story.customer.to_string()).execute(&mut owner).await.unwrap();
        let fresh = app.beside().await;
        let ticket =
            fresh.engine().ticket(&story.boss, story.tickets[1], escalon_application::Moment::Now).await;
        let error = ticket.unwrap_err().to_string();
        assert!(error.contains(&story.customer.to_string()), "{error}");
        fresh.app.close().await;
    }
}

#[tokio::test]
async fn a_command_with_personal_input_leaves_no_digest_to_guess_by() {
    use sha2::{Digest, Sha256};
    let app = TestApp::new().await;
    let story = story(&app).await;
    let guessed = Sha256::digest(serde_json::to_vec("zzqxvinput").unwrap());
    let guessed_address = hex::encode(Sha256::digest(format!(
        "{}|{}",
        story.operator.organization, "zzqxvfrieda@zzqxvmail.example"
    )));
    let known: (bool, bool) = sqlx::query_as(
        "select exists (select 1 from escalon.events where input = $1), exists (select 1 from escalon.claims where key = $2)",
    )
    .bind(guessed.to_vec())
    .bind(guessed_address)
    .fetch_one(&app.app.database.engine)
    .await
    .unwrap();
    assert_eq!(known, (false, false));
    let derived: SubjectId = Id::derived(story.operator.organization, "customer:zzqxvreference-17");
    assert_ne!(derived, story.customer, "a subject's id does not follow from the reference");
}

#[tokio::test]
async fn the_master_key_changes_while_the_engine_runs() {
    let app = TestApp::new().await;
    let story = story(&app).await;
    let directory = tempfile::tempdir().unwrap();
    let (old, new) = (directory.path().join("old.key"), directory.path().join("new.key"));
    fs::write(&old, MASTER_KEY).unwrap();
    let source = |path: &Path| MasterKeySource::File(path.to_owned());
    let (running, tool) =
        (Vault::new(&app.app.database, source(&old)), Vault::new(&app.app.database, source(&old)));
    running.unlock().await.unwrap();
    let organization = story.operator.organization;
    let sealed = |vault: Vault, words: &'static str| async move {
        let mut payload = format!(
            r#"{{"subject":"{}","value":"{words}"}}"#,
            SubjectId::from_uuid(uuid::Uuid::from_u128(7))
        );
        vault.seal([(organization, &mut payload)]).await.unwrap();
        payload
    };
    let before = sealed(running.clone(), "before").await;
    let digest = running.digest(organization, "test", "text").await.unwrap();

    let id = tool.rotate(&source(&new), |_| {}).await.unwrap();
    assert_eq!(tool.rotate(&source(&new), |_| {}).await.unwrap(), id, "it is so already");
    let keys = tool.master_keys().await.unwrap();
    assert_eq!((keys.len(), keys[0].keys, keys[1].retired_at), (2, 0, None), "{keys:?}");
    assert!(keys[0].retired_at.is_some() && keys[1].keys > 3 && keys[1].id == id, "{keys:?}");

    // The engine that runs finds the new key by itself, and what it knew stays so.
    let person = running.person(organization, "somebody new").await.unwrap();
    assert_eq!(running.person(organization, "somebody new").await.unwrap(), person);
    for vault in [running, Vault::new(&app.app.database, source(&new))] {
        vault.unlock().await.unwrap();
        let mut payload = before.clone();
        vault.open([(organization, &mut payload)]).await.unwrap();
        assert!(payload.ends_with(r#""value":"before"}"#), "{payload}");
        assert_eq!(
            vault.digest(organization, "test", "text").await.unwrap(),
            digest,
            "addresses are found as before"
        );
    }
    let retired = Vault::new(&app.app.database, MasterKeySource::text(MASTER_KEY.to_owned()))
        .unlock()
        .await
        .unwrap_err();
    assert!(retired.to_string().contains("give the right one"), "{retired}");
}
