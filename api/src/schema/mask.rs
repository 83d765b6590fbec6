//! Personal data: who sees it in clear, and what others see of it.

use async_graphql::SimpleObject;
use escalon_application::Caller;
use escalon_domain::{access::Permission, personal::Personal};
use serde_json::Value;

/// What stands for an address where it must be unique. Whoever has it can find out whether an address they guess is the one.
const DIGEST: &str = "email_digest";

/// Text that belongs to a person. Without the permission `personal_data.view`, names, addresses and numbers are masked.
#[derive(Debug, PartialEq, Eq, SimpleObject)]
pub(super) struct PersonalText {
    /// The text; null when it was forgotten.
    pub(super) text: Option<String>,
    /// Whether it was forgotten at the person's request.
    forgotten: bool,
}

/// What a personal text is, which decides how it is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A person's name.
    Name,
    /// An email address.
    Email,
    /// A telephone number.
    Phone,
    /// What somebody wrote; it is not masked.
    Words,
}

impl Kind {
    /// What stands in a field of this name.
    pub(super) fn of_field(name: &str) -> Self {
        match name {
            "name" => Self::Name,
            "email" => Self::Email,
            "phone" => Self::Phone,
            "title" | "description" | "body" | "remarks" | "reason" | "notes" | "note" | "summary" => {
                Self::Words
            }
            // A custom field that its type calls personal.
            _ => Self::Name,
        }
    }
}

/// A personal value as the caller sees it. Everybody sees their own.
pub(super) fn personal<T: Clone + Into<String>>(
    caller: &Caller,
    value: &Personal<T>,
    kind: Kind,
) -> PersonalText {
    let own = caller.actor.subject() == Some(value.subject);
    let clear = own || caller.grants.allow(Permission::PersonalDataView);
    let text = value.reveal().cloned().map(Into::into);
    let text = text.map(|text| if clear { text } else { masked(&text, kind) });
    PersonalText { text, forgotten: value.is_forgotten() }
}

/// The same for a value from a read model, where a person is known by the id of their subject.
pub(super) fn stored(
    caller: &Caller,
    subject: Option<&str>,
    value: Option<String>,
    kind: Kind,
) -> PersonalText {
    let own = subject.is_some() && own_subject(caller).as_deref() == subject;
    let clear = own || caller.grants.allow(Permission::PersonalDataView);
    let forgotten = value.is_none();
    PersonalText { text: value.map(|text| if clear { text } else { masked(&text, kind) }), forgotten }
}

fn own_subject(caller: &Caller) -> Option<String> {
    caller.actor.subject().map(|subject| subject.to_string())
}

/// What somebody without the permission sees.
pub(super) fn masked(text: &str, kind: Kind) -> String {
    match kind {
        Kind::Name => initials(text),
        Kind::Email => email(text),
        Kind::Phone => phone(text),
        Kind::Words => text.to_owned(),
    }
}

/// The data of an event as the caller sees it: personal values in it, `{"subject": …, "value": …}`, are masked by the
/// name of the field they stand in.
pub(super) fn data(caller: &Caller, data: &mut Value) {
    data_in(caller, "", data);
}

/// The same for what stands in a field of this name.
pub(super) fn data_in(caller: &Caller, field: &str, data: &mut Value) {
    if !caller.grants.allow(Permission::PersonalDataView) {
        let own = own_subject(caller);
        within(data, field, &|name, item| {
            if name == DIGEST {
                *item = Value::Null;
            }
            let Some(fields) = item.as_object_mut() else { return false };
            let foreign = fields
                .get("subject")
                .and_then(Value::as_str)
                .is_some_and(|subject| subject.starts_with("subject_") && Some(subject) != own.as_deref());
            match fields.get_mut("value") {
                Some(Value::String(text)) if foreign => *text = masked(text, Kind::of_field(name)),
                _ => return false,
            }
            true
        });
    }
}

/// The data of an event from a read model, where personal values are bare: names are masked in what has a subject, or
/// belongs to a member; addresses and numbers everywhere.
pub(super) fn bare_data(caller: &Caller, data: &mut Value, subjects: &[String], of_member: bool) {
    let own = own_subject(caller);
    let foreign = subjects.iter().any(|subject| Some(subject) != own.as_ref());
    if !foreign || caller.grants.allow(Permission::PersonalDataView) {
        return;
    }
    within(data, "", &|name, item| {
        match item {
            Value::String(text) if matches!(name, "email" | "phone") => {
                *text = masked(text, Kind::of_field(name));
            }
            Value::String(_) if name == DIGEST => *item = Value::Null,
            Value::Object(fields) if fields.contains_key("subject") || (of_member && name.is_empty()) => {
                if let Some(Value::String(text)) = fields.get_mut("name") {
                    *text = masked(text, Kind::Name);
                }
            }
            _ => {}
        }
        false
    });
}

/// Shows every value to `change` with the name of the field it stands in, and goes on inside unless that returns true.
/// Changed custom fields are pairs of name and value.
fn within(value: &mut Value, name: &str, change: &impl Fn(&str, &mut Value) -> bool) {
    if change(name, value) {
        return;
    }
    match value {
        Value::Array(items) => match items.as_mut_slice() {
            [Value::String(field), item] if name == "fields" => within(item, field, change),
            items => items.iter_mut().for_each(|item| within(item, name, change)),
        },
        Value::Object(fields) => fields.iter_mut().for_each(|(field, item)| within(item, field, change)),
        _ => {}
    }
}

fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    letters.map(|letter| format!("{letter}.")).collect::<Vec<_>>().join(" ")
}

fn email(address: &str) -> String {
    let (name, domain) = address.rsplit_once('@').unwrap_or((address, "***"));
    format!("{}***@{domain}", name.chars().next().unwrap_or('*'))
}

fn phone(number: &str) -> String {
    let characters: Vec<char> = number.chars().filter(|character| !character.is_whitespace()).collect();
    match characters.len() {
        0..=7 => "****".to_owned(),
        length => {
            let (head, tail) = (&characters[..2], &characters[length - 4..]);
            head.iter().collect::<String>() + "****" + &tail.iter().collect::<String>()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_what_lets_a_colleague_recognise_somebody() {
        assert_eq!(masked("Asha van der Rao", Kind::Name), "A. v. d. R.");
        assert_eq!(masked("usha@example.com", Kind::Email), "u***@example.com");
        assert_eq!(masked("9812345678", Kind::Phone), "98****5678");
        assert_eq!(masked("+91 98123 45678", Kind::Phone), "+9****5678");
        assert_eq!(masked("12345", Kind::Phone), "****");
        assert_eq!(masked("my order is late", Kind::Words), "my order is late");
    }

    fn colleague() -> Caller {
        let organization = escalon_domain::id::Id::from_uuid(uuid::Uuid::from_u128(1));
        let caller = Caller::operator(organization, "test", uuid::Uuid::from_u128(2));
        Caller { grants: escalon_domain::access::Grants::none(), ..caller }
    }

    #[test]
    fn personal_values_inside_event_data_are_masked_by_their_field() {
        let mut event = serde_json::json!({
            "customer": { "name": { "subject": "subject_1", "value": "Asha Rao" }, "preferred": "email" },
            "fields": [["email", { "subject": "subject_1", "value": "asha@example.com" }], ["order", "A-1"]],
            "reason": { "subject": "subject_1", "value": "late" },
            "gone": { "subject": "subject_1" },
        });
        let whole = event.clone();
        data(&colleague(), &mut event);
        assert_eq!(event["customer"]["name"]["value"], "A. R.");
        assert_eq!(event["customer"]["preferred"], "email");
        assert_eq!(event["fields"][0][1]["value"], "a***@example.com");
        assert_eq!(event["fields"][1], whole["fields"][1]);
        assert_eq!(event["reason"], whole["reason"]);
        assert_eq!(event["gone"], whole["gone"]);
    }

    #[test]
    fn bare_values_are_masked_where_they_belong_to_a_person() {
        let mut event = serde_json::json!({
            "requester": { "customer": { "subject": "subject_1", "name": "Asha Rao" } },
            "priority": { "name": "urgent", "rank": 1 },
            "fields": { "phone": "9812345678" },
        });
        bare_data(&colleague(), &mut event, &["subject_1".to_owned()], false);
        assert_eq!(event["requester"]["customer"]["name"], "A. R.");
        assert_eq!(event["priority"]["name"], "urgent");
        assert_eq!(event["fields"]["phone"], "98****5678");
        let mut invited =
            serde_json::json!({ "name": "Asha Rao", "email": "asha@example.com", "email_digest": "79b2" });
        bare_data(&colleague(), &mut invited, &["subject_1".to_owned()], true);
        assert_eq!(
            invited,
            serde_json::json!({ "name": "A. R.", "email": "a***@example.com", "email_digest": null })
        );
    }
}
