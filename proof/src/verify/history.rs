//! An exported history, line by line.

use super::{
    Fault, Kept, Report,
    event::{Seen, Streams, metadata_fault},
};
use crate::{
    checkpoint::{Checkpoint, SignedCheckpoint, origin},
    export::{CheckpointLine, EventLine, HISTORY, Header, read},
    key::VerifierKey,
    tree::Frontier,
};

/// Verifies an exported history. Give it each line with its line end, then ask for the report.
#[derive(Debug, Clone)]
pub struct Verifier<'a> {
    keys: &'a [VerifierKey],
    kept: &'a Kept,
    report: Report,
    line: u64,
    header: Option<Header>,
    /// The first line showed that this is another kind of file.
    foreign: bool,
    streams: Streams,
    /// The number that the next event should have.
    next: u64,
    position: i64,
    /// The tree over the events as they stand in the file.
    tree: Frontier,
    /// The tree over the leaves that the file names.
    named: Frontier,
    /// The finding that events are missing before the last line, and the number that was expected there.
    jump: Option<(usize, u64)>,
    checkpoints: u64,
    /// The size of the last checkpoint in the file, and whether it was the last line.
    covered: Option<u64>,
    /// The sizes of the last checkpoints that agreed: of the file, and of those kept elsewhere.
    agreed: [Option<u64>; 2],
}

impl<'a> Verifier<'a> {
    /// A verifier that trusts these keys and compares with these kept checkpoints.
    #[must_use]
    pub fn new(keys: &'a [VerifierKey], kept: &'a Kept) -> Self {
        Self {
            keys,
            kept,
            report: Report::default(),
            line: 0,
            header: None,
            foreign: false,
            streams: Streams::default(),
            next: 0,
            position: 0,
            tree: Frontier::default(),
            named: Frontier::default(),
            jump: None,
            checkpoints: 0,
            covered: None,
            agreed: [None; 2],
        }
    }

    /// What was found so far.
    #[must_use]
    pub const fn so_far(&self) -> &Report {
        &self.report
    }

    /// Takes the next line, with its line end.
    pub fn line(&mut self, line: &[u8]) {
        self.line += 1;
        if self.foreign {
            return;
        }
        let Some(line) = line.strip_suffix(b"\n") else {
            self.covered = None;
            self.foreign = self.line == 1 && !names_engine(line);
            return self.add(None, if self.foreign { Fault::NotOurs } else { Fault::Cut });
        };
        if self.line == 1 && self.head(line) {
            return;
        }
        if line.starts_with(br#"{"checkpoint""#) {
            match read::<CheckpointLine>(line) {
                Ok(line) => self.checkpoint(&line.checkpoint),
                Err(invalid) => self.add(None, Fault::Line(invalid)),
            }
            return;
        }
        self.covered = None;
        match read::<EventLine<'_>>(line) {
            Ok(event) => self.event(&event),
            Err(invalid) => {
                self.add(None, Fault::Line(invalid));
                self.next += 1;
            }
        }
    }

    /// Takes the first line; says whether it was the header, or what became of it.
    fn head(&mut self, line: &[u8]) -> bool {
        match read::<Header>(line) {
            Ok(header) if header.format != HISTORY => {
                self.add(None, Fault::UnknownFormat { found: header.format });
            }
            Ok(header) => {
                if header.origin != origin(&header.organization) {
                    let Header { organization, origin, .. } = header.clone();
                    self.add(None, Fault::Header { organization, origin });
                }
                self.report.origin = Some(header.origin.clone());
                self.header = Some(header);
                self.compare_kept();
            }
            Err(_) if read::<EventLine<'_>>(line).is_ok() || read::<CheckpointLine>(line).is_ok() => {
                self.add(None, Fault::NoHeader);
                return false;
            }
            Err(invalid) if names_engine(line) => {
                self.add(None, Fault::Line(invalid));
            }
            Err(_) => {
                self.foreign = true;
                self.add(None, Fault::NotOurs);
            }
        }
        true
    }

    fn event(&mut self, event: &EventLine<'_>) {
        if !self.place(event) {
            return;
        }
        let Seen { faults, leaf } = self.streams.take(event);
        let disorder = event.position <= self.position && faults.is_empty();
        let about = self.header.as_ref().and_then(|header| metadata_fault(event, &header.organization));
        let changed = faults.iter().any(|fault| matches!(fault, Fault::Content | Fault::Event));
        for fault in faults {
            self.add(Some(event), fault);
        }
        if disorder {
            self.add(Some(event), Fault::Order { before: self.position });
        }
        if let Some(fault) = about.filter(|_| !changed) {
            self.add(Some(event), fault);
        }
        self.position = self.position.max(event.position);
        self.tree.push(leaf);
        self.named.push(event.leaf);
        self.report.events += 1;
        self.report.streams = self.streams.count();
        let first = self.report.recorded.map_or(event.recorded_at, |(first, _)| first);
        self.report.recorded = Some((first, event.recorded_at));
        self.compare_kept();
    }

    /// Counts the event; says whether it goes on from where the file was.
    fn place(&mut self, event: &EventLine<'_>) -> bool {
        let jump = self.jump.take();
        match (event.index, jump) {
            // Nothing was missing before the last line: its number was wrong.
            (index, Some((finding, expected))) if index == expected + 1 => {
                self.report.replace(finding, Fault::Misplaced { found: self.next - 1, expected });
            }
            (found, _) if found < self.next => {
                self.add(Some(event), Fault::Misplaced { found, expected: self.next });
                return false;
            }
            (found, _) if found > self.next => {
                self.jump = Some((self.report.findings.len(), self.next));
                self.add(Some(event), Fault::Missing(self.next..=found - 1));
            }
            _ => {}
        }
        self.next = event.index.saturating_add(1);
        true
    }

    fn checkpoint(&mut self, text: &str) {
        self.checkpoints += 1;
        let signed = match text.parse::<SignedCheckpoint>() {
            Ok(signed) if signed.to_string() == text => signed,
            _ => return self.add(None, Fault::NotACheckpoint),
        };
        let (checkpoint, key) = match signed.verify(self.keys) {
            Ok(verified) => verified,
            Err(untrusted) => return self.add(None, untrusted.into()),
        };
        if signed.signatures() > 1 {
            return self.add(None, Fault::ForeignSignature);
        }
        let Checkpoint { origin: found, size, root: signed } = checkpoint.clone();
        let expected = self.report.origin.get_or_insert_with(|| found.clone()).clone();
        if found != expected {
            return self.add(None, Fault::OtherTree { found, expected });
        }
        if size != self.next || self.covered == Some(size) {
            return self.add(None, Fault::Size { size, found: self.next });
        }
        self.covered = Some(size);
        self.report.pinned = self.named.root() == signed;
        let (found, [agreed, _]) = (self.tree.root(), self.agreed);
        if found != signed {
            return self.add(None, Fault::Root { size, found, signed, agreed });
        }
        self.agreed[0] = Some(size);
        self.report.checkpoints += 1;
        self.report.signer = Some(key.short());
    }

    /// Compares with the kept checkpoints of just this size. The first that differs says enough.
    fn compare_kept(&mut self) {
        let [_, agreed] = self.agreed;
        let Some(origin) = &self.report.origin else { return };
        let size = self.tree.size();
        let mut differing = None;
        for checkpoint in self.kept.of(origin).filter(|checkpoint| checkpoint.size == size) {
            if checkpoint.root == self.tree.root() {
                self.report.kept += 1;
                self.agreed[1] = Some(size);
            } else {
                differing = Some(checkpoint.root);
            }
        }
        if let Some(kept) = differing {
            let found = self.tree.root();
            self.add(None, Fault::Kept { size, found, kept, agreed });
        }
    }

    /// Ends the file.
    #[must_use]
    pub fn finish(mut self) -> Report {
        if self.foreign {
            return self.report;
        }
        if self.line == 0 {
            self.line = 1;
            self.add(None, Fault::NotOurs);
            return self.report;
        }
        if self.covered.is_none_or(|covered| covered != self.next) {
            self.add(None, Fault::NoCheckpoint);
        }
        let counts = self.header.as_ref().map(|header| (header.events, header.checkpoints));
        if let Some((events, checkpoints)) = counts {
            self.count("events", events, self.next);
            self.count("checkpoints", checkpoints, self.checkpoints);
        }
        self.kept_beyond();
        self.report
    }

    fn count(&mut self, what: &'static str, expected: u64, found: u64) {
        if expected != found {
            self.line = 1;
            self.add(None, Fault::Count { what, expected, found });
        }
    }

    fn kept_beyond(&mut self) {
        let Some(origin) = self.report.origin.clone() else { return };
        let largest = self.kept.of(&origin).map(|checkpoint| checkpoint.size).max();
        match largest {
            None if !self.kept.is_empty() => self.add(None, Fault::NoneKept { origin }),
            Some(size) if size > self.next => self.add(None, Fault::Older { size, found: self.next }),
            _ => {}
        }
    }

    fn add(&mut self, event: Option<&EventLine<'_>>, fault: Fault) {
        self.report.add(self.line, event, fault);
    }
}

/// Whether a first line is a header of ours: one in which something was changed still names the engine somewhere.
fn names_engine(line: &[u8]) -> bool {
    line.windows(7).any(|word| word == b"escalon")
}
