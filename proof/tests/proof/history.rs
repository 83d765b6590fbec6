//! A small history as the engine would export it.

use std::collections::HashMap;

use escalon_proof::{
    Hash,
    checkpoint::{Checkpoint, origin},
    export::{CheckpointLine, EventLine, HISTORY, Header, write},
    key::{SignerKey, VerifierKey},
    tree::{Frontier, root},
    verify::{Fault, Kept, Report, Verifier},
};

pub(super) const ORGANIZATION: &str = "organization_01h455vb4pex5vsknk084sn02q";

pub(super) fn key() -> SignerKey {
    SignerKey::from_seed("escalon/notary", &[42; 32])
}

pub(super) fn keys() -> [VerifierKey; 1] {
    [key().verifier().clone()]
}

/// A history of so many events in three streams, with a checkpoint after every `every` of them, and at the end.
#[derive(Clone)]
pub(super) struct History {
    pub(super) events: Vec<EventLine<'static>>,
    pub(super) every: usize,
}

impl History {
    pub(super) fn new(count: u64, every: usize) -> Self {
        let mut history = Self { events: (0..count).map(event).collect(), every };
        history.seal();
        history
    }

    /// Numbers, chains and hashes the events, as somebody with the database in their hands could.
    pub(super) fn seal(&mut self) {
        let mut heads: HashMap<String, (u64, Hash)> = HashMap::new();
        for (index, event) in (0..).zip(&mut self.events) {
            let head = heads.entry(event.id.to_string()).or_insert((0, Hash::ZERO));
            event.index = index;
            event.sequence = head.0 + 1;
            event.hash = event.link(&head.1);
            event.leaf = event.leaf_with(&event.hash);
            *head = (event.sequence, event.hash);
        }
    }

    pub(super) fn leaves(&self) -> Vec<Hash> {
        self.events.iter().map(|event| event.leaf).collect()
    }

    /// The checkpoint over the first so many events.
    pub(super) fn checkpoint(&self, size: usize) -> String {
        let root = root(&self.leaves()[..size]);
        Checkpoint { origin: origin(ORGANIZATION), size: size as u64, root }.sign(&key()).to_string()
    }

    /// The file, line by line.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let count = self.events.len();
        let due = |size: usize| size == count || (size > 0 && size.is_multiple_of(self.every));
        let checkpoints = (0..=count).filter(|size| due(*size)).count() as u64;
        let (organization, origin) = (ORGANIZATION.to_owned(), origin(ORGANIZATION));
        let header =
            Header { format: HISTORY.to_owned(), organization, origin, events: count as u64, checkpoints };
        lines.push(write(&header).unwrap());
        let mut tree = Frontier::default();
        for size in 0..=count {
            if size > 0 {
                lines.push(write(&self.events[size - 1]).unwrap());
                tree.push(self.events[size - 1].leaf);
            }
            if due(size) {
                lines.push(write(&CheckpointLine { checkpoint: self.checkpoint(size) }).unwrap());
            }
        }
        lines.iter_mut().for_each(|line| line.push('\n'));
        lines
    }
}

fn event(number: u64) -> EventLine<'static> {
    let stream = ["ticket_a", "ticket_b", "member_c"][[0, 1, 0, 2, 1, 0, 0, 1][number as usize % 8]];
    let at = format!("2026-01-05T09:00:{:02}Z", number % 60);
    let payload = format!(
        r#"{{"event":"ticket.tagged","at":"{at}","by":"system:test","data":{{"tags":["größe {number}"]}}}}"#
    );
    let metadata = format!(
        r#"{{"organization":"{ORGANIZATION}","actor":"system:test","occurred_at":"{at}","source":"test"}}"#
    );
    EventLine {
        index: number,
        position: 3 + 2 * number as i64,
        kind: stream.split('_').next().unwrap().into(),
        id: stream.into(),
        sequence: 0,
        name: "ticket.tagged".into(),
        version: "1".into(),
        occurred_at: at.parse().unwrap(),
        recorded_at: format!("2026-01-05T09:01:{:02}.000{:03}Z", number % 60, number).parse().unwrap(),
        payload: payload.into(),
        metadata: metadata.into(),
        hash: Hash::ZERO,
        leaf: Hash::ZERO,
    }
}

/// Verifies lines.
pub(super) fn verify<L: AsRef<[u8]>>(lines: &[L]) -> Report {
    verify_with(lines, &keys(), "")
}

pub(super) fn verify_with<L: AsRef<[u8]>>(lines: &[L], keys: &[VerifierKey], kept: &str) -> Report {
    let kept = Kept::read(kept, keys).unwrap();
    let mut verifier = Verifier::new(keys, &kept);
    lines.iter().for_each(|line| verifier.line(line.as_ref()));
    verifier.finish()
}

/// Where something is wrong, and what.
pub(super) fn faults(report: &Report) -> Vec<(u64, &Fault)> {
    report.findings.iter().map(|finding| (finding.line, &finding.fault)).collect()
}

#[test]
fn a_history_as_it_was_stored_is_good() {
    for (count, every) in [(0, 9), (1, 9), (8, 3), (300, 100)] {
        let history = History::new(count, every);
        let report = verify(&history.lines());
        assert_eq!(faults(&report), []);
        assert_eq!((report.events, report.streams), (count, count.min(3)));
        assert!(report.pinned && report.signer.unwrap().starts_with("escalon/notary+"));
    }
    let recorded = verify(&History::new(8, 3).lines()).recorded.unwrap();
    assert_eq!(recorded.0.to_string(), "2026-01-05T09:01:00.000000Z");
    assert_eq!(recorded.1.to_string(), "2026-01-05T09:01:07.000007Z");
}

#[test]
fn checkpoints_that_were_kept_elsewhere_are_compared() {
    let history = History::new(8, 9);
    let kept = [2, 5, 8].map(|size| history.checkpoint(size)).join("\n");
    assert_eq!(verify_with(&history.lines(), &keys(), &kept).kept, 3);

    // Somebody rewrites an event and everything after it, and has the key to sign it.
    let mut rewritten = history.clone();
    rewritten.events[3].payload = rewritten.events[3].payload.replace("größe", "kleine").into();
    rewritten.seal();
    let lines = rewritten.lines();
    assert_eq!(faults(&verify(&lines)), []);
    let report = verify_with(&lines, &keys(), &kept);
    assert!(matches!(faults(&report)[0], (6, Fault::Kept { size: 5, agreed: Some(2), .. })), "{report:?}");

    let mut shorter = history;
    shorter.events.truncate(6);
    let report = verify_with(&shorter.lines(), &keys(), &kept);
    assert_eq!(faults(&report), [(8, &Fault::Older { size: 8, found: 6 })]);
}
