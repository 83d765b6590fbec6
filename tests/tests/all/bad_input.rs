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

#[tokio::test]
async fn stale_versions_reused_keys_and_strange_ids_are_answered_with_the_cure() {
    let app = TestApp::new().await;
    let operator = roles::furnished(&app, "acme").await;
    ticket_type(&app, &operator).await;
    let ticket =
        app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap().id.to_string();
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
