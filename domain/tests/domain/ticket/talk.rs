//! Comments, notes and tags.

use std::collections::BTreeSet;

use escalon_domain::{
    personal::Personal,
    slug::Slug,
    ticket::{
        Comment, CommentId, Commented, Noted, Opened, Requester, Tagged, Ticket, TicketCommand, Untagged,
    },
};

use super::fixture::{opened, ticket};
use crate::{
    cast::{ALICE, BOB, CUSTOMER, alice, bob, customer, engine, id, noon, slug, words},
    harness::{Scenario, events, invalid},
};

const FIRST: CommentId = id(1);

fn comment(body: &str) -> TicketCommand {
    TicketCommand::Comment { comment: FIRST, body: body.into() }
}

fn tags(tags: &[&str]) -> BTreeSet<Slug> {
    tags.iter().map(|tag| slug(tag)).collect()
}

#[test]
fn a_comment_of_somebody_else_is_a_response() {
    let expected = Commented { comment: FIRST, body: words(BOB, "Looking into it."), response: true };
    let after = ticket("open").by(bob()).when(comment("Looking into it.")).then(events![expected]);
    assert_eq!(after.first_response_at, Some(noon()));
    let said =
        Comment { id: FIRST, by: bob(), at: noon(), body: words(BOB, "Looking into it."), internal: false };
    assert_eq!(after.comments, [said]);
}

#[test]
fn a_comment_of_the_requester_is_not() {
    let expected = Commented { comment: FIRST, body: words(ALICE, "Any news?"), response: false };
    let after = ticket("open").by(alice()).when(comment("Any news?")).then(events![expected]);
    assert_eq!(after.first_response_at, None);
}

#[test]
fn a_customer_who_asked_does_not_respond_to_themselves() {
    let requester = Requester::Customer { subject: CUSTOMER, name: Personal::new(CUSTOMER, "Dana".into()) };
    let expected =
        Commented { comment: FIRST, body: Personal::new(CUSTOMER, "Any news?".into()), response: false };
    let opened = Scenario::<Ticket>::given(events![Opened { requester, ..opened() }]);
    opened.by(customer()).when(comment("Any news?")).then(events![expected]);
}

#[test]
fn what_the_engine_writes_is_about_the_requester() {
    let expected = Commented { comment: FIRST, body: words(ALICE, "Received."), response: true };
    ticket("open").by(engine()).when(comment("Received.")).then(events![expected]);
}

#[test]
fn the_first_response_stays_the_first() {
    let first = Commented { comment: FIRST, body: words(BOB, "Yes?"), response: true };
    let answered = ticket("open").and(bob(), events![first]);
    let before = answered.state().first_response_at;
    let second = Commented { comment: id(2), body: words(BOB, "Done."), response: true };
    let after = answered.and(bob(), events![second]).state();
    assert_eq!((after.first_response_at, after.comments.len()), (before, 2));
}

#[test]
fn a_note_is_among_ourselves() {
    let note = TicketCommand::Note { note: FIRST, body: "Ask Carol.".into() };
    let expected = Noted { note: FIRST, body: words(BOB, "Ask Carol.") };
    let after = ticket("open").by(bob()).when(note).then(events![expected]);
    assert_eq!(after.first_response_at, None);
    assert!(after.comments[0].internal);
}

#[test]
fn words_are_needed() {
    ticket("open").when(comment(" \n")).then(invalid(&["body"]));
    ticket("open").when(comment(&"x".repeat(20_001))).then(invalid(&["body"]));
    ticket("open").when(TicketCommand::Note { note: FIRST, body: String::new() }).then(invalid(&["body"]));
}

#[test]
fn only_new_tags_are_added() {
    let tagged = ticket("open").and(bob(), events![Tagged { tags: tags(&["colour"]) }]);
    let command = TicketCommand::Tag { tags: tags(&["colour", "listing"]) };
    let after = tagged.clone().when(command).then(events![Tagged { tags: tags(&["listing"]) }]);
    assert_eq!(after.tags, tags(&["colour", "listing"]));
    tagged.clone().when(TicketCommand::Tag { tags: tags(&["colour"]) }).then_nothing();
    tagged.when(TicketCommand::Tag { tags: tags(&[]) }).then_nothing();
}

#[test]
fn only_tags_that_are_there_are_removed() {
    let tagged = ticket("open").and(bob(), events![Tagged { tags: tags(&["colour", "listing"]) }]);
    let command = TicketCommand::Untag { tags: tags(&["colour", "size"]) };
    let after = tagged.clone().when(command).then(events![Untagged { tags: tags(&["colour"]) }]);
    assert_eq!(after.tags, tags(&["listing"]));
    tagged.when(TicketCommand::Untag { tags: tags(&["size"]) }).then_nothing();
}
