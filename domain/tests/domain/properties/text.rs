//! Any text: what can be read is written the same, and nothing that is read panics.

use std::{fmt::Debug, str::FromStr};

use chrono::NaiveDate;
use escalon_domain::{
    access::Permission,
    id::Id,
    member::Email,
    personal::{Personal, SubjectId},
    slug::Slug,
    stamp::Actor,
    ticket::{Ticket, TicketId, TicketNumber},
    ticket_type::FieldValue,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::config;

/// If it can be read, its text is read as the same again.
fn settles<T: FromStr + Debug + PartialEq>(
    text: &str,
    write: impl Fn(&T) -> String,
) -> Result<(), TestCaseError> {
    if let Ok(value) = text.parse::<T>() {
        let written = write(&value);
        prop_assert_eq!(written.parse::<T>().ok(), Some(value), "{} was read from {:?}", written, text);
    }
    Ok(())
}

fn day() -> impl Strategy<Value = NaiveDate> {
    // 0001-01-01 to 9999-12-31
    (1..3_652_059_i32).prop_map(|days| NaiveDate::from_num_days_from_ce_opt(days).unwrap())
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn ids_round_trip(number: u128) {
        let id = TicketId::from_uuid(Uuid::from_u128(number));
        let text = id.to_string();
        prop_assert_eq!(text.len(), "ticket_".len() + 26);
        prop_assert_eq!(text.parse::<TicketId>(), Ok(id));
        prop_assert_eq!(format!("{id:?}"), text);
    }

    #[test]
    fn ids_sort_as_their_texts(one: u128, other: u128) {
        let [one, other] = [one, other].map(|number| TicketId::from_uuid(Uuid::from_u128(number)));
        prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
    }

    #[test]
    fn an_id_is_read_from_one_text_only(text in "ticket_[0-9a-zA-Z]{25,27}") {
        if let Ok(id) = text.parse::<TicketId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn ticket_numbers_round_trip(prefix in "[A-Z0-9]{2,8}", day in day(), sequence: u32) {
        let number = TicketNumber::new(&prefix, day, sequence);
        prop_assert_eq!(number.to_string().parse(), Ok(number));
    }

    #[test]
    fn a_ticket_number_is_read_from_one_text_only(text in "[A-Z]{2,4}-[ +]?(19|20)?[0-9 ]{4,8}-0?[0-9]{3,6}") {
        if let Ok(number) = text.parse::<TicketNumber>() {
            prop_assert_eq!(number.to_string(), text);
        }
    }

    #[test]
    fn slugs_round_trip(text in "[a-z0-9][a-z0-9_-]{0,62}") {
        prop_assert_eq!(text.parse::<Slug>().map(String::from), Ok(text));
    }

    #[test]
    fn addresses_round_trip(text in "[^@]{1,8}@[\\w-]{1,6}(\\.[\\w-]{1,6}){1,3}") {
        settles::<Email>(&text, |email| email.as_str().to_owned())?;
        if let Ok(email) = text.parse::<Email>() {
            prop_assert_eq!(serde_json::from_str::<Email>(&serde_json::to_string(&email).unwrap()).unwrap(), email);
        }
    }

    #[test]
    fn any_text_at_all_is_read_or_refused(text in any::<String>()) {
        settles::<TicketId>(&text, ToString::to_string)?;
        settles::<Id<Ticket>>(&format!("ticket_{text}"), ToString::to_string)?;
        settles::<Slug>(&text, ToString::to_string)?;
        settles::<Email>(&text, |email| email.as_str().to_owned())?;
        settles::<Email>(&format!("{text}@{text}.{text}"), |email| email.as_str().to_owned())?;
        settles::<TicketNumber>(&text, ToString::to_string)?;
        settles::<TicketNumber>(&format!("GROW-{text}-0001"), ToString::to_string)?;
        settles::<TicketNumber>(&format!("{text}-20260105-0001"), ToString::to_string)?;
        settles::<Actor>(&text, ToString::to_string)?;
        settles::<Actor>(&format!("system:{text}"), ToString::to_string)?;
        settles::<Permission>(&text, ToString::to_string)?;
    }

    #[test]
    fn numbers_are_stored_exactly(number in any::<f64>().prop_filter("JSON has no others", |number| number.is_finite())) {
        let value = FieldValue::Number(number);
        let written = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<FieldValue>(&written).unwrap(), value);
    }

    #[test]
    fn personal_data_is_never_shown(number: u128, name in "[G-Z]{2,12}", digits in "[+]49[0-9]{8}") {
        let subject = SubjectId::from_uuid(Uuid::from_u128(number));
        let email: Email = format!("x{name}@example.com").parse().unwrap();
        let values = (
            Personal::new(subject, name.clone()),
            Some(Personal::new(subject, digits.clone())),
            FieldValue::Personal(Personal::new(subject, name.clone())),
            Personal::new(subject, email.clone()),
            email,
        );
        let shown = format!("{values:?} {values:#?}").replace("Personal", "");
        prop_assert!(!shown.contains(&name) && !shown.contains(&digits), "{shown}");
    }
}
