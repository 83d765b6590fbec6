//! Which policy a ticket gets.

use escalon_domain::sla::{Coverage, SlaPolicy, applicable};

use super::policy;
use crate::cast::slug;

fn named(name: &str, covers: Coverage) -> SlaPolicy {
    SlaPolicy { name: slug(name), covers, ..policy() }
}

#[test]
fn the_narrowest_policy_that_covers_a_ticket_is_its() {
    let refunds = Coverage { ticket_types: [slug("refund")].into(), ..Coverage::default() };
    let urgent = Coverage { priorities: [slug("urgent")].into(), ..refunds.clone() };
    let acme = Coverage { brands: ["Acme".to_owned()].into(), ..Coverage::default() };
    let policies = [
        named("b_all", Coverage::default()),
        named("a_all", Coverage::default()),
        named("refunds", refunds),
        named("urgent_refunds", urgent),
        named("acme", acme),
    ];
    let of = |ticket_type: &str, priority: &str, brand| {
        let found = applicable(&policies, &slug(ticket_type), &slug(priority), brand);
        found.map(|policy| policy.name.to_string())
    };
    for (ticket_type, priority, brand, expected) in [
        ("complaint", "low", None, "a_all"),
        ("refund", "low", None, "refunds"),
        ("refund", "urgent", None, "urgent_refunds"),
        ("complaint", "low", Some("Acme"), "acme"),
        ("refund", "low", Some("Acme"), "acme"),
        ("complaint", "low", Some("Other"), "a_all"),
    ] {
        assert_eq!(
            of(ticket_type, priority, brand).as_deref(),
            Some(expected),
            "{ticket_type} {priority} {brand:?}"
        );
    }
    assert_eq!(applicable(&policies[2..3], &slug("complaint"), &slug("low"), None), None);
}
