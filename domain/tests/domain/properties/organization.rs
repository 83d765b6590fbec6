//! Any history of an organization.

use escalon_domain::{
    aggregate::Event,
    organization::{Organization, OrganizationCommand, OrganizationEvent, Setting},
};
use proptest::{option, prelude::*};

use super::{config, explore, plain, steps, word};

fn command() -> impl Strategy<Value = OrganizationCommand> {
    use OrganizationCommand as Command;
    let set = |value| Command::Set { setting: Setting::RegistrationRole, value };
    prop_oneof![
        (word(), plain()).prop_map(|(slug, name)| Command::Found { slug, name }),
        plain().prop_map(|name| Command::Rename { name }),
        option::of(plain()).prop_map(set),
        plain().prop_map(|reason| Command::Suspend { reason }),
        Just(Command::Reinstate),
    ]
}

/// It is founded once, keeps its short name, and changes only while it is not suspended.
fn moves(before: &Organization, event: &OrganizationEvent, after: &Organization) -> bool {
    let (from, to) = (before.suspended, after.suspended);
    match event.name() {
        "organization.founded" => before.slug.is_none() && after.slug.is_some(),
        "organization.suspended" => !from && to && before.slug == after.slug,
        "organization.reinstated" => from && !to && before.slug == after.slug,
        _ => !from && !to && before.slug == after.slug && before.slug.is_some() && before != after,
    }
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn any_history_holds(steps in steps(command())) {
        explore::<Organization>(steps, moves, |_| false)?;
    }
}
