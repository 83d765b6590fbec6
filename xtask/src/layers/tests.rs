//! The check on hand-made graphs. A dependency written `dev:name` is a dev-dependency.

use super::*;

fn krate(name: &str, dependencies: &[&str]) -> Crate {
    let dependencies = dependencies
        .iter()
        .map(|name| match name.strip_prefix("dev:") {
            Some(name) => Dependency { name: name.to_owned(), for_tests_only: true },
            None => Dependency { name: (*name).to_owned(), for_tests_only: false },
        })
        .collect();
    Crate { name: name.to_owned(), dependencies }
}

fn complaints(crates: &[Crate]) -> Vec<String> {
    violations(crates).iter().map(ToString::to_string).collect()
}

#[test]
fn a_tower_whose_arrows_run_downward_is_accepted() {
    let tower = [
        krate("escalon-domain", &["serde", "uuid", "chrono", "thiserror"]),
        krate("escalon-application", &["escalon-domain", "async-trait", "tracing"]),
        krate("escalon-infrastructure", &["escalon-domain", "escalon-application", "sqlx", "tokio"]),
        krate("escalon-projections", &["escalon-infrastructure", "sqlx"]),
        krate("escalon-api", &["escalon-projections", "escalon-application", "axum", "tokio"]),
        krate("escalon-cli", &["escalon-api", "escalon-infrastructure", "clap"]),
    ];
    assert_eq!(complaints(&tower), Vec::<String>::new());
}

#[test]
fn an_arrow_that_runs_upward_is_named_with_both_floors() {
    assert_eq!(
        complaints(&[krate("escalon-application", &["escalon-domain", "escalon-infrastructure"])]),
        [
            "escalon-application (floor 2) may not depend on escalon-infrastructure (floor 3): arrows run downward. \
          Declare a port in application/ and pass its implementation in from cli/."
        ]
    );
}

#[test]
fn a_crate_banned_from_a_floor_is_named_with_the_reason_and_its_home() {
    assert_eq!(
        complaints(&[krate("escalon-domain", &["serde", "sqlx"])]),
        [
            "escalon-domain (floor 1) may not depend on sqlx: the domain is pure. Move the code to infrastructure/."
        ]
    );
}

#[test]
fn every_crate_of_the_may_not_column_is_banned() {
    let banned = [
        ("escalon-domain", "tokio"),
        ("escalon-domain", "tokio-stream"),
        ("escalon-domain", "tracing"),
        ("escalon-domain", "async-trait"),
        ("escalon-domain", "futures-util"),
        ("escalon-domain", "rand"),
        ("escalon-domain", "reqwest"),
        ("escalon-domain", "axum"),
        ("escalon-application", "sqlx"),
        ("escalon-application", "tokio"),
        ("escalon-application", "axum"),
        ("escalon-application", "reqwest"),
        ("escalon-api", "sqlx"),
        ("escalon-api", "postgres-es"),
        ("escalon-api", "escalon-infrastructure"),
    ];
    for (name, dependency) in banned {
        let complaints = complaints(&[krate(name, &[dependency])]);
        assert_eq!(complaints.len(), 1, "{name} → {dependency}: {complaints:?}");
    }
}

#[test]
fn dev_dependencies_may_not_run_upward_but_may_use_any_crate_from_outside() {
    assert_eq!(
        violations(&[krate("escalon-domain", &["dev:tokio", "dev:proptest", "dev:escalon-api"])]),
        [Violation::Upward { krate: "escalon-domain", height: 1, dependency: "escalon-api", above: 5 }]
    );
}

#[test]
fn crates_beside_the_tower_see_all_of_it_and_are_seen_by_none() {
    let crates = [
        krate("escalon-tests", &["escalon-cli", "escalon-infrastructure", "dev:xtask"]),
        krate("xtask", &["escalon-domain", "cargo_metadata"]),
        krate("escalon-cli", &["dev:escalon-tests"]),
    ];
    assert_eq!(
        violations(&crates),
        [Violation::Outward { krate: "escalon-cli", height: 6, dependency: "escalon-tests".to_owned() }]
    );
}

#[test]
fn tests_of_a_floor_may_use_the_ports_in_memory_and_nothing_that_is_shipped_may() {
    assert_eq!(complaints(&[krate("escalon-api", &["dev:escalon-memory"])]), Vec::<String>::new());
    assert_eq!(complaints(&[krate("escalon-api", &["escalon-memory"])]).len(), 1);
}

#[test]
fn a_crate_without_a_floor_is_refused() {
    assert_eq!(
        violations(&[krate("escalon-attic", &[])]),
        [Violation::Homeless { krate: "escalon-attic".to_owned() }]
    );
}
