//! Stored shapes. `golden/` has a stored text for each event name and version, `name.v1.json`, with a further word where a
//! name has several shapes (`ticket.opened.v1.customer.json`). A shape that was ever stored must be readable for ever, so
//! these files are added to and never changed: another shape is another version.

use std::{collections::BTreeMap, fs, path::PathBuf};

use escalon_domain::{
    access::Role,
    aggregate::{Aggregate, Event, UnreadableEvent},
    alert::Alert,
    alert_rule::AlertRule,
    calendar::BusinessCalendar,
    customer::Customer,
    definition::Definition,
    escalation::Escalation,
    maintenance::MaintenanceWindow,
    member::Member,
    notification::Notification,
    organization::Organization,
    parked_sequence::ParkedSequence,
    policy::EscalationPolicy,
    routing::RoutingRule,
    schedule::Schedule,
    sla::SlaPolicy,
    source::Source,
    team::Team,
    ticket::Ticket,
    ticket_type::TicketType,
};

/// The stored texts by file name.
fn files() -> BTreeMap<String, String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/domain/golden");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// Checks the files of one aggregate, takes them out, and says what is wrong with them.
fn check<A: Aggregate>(files: &mut BTreeMap<String, String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in A::Event::NAMES {
        let of_name = |file: &str| file.strip_prefix(name).is_some_and(|rest| rest.starts_with(".v"));
        let mine: Vec<_> = files.extract_if(.., |file, _| of_name(file)).collect();
        if mine.is_empty() {
            wrong.push(format!("{name} has no stored example: add golden/{name}.v1.json"));
        }
        let mut present = false;
        for (file, text) in mine {
            let version = file[name.len() + 2..].split('.').next().and_then(|digits| digits.parse().ok());
            let Some(version) = version else {
                wrong.push(format!("{file} should be called {name}.v1.json, or with another version"));
                continue;
            };
            let events = match A::Event::read(name, version, text.trim_end()) {
                Err(error) => {
                    wrong.push(format!("{file} cannot be read any more: {error}"));
                    continue;
                }
                Ok(events) => events,
            };
            match &events[..] {
                [event] if event.name() == *name && event.version() == version => {
                    present = true;
                    let again = event.to_json().unwrap();
                    if again != text.trim_end() {
                        wrong.push(format!(
                            "{file} is written differently now:\n  {}\n  {again}",
                            text.trim_end()
                        ));
                    }
                }
                // A retired shape is read as what it means today, and not written again.
                _ if A::Event::UPCASTERS.iter().any(|one| one.name == *name && one.version == version) => {}
                _ => wrong.push(format!("{file} is read as something else: {events:?}")),
            }
        }
        if !present {
            wrong.push(format!(
                "{name} has no stored example of its present version that is read and written the same"
            ));
        }
    }
    wrong
}

#[test]
fn every_stored_shape_is_read_and_written_as_ever() {
    let mut files = files();
    let mut wrong = check::<Organization>(&mut files);
    wrong.extend(check::<Member>(&mut files));
    wrong.extend(check::<Customer>(&mut files));
    wrong.extend(check::<Notification>(&mut files));
    wrong.extend(check::<Ticket>(&mut files));
    wrong.extend(check::<Escalation>(&mut files));
    wrong.extend(check::<Definition<Role>>(&mut files));
    wrong.extend(check::<Definition<Team>>(&mut files));
    wrong.extend(check::<Definition<TicketType>>(&mut files));
    wrong.extend(check::<Definition<BusinessCalendar>>(&mut files));
    wrong.extend(check::<Definition<EscalationPolicy>>(&mut files));
    wrong.extend(check::<Definition<SlaPolicy>>(&mut files));
    wrong.extend(check::<Definition<Schedule>>(&mut files));
    wrong.extend(check::<ParkedSequence>(&mut files));
    wrong.extend(check::<Alert>(&mut files));
    wrong.extend(check::<Definition<AlertRule>>(&mut files));
    wrong.extend(check::<Definition<Source>>(&mut files));
    wrong.extend(check::<Definition<MaintenanceWindow>>(&mut files));
    wrong.extend(check::<Definition<RoutingRule>>(&mut files));
    wrong.extend(files.keys().map(|file| format!("nobody reads {file} any more; it may be in a store")));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_event_of_a_newer_engine_is_named() {
    let unknown = |name, version| TicketEvents::from_json(name, version, "{}").unwrap_err();
    for (name, version) in
        [("ticket.resumed", 2), ("ticket.resumed", 0), ("ticket.teleported", 1), ("member.joined", 1)]
    {
        let error = unknown(name, version);
        assert!(
            matches!(&error, UnreadableEvent::Unknown { name: found, version: 0..=2 } if found == name),
            "{error:?}"
        );
        assert!(error.to_string().contains("written by a newer version of the engine"), "{error}");
    }
}

type TicketEvents = <Ticket as Aggregate>::Event;

#[test]
fn an_event_of_another_shape_is_named() {
    for text in ["{}", "[]", "{", "{\"reason\":\"Not A Slug\"}"] {
        let error = TicketEvents::from_json("ticket.waiting", 1, text).unwrap_err();
        assert!(matches!(error, UnreadableEvent::Malformed { version: 1, .. }), "{error:?}");
        assert!(
            error.to_string().contains("event ticket.waiting version 1 does not have the shape it should"),
            "{error}"
        );
    }
}

#[test]
fn a_definition_of_another_kind_is_unknown() {
    type RoleEvents = <Definition<Role> as Aggregate>::Event;
    let error = RoleEvents::from_json("team.retired", 1, "{\"reason\":\"Replaced.\"}").unwrap_err();
    assert!(matches!(error, UnreadableEvent::Unknown { .. }), "{error:?}");
}
