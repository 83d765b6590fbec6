//! Proofs that were handed on: one event in a history, and one history within another.

use super::{Fault, Kept, Report, Subject, event::metadata_fault, subject};
use crate::{
    checkpoint::{Checkpoint, SignedCheckpoint, origin},
    export::{ConsistencyProof, EventProof, read},
    key::VerifierKey,
    tree::{verify_consistency, verify_inclusion},
};

/// Verifies a file with a proof: one line.
#[must_use]
pub fn verify_proof(file: &[u8], keys: &[VerifierKey], kept: &Kept) -> Report {
    let mut report = Report {
        subject: subject(file.split(|byte| *byte == b'\n').next().unwrap_or(file)),
        ..Report::default()
    };
    let mut lines = file.split_inclusive(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let result = match (first.strip_suffix(b"\n"), report.subject) {
        (None, _) => Err(Fault::Cut),
        (Some(line), Subject::Event) => event(line, keys, &mut report),
        (Some(line), Subject::Consistency) => consistency(line, keys, &mut report),
        (Some(_), Subject::History) => Err(Fault::NotOurs),
    };
    match result {
        Ok(checkpoints) => {
            for checkpoint in checkpoints {
                compare(&checkpoint, kept, &mut report);
            }
            if !kept.is_empty() && kept.of(report.origin.as_deref().unwrap_or_default()).next().is_none() {
                let origin = report.origin.clone().unwrap_or_default();
                report.add(1, None, Fault::NoneKept { origin });
            }
        }
        Err(fault) => report.add(1, None, fault),
    }
    if lines.next().is_some() {
        report.add(2, None, Fault::Surplus);
    }
    report
}

fn event(line: &[u8], keys: &[VerifierKey], report: &mut Report) -> Result<Vec<Checkpoint>, Fault> {
    let proof: EventProof<'_> = read(line)?;
    let event = &proof.event;
    report.origin = Some(proof.origin.clone());
    (report.events, report.streams) = (1, 1);
    report.recorded = Some((event.recorded_at, event.recorded_at));
    let hash = event.link(&proof.previous);
    let leaf = event.leaf_with(&event.hash);
    let fault = match (hash == event.hash, leaf == event.leaf) {
        (true, true) => None,
        (true, false) => Some(Fault::Leaf),
        (false, true) => Some(Fault::Content),
        (false, false) => Some(Fault::Event),
    };
    let organization = proof.origin.strip_prefix(&origin("")).unwrap_or_default();
    for fault in fault.into_iter().chain(metadata_fault(event, organization)) {
        report.add(1, Some(event), fault);
    }
    let checkpoint = trusted(&proof.checkpoint, &proof.origin, keys, report)?;
    match verify_inclusion(leaf, event.index, checkpoint.size, &proof.hashes) {
        Some(root) if root == checkpoint.root => {}
        _ => report.add(1, Some(event), Fault::Inclusion),
    }
    Ok(vec![checkpoint])
}

fn consistency(line: &[u8], keys: &[VerifierKey], report: &mut Report) -> Result<Vec<Checkpoint>, Fault> {
    let proof: ConsistencyProof = read(line)?;
    report.origin = Some(proof.origin.clone());
    let from = trusted(&proof.from, &proof.origin, keys, report)?;
    let to = trusted(&proof.to, &proof.origin, keys, report)?;
    verify_consistency((from.size, from.root), (to.size, to.root), &proof.hashes)?;
    Ok(vec![from, to])
}

/// The checkpoint in a proof, if it is signed and for this tree.
fn trusted(text: &str, origin: &str, keys: &[VerifierKey], report: &mut Report) -> Result<Checkpoint, Fault> {
    let signed: SignedCheckpoint = text.parse().map_err(|_| Fault::NotACheckpoint)?;
    if signed.to_string() != text {
        return Err(Fault::NotACheckpoint);
    }
    let (checkpoint, key) = signed.verify(keys)?;
    if signed.signatures() > 1 {
        return Err(Fault::ForeignSignature);
    }
    if checkpoint.origin != origin {
        let (found, expected) = (checkpoint.origin.clone(), origin.to_owned());
        return Err(Fault::OtherTree { found, expected });
    }
    report.checkpoints += 1;
    report.signer = Some(key.short());
    Ok(checkpoint.clone())
}

/// Compares with the kept checkpoints of the same size.
fn compare(checkpoint: &Checkpoint, kept: &Kept, report: &mut Report) {
    let Checkpoint { origin, size, root: found } = checkpoint;
    for other in kept.of(origin).filter(|other| other.size == *size) {
        if other.root == *found {
            report.kept += 1;
        } else {
            let fault = Fault::Kept { size: *size, found: *found, kept: other.root, agreed: None };
            report.add(1, None, fault);
        }
    }
}
