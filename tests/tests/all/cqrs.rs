//! The promise to cqrs-es: its stock repository loads every stream of ours, and its own framework runs our aggregates.

use std::sync::Arc;

use cqrs_es::{
    Aggregate as _, CqrsFramework, EventStore as _,
    persist::{PersistedEventRepository, PersistedEventStore},
    test::TestFramework,
};
use escalon_application::Once;
use escalon_domain::{
    aggregate::{Aggregate, Event},
    organization::{Organization, OrganizationCommand},
    stamp::{Actor, Stamp},
    team::Team,
    ticket::Ticket,
    ticket_type::TicketType,
};
use escalon_infrastructure::{
    cqrs::{Cqrs, CqrsCommand, CqrsEvent, CqrsStore},
    store::PgEventStore,
};
use escalon_tests::TestApp;
use postgres_es::PostgresEventRepository;

use super::store::{opening, ticket_type};

fn stamp() -> Stamp {
    Stamp::new("2026-01-05T09:00:00Z".parse().unwrap(), Actor::system("test"))
}

fn found(slug: &str) -> CqrsCommand<OrganizationCommand> {
    let command = OrganizationCommand::Found { slug: slug.parse().unwrap(), name: slug.to_owned() };
    CqrsCommand { stamp: stamp(), command }
}

async fn loads<A: Aggregate>(app: &TestApp, id: &str, expected: usize) {
    let repository = || PostgresEventRepository::new(app.app.database.engine.clone());
    let events = repository().get_events::<Cqrs<A>>(id).await.unwrap();
    assert_eq!(events.len(), expected, "{id}");
    for event in &events {
        assert!(A::Event::NAMES.contains(&event.event_type.as_str()), "{}", event.event_type);
    }
    let store = PersistedEventStore::<_, Cqrs<A>>::new_event_store(repository());
    let mut context = store.load_aggregate(id).await.unwrap();
    assert_ne!(cqrs_es::AggregateContext::aggregate(&mut context).0, A::default());
}

#[tokio::test]
async fn the_stock_repository_loads_every_stream() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    let kind = ticket_type(&app, &operator).await;
    let ticket = app.engine().open_ticket(&operator, opening(), &Once::default()).await.unwrap();
    loads::<Organization>(&app, &operator.organization.to_string(), 1).await;
    loads::<escalon_domain::definition::Definition<TicketType>>(&app, &kind.to_string(), 1).await;
    loads::<Ticket>(&app, &ticket.id.to_string(), 1).await;
    let total: i64 = sqlx::query_scalar("select count(*) from escalon.events")
        .fetch_one(&app.app.database.engine)
        .await
        .unwrap();
    assert_eq!(total, 4, "the organization, its first role, the ticket type and the ticket");
}

#[tokio::test]
async fn its_framework_runs_our_aggregates_over_our_store() {
    let app = TestApp::new().await;
    let id = app.engine().new_id::<Organization>();
    let store = Arc::new(PgEventStore::new(app.app.database.clone(), app.app.vault.clone()));
    let framework =
        CqrsFramework::<Cqrs<Organization>, _>::new(CqrsStore::new(store.clone(), id, "test"), vec![], ());
    framework.execute(&id.to_string(), found("acme")).await.unwrap();
    framework.execute(&id.to_string(), found("acme")).await.unwrap_err();
    let rename = OrganizationCommand::Rename { name: "Acme Ltd".to_owned() };
    framework.execute(&id.to_string(), CqrsCommand { stamp: stamp(), command: rename }).await.unwrap();
    let mut context = CqrsStore::new(store, id, "test").load_aggregate(&id.to_string()).await.unwrap();
    let loaded: &mut Cqrs<Organization> = cqrs_es::AggregateContext::aggregate(&mut context);
    assert_eq!(loaded.0.name, "Acme Ltd");
}

#[test]
fn its_test_framework_runs_our_rules() {
    let events: Vec<CqrsEvent<_>> = Organization::default()
        .decide(found("acme").command, &stamp())
        .unwrap()
        .into_iter()
        .map(|event| CqrsEvent::from(escalon_application::Recorded { stamp: stamp(), event }))
        .collect();
    TestFramework::<Cqrs<Organization>>::with(())
        .given_no_previous_events()
        .when(found("acme"))
        .then_expect_events(events.clone());
    TestFramework::<Cqrs<Organization>>::with(())
        .given(events)
        .when(found("acme"))
        .then_expect_error_message("this organization is already founded");
    assert_eq!(Cqrs::<escalon_domain::definition::Definition<Team>>::TYPE, "team");
}
