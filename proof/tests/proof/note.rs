//! Keys, notes and checkpoints, against the vectors of the format's first implementation (Go's `sumdb/note`).

use escalon_proof::{
    checkpoint::{Checkpoint, SignedCheckpoint, origin},
    key::{InvalidKey, SignerKey, VerifierKey},
    note::{Note, Untrusted},
    tree,
};

const VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SIGNER: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNED: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn verifier(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

#[test]
fn a_note_is_signed_and_verified_as_elsewhere() {
    let signer: SignerKey = SIGNER.parse().unwrap();
    assert_eq!((signer.verifier().to_string(), signer.secret()), (VERIFIER.to_owned(), SIGNER.to_owned()));
    assert_eq!(Note::sign(TEXT.to_owned(), &signer).to_string(), SIGNED);
    let note: Note = SIGNED.parse().unwrap();
    assert_eq!((note.text(), note.to_string().as_str()), (TEXT, SIGNED));
    assert_eq!(note.verify(&[verifier(VERIFIER)]).unwrap().name(), "PeterNeumann");
    assert!(!format!("{signer:?}").contains("AYEK"));
}

#[test]
fn signatures_of_others_do_not_count_and_wrong_ones_do() {
    let other = SignerKey::from_seed("other", &[7; 32]);
    let keys = [verifier(VERIFIER)];
    let cosigned = format!(
        "{SIGNED}{}",
        Note::sign(TEXT.to_owned(), &other).to_string().replacen(&format!("{TEXT}\n"), "", 1)
    );
    let note: Note = cosigned.parse().unwrap();
    assert_eq!((note.signatures(), note.verify(&keys).unwrap().name()), (2, "PeterNeumann"));
    let found = vec!["PeterNeumann+c74f20a3".to_owned()];
    let note: Note = SIGNED.parse().unwrap();
    assert_eq!(note.verify(&[other.verifier().clone()]), Err(Untrusted::OtherKey { found }));
    let forged: Note = SIGNED.replace("answer", "puzzle").parse().unwrap();
    assert_eq!(forged.verify(&keys), Err(Untrusted::Forged { key: "PeterNeumann+c74f20a3".to_owned() }));
}

#[test]
fn what_is_no_note_is_refused() {
    let cases = [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— a\n",
        "text\n\n— a AAAA\n\n",
        "text\n\n— a+b AAAAAAAA\n",
        "text\n\n- a AAAAAAAA\n",
        "te\txt\n\n— a AAAAAAAA\n",
        "text\n\n— a AAAAAAAA",
        "text\n\n— a AAAAAAB=\n",
        "text\n\n— a AAA=\n",
    ];
    for text in cases {
        assert!(text.parse::<Note>().is_err(), "{text:?}");
    }
    assert!("text\n\n— a AAAAAAA=\n".parse::<Note>().is_ok());
}

#[test]
fn keys_with_mistakes_are_refused_by_name() {
    let refused = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    assert_eq!(refused(""), InvalidKey::Form);
    assert_eq!(refused("PeterNeumann+c74f20a3"), InvalidKey::Form);
    assert_eq!(refused(&VERIFIER.replace("c74f20a3", "c74f20a4")), InvalidKey::Id);
    assert_eq!(refused(&VERIFIER.replace("PeterN", "Peter N")), InvalidKey::Form);
    assert_eq!(refused(SIGNER), InvalidKey::Secret);
    assert_eq!(VERIFIER.parse::<SignerKey>().unwrap_err(), InvalidKey::NotSecret);
    assert_eq!(SIGNER.replace("AYEK", "AYEL").parse::<SignerKey>().unwrap_err(), InvalidKey::Id);
}

#[test]
fn a_checkpoint_has_one_form() {
    let key = SignerKey::from_seed("escalon/notary", &[1; 32]);
    let checkpoint = Checkpoint { origin: origin("organization_1"), size: 12, root: tree::empty() };
    let text = "escalon/organization_1\n12\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    assert_eq!(checkpoint.to_string(), text);
    assert_eq!(text.parse(), Ok(checkpoint.clone()));
    let signed = checkpoint.sign(&key);
    assert_eq!(signed.to_string().parse(), Ok(signed));
    let wrong = [
        ("12", "012"),
        ("12", "+12"),
        ("12", "-1"),
        ("47DE", "47D"),
        ("12\n", ""),
        ("escalon/organization_1", ""),
    ];
    for (from, to) in wrong {
        assert!(text.replacen(from, to, 1).parse::<Checkpoint>().is_err(), "{from} {to}");
    }
    let further: Checkpoint = format!("{text}anything\n").parse().unwrap();
    assert_eq!(further, checkpoint, "the format allows further lines");
}

#[test]
fn checkpoints_follow_each_other_in_an_anchor() {
    let key = SignerKey::from_seed("escalon/notary", &[1; 32]);
    let at = |size| Checkpoint { origin: origin("organization_1"), size, root: tree::empty() }.sign(&key);
    let (one, two) = (at(1), at(2));
    assert_eq!(SignedCheckpoint::all("").unwrap(), []);
    for between in ["", "\n", "\n\n"] {
        let all = SignedCheckpoint::all(&format!("{one}{between}{two}{between}")).unwrap();
        assert_eq!(all, [one.clone(), two.clone()]);
    }
    assert!(SignedCheckpoint::all(&format!("{one}\nsomething else\n")).is_err());
}
