//! Proofs that are handed on, and what they are compared with.

use escalon_proof::{
    Hash,
    checkpoint::origin,
    export::{CONSISTENCY_PROOF, ConsistencyProof, EVENT_PROOF, EventProof, write},
    tree::{consistency, inclusion, root},
    verify::{Fault, Kept, verify_proof},
};

use super::history::{History, ORGANIZATION, faults, keys};

fn hashes(history: &History, parts: &[std::ops::Range<u64>]) -> Vec<Hash> {
    let leaves = history.leaves();
    parts.iter().map(|part| root(&leaves[part.start as usize..part.end as usize])).collect()
}

pub(super) fn event_proof(history: &History, index: usize) -> String {
    let event = history.events[index].clone();
    let before = history.events[..index].iter().rfind(|other| other.id == event.id);
    let path = inclusion(index as u64, history.events.len() as u64).unwrap();
    let proof = EventProof {
        format: EVENT_PROOF.to_owned(),
        origin: origin(ORGANIZATION),
        previous: before.map_or(Hash::ZERO, |before| before.hash),
        event,
        hashes: hashes(history, &path),
        checkpoint: history.checkpoint(history.events.len()),
    };
    write(&proof).unwrap() + "\n"
}

pub(super) fn consistency_proof(history: &History, from: usize, to: usize) -> String {
    let path = consistency(from as u64, to as u64).unwrap();
    let proof = ConsistencyProof {
        format: CONSISTENCY_PROOF.to_owned(),
        origin: origin(ORGANIZATION),
        from: history.checkpoint(from),
        to: history.checkpoint(to),
        hashes: hashes(history, &path),
    };
    write(&proof).unwrap() + "\n"
}

#[test]
fn every_event_is_proven_by_itself() {
    let history = History::new(13, 5);
    for index in 0..13 {
        let report = verify_proof(event_proof(&history, index).as_bytes(), &keys(), &Kept::default());
        assert_eq!(faults(&report), [], "{index}");
    }
}

#[test]
fn a_proof_of_another_history_does_not_pass() {
    let history = History::new(13, 5);
    let mut other = history.clone();
    other.events[2].payload = "{}".into();
    other.seal();
    let from_other = event_proof(&other, 7);
    // The checkpoint is the right one, the path and the event are not.
    let grafted = from_other.replace(
        &serde_json::to_string(&other.checkpoint(13)).unwrap(),
        &serde_json::to_string(&history.checkpoint(13)).unwrap(),
    );
    let report = verify_proof(grafted.as_bytes(), &keys(), &Kept::default());
    assert_eq!(faults(&report), [(1, &Fault::Inclusion)]);
    let kept = Kept::read(&history.checkpoint(13), &keys()).unwrap();
    let report = verify_proof(from_other.as_bytes(), &keys(), &kept);
    assert!(matches!(faults(&report)[..], [(1, Fault::Kept { size: 13, .. })]));
    assert_eq!(verify_proof(event_proof(&history, 7).as_bytes(), &keys(), &kept).kept, 1);
}

#[test]
fn a_proof_has_one_line() {
    let proof = event_proof(&History::new(3, 5), 1);
    let verify = |file: &str| verify_proof(file.as_bytes(), &keys(), &Kept::default());
    assert_eq!(faults(&verify(&format!("{proof}{proof}"))), [(2, &Fault::Surplus)]);
    assert_eq!(faults(&verify(proof.trim_end())), [(1, &Fault::Cut)]);
}
