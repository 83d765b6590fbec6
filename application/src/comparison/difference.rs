//! What differs between two JSON values. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// One place where two values differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The way to it: names of fields, and keys of elements in lists.
    pub path: Vec<String>,
    /// What stood there; null when nothing did.
    pub before: Value,
    /// What stands there; null when nothing does.
    pub after: Value,
}

impl Difference {
    /// Whether one of the two is, or lies in, the other.
    pub(super) fn touches(&self, other: &Self) -> bool {
        self.path.starts_with(&other.path) || other.path.starts_with(&self.path)
    }
}

/// A path as people read it: `comments[comment_…].body`.
#[must_use]
pub fn written(path: &[String]) -> String {
    let mut text = String::new();
    for part in path {
        let plain = part.chars().all(|one| one.is_ascii_lowercase() || one == '_');
        match plain {
            true if text.is_empty() => text.push_str(part),
            true => text.extend([".", part]),
            false => text.extend(["[", part, "]"]),
        }
    }
    text
}

/// Where two values differ, field by field. Fields that are absent are null. Elements of lists are compared by what they
/// are called, wherever they stand: objects by their `id`, `key` or `name`, words by themselves; a new order is a difference
/// of the list as a whole. A personal value is one field.
#[must_use]
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&mut Vec::new(), before, after, &mut found);
    found
}

fn compare(path: &mut Vec<String>, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(old), Value::Object(new)) if !is_personal(old) && !is_personal(new) => {
            let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
            for name in names {
                within(path, name, old.get(name), new.get(name), found);
            }
        }
        (Value::Array(old), Value::Array(new)) => match (keyed(old), keyed(new)) {
            (Some(old), Some(new)) => elements(path, &old, &new, found),
            _ => found.push(difference(path, before, after)),
        },
        _ => found.push(difference(path, before, after)),
    }
}

fn within(
    path: &mut Vec<String>,
    part: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    path.push(part.to_owned());
    compare(path, before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null), found);
    path.pop();
}

fn elements(
    path: &mut Vec<String>,
    old: &[(&str, &Value)],
    new: &[(&str, &Value)],
    found: &mut Vec<Difference>,
) {
    let find = |list: &[(&str, &'_ Value)], key: &str| list.iter().position(|(name, _)| *name == key);
    let kept = |list: &[(&str, &Value)], other: &[(&str, &Value)]| -> Vec<String> {
        let kept = list.iter().filter(|(key, _)| find(other, key).is_some());
        kept.map(|(key, _)| (*key).to_owned()).collect()
    };
    let (old_order, new_order) = (kept(old, new), kept(new, old));
    if old_order != new_order {
        found.push(difference(path, &old_order.into(), &new_order.into()));
    }
    for (key, before) in old {
        within(path, key, Some(before), find(new, key).map(|place| new[place].1), found);
    }
    for (key, after) in new.iter().filter(|(key, _)| find(old, key).is_none()) {
        within(path, key, None, Some(after), found);
    }
}

fn difference(path: &[String], before: &Value, after: &Value) -> Difference {
    Difference { path: path.to_vec(), before: before.clone(), after: after.clone() }
}

/// The elements of a list with what each is called, if each is called something else.
fn keyed(list: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let named: Option<Vec<_>> = list.iter().map(|element| Some((name(element)?, element))).collect();
    let named = named?;
    let different: BTreeSet<_> = named.iter().map(|(key, _)| *key).collect();
    (different.len() == named.len()).then_some(named)
}

fn name(element: &Value) -> Option<&str> {
    match element {
        Value::String(word) => Some(word),
        Value::Object(fields) => ["id", "key", "name"].into_iter().find_map(|key| fields.get(key)?.as_str()),
        _ => None,
    }
}

/// A personal value is an object of a subject and perhaps a value.
fn is_personal(fields: &Map<String, Value>) -> bool {
    let subject = fields.get("subject").and_then(Value::as_str);
    subject.is_some_and(|id| id.starts_with("subject_"))
        && fields.keys().all(|key| key == "subject" || key == "value")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
        let all = differences(before, after).into_iter();
        all.map(|one| (written(&one.path), one.before, one.after)).collect()
    }

    #[test]
    fn fields_are_compared_one_by_one_and_what_is_absent_is_null() {
        let before = json!({ "status": "open", "priority": { "name": "low", "rank": 4 }, "team": null });
        let after = json!({ "status": "open", "priority": { "name": "high", "rank": 2 }, "brand": "x" });
        assert_eq!(
            told(&before, &after),
            [
                ("brand".to_owned(), Value::Null, json!("x")),
                ("priority.name".to_owned(), json!("low"), json!("high")),
                ("priority.rank".to_owned(), json!(4), json!(2)),
            ]
        );
        assert_eq!(told(&after, &after), []);
    }

    #[test]
    fn elements_are_found_by_what_they_are_called_wherever_they_stand() {
        let before = json!({ "comments": [{ "id": "c1", "body": "a" }, { "id": "c2", "body": "b" }] });
        let after = json!({ "comments": [{ "id": "c0", "body": "n" }, { "id": "c1", "body": "z" }] });
        assert_eq!(
            told(&before, &after),
            [
                ("comments[c1].body".to_owned(), json!("a"), json!("z")),
                ("comments[c2]".to_owned(), json!({ "id": "c2", "body": "b" }), Value::Null),
                ("comments[c0]".to_owned(), Value::Null, json!({ "id": "c0", "body": "n" })),
            ]
        );
        let tags = told(&json!({ "tags": ["a", "b"] }), &json!({ "tags": ["b", "c"] }));
        assert_eq!(
            tags,
            [("tags.a".to_owned(), json!("a"), Value::Null), ("tags.c".to_owned(), Value::Null, json!("c"))]
        );
    }

    #[test]
    fn another_order_is_a_difference_of_the_list() {
        let moved = told(&json!({ "words": ["a", "b"] }), &json!({ "words": ["b", "a"] }));
        assert_eq!(moved, [("words".to_owned(), json!(["a", "b"]), json!(["b", "a"]))]);
        let unnamed = told(&json!([1, 2]), &json!([1, 3]));
        assert_eq!(unnamed, [(String::new(), json!([1, 2]), json!([1, 3]))]);
        let twice = told(&json!({ "words": ["a", "a"] }), &json!({ "words": ["a"] }));
        assert_eq!(twice.len(), 1, "{twice:?}");
    }

    #[test]
    fn a_personal_value_is_one_field() {
        let before = json!({ "name": { "subject": "subject_1", "value": "Asha" } });
        let after = json!({ "name": { "subject": "subject_1" } });
        let (path, old, new) = told(&before, &after).remove(0);
        assert_eq!((path.as_str(), &old, &new), ("name", &before["name"], &after["name"]));
        let names = json!({ "settings": { "registration.role": "x" } });
        assert_eq!(told(&json!({ "settings": {} }), &names)[0].0, "settings[registration.role]");
    }
}
