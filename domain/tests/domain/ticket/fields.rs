//! Custom fields of each kind, given at opening and corrected later.

use std::collections::BTreeMap;

use escalon_domain::{
    ticket::{Edited, Open, Opened, Ticket, TicketCommand},
    ticket_type::{Field, FieldKind, FieldValue, Fields, check_fields},
};
use serde_json::{Value as Json, json};

use super::fixture::{defect, field, open, opened, ticket};
use crate::{
    cast::{ALICE, alice, bob, slug, words},
    harness::{Scenario, events, invalid},
};

/// What is wrong with this value of this field; none when it is good.
fn fault(name: &str, value: Json) -> Option<String> {
    let found = check_fields(&defect().fields, &BTreeMap::from([(name.to_owned(), value)]), ALICE.cast());
    found.err().map(|faults| faults.iter().map(ToString::to_string).collect())
}

fn edit(fields: impl IntoIterator<Item = (&'static str, Option<FieldValue>)>) -> TicketCommand {
    let fields = fields.into_iter().map(|(name, value)| (slug(name), value)).collect();
    TicketCommand::Edit { title: None, description: None, brand: None, fields }
}

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.into())
}

#[test]
fn each_kind_is_kept_as_what_it_is() {
    let given = json!({
        "order": "A-1", "quantity": 2.5, "perishable": true, "bought_on": "2025-12-24", "size": "large",
        "contact": "+49 30 123456",
    });
    let expected = Fields::from([
        (slug("order"), text("A-1")),
        (slug("quantity"), FieldValue::Number(2.5)),
        (slug("perishable"), FieldValue::Flag(true)),
        (slug("bought_on"), text("2025-12-24")),
        (slug("size"), text("large")),
        (slug("contact"), FieldValue::Personal(words(ALICE, "+49 30 123456"))),
    ]);
    let given = Open { fields: serde_json::from_value(given).unwrap(), ..open() };
    let expected = events![Opened { fields: expected, ..opened() }];
    let ticket = Scenario::<Ticket>::new().when(TicketCommand::Open(Box::new(given))).then(expected);
    assert!(!format!("{ticket:?}").contains("123456"));
}

#[test]
fn each_kind_refuses_what_it_is_not() {
    let refused = [
        ("order", json!(1), "fields.order: needs a text"),
        ("order", json!(" "), "fields.order: must not be empty"),
        ("order", json!("x".repeat(4_001)), "fields.order: may have 4000 characters at most; this has 4001"),
        ("order", json!(null), "fields.order: this field is required and cannot be removed"),
        ("quantity", json!("1"), "fields.quantity: needs a number"),
        ("perishable", json!("yes"), "fields.perishable: needs true or false"),
        ("bought_on", json!("2025-02-29"), "fields.bought_on: needs a day such as 2026-01-31"),
        ("bought_on", json!(20260131), "fields.bought_on: needs a day such as \"2026-01-31\""),
        ("size", json!("medium"), "fields.size: needs small or large"),
        ("size", json!(["small"]), "fields.size: needs small or large"),
        ("contact", json!({"subject": "x"}), "fields.contact: needs a text"),
    ];
    for (name, value, message) in refused {
        assert_eq!(fault(name, value).as_deref(), Some(message));
    }
}

#[test]
fn a_field_that_is_not_required_may_be_empty_or_absent() {
    assert_eq!(fault("contact", json!("")), None);
    assert_eq!(fault("quantity", json!(null)), None);
    let given = BTreeMap::from([("order".into(), json!("A-1")), ("quantity".into(), json!(null))]);
    let command = TicketCommand::Open(Box::new(Open { fields: given, ..open() }));
    Scenario::<Ticket>::new().when(command).then(events![opened()]);
}

#[test]
fn a_day_is_stored_in_one_form() {
    let day = Field { personal: true, ..field("born_on", FieldKind::Date) };
    let given = BTreeMap::from([("born_on".to_owned(), json!("2001-2-3"))]);
    let values = check_fields(&[day], &given, ALICE.cast()).unwrap();
    assert_eq!(values[&slug("born_on")], Some(FieldValue::Personal(words(ALICE, "2001-02-03"))));
}

#[test]
fn editing_sets_and_removes_and_says_only_what_changed() {
    let command =
        edit([("order", Some(text("A-1"))), ("quantity", Some(FieldValue::Number(3.0))), ("size", None)]);
    let expected =
        Edited { fields: vec![(slug("quantity"), Some(FieldValue::Number(3.0)))], ..Edited::default() };
    let scenario = ticket("closed");
    let after = scenario.clone().when(command.clone()).then(events![expected.clone()]);
    assert_eq!(after.fields.len(), 2);
    scenario.clone().and(alice(), events![expected.clone()]).when(command).then_nothing();

    let removed = Edited { fields: vec![(slug("quantity"), None)], ..Edited::default() };
    let after =
        scenario.and(alice(), events![expected]).when(edit([("quantity", None)])).then(events![removed]);
    assert_eq!(after.fields.keys().collect::<Vec<_>>(), [&slug("order")]);
}

#[test]
fn editing_words_belongs_to_the_requester() {
    let command = |title: &str, description: &str, brand: &str| TicketCommand::Edit {
        title: Some(title.into()),
        description: Some(description.into()),
        brand: Some(brand.into()),
        fields: BTreeMap::new(),
    };
    let expected =
        Edited { title: Some(words(ALICE, "Wrong size")), brand: Some("Acme".into()), ..Edited::default() };
    let scenario = ticket("processed").by(bob());
    let same = "The listing says blue.";
    let after = scenario.clone().when(command("Wrong size", same, "Acme")).then(events![expected]);
    assert_eq!(after.title, Some(words(ALICE, "Wrong size")));
    assert_eq!(after.description, Some(words(ALICE, same)));
    let faults = invalid(&["title", "description", "brand"]);
    scenario.when(command("", &"x".repeat(20_001), &"x".repeat(121))).then(faults);
}

#[test]
fn editing_nothing_is_already_so() {
    ticket("open").when(edit([])).then_nothing();
}
