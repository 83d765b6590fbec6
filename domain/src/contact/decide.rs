//! The rules of how a member is reached.

use super::{
    Channel, Code, Consent, ConsentGiven, ConsentWithdrawn, ContactMethodAdded, ContactMethodId,
    ContactMethodRemoved, ContactMethodVerified, PreferencesSet, Proof, QuietHoursSet, Reach, ReachCommand,
    RulesSet, ZoneSet, rule,
};
use crate::{
    fault::Fault,
    member::{MemberError, MemberEvent},
    personal::{Personal, SubjectId},
};

const MOST_METHODS: usize = 20;

type Decided = Result<Vec<MemberEvent>, MemberError>;

pub(crate) fn decide(reach: &Reach, subject: SubjectId, command: ReachCommand) -> Decided {
    use ReachCommand as Command;
    match command {
        Command::AddMethod { method, channel, address, vouched } => {
            let address = new_address(reach, channel, &address).map_err(MemberError::Invalid)?;
            let address = Personal::new(subject, address);
            let mut events = vec![ContactMethodAdded { method, channel, address }.into()];
            if vouched {
                events.push(ContactMethodVerified { method, proof: Proof::Vouched }.into());
            }
            Ok(events)
        }
        Command::VerifyMethod { method, code } => verify(reach, method, code),
        Command::RemoveMethod { method } => Ok(remove(reach, method)),
        Command::SetRules { rules } => {
            let faults = rule::faults(&rules, |method| reach.methods.contains_key(&method));
            checked(faults)?;
            Ok(change(&reach.rules, &rules, || RulesSet { rules: rules.clone() }.into()))
        }
        Command::SetPreferences(preferences) => Ok(change(&reach.preferences, &preferences, || {
            PreferencesSet { preferences: preferences.clone() }.into()
        })),
        Command::SetQuietHours(quiet_hours) => {
            checked(quiet_hours.iter().flat_map(|hours| hours.faults()).collect())?;
            Ok(change(&reach.quiet_hours, &quiet_hours, || QuietHoursSet { quiet_hours }.into()))
        }
        Command::SetZone(zone) => Ok(change(&reach.zone, &Some(zone), || ZoneSet { zone }.into())),
        Command::GiveConsent { channel, means } => {
            needs_consent(channel)?;
            let given = reach.consents.get(&channel).is_some_and(|consent| consent.given);
            Ok(if given { Vec::new() } else { vec![ConsentGiven { channel, means }.into()] })
        }
        Command::WithdrawConsent { channel, means } => {
            needs_consent(channel)?;
            // Who never consented may still forbid it: that is on record then.
            let withdrawn = matches!(reach.consents.get(&channel), Some(Consent { given: false, .. }));
            Ok(if withdrawn { Vec::new() } else { vec![ConsentWithdrawn { channel, means }.into()] })
        }
    }
}

/// The address as it is kept, or all that speaks against it.
fn new_address(reach: &Reach, channel: Channel, text: &str) -> Result<String, Vec<Fault>> {
    let mut faults = Vec::new();
    if reach.methods.len() >= MOST_METHODS {
        let message = format!("may be {MOST_METHODS} at most; remove one that is not needed any more");
        faults.push(Fault::at(["methods"], message));
    }
    match channel.address(text) {
        Err(message) => faults.push(Fault::at(["address"], message)),
        Ok(address) => {
            let same = |(_, known): &(_, &super::ContactMethod)| {
                known.channel == channel && known.address.reveal() == Some(&address)
            };
            if let Some((id, _)) = reach.methods.iter().find(same) {
                faults.push(Fault::at(["address"], format!("is there already, as {id}")));
            }
            if faults.is_empty() {
                return Ok(address);
            }
        }
    }
    Err(faults)
}

fn verify(reach: &Reach, method: ContactMethodId, code: Code) -> Decided {
    let known = reach.methods.get(&method).ok_or(MemberError::NoContactMethod(method))?;
    if known.verified_at.is_some() {
        return Ok(Vec::new());
    }
    let message = match code {
        Code::Right => return Ok(vec![ContactMethodVerified { method, proof: Proof::Code }.into()]),
        Code::Wrong => "is not the code that was sent last; look again, or have a new one sent",
        Code::Expired => "is too old, or was tried too often; have a new one sent",
    };
    Err(MemberError::Invalid(vec![Fault::at(["code"], message)]))
}

/// The rules that name it go with it.
fn remove(reach: &Reach, method: ContactMethodId) -> Vec<MemberEvent> {
    if !reach.methods.contains_key(&method) {
        return Vec::new();
    }
    let mut events = vec![ContactMethodRemoved { method }.into()];
    let rules: Vec<_> = reach.rules.iter().copied().filter(|rule| rule.method != method).collect();
    if rules.len() < reach.rules.len() {
        events.push(RulesSet { rules }.into());
    }
    events
}

fn needs_consent(channel: Channel) -> Result<(), MemberError> {
    if channel.needs_consent() {
        return Ok(());
    }
    let message = "needs no consent; sms, call and whats_app do";
    Err(MemberError::Invalid(vec![Fault::at(["channel"], message)]))
}

fn checked(faults: Vec<Fault>) -> Result<(), MemberError> {
    if faults.is_empty() { Ok(()) } else { Err(MemberError::Invalid(faults)) }
}

fn change<T: PartialEq>(now: &T, then: &T, event: impl FnOnce() -> MemberEvent) -> Vec<MemberEvent> {
    if now == then { Vec::new() } else { vec![event()] }
}
