//! The second wall: the application's role sees one organization at a time, whatever the code forgets, and nobody's
//! history can be changed.

use escalon_application::{Failure, Once, engine::Moment};
use escalon_tests::TestApp;
use sqlx::{Executor, Row};

use super::store::{opening, ticket_type};

#[tokio::test]
async fn the_application_role_sees_only_the_organization_it_is_in() {
    let app = TestApp::new().await;
    let (acme, other) = (app.organization("acme").await, app.organization("other").await);
    ticket_type(&app, &acme).await;
    app.engine().open_ticket(&acme, opening(), &Once::default()).await.unwrap();
    app.settle().await;

    let tables = "select table_schema || '.' || table_name from information_schema.columns c
        where column_name = 'organization' and (table_schema = 'escalon' or table_schema like 'read%')
        and has_table_privilege('escalon_app', quote_ident(table_schema) || '.' || quote_ident(table_name), 'select')";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&app.app.database.engine).await.unwrap();
    assert!(tables.len() >= 10, "{tables:?}");
    let mut seen = 0_i64;
    for table in tables {
        let count = async |organization: &str| -> i64 {
            let mut tx = app.app.database.app.begin().await.unwrap();
            sqlx::query("select set_config('escalon.organization', $1, true)")
                .bind(organization)
                .execute(&mut *tx)
                .await
                .unwrap();
            let foreign = format!("select count(*) from {table} where organization not in ('', $1)");
            let strangers: i64 =
                sqlx::query_scalar(&foreign).bind(organization).fetch_one(&mut *tx).await.unwrap();
            assert_eq!(strangers, 0, "{table} shows another organization's rows");
            sqlx::query_scalar(&format!("select count(*) from {table} where organization <> ''"))
                .fetch_one(&mut *tx)
                .await
                .unwrap()
        };
        assert_eq!(count("").await, 0, "{table} shows rows to nobody in particular");
        count(&other.organization.to_string()).await;
        seen += count(&acme.organization.to_string()).await;
    }
    assert!(seen > 10, "the check looked at something");
}

#[tokio::test]
async fn every_table_with_an_organization_has_row_level_security() {
    let app = TestApp::new().await;
    let open = "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization' and not a.attisdropped
        where c.relkind in ('r', 'p') and not c.relrowsecurity and (n.nspname = 'escalon' or n.nspname like 'read%')";
    let open: Vec<String> = sqlx::query_scalar(open).fetch_all(&app.app.database.engine).await.unwrap();
    assert_eq!(open, Vec::<String>::new());
}

#[tokio::test]
async fn nobody_changes_history() {
    let app = TestApp::new().await;
    app.organization("acme").await;
    for sql in
        ["update escalon.events set payload = '{}'", "delete from escalon.events", "truncate escalon.events"]
    {
        for pool in [&app.app.database.app, &app.app.database.engine] {
            let refused = pool.execute(sql).await.unwrap_err();
            assert!(refused.to_string().contains("permission denied"), "{sql}: {refused}");
        }
    }
    let role = app
        .app
        .database
        .app
        .fetch_one(
            "select current_user::text, rolsuper, rolbypassrls from pg_roles where rolname = current_user",
        )
        .await
        .unwrap();
    assert_eq!((role.get::<String, _>(0).as_str(), role.get(1), role.get(2)), ("escalon_app", false, false));
}

#[tokio::test]
async fn a_team_has_members_of_its_own_organization_only() {
    let app = TestApp::new().await;
    let (acme, other) = (app.organization("acme").await, app.organization("other").await);
    let stranger = app.member(&other, "stranger", &[]).await.member().unwrap();
    let team = |member| escalon_domain::team::Team {
        name: "night".parse().unwrap(),
        title: "Night".to_owned(),
        members: [member].into(),
    };
    let refused = app.engine().define(&acme, team(stranger), &Once::default()).await.unwrap_err();
    assert!(matches!(refused, Failure::NotFound { what: "member", .. }), "{refused}");
    let own = app.member(&acme, "own", &[]).await.member().unwrap();
    app.engine().define(&acme, team(own), &Once::default()).await.unwrap();
}

#[tokio::test]
async fn a_ticket_of_another_organization_is_not_there() {
    let app = TestApp::new().await;
    let (acme, other) = (app.organization("acme").await, app.organization("other").await);
    ticket_type(&app, &acme).await;
    let ticket = app.engine().open_ticket(&acme, opening(), &Once::default()).await.unwrap().id;
    let read = app.engine().ticket(&other, ticket, Moment::Now).await.unwrap_err();
    assert!(matches!(read, Failure::NotFound { .. }), "{read}");
    let close = escalon_domain::ticket::TicketCommand::Close { reason: Some("mine now".to_owned()) };
    let written = app.engine().change_ticket(&other, ticket, close, &Once::default()).await.unwrap_err();
    assert!(matches!(written, Failure::NotFound { .. }), "{written}");
}
