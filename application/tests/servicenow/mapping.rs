//! Given rows, these steps.

use escalon_application::servicenow::Step;

use crate::support::{follow, names, steps};

#[test]
fn the_first_row_opens_when_it_was_opened_and_reaches_its_own_state_when_it_was_written() {
    let first = &follow(&[&[("state", "Awaiting User Info")]])[0];
    assert_eq!(names(first), ["open", "wait"]);
    assert_eq!(first.steps[0].at.to_rfc3339(), "2016-03-01T08:00:00+00:00");
    assert_eq!(first.steps[1].at.to_rfc3339(), "2016-03-01T09:00:00+00:00");
    assert_eq!(steps(first)[1], Step::Wait { reason: "user_info".parse().unwrap() });
    let Step::Open(opening) = &steps(first)[0] else { panic!("no opening") };
    assert_eq!(opening.title, "INC1: Category 1 / Subcategory 2");
    assert_eq!((opening.priority, opening.team.as_deref()), (Some("moderate"), Some("Group 1")));
    assert_eq!(first.steps[0].key("INC1"), "servicenow:INC1:1:open");
}

#[test]
fn a_row_without_a_difference_is_no_step() {
    assert_eq!(names(&follow(&[&[], &[("at", "1/3/2016 10:00"), ("state", "Active")]])[1]), [""; 0]);
}

#[test]
fn everything_in_a_row_has_its_order() {
    let rows = follow(&[
        &[("state", "Resolved")],
        &[
            ("state", "Awaiting Vendor"),
            ("reopen", "1"),
            ("priority", "1 - Critical"),
            ("symptom", "Symptom 4"),
            ("team", "?"),
            ("assignee", "Resolver 2"),
        ],
    ]);
    assert_eq!(names(&rows[1]), ["reopen", "prioritize", "edit", "assign", "wait"]);
    let assign = Step::Assign { team: None, assignee: Some("Resolver 2".into()) };
    let edit = Step::Edit { fields: vec![("symptom", Some("Symptom 4".into()))] };
    assert_eq!(steps(&rows[1])[1..4], [Step::Prioritize { priority: "critical" }, edit, assign]);
    assert_eq!(rows[1].steps[4].key("INC1"), "servicenow:INC1:2:wait");
}

#[test]
fn waiting_ends_by_resuming_or_by_what_comes_next() {
    let waiting: &[_] = &[("state", "Awaiting Vendor")];
    assert_eq!(names(&follow(&[waiting, &[("state", "Active")]])[1]), ["resume"]);
    assert_eq!(names(&follow(&[waiting, &[("state", "Awaiting Evidence")]])[1]), ["wait"]);
    assert_eq!(names(&follow(&[waiting, &[("state", "Resolved")]])[1]), ["resolve"]);
    assert_eq!(names(&follow(&[waiting, waiting])[1]), [""; 0]);
}

#[test]
fn closing_needs_a_reason_only_without_a_resolution() {
    let direct = follow(&[&[], &[("state", "Closed")]]);
    assert!(matches!(&steps(&direct[1])[..], [Step::Close { reason: Some(_) }]));
    let resolved = follow(&[&[("state", "Resolved")], &[("state", "Closed")]]);
    assert_eq!(steps(&resolved[1]), [Step::Close { reason: None }]);
}

#[test]
fn a_reopening_without_a_resolution_before_it_infers_one() {
    let rows =
        follow(&[&[], &[("state", "Active"), ("reopen", "1")], &[("state", "Resolved"), ("reopen", "2")]]);
    assert_eq!(names(&rows[1]), ["infer-resolution", "reopen"]);
    assert!(rows[1].inferred && rows[1].misfits.is_empty());
    assert_eq!(names(&rows[2]), ["infer-resolution", "reopen", "resolve"]);
}

#[test]
fn a_first_row_that_counts_reopenings_is_no_reopening_itself() {
    let rows = follow(&[&[("reopen", "2")], &[("reopen", "1")], &[("reopen", "2"), ("state", "Closed")]]);
    assert_eq!(names(&rows[0]), ["open"]);
    assert_eq!(names(&rows[1]), [""; 0]);
    assert_eq!(names(&rows[2]), ["infer-resolution", "reopen", "close"]);
}

#[test]
fn a_resolved_ticket_that_goes_on_without_a_reopening_misfits_and_the_rest_of_the_row_counts() {
    let rows = follow(&[
        &[("state", "Resolved")],
        &[("state", "Active"), ("assignee", "Resolver 3")],
        &[("state", "Active")],
        &[("state", "Resolved")],
        &[("state", "Closed")],
    ]);
    assert_eq!(names(&rows[1]), ["assign"]);
    assert!(rows[1].misfits[0].contains("“Active” after “Resolved”"), "{:?}", rows[1].misfits);
    assert_eq!((rows[2].misfits.len(), names(&rows[2])), (0, vec!["assign"]));
    assert_eq!((rows[3].misfits.len(), names(&rows[3])), (0, vec![]));
    assert_eq!((rows[4].misfits.len(), names(&rows[4])), (0, vec!["close"]));
}

#[test]
fn unknown_states_and_priorities_misfit_alone() {
    let rows = follow(&[
        &[("priority", "9 - Odd")],
        &[("state", "-100"), ("team", "Group 9"), ("priority", "?")],
        &[("state", "Active"), ("team", "Group 9"), ("priority", "0 - Fiery")],
        &[("state", "Active"), ("team", "Group 9"), ("priority", "3 - Moderate")],
    ]);
    assert_eq!((rows[0].misfits.len(), names(&rows[0])), (1, vec!["open"]));
    assert_eq!((rows[1].misfits.len(), names(&rows[1])), (1, vec!["assign"]));
    assert_eq!((rows[2].misfits.len(), names(&rows[2])), (1, vec![]));
    assert_eq!((rows[3].misfits.len(), names(&rows[3])), (0, vec![]));
}

#[test]
fn time_never_goes_back() {
    let rows = follow(&[
        &[("opened", "1/3/2016 09:30")],
        &[("at", "1/3/2016 09:10"), ("team", "Group 2")],
        &[("at", "1/3/2016 09:20"), ("team", "Group 2")],
    ]);
    assert!(!rows[0].adjusted && rows[1].adjusted && !rows[2].adjusted);
    assert_eq!(rows[1].steps[0].at.to_rfc3339(), "2016-03-01T09:30:00+00:00");
}

#[test]
fn an_unreadable_opening_time_falls_back_on_the_rows_own() {
    let rows = follow(&[&[("opened", "?")], &[("opened", "?")]]);
    assert_eq!((rows[0].misfits.len(), rows[1].misfits.len()), (1, 0));
    assert_eq!(rows[0].steps[0].at.to_rfc3339(), "2016-03-01T09:00:00+00:00");
}
