//! Who is not told at all.

use escalon_domain::{
    contact::ContactMethod,
    escalation::Urgency,
    member::MemberStatus,
    notification::{Reason, Verdict},
    policy::Target,
    telling::{Considered, Telling, tell},
};

use super::{MAIL, PHONE, alice, of, only, person, urgent};
use crate::cast::{ALICE, BOB, slug};

fn spared(telling: &Telling, to: Considered) -> Reason {
    match only(telling, to).verdict {
        Verdict::NotTold { why, withheld } if withheld.is_empty() => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_cannot_or_need_not_be_told() {
    let status = |status| Considered { status, ..alice() };
    assert_eq!(spared(&urgent(), status(MemberStatus::Suspended)), Reason::Suspended);
    assert_eq!(spared(&urgent(), status(MemberStatus::Forgotten)), Reason::Forgotten);
    assert_eq!(spared(&urgent(), status(MemberStatus::Unknown)), Reason::Forgotten);
    assert_eq!(spared(&urgent(), Considered { on_call: false, ..alice() }), Reason::OffCall);
    for withhold in [Reason::Suppressed, Reason::Acknowledged] {
        assert_eq!(spared(&Telling { withhold: Some(withhold), ..urgent() }, alice()), withhold);
    }
}

#[test]
fn the_weightiest_reason_is_named() {
    let withheld = Telling { withhold: Some(Reason::Suppressed), ..urgent() };
    let off_call = Considered { on_call: false, ..alice() };
    assert_eq!(spared(&withheld, off_call.clone()), Reason::Suppressed);
    let gone = Considered { status: MemberStatus::Forgotten, ..off_call };
    assert_eq!(spared(&withheld, gone), Reason::Forgotten);
}

#[test]
fn who_is_told_through_one_target_is_not_told_again_through_another() {
    let again = Considered { through: Target::Role(slug("manager")), ..alice() };
    let candidates = tell(&urgent(), &[alice(), person(BOB), again.clone()]);
    assert!(matches!(candidates[0].verdict, Verdict::Told { .. }));
    assert!(matches!(candidates[1].verdict, Verdict::Told { .. }));
    assert_eq!(candidates[2].verdict, Verdict::NotTold { why: Reason::Duplicate, withheld: vec![] });
    assert_eq!(candidates[2].through, Target::Role(slug("manager")));

    // Who is not told through the first may be told through the second.
    let candidates = tell(&urgent(), &[Considered { on_call: false, ..alice() }, again]);
    assert_eq!(candidates[0].verdict, Verdict::NotTold { why: Reason::OffCall, withheld: vec![] });
    assert!(matches!(candidates[1].verdict, Verdict::Told { .. }));
}

#[test]
fn who_was_told_of_it_is_not_told_again() {
    let mut known = alice();
    known.told.already.insert(ContactMethod::in_app(ALICE));
    assert_eq!(spared(&urgent(), known.clone()), Reason::Duplicate);
    known.told.already.insert(MAIL);
    assert_eq!(spared(&urgent(), known), Reason::Duplicate);
}

#[test]
fn who_has_no_address_and_has_not_joined_cannot_be_told() {
    let mut invited = Considered { status: MemberStatus::Invited, ..alice() };
    invited.reach.methods.clear();
    let candidate = only(&urgent(), invited.clone());
    assert!(matches!(candidate.verdict, Verdict::NotTold { why: Reason::NoMethod, .. }), "{candidate:?}");

    let mut method = alice().reach.methods[&PHONE].clone();
    method.verified_at = None;
    invited.reach.methods.insert(PHONE, method);
    let candidate = only(&of(Urgency::Low), invited);
    assert!(matches!(candidate.verdict, Verdict::NotTold { why: Reason::Unverified, .. }), "{candidate:?}");
}
