//! The rules of membership.

use super::{
    Email, Invited, Joined, Member, MemberCommand, MemberError, MemberEvent, MemberStatus, Reinstated,
    RoleGranted, RoleRevoked, Suspended,
};
use crate::{
    contact::{self, ReachCommand},
    fault,
    personal::{Forgotten, OnceBare, Personal},
};

pub(super) fn decide(member: &Member, command: MemberCommand) -> Result<Vec<MemberEvent>, MemberError> {
    use MemberCommand as Command;
    match (&command, member.status) {
        (Command::Invite { .. }, MemberStatus::Unknown)
        | (Command::Reinstate { .. }, MemberStatus::Suspended) => {}
        (Command::Invite { .. }, _) => return Err(MemberError::AlreadyInvited),
        (_, MemberStatus::Unknown) => return Err(MemberError::NotInvited),
        (Command::Suspend { .. }, MemberStatus::Suspended)
        | (Command::Forget { .. }, MemberStatus::Forgotten) => return Ok(Vec::new()),
        (_, MemberStatus::Forgotten) => return Err(MemberError::Forgotten),
        // What somebody forbids is forbidden, whatever they may do otherwise.
        (
            Command::Forget { .. } | Command::Reach(ReachCommand::WithdrawConsent { .. }),
            MemberStatus::Suspended,
        ) => {}
        (_, MemberStatus::Suspended) => return Err(MemberError::Suspended),
        (Command::Join, MemberStatus::Active) => return Err(MemberError::AlreadyJoined),
        _ => {}
    }
    Ok(match command {
        Command::Invite { subject, name, email, email_digest, roles, inviter, joins } => {
            if let Some(fault) = fault::length(["name"], &name, 1, 200) {
                return Err(MemberError::Invalid(vec![fault]));
            }
            let email = email.map(|email| Personal::new(subject, email));
            let email_digest = email_digest.map(|digest| OnceBare::new(subject, digest));
            let mut events = vec![Invited { name: Personal::new(subject, name), email, email_digest }.into()];
            for (role, level) in roles {
                within_reach(inviter, level)?;
                events.push(RoleGranted { role }.into());
            }
            if joins {
                events.push(Joined {}.into());
            }
            events
        }
        Command::Join => vec![Joined {}.into()],
        Command::GrantRole { role, level, granter } => {
            within_reach(granter, level)?;
            if member.roles.contains(&role) { Vec::new() } else { vec![RoleGranted { role }.into()] }
        }
        Command::RevokeRole { role, level, revoker, another_administrator } => {
            within_reach(revoker, level)?;
            if !member.roles.contains(&role) {
                return Ok(Vec::new());
            }
            if !another_administrator {
                return Err(MemberError::LastAdministrator);
            }
            vec![RoleRevoked { role }.into()]
        }
        Command::Suspend { reason, level, suspender, another_administrator } => {
            within_reach(suspender, level)?;
            if !another_administrator {
                return Err(MemberError::LastAdministrator);
            }
            if let Some(fault) = fault::length(["reason"], &reason, 1, 2_000) {
                return Err(MemberError::Invalid(vec![fault]));
            }
            let reason = match &member.name {
                Some(name) => OnceBare::new(name.subject, reason),
                None => OnceBare::Bare(reason),
            };
            vec![Suspended { reason }.into()]
        }
        Command::Reinstate { level, reinstater } => {
            within_reach(reinstater, level)?;
            if member.status == MemberStatus::Suspended { vec![Reinstated {}.into()] } else { Vec::new() }
        }
        Command::Reach(command) => {
            let subject = member.name.as_ref().ok_or(MemberError::NotInvited)?.subject;
            contact::decide(&member.reach, subject, command)?
        }
        Command::Forget { subject, reason, held, level, forgetter, another_administrator } => {
            within_reach(forgetter, level)?;
            if !another_administrator {
                return Err(MemberError::LastAdministrator);
            }
            let name = member.name.as_ref().and_then(Personal::reveal).map(String::as_str);
            let email = member.email.as_ref().and_then(Personal::reveal).map(Email::as_str);
            let known: Vec<&str> = name.into_iter().chain(email).chain(member.reach.names()).collect();
            vec![Forgotten::new(subject, reason, held, &known).map_err(MemberError::Invalid)?.into()]
        }
    })
}

/// Nobody acts above their own level; 1 is the highest.
fn within_reach(own: u8, level: u8) -> Result<(), MemberError> {
    if level < own { Err(MemberError::AboveOwnLevel { own, level }) } else { Ok(()) }
}
