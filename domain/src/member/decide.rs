//! The rules of membership.

use super::{
    Invited, Joined, Member, MemberCommand, MemberError, MemberEvent, MemberStatus, Reinstated, RoleGranted,
    RoleRevoked, Suspended,
};
use crate::{fault, personal::Personal};

pub(super) fn decide(member: &Member, command: MemberCommand) -> Result<Vec<MemberEvent>, MemberError> {
    use MemberCommand as Command;
    match (&command, member.status) {
        (Command::Invite { .. }, MemberStatus::Unknown)
        | (Command::Reinstate { .. }, MemberStatus::Suspended) => {}
        (Command::Invite { .. }, _) => return Err(MemberError::AlreadyInvited),
        (_, MemberStatus::Unknown) => return Err(MemberError::NotInvited),
        (Command::Suspend { .. }, MemberStatus::Suspended) => return Ok(Vec::new()),
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
            vec![Suspended { reason }.into()]
        }
        Command::Reinstate { level, reinstater } => {
            within_reach(reinstater, level)?;
            if member.status == MemberStatus::Suspended { vec![Reinstated {}.into()] } else { Vec::new() }
        }
    })
}

/// Nobody acts above their own level; 1 is the highest.
fn within_reach(own: u8, level: u8) -> Result<(), MemberError> {
    if level < own { Err(MemberError::AboveOwnLevel { own, level }) } else { Ok(()) }
}
