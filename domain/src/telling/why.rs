//! Why somebody was told, or was not, in plain words: read off the candidates that were recorded, never worked out again.

use crate::{
    contact::Channel,
    member::MemberId,
    notification::{Candidate, NotificationId, Occasion, Planned, Reason, Verdict, Withheld},
    policy::Target,
    stamp::Timestamp,
    zone::Zone,
};

/// Why there is this notification: how its recipient came to be told by it, and which channels were passed over. Moments are
/// shown in this zone. None when it is not among these candidates.
#[must_use]
pub fn why(
    occasion: &Occasion,
    candidates: &[Candidate],
    notification: NotificationId,
    zone: Zone,
) -> Option<Vec<String>> {
    candidates.iter().find_map(|candidate| {
        let Verdict::Told { by, withheld } = &candidate.verdict else { return None };
        let planned = by.iter().find(|planned| planned.notification == notification)?;
        let mut words = vec![told(planned, &because(&candidate.through, occasion), zone)];
        words.extend(withheld.iter().map(|withheld| passed_over(withheld, by, zone)));
        Some(words)
    })
}

/// Why a member was not told of something, or not by some channel, or how they were told after all.
#[must_use]
pub fn why_not(occasion: &Occasion, candidates: &[Candidate], member: MemberId, zone: Zone) -> Vec<String> {
    let mut words = Vec::new();
    for candidate in candidates.iter().filter(|candidate| candidate.member == member) {
        let because = because(&candidate.through, occasion);
        match &candidate.verdict {
            Verdict::Told { by, withheld } => {
                words.extend(by.iter().map(|planned| told(planned, &because, zone)));
                words.extend(withheld.iter().map(|withheld| passed_over(withheld, by, zone)));
            }
            Verdict::NotTold { why, withheld } => {
                words.push(match why {
                    // They are a candidate because they might have been.
                    Reason::OffCall => format!("not told: not {because}"),
                    _ => format!("not told: {}; considered because {because}", why.words()),
                });
                words.extend(withheld.iter().map(|withheld| passed_over(withheld, &[], zone)));
            }
        }
    }
    if words.is_empty() {
        words.push("not told: none of the targets led to them".to_owned());
    }
    words
}

fn told(planned: &Planned, because: &str, zone: Zone) -> String {
    format!("told by {} at {}, because {because}", planned.channel, show(planned.at, zone))
}

/// “not by text message: no consent”; for what was only put off: “not by email until …: quiet hours”.
fn passed_over(withheld: &Withheld, by: &[Planned], zone: Zone) -> String {
    let Withheld { channel, why } = withheld;
    let later = by.iter().filter(|planned| planned.channel == *channel).map(|planned| planned.at).min();
    match later {
        Some(at) if why.puts_off() => format!("not by {channel} until {}: {}", show(at, zone), why.words()),
        _ if *channel == Channel::InApp => format!("not in the application: {}", why.words()),
        _ => format!("not by {channel}: {}", why.words()),
    }
}

/// What made somebody a candidate: “on call in schedule primary (level 2)”.
#[must_use]
pub fn because(through: &Target, occasion: &Occasion) -> String {
    let through = match through {
        Target::Member(_) => "named in person".to_owned(),
        Target::Role(name) => format!("in role {name}"),
        Target::Team(name) => format!("in team {name}"),
        Target::Schedule(name) => format!("on call in schedule {name}"),
        Target::Channel(name) => format!("in channel {name}"),
        Target::Requester => "they asked for it".to_owned(),
        Target::Assignee => "it is assigned to them".to_owned(),
    };
    match occasion.level() {
        Some(level) => format!("{through} (level {level})"),
        None => through,
    }
}

fn show(at: Timestamp, zone: Zone) -> String {
    format!("{} ({zone})", zone.wall(at).format("%Y-%m-%d %H:%M"))
}
