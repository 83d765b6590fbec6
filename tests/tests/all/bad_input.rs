//! Wrong, stale, forged and unlucky requests: each has an answer that names the cure, and nothing is lost or leaked.

use std::time::Duration;

use escalon_application::{
    Failure, Once,
    ports::{Purpose, Tokens},
};
use escalon_cli::compose::{App, World};
use escalon_domain::access::Permission;
use escalon_infrastructure::{
    embedded::{EmbeddedPostgres, Mode, Options},
    identity::{JwtTokens, SigningKey},
    vault::MasterKeySource,
    world::SystemClock,
};
use escalon_tests::TestApp;
use serde_json::{Value, json};

use super::{
    roles,
    store::{opening, ticket_type},
};

const ME: &str = "{ viewer { level } }";

#[tokio::test]
async fn tokens_that_are_forged_expired_or_for_something_else_are_refused() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    let carol = app.member(&operator, "carol", &[Permission::TicketReadAll]).await;
    let api = app.serve().await;
    let id = carol.member().unwrap();
    let good = app.engine().token_for(&operator, id, chrono::Duration::minutes(5)).await.unwrap();
    assert_eq!(api.with_token(&good).query(ME, json!({})).await["viewer"]["level"], 5);

    let stranger = SigningKey::from_hex(&"ab".repeat(32)).unwrap();
    let now = app.engine().now();
    let lifetime = chrono::Duration::hours(1);
    let forged =
        JwtTokens::new(&stranger).issue(Purpose::Access, id, operator.organization, now, lifetime).unwrap();
    let invitation = app.engine().invitation(operator.organization, id).unwrap();
    let mut tampered = good.clone();
    tampered.replace_range(good.len() - 4.., "AAAA");
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", good.split('.').nth(1).unwrap());
    for bad in [forged.as_str(), &invitation, &tampered, &unsigned, "nonsense", ""] {
        let (status, answer) = api.with_token(bad).ask(ME, json!({})).await;
        assert_eq!(
            (status, &answer["errors"][0]["extensions"]["code"]),
            (401, &json!("UNAUTHENTICATED")),
            "{bad}: {answer}"
        );
    }
    app.clock.advance(chrono::Duration::minutes(6));
    let (status, answer) = api.with_token(&good).ask(ME, json!({})).await;
    assert_eq!(status, 401);
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("expired; log in again"), "{answer}");
    api.stop().await;
}

#[tokio::test]
async fn a_revoked_role_and_a_suspended_member_end_at_once() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    let carol = app.member(&operator, "carol", &[Permission::TicketCreate]).await;
    let member = carol.member().unwrap();
    let token = app.engine().token_for(&operator, member, chrono::Duration::hours(1)).await.unwrap();
    let once = Once::default();
    app.engine().revoke_role(&operator, member, "carol-role", &once).await.unwrap();
    let now = app.engine().authenticate(&token, "test").await.unwrap();
    assert!(matches!(now.must(Permission::TicketCreate), Err(Failure::NotPermitted { .. })));
    app.engine().suspend_member(&operator, member, "left the company".to_owned(), &once).await.unwrap();
    let refused = app.engine().authenticate(&token, "test").await.unwrap_err();
    assert!(matches!(refused, Failure::Unauthenticated(_)), "{refused}");
}

#[tokio::test]
async fn nobody_acts_above_their_own_level_and_the_last_administrator_stays() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    let powers = [
        Permission::RoleGrant,
        Permission::RoleDefine,
        Permission::MemberInvite,
        Permission::MemberSuspend,
        Permission::MemberRead,
    ];
    let boss = app.member_at(&operator, "boss", 1, Permission::ALL).await;
    let lead = app.member_at(&operator, "lead", 3, &powers).await;
    let once = Once::default();
    let engine = app.engine();
    let up = engine.grant_role(&lead, lead.member().unwrap(), "administrator", &once).await.unwrap_err();
    assert!(up.to_string().contains("nobody acts above their own level"), "{up}");
    let down =
        engine.suspend_member(&lead, boss.member().unwrap(), "coup".to_owned(), &once).await.unwrap_err();
    assert!(down.to_string().contains("above their own level"), "{down}");
    engine.suspend_member(&boss, lead.member().unwrap(), "failed coup".to_owned(), &once).await.unwrap();
    let last = engine
        .suspend_member(&operator, boss.member().unwrap(), "all gone".to_owned(), &once)
        .await
        .unwrap_err();
    assert!(last.to_string().contains("last administrator"), "{last}");
}

/// An organization with roles, members and a ticket.
async fn with_a_ticket() -> (TestApp, String) {
    let app = TestApp::new().await;
    let operator = roles::furnished(&app, "acme").await;
    ticket_type(&app, &operator).await;
    let ticket = app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap().id;
    (app, ticket.to_string())
}

#[tokio::test]
async fn stale_versions_reused_keys_and_strange_ids_are_answered_with_the_cure() {
    let (app, ticket) = with_a_ticket().await;
    let api = app.serve().await;
    let ops = api.log_in("acme", "ops@example.com", roles::PASSWORD).await;
    let tag = async |extra: Value| {
        let mut input = json!({ "id": ticket, "tags": ["hot"] });
        input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        ops.mutate("ticketTag", "TicketTagInput", input, "ticket { version } replayed").await
    };
    let stale = tag(json!({ "expectedVersion": 7 })).await;
    assert_eq!(
        (&stale["errors"][0]["code"], &stale["errors"][0]["actual"]),
        (&json!("VERSION_CONFLICT"), &json!(1)),
        "{stale}"
    );
    let first = tag(json!({ "idempotencyKey": "k" })).await;
    let again = tag(json!({ "idempotencyKey": "k" })).await;
    assert_eq!(
        (&first["replayed"], &again["replayed"], &again["errors"]),
        (&json!(false), &json!(true), &json!([]))
    );
    let reused = tag(json!({ "idempotencyKey": "k", "tags": ["cold"] })).await;
    assert_eq!(reused["errors"][0]["code"], "KEY_REUSED", "{reused}");
    for (bad, code) in [
        ("ticket_nonsense", "INVALID_INPUT"),
        ("member_01h455vb4pex5vsknk084sn02q", "INVALID_INPUT"),
        ("ticket_01h455vb4pex5vsknk084sn02q", "NOT_FOUND"),
    ] {
        let answer = tag(json!({ "id": bad })).await;
        assert_eq!(answer["errors"][0]["code"], code, "{answer}");
    }
    let (status, unknown) = ops.ask("{ tickets(first: 1) { nodes { colour } } }", json!({})).await;
    assert_eq!(
        (status, &unknown["errors"][0]["extensions"]["code"]),
        (400, &json!("GRAPHQL_VALIDATION_FAILED")),
        "{unknown}"
    );
    let (_, many) = ops.ask("{ tickets(first: 1000) { nodes { id } } }", json!({})).await;
    assert_eq!(many["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{many}");
    api.stop().await;
}

#[tokio::test]
async fn administrators_cannot_take_the_office_from_each_other_nor_retire_it() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    let (ada, bob) = (
        app.member_at(&operator, "ada", 1, Permission::ALL).await,
        app.member_at(&operator, "bob", 1, Permission::ALL).await,
    );
    // Somebody of a lower level who may grant roles is not enough.
    app.member_at(&operator, "lead", 3, &[Permission::RoleGrant]).await;
    let once = Once::default();
    let engine = app.engine();
    let suspend = |by: &escalon_application::Caller, whom: &escalon_application::Caller| {
        let (by, whom) = (by.clone(), whom.member().unwrap());
        let once = once.clone();
        async move { engine.suspend_member(&by, whom, "mutual".to_owned(), &once).await.is_ok() }
    };
    let (first, second) = futures::future::join(suspend(&ada, &bob), suspend(&bob, &ada)).await;
    assert!(first != second, "exactly one of them: {first} {second}");
    let (left, role) = if first { (&ada, "ada-role") } else { (&bob, "bob-role") };
    let role = engine.resolve::<escalon_domain::access::Role>(&operator, role).await.unwrap();
    let retired = engine.retire(left, role, "no longer needed".to_owned(), &once).await.unwrap_err();
    assert!(retired.to_string().contains("last administrator"), "{retired}");
    let weaker = escalon_domain::access::Role {
        name: "weaker".parse().unwrap(),
        title: "Weaker".to_owned(),
        level: 1,
        permissions: [Permission::TicketReadAll].into(),
    };
    let revised = engine.revise(left, role, weaker, &once).await.unwrap_err();
    assert!(revised.to_string().contains("last administrator"), "{revised}");
    let revoked =
        engine.revoke_role(left, left.member().unwrap(), &role.to_string(), &once).await.unwrap_err();
    assert!(revoked.to_string().contains("last administrator"), "{revoked}");
}

#[tokio::test]
async fn nobody_gives_away_what_they_do_not_have() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    let lead = app.member(&operator, "lead", &[Permission::RoleGrant, Permission::MemberInvite]).await;
    app.member(&operator, "clerk", &[Permission::PersonalDataView]).await;
    let me = lead.member().unwrap();
    let granted = app.engine().grant_role(&lead, me, "clerk-role", &Once::default()).await.unwrap_err();
    assert!(granted.to_string().contains("nobody gives away what they do not have"), "{granted}");
    let invite = escalon_application::member::InviteMember {
        name: "Zed".to_owned(),
        roles: vec!["clerk-role".to_owned()],
        ..Default::default()
    };
    let invited = app.engine().invite_member(&lead, invite, &Once::default()).await.unwrap_err();
    assert!(invited.to_string().contains("nobody gives away"), "{invited}");
}

#[tokio::test]
async fn a_key_belongs_to_its_command_and_control_characters_and_floods_are_refused() {
    let (app, ticket) = with_a_ticket().await;
    let api = app.serve().await;
    let ops = api.log_in("acme", "ops@example.com", roles::PASSWORD).await;
    let staff = api.log_in("acme", "a-staff@example.com", roles::PASSWORD).await;
    let viewer = api.log_in("acme", "a-viewer@example.com", roles::PASSWORD).await;
    let same = json!({ "id": ticket, "body": "hello", "idempotencyKey": "k" });
    let comment = ops.mutate("ticketComment", "TicketCommentInput", same.clone(), "replayed").await;
    assert_eq!(comment["errors"], json!([]), "{comment}");
    let note = ops.mutate("ticketNote", "TicketNoteInput", same, "replayed").await;
    assert_eq!(note["errors"][0]["code"], "KEY_REUSED", "{note}");

    for bad in ["a\u{0}b", "\u{1b}[31mred"] {
        let login = "mutation($o: String!) { memberLogIn(input: { organization: $o, email: \"a@b.cc\", password: \"x\" }) { token } }";
        let (status, answer) = api.anonymous().ask(login, json!({ "o": bad })).await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains("control characters"), "{answer}");
    }
    let words: String = (0..60_000).map(|number| format!("w{number} ")).collect();
    let raise = json!({ "subject": { "conversation": "c" }, "reason": "Long enough a reason.",
        "customer": { "reference": "r", "name": words, "phone": words } });
    let flood = staff.mutate("escalationRaise", "EscalationRaiseInput", raise, "replayed").await;
    let paths: Vec<_> =
        flood["errors"].as_array().unwrap().iter().map(|error| error["path"].clone()).collect();
    assert_eq!(paths, [json!(["customer", "name"]), json!(["customer", "phone"])], "{flood}");
    let tags: Vec<String> = (0..101).map(|number| format!("t{number}")).collect();
    let tagged =
        ops.mutate("ticketTag", "TicketTagInput", json!({ "id": ticket, "tags": tags }), "replayed").await;
    assert_eq!(tagged["errors"][0]["path"], json!(["tags"]), "{tagged}");

    // Who sees names masked cannot find them by searching either.
    let search = "{ escalations(first: 1, filter: { text: \"mar\" }) { totalCount } }";
    let (_, answer) = viewer.ask(search, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_PERMITTED", "{answer}");
    api.stop().await;
}

/// A database that goes away under load and comes back: requests fail with a clear error, and nothing acknowledged is lost.
#[tokio::test]
async fn a_database_that_goes_away_is_said_clearly_and_nothing_acknowledged_is_lost() {
    let directory = tempfile::Builder::new().prefix("escalon-away").tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let open = || EmbeddedPostgres::open(Options::new(directory.path().join("postgres"), Mode::Engine));
    let postgres = open().await.unwrap();
    let world = World {
        clock: std::sync::Arc::new(SystemClock),
        key: SigningKey::from_hex(&"ab".repeat(32)).unwrap(),
        notary: escalon_tests::notary(1, std::sync::Arc::default()),
        master_key: MasterKeySource::text("cd".repeat(32)),
    };
    let app = App::over(&postgres.connect_options(), world).await.unwrap();
    let operator =
        app.engine.found_organization("acme".parse().unwrap(), "Acme".to_owned(), "test").await.unwrap();
    let kind = escalon_domain::team::Team {
        name: "t0".parse().unwrap(),
        title: "T".to_owned(),
        members: Default::default(),
    };
    let mut acknowledged = Vec::new();
    let mut failures = 0;
    let define = async |number: u32| {
        let team =
            escalon_domain::team::Team { name: format!("team-{number}").parse().unwrap(), ..kind.clone() };
        app.engine.define(&operator, team, &Once::default()).await.map(|done| done.id)
    };
    for number in 0..20 {
        acknowledged.push(define(number).await.unwrap());
    }
    postgres.stop().await;
    for number in 20..23 {
        let failure = define(number).await.unwrap_err();
        assert!(failure.to_string().contains("cannot be reached now"), "{failure}");
        failures += 1;
    }
    let postgres = open().await.unwrap();
    for number in 30..50 {
        match define(number).await {
            Ok(id) => acknowledged.push(id),
            Err(Failure::Store(_)) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(acknowledged.len() > 30 && failures == 3, "{}", acknowledged.len());
    assert!(app.catch_up(Duration::from_secs(20)).await.unwrap(), "the read models go on by themselves");
    for id in acknowledged {
        app.engine.definition(&operator, id, escalon_application::Moment::Now).await.unwrap();
    }
    app.close().await;
    postgres.stop().await;
}

#[tokio::test]
async fn a_database_that_is_not_there_at_the_start_is_said_with_its_cure() {
    let options: sqlx::postgres::PgConnectOptions = "postgres://nobody@127.0.0.1:1/none".parse().unwrap();
    let error =
        escalon_infrastructure::database::migrate(&options, Duration::from_millis(300)).await.unwrap_err();
    assert!(error.to_string().contains("check that it runs and that the address is right"), "{error}");
}
