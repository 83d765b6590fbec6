//! Any history of a definition, of every kind.

use std::collections::BTreeSet;

use escalon_domain::{
    access::{Permission, Role},
    definition::{Body, Definition, DefinitionCommand, DefinitionEvent},
    policy::{EscalationPolicy, Level, Needed, Repeat, Target, When},
    schedule::Schedule,
    team::Team,
    ticket_type::{Field, FieldKind, PriorityScale, TicketRules, TicketType},
};
use proptest::{
    collection::{btree_set, vec},
    option,
    prelude::*,
};

use super::{config, explore, few, plain, steps, word};
use crate::{cast::morning, schedule::generate};

fn role() -> impl Strategy<Value = Role> {
    let permission = (0..Permission::ALL.len()).prop_map(|place| Permission::ALL[place]);
    (word(), plain(), 0..9_u8, btree_set(permission, 0..5))
        .prop_map(|(name, title, level, permissions)| Role { name, title, level, permissions })
}

fn team() -> impl Strategy<Value = Team> {
    (word(), plain(), btree_set(few(), 0..3)).prop_map(|(name, title, members)| Team { name, title, members })
}

fn ticket_type() -> impl Strategy<Value = TicketType> {
    let kind = prop_oneof![
        Just(FieldKind::Text),
        Just(FieldKind::Number),
        Just(FieldKind::Flag),
        Just(FieldKind::Date),
        vec(plain(), 0..3).prop_map(|options| FieldKind::Choice { options }),
    ];
    let field = (word(), plain(), kind, any::<bool>(), any::<bool>())
        .prop_map(|(name, title, kind, required, personal)| Field { name, title, kind, required, personal });
    let prefix = prop_oneof![9 => "[A-Z0-9]{2,8}", 1 => "[A-z]{0,9}"];
    let priorities = prop_oneof![Just(PriorityScale::default()), vec(word(), 0..3).prop_map(PriorityScale)];
    let rules =
        (any::<bool>(), any::<bool>()).prop_map(|(acceptance, proof)| TicketRules { acceptance, proof });
    (word(), plain(), prefix, priorities, option::weighted(0.2, word()), vec(field, 0..3), rules).prop_map(
        |(name, title, prefix, priorities, default_priority, fields, rules)| TicketType {
            name,
            title,
            prefix,
            priorities,
            default_priority,
            fields,
            rules,
        },
    )
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        few().prop_map(Target::Member),
        word().prop_map(Target::Role),
        word().prop_map(Target::Schedule),
        word().prop_map(Target::Channel),
        Just(Target::Requester),
    ]
}

fn policy() -> impl Strategy<Value = EscalationPolicy> {
    let when = prop_oneof![
        9 => (0..50_000_u32).prop_map(When::DelayMinutes),
        1 => (0..1_100_u16).prop_map(When::ThresholdPercent),
    ];
    let needed = prop_oneof![9 => Just(Needed::One), 1 => Just(Needed::All)];
    let level = (vec(target(), 0..4), when, needed).prop_map(|(targets, when, acknowledgement)| Level {
        targets,
        when,
        acknowledgement,
        urgency: None,
    });
    let repeat = (0..22_u16, 0..100_u32).prop_map(|(times, delay_minutes)| Repeat { times, delay_minutes });
    (word(), plain(), vec(level, 0..4), repeat, option::of(0..60_u32)).prop_map(
        |(name, title, levels, repeat, reminder_minutes)| EscalationPolicy {
            name,
            title,
            levels,
            repeat,
            acknowledgement_timeout_minutes: None,
            reminder_minutes,
        },
    )
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let around = (word(), plain(), generate::zone());
    around.prop_flat_map(|(name, title, zone)| {
        let schedule = generate::schedule(zone, morning(), 20);
        schedule.prop_map(move |schedule| Schedule { name: name.clone(), title: title.clone(), ..schedule })
    })
}

fn command<B: Body>(body: impl Strategy<Value = B> + Clone) -> impl Strategy<Value = DefinitionCommand<B>> {
    prop_oneof![
        2 => body.clone().prop_map(DefinitionCommand::Define),
        4 => body.prop_map(DefinitionCommand::Revise),
        1 => plain().prop_map(|reason| DefinitionCommand::Retire { reason }),
    ]
}

/// Defined once, revised only while it lives and only to something else that is good, retired once.
fn moves<B: Body>(before: &Definition<B>, event: &DefinitionEvent<B>, after: &Definition<B>) -> bool {
    let good = after.body.as_ref().is_some_and(|body| body.faults().is_empty());
    good && match event {
        DefinitionEvent::Defined(_) => before.body.is_none() && after.living().is_some(),
        DefinitionEvent::Revised(revised) => {
            before.living() == Some(&revised.previous) && before.body != after.body
        }
        DefinitionEvent::Retired(_) => before.living().is_some() && after.living().is_none(),
    }
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn any_history_of_a_role_holds(steps in steps(command(role().boxed()))) {
        explore::<Definition<Role>>(steps, moves, |role| role.retired)?;
    }

    #[test]
    fn any_history_of_a_team_holds(steps in steps(command(team().boxed()))) {
        explore::<Definition<Team>>(steps, moves, |team| team.retired)?;
    }

    #[test]
    fn any_history_of_a_ticket_type_holds(steps in steps(command(ticket_type().boxed()))) {
        explore::<Definition<TicketType>>(steps, moves, |ticket_type| ticket_type.retired)?;
    }

    #[test]
    fn any_history_of_a_policy_holds(steps in steps(command(policy().boxed()))) {
        explore::<Definition<EscalationPolicy>>(steps, moves, |policy| policy.retired)?;
    }

    #[test]
    fn any_history_of_a_schedule_holds(steps in steps(command(schedule().boxed()))) {
        explore::<Definition<Schedule>>(steps, moves, |schedule| schedule.retired)?;
    }

    #[test]
    fn fault_paths_of_a_policy_lead_to_what_is_there(policy in policy()) {
        let written = serde_json::to_value(&policy).unwrap();
        for fault in policy.faults() {
            let parent = fault.path[..fault.path.len() - 1].join("/");
            let parent = if parent.is_empty() { parent } else { format!("/{parent}") };
            prop_assert!(written.pointer(&parent).is_some(), "{:?}", fault.path);
        }
    }

    #[test]
    fn any_body_is_read_as_it_was_written(ticket_type in ticket_type()) {
        let written = serde_json::to_string(&ticket_type).unwrap();
        prop_assert_eq!(serde_json::from_str::<TicketType>(&written).unwrap(), ticket_type);
    }

    #[test]
    fn fault_paths_lead_to_what_is_there(ticket_type in ticket_type()) {
        let written = serde_json::to_value(&ticket_type).unwrap();
        let paths = ticket_type.faults().into_iter().map(|fault| fault.path).collect::<BTreeSet<_>>();
        for path in paths {
            let parent = format!("/{}", path[..path.len() - 1].join("/"));
            prop_assert!(path.len() == 1 || written.pointer(&parent).is_some(), "{path:?}");
        }
    }
}
