//! Routing rules as files, JSON or YAML: `routing_rules:` and a list of rules. What is exported is imported as the same rules.

use std::{collections::BTreeSet, fmt};

use escalon_domain::{definition::Body, fault::Fault, routing::RoutingRule};
use serde_json::{Value, json};

/// The largest file, in bytes.
pub const LARGEST_FILE: usize = 1024 * 1024;
/// The most rules in a file.
pub const MOST_RULES: usize = 1_000;
const LIST: &str = "routing_rules";

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, with line breaks.
    Json,
    /// YAML 1.2.
    Yaml,
}

/// Rules that cannot be written; no rule that was defined is among them.
#[derive(Debug, thiserror::Error)]
#[error("writing rules as {format}: {source}")]
pub struct Unwritable {
    format: Format,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Yaml => "YAML",
        })
    }
}

/// A file with these rules.
///
/// # Errors
/// A rule has something in it that has no JSON form.
pub fn export(rules: &[RoutingRule], format: Format) -> Result<String, Unwritable> {
    // YAML is written from the same JSON, so that both have the same shape.
    let unwritable = |source| Unwritable { format, source };
    let rules = serde_json::to_value(rules).map_err(|error| unwritable(error.into()))?;
    let file = json!({ LIST: rules });
    match format {
        Format::Json => serde_json::to_string_pretty(&file).map_err(|error| unwritable(error.into())),
        Format::Yaml => serde_saphyr::to_string(&file).map_err(|error| unwritable(error.into())),
    }
}

/// The rules in a file, in its order.
///
/// # Errors
/// Everything that is wrong with them, each fault with its place in the file.
pub fn import(text: &str, format: Format) -> Result<Vec<RoutingRule>, Vec<Fault>> {
    if text.len() > LARGEST_FILE {
        return Err(vec![Fault::at([], format!("the file may have {LARGEST_FILE} bytes at most"))]);
    }
    let file = parse(text, format)?;
    if let Some(unknown) = file.as_object().and_then(|file| file.keys().find(|key| *key != LIST)) {
        return Err(vec![Fault::at(
            [unknown],
            format!("is not known; the file has {LIST} and nothing else"),
        )]);
    }
    let Some(Value::Array(given)) = file.get(LIST) else {
        return Err(vec![Fault::at([LIST], "needs a list of rules")]);
    };
    if given.len() > MOST_RULES {
        return Err(vec![Fault::at([LIST], format!("may have {MOST_RULES} rules at most"))]);
    }
    let (mut rules, mut faults, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (place, given) in given.iter().enumerate() {
        let within = |fault: Fault| {
            let path = [LIST.to_owned(), place.to_string()].into_iter().chain(fault.path).collect();
            Fault { path, message: fault.message }
        };
        match serde_json::from_value::<RoutingRule>(given.clone()) {
            Err(error) => faults.push(within(Fault::at([], error.to_string()))),
            Ok(rule) => {
                faults.extend(rule.faults().into_iter().map(within));
                if !names.insert(rule.name.clone()) {
                    faults.push(within(Fault::at(["name"], format!("“{}” is there twice", rule.name))));
                }
                rules.push(rule);
            }
        }
    }
    if faults.is_empty() { Ok(rules) } else { Err(faults) }
}

fn parse(text: &str, format: Format) -> Result<Value, Vec<Fault>> {
    let place = |line: u64, column: u64| {
        vec![Fault::at([], format!("this is not {format}: line {line}, column {column}"))]
    };
    match format {
        Format::Json => {
            serde_json::from_str(text).map_err(|error| place(error.line() as u64, error.column() as u64))
        }
        Format::Yaml => {
            // `no` is a word, and not false.
            let options = serde_saphyr::options! { strict_booleans: true };
            serde_saphyr::from_str_with_options(text, options).map_err(|error| {
                let at = error.location().map(|at| (at.line(), at.column()));
                at.map_or_else(
                    || vec![Fault::at([], format!("this is not {format}, or too deep or too large"))],
                    |(line, column)| place(line, column),
                )
            })
        }
    }
}
