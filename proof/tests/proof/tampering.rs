//! Every change of one bit, every removal, insertion and reordering of lines, and rewritings by somebody who knows how.

use escalon_proof::{
    key::SignerKey,
    note::Untrusted,
    verify::{Fault, Kept, Subject, Verifier, verify_proof},
};

use super::{
    history::{History, faults, keys, verify, verify_with},
    trusted::{consistency_proof, event_proof},
};

#[test]
fn every_flipped_bit_is_found_in_its_line() {
    let (keys, kept) = (keys(), Kept::default());
    let lines = History::new(8, 3).lines();
    let mut before = Verifier::new(&keys, &kept);
    let mut flipped = 0_u64;
    for (number, line) in (1..).zip(&lines) {
        for place in 0..line.len() * 8 {
            let mut bytes = line.clone().into_bytes();
            bytes[place / 8] ^= 1 << (place % 8);
            let mut verifier = before.clone();
            // A bit may turn something else into a line end, and a line end into something else.
            let rest = if bytes.ends_with(b"\n") {
                &lines[number..]
            } else {
                bytes.extend(lines.get(number).into_iter().flat_map(|next| next.bytes()));
                lines.get(number + 1..).unwrap_or(&[])
            };
            bytes.split_inclusive(|byte| *byte == b'\n').for_each(|line| verifier.line(line));
            if verifier.so_far().is_good() {
                rest.iter().for_each(|line| verifier.line(line.as_bytes()));
            }
            let report =
                if verifier.so_far().is_good() { verifier.finish() } else { verifier.so_far().clone() };
            let found = report.findings.first().map(|finding| finding.line);
            assert_eq!(found, Some(number as u64), "line {number}, bit {place}: {report:?}");
            flipped += 1;
        }
        before.line(line.as_bytes());
    }
    assert!(before.so_far().is_good() && flipped > 40_000, "{flipped}");
}

#[test]
fn a_changed_event_is_told_from_a_changed_hash_and_leaf_and_the_rest_is_known_to_be_good() {
    let lines = History::new(8, 9).lines();
    let changed = |from: &str, to: &str| {
        let mut lines = lines.clone();
        assert!(lines[4].contains(from), "{}", lines[4]);
        lines[4] = lines[4].replacen(from, to, 1);
        verify(&lines)
    };
    let hashes: Vec<&str> = lines[4].split('"').filter(|text| text.len() == 64).collect();
    let other = "0".repeat(64);
    let cases = [
        ("größe 3", "größe 4", Fault::Content),
        ("system:test", "system:best", Fault::Content),
        ("ticket.tagged", "ticket.lagged", Fault::Content),
        (hashes[0], &other, Fault::Hash),
        (hashes[1], &other, Fault::Leaf),
        ("\"position\":9", "\"position\":10", Fault::Leaf),
        ("09:01:03.000003Z", "09:01:04.000003Z", Fault::Leaf),
        ("\"occurred_at\":\"2026-01-05T09:00:03", "\"occurred_at\":\"2026-01-05T09:00:04", Fault::OccurredAt),
    ];
    for (from, to, fault) in cases {
        let report = changed(from, to);
        assert_eq!(faults(&report)[0], (5, &fault), "{from}: {report:?}");
        let place = report.findings[0].event.as_ref().unwrap();
        assert_eq!((place.stream.as_str(), place.sequence), ("member_c", 1));
        assert_eq!(report.pinned, !matches!(fault, Fault::Leaf) || to != other, "{from}");
        assert!(
            report
                .findings
                .iter()
                .skip(1)
                .all(|finding| matches!(finding.fault, Fault::Root { size: 8, .. }))
        );
    }
    let report = changed("\"index\":3", "\"index\":5");
    assert_eq!(faults(&report), [(5, &Fault::Misplaced { found: 5, expected: 3 })]);
}

#[test]
fn every_removed_line_is_found_where_it_was() {
    let lines = History::new(8, 3).lines();
    for place in 0..lines.len() {
        let mut without = lines.clone();
        let removed = without.remove(place);
        let report = verify(&without);
        let first = faults(&report)[0];
        match (place, removed.starts_with("{\"checkpoint")) {
            (0, _) => assert_eq!(first, (1, &Fault::NoHeader)),
            (_, true) if place + 1 == lines.len() => assert_eq!(first.1, &Fault::NoCheckpoint),
            (_, true) => assert_eq!(first, (1, &Fault::Count { what: "checkpoints", expected: 3, found: 2 })),
            // Just before a checkpoint it is missed there.
            (_, false) => {
                assert_eq!(first.0, place as u64 + 1, "{report:?}");
                assert!(matches!(first.1, Fault::Missing(_) | Fault::Size { .. }), "{report:?}");
            }
        }
    }
    let shorter = verify(&lines[..3]);
    assert_eq!(faults(&shorter)[0], (3, &Fault::NoCheckpoint));
}

#[test]
fn every_repeated_line_is_found_where_it_is() {
    let lines = History::new(8, 3).lines();
    for place in 0..lines.len() {
        for at in 0..=lines.len() {
            let mut with = lines.clone();
            with.insert(at, lines[place].clone());
            let report = verify(&with);
            let first = faults(&report).first().copied();
            // The repetition cannot always be told from the line beside it.
            let found = first.is_some_and(|(line, _)| (at as u64 + 1..=at as u64 + 2).contains(&line));
            assert!(found, "{place} {at}: {report:?}");
        }
    }
}

#[test]
fn every_two_lines_that_changed_places_are_found() {
    let lines = History::new(8, 3).lines();
    for one in 0..lines.len() {
        for other in one + 1..lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(one, other);
            let report = verify(&swapped);
            assert!(!report.is_good(), "{one} {other}");
            assert!(faults(&report)[0].0 <= other as u64 + 1, "{one} {other}: {report:?}");
        }
    }
}

#[test]
fn events_that_were_removed_put_in_or_moved_in_the_database_are_found_by_the_chain_or_the_root() {
    let history = History::new(24, 8);
    let signed = history.lines();
    let checkpoints: Vec<&String> = signed.iter().filter(|line| line.starts_with("{\"checkpoint")).collect();
    // The tree and the signatures are as they were; everything else follows the change.
    let with = |mut changed: History, sealed: bool| {
        if sealed {
            changed.seal();
        }
        for (index, event) in (0..).zip(&mut changed.events) {
            event.index = index;
        }
        let mut lines = changed.lines();
        let mut signed = checkpoints.iter();
        for line in lines.iter_mut().filter(|line| line.starts_with("{\"checkpoint")) {
            line.clone_from(signed.next().unwrap());
        }
        verify(&lines)
    };
    let mut removed = history.clone();
    removed.events.remove(2);
    let report = with(removed.clone(), false);
    assert_eq!(faults(&report)[0], (6, &Fault::StreamGap(2..=2)), "{report:?}");
    assert!(matches!(faults(&with(removed, true))[0].1, Fault::Root { size: 8, agreed: None, .. }));

    let mut moved = history.clone();
    moved.events.swap(9, 12);
    let report = with(moved, false);
    assert_eq!(faults(&report)[0], (12, &Fault::StreamGap(4..=4)), "{report:?}");
    assert!(faults(&report).contains(&(13, &Fault::Order { before: 27 })), "{report:?}");

    let mut rewritten = history;
    rewritten.events[13].payload = "{}".into();
    let report = with(rewritten, true);
    let Fault::Root { size, agreed, .. } = faults(&report)[0].1 else { panic!("{report:?}") };
    assert_eq!((*size, *agreed), (16, Some(8)));
    assert!(!report.pinned && report.findings[0].to_string().contains("the first 8 are"));
}

#[test]
fn a_wrong_key_and_a_forged_or_foreign_checkpoint_are_named() {
    let history = History::new(8, 9);
    let lines = history.lines();
    let other = [SignerKey::from_seed("escalon/notary", &[1; 32]).verifier().clone()];
    let report = verify_with(&lines, &other, "");
    assert!(matches!(faults(&report)[0], (10, Fault::Signature(Untrusted::OtherKey { .. }))), "{report:?}");

    let mut forged = lines.clone();
    forged[9] = forged[9].replacen("\\n8\\n", "\\n9\\n", 1);
    assert!(matches!(faults(&verify(&forged))[0], (10, Fault::Signature(Untrusted::Forged { .. }))));

    let mut foreign = lines.clone();
    foreign[0] = foreign[0].replace("02q", "02r");
    let report = verify(&foreign);
    assert!(matches!(faults(&report)[0], (2, Fault::Organization { .. })), "{report:?}");
    assert!(
        faults(&report).iter().any(|(line, fault)| *line == 10 && matches!(fault, Fault::OtherTree { .. }))
    );

    let cosigned = lines[9].replacen("\\n\"}", "\\n— else AAAAAAA=\\n\"}", 1);
    let report = verify(&[&lines[..9], &[cosigned]].concat());
    assert_eq!(faults(&report)[0], (10, &Fault::ForeignSignature));
}

#[test]
fn what_is_no_export_is_said_to_be_none() {
    for file in ["", "hello", "hello\n", "{}\n", "number,priority\nINC1,1\n", "\0\u{1}\n"] {
        let lines: Vec<&str> = file.split_inclusive('\n').collect();
        let report = verify(&lines);
        assert_eq!(faults(&report), [(1, &Fault::NotOurs)], "{file:?}");
    }
    let newer = History::new(1, 9).lines()[0].replace("export/1", "export/2");
    assert!(matches!(faults(&verify(&[newer]))[0], (1, Fault::UnknownFormat { .. })));
}

#[test]
fn every_flipped_bit_of_a_proof_is_found() {
    let history = History::new(13, 5);
    for (file, subject) in [
        (event_proof(&history, 6), Subject::Event),
        (consistency_proof(&history, 5, 13), Subject::Consistency),
    ] {
        let report = verify_proof(file.as_bytes(), &keys(), &Kept::default());
        assert!(report.is_good() && report.subject == subject, "{report:?}");
        for place in 0..file.len() * 8 {
            let mut bytes = file.clone().into_bytes();
            bytes[place / 8] ^= 1 << (place % 8);
            let report = verify_proof(&bytes, &keys(), &Kept::default());
            assert!(!report.is_good(), "{subject:?}, bit {place}");
        }
    }
}
