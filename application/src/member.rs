//! Members: inviting them and giving them roles.

use std::collections::BTreeMap;

use escalon_domain::{
    access::{Grants, Permission, Role},
    member::{Email, Member, MemberCommand, MemberError, MemberId, MemberStatus},
};

use crate::{
    caller::Caller,
    definition::Governed,
    engine::{Done, Engine, Guarded, Moment},
    failure::Failure,
    once::Once,
    ports::{StoreError, Without},
};

impl Guarded for Member {
    fn visible_to(&self, _: &Caller) -> bool {
        self.status != MemberStatus::Unknown
    }
}

/// What inviting somebody needs.
#[derive(Debug, Clone, Default)]
pub struct InviteMember {
    /// Their id, if the inviter derives it from something; a new one otherwise.
    pub id: Option<MemberId>,
    /// Their name.
    pub name: String,
    /// Their address; without one they cannot join.
    pub email: Option<Email>,
    /// The ids or short names of the roles they get at once.
    pub roles: Vec<String>,
    /// Whether they join at once: somebody who registers by themselves.
    pub joins: bool,
}

impl Engine {
    /// Invites somebody, with roles up to the caller's own level.
    ///
    /// # Errors
    /// Not permitted, an unknown role or one above the caller's level, wrong input, or an address that is taken.
    pub async fn invite_member(
        &self,
        caller: &Caller,
        input: InviteMember,
        once: &Once,
    ) -> Result<Done<Member>, Failure> {
        caller.must(Permission::MemberInvite)?;
        if !input.roles.is_empty() {
            caller.must(Permission::RoleGrant)?;
        }
        let mut roles = BTreeMap::new();
        for role in &input.roles {
            let (pin, body) = self.living::<Role>(caller, role).await?;
            body.govern(caller)?;
            roles.insert(pin.id, body.level);
        }
        let given = input.id.is_some();
        let id = input.id.unwrap_or_else(|| self.new_id());
        let email_digest = match &input.email {
            Some(email) => Some(self.email_digest(caller, email).await?),
            None => None,
        };
        let InviteMember { name, email, .. } = input;
        let (subject, inviter, joins) = (id.cast(), caller.grants.level, input.joins);
        let invite = MemberCommand::Invite { subject, name, email, email_digest, roles, inviter, joins };
        if given {
            self.change(caller, id, invite, once).await
        } else {
            self.create(caller, id, invite, once).await
        }
    }

    /// Gives a member a role (by id or short name), up to the caller's own level.
    ///
    /// # Errors
    /// Not permitted, not there, or a role above the caller's level.
    pub async fn grant_role(
        &self,
        caller: &Caller,
        member: MemberId,
        role: &str,
        once: &Once,
    ) -> Result<Done<Member>, Failure> {
        caller.must(Permission::RoleGrant)?;
        let grant = self.grant(caller, role).await?;
        self.change(caller, member, grant, once).await
    }

    /// Takes a role from a member. The last administrator stays one.
    ///
    /// # Errors
    /// Not permitted, not there, a role above the caller's level, or the last administrator.
    pub async fn revoke_role(
        &self,
        caller: &Caller,
        member: MemberId,
        role: &str,
        once: &Once,
    ) -> Result<Done<Member>, Failure> {
        caller.must(Permission::RoleGrant)?;
        let (pin, body) = self.living::<Role>(caller, role).await?;
        let own = self.grants_of(caller, &self.see(caller, member, Moment::Now).await?.state).await?.level;
        if !caller.grants.reach(own) {
            let refusal = MemberError::AboveOwnLevel { own: caller.grants.level, level: own };
            return Err(Failure::refused(refusal, "member", &member));
        }
        // One decision about administrators at a time: two of them could take the office from each other.
        let _turn = self.administration.lock().await;
        let administers = body.permissions.contains(&Permission::RoleGrant);
        let without = Without::Member(member);
        let another_administrator = !administers || self.administered(caller, body.level, without).await?;
        let (level, revoker) = (body.level, caller.grants.level);
        let revoke = MemberCommand::RevokeRole { role: pin.id, level, revoker, another_administrator };
        self.change(caller, member, revoke, once).await
    }

    /// Stops a member from acting. The last administrator stays.
    ///
    /// # Errors
    /// Not permitted, not there, a member above the caller's level, or the last administrator.
    pub async fn suspend_member(
        &self,
        caller: &Caller,
        member: MemberId,
        reason: String,
        once: &Once,
    ) -> Result<Done<Member>, Failure> {
        caller.must(Permission::MemberSuspend)?;
        let grants = self.grants_of(caller, &self.see(caller, member, Moment::Now).await?.state).await?;
        let _turn = self.administration.lock().await;
        let administers = grants.allow(Permission::RoleGrant);
        let without = Without::Member(member);
        let another_administrator = !administers || self.administered(caller, grants.level, without).await?;
        let (level, suspender) = (grants.level, caller.grants.level);
        self.change(
            caller,
            member,
            MemberCommand::Suspend { reason, level, suspender, another_administrator },
            once,
        )
        .await
    }

    /// Lets a suspended member act again.
    ///
    /// # Errors
    /// Not permitted, not there, or a member above the caller's level.
    pub async fn reinstate_member(
        &self,
        caller: &Caller,
        member: MemberId,
        once: &Once,
    ) -> Result<Done<Member>, Failure> {
        caller.must(Permission::MemberSuspend)?;
        let grants = self.grants_of(caller, &self.see(caller, member, Moment::Now).await?.state).await?;
        let reinstate = MemberCommand::Reinstate { level: grants.level, reinstater: caller.grants.level };
        self.change(caller, member, reinstate, once).await
    }

    /// A member of the caller's organization; everybody may see themselves.
    ///
    /// # Errors
    /// Not permitted, or not there.
    pub async fn member(
        &self,
        caller: &Caller,
        id: MemberId,
        moment: Moment,
    ) -> Result<Done<Member>, Failure> {
        if caller.member() != Some(id) {
            caller.must(Permission::MemberRead)?;
        }
        self.at(caller, id, moment).await
    }

    /// What a member's roles add up to.
    pub(crate) async fn grants_of(&self, caller: &Caller, member: &Member) -> Result<Grants, Failure> {
        let mut roles = Vec::new();
        for role in &member.roles {
            let (definition, _) = self.load(caller, *role, Moment::Now).await?;
            roles.extend(definition.living().cloned());
        }
        Ok(Grants::of(&roles))
    }

    async fn grant(&self, caller: &Caller, role: &str) -> Result<MemberCommand, Failure> {
        let (pin, body) = self.living::<Role>(caller, role).await?;
        let (level, granter) = (body.level, caller.grants.level);
        if !caller.grants.reach(level) {
            return Err(Failure::refused(MemberError::AboveOwnLevel { own: granter, level }, "member", &""));
        }
        body.govern(caller)?;
        Ok(MemberCommand::GrantRole { role: pin.id, level, granter })
    }

    /// Whether, without this, somebody can still grant roles of this level.
    pub(crate) async fn administered(
        &self,
        caller: &Caller,
        level: u8,
        without: Without,
    ) -> Result<bool, Failure> {
        let directory = &self.ports.directory;
        Ok(directory.somebody_has(caller.organization, Permission::RoleGrant, level, without).await?)
    }

    /// What stands for an address where it must be unique in an organization.
    pub(crate) async fn email_digest(&self, caller: &Caller, email: &Email) -> Result<String, StoreError> {
        self.ports.people.digest(caller.organization, "member.email", &email.key()).await
    }
}
