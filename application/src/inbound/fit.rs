//! What is too long is cut, so that the alert comes all the same.

use escalon_domain::alert::{LONGEST_DETAILS, LONGEST_KEY, LONGEST_SUMMARY, Link, Report};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const LONGEST_WORD: usize = 200;
const LONGEST_ADDRESS: usize = 2_000;
const MOST_LINKS: usize = 10;
/// How much of details that are too long is kept, in characters.
const SHOWN: usize = 1_000;

/// The report in its bounds. A dedup key that is too long becomes its digest, which is as good a key.
pub(super) fn fit(report: Report) -> Report {
    let word = |word: Option<String>| word.map(|word| cut(&word, LONGEST_WORD));
    let links = report.links.into_iter().filter(|link| {
        let address = link.href.starts_with("https://") || link.href.starts_with("http://");
        address && link.href.chars().count() <= LONGEST_ADDRESS
    });
    let shown = |link: Link| Link { text: word(link.text), ..link };
    Report {
        dedup_key: key(report.dedup_key),
        summary: cut(&report.summary, LONGEST_SUMMARY),
        severity: word(report.severity),
        kind: word(report.kind),
        details: details(report.details),
        links: links.take(MOST_LINKS).map(shown).collect(),
        ..report
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

fn key(key: String) -> String {
    if key.chars().count() <= LONGEST_KEY { key } else { digest(&key) }
}

/// What stands for a text that is too long to be a key.
pub(super) fn digest(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

fn details(details: Value) -> Value {
    let text = details.to_string();
    if text.len() <= LONGEST_DETAILS {
        return details;
    }
    json!({"cut_from_bytes": text.len(), "begins": cut(&text, SHOWN)})
}
