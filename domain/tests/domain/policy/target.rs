//! Targets as people and files write them.

use escalon_domain::policy::Target;

use crate::cast::{ALICE, slug};

#[test]
fn every_target_has_one_text_and_one_stored_form() {
    let member = (Target::Member(ALICE), format!("member:{ALICE}"), format!("{{\"member\":\"{ALICE}\"}}"));
    let named = [
        (Target::Role(slug("manager")), "role:manager", "{\"role\":\"manager\"}"),
        (Target::Team(slug("operations")), "team:operations", "{\"team\":\"operations\"}"),
        (Target::Schedule(slug("primary")), "schedule:primary", "{\"schedule\":\"primary\"}"),
        (Target::Channel(slug("alerts")), "channel:alerts", "{\"channel\":\"alerts\"}"),
        (Target::Requester, "requester", "\"requester\""),
        (Target::Assignee, "assignee", "\"assignee\""),
    ];
    let named = named.map(|(target, text, stored)| (target, text.to_owned(), stored.to_owned()));
    for (target, text, stored) in named.into_iter().chain([member]) {
        assert_eq!(target.to_string(), text);
        assert_eq!(text.parse(), Ok(target.clone()));
        assert_eq!(serde_json::to_string(&target).unwrap(), stored);
        assert_eq!(serde_json::from_str::<Target>(&stored).unwrap(), target);
    }
}

#[test]
fn what_is_no_target_is_refused_with_examples_of_those_there_are() {
    for text in
        ["", "manager", "role:", "role:Not A Slug", "requester:x", "member:alice", "queue:a", "Role:a"]
    {
        let refusal = text.parse::<Target>().unwrap_err().to_string();
        assert!(refusal.contains("role:manager") && refusal.contains("assignee"), "{refusal}");
    }
}
