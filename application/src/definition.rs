//! Defining things: roles, teams, ticket types. One set of use cases serves every kind.

use escalon_domain::{
    access::{Permission, Role},
    alert_rule::AlertRule,
    claim::Claim,
    definition::{Body, Definition, DefinitionCommand, Pin},
    id::Id,
    maintenance::MaintenanceWindow,
    member::{MemberError, MemberId},
    policy::Target,
    routing::RoutingRule,
    slug::Slug,
    source::Source,
    team::Team,
    ticket_type::TicketType,
};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment},
    failure::Failure,
    once::Once,
    ports::Without,
};

impl<B: Body> Guarded for Definition<B> {}

/// What a kind of definition demands of whoever defines it.
pub trait Governed: Body {
    /// The permission to define it.
    const DEFINE: Permission;

    /// The members it names; they have to be there.
    fn members(&self) -> Vec<MemberId> {
        Vec::new()
    }

    /// At which level it lets its holders grant roles, if it is a role that does.
    fn administers(&self) -> Option<u8> {
        None
    }

    /// A further rule, for example that nobody defines or grants a role above their own level.
    ///
    /// # Errors
    /// The rule forbids it.
    fn govern(&self, caller: &Caller) -> Result<(), Failure> {
        let _ = caller;
        Ok(())
    }
}

impl Governed for Role {
    const DEFINE: Permission = Permission::RoleDefine;

    fn administers(&self) -> Option<u8> {
        self.permissions.contains(&Permission::RoleGrant).then_some(self.level)
    }

    fn govern(&self, caller: &Caller) -> Result<(), Failure> {
        if !caller.grants.reach(self.level) {
            let message = format!(
                "your level is {}; nobody defines or grants a role above their own level",
                caller.grants.level
            );
            return Err(Failure::invalid(["level"], message));
        }
        match self.permissions.iter().find(|permission| !caller.grants.allow(**permission)) {
            Some(permission) => {
                let message =
                    format!("you do not have {permission} yourself; nobody gives away what they do not have");
                Err(Failure::invalid(["permissions"], message))
            }
            None => Ok(()),
        }
    }
}

impl Governed for Team {
    const DEFINE: Permission = Permission::TeamDefine;

    fn members(&self) -> Vec<MemberId> {
        self.members.iter().copied().collect()
    }
}

impl Governed for TicketType {
    const DEFINE: Permission = Permission::TicketTypeDefine;
}

impl Governed for Source {
    const DEFINE: Permission = Permission::SourceDefine;
}

impl Governed for MaintenanceWindow {
    const DEFINE: Permission = Permission::MaintenanceWindowDefine;
}

impl Governed for RoutingRule {
    const DEFINE: Permission = Permission::RoutingRuleDefine;

    fn members(&self) -> Vec<MemberId> {
        self.targets.iter().filter_map(member).collect()
    }
}

impl Governed for AlertRule {
    const DEFINE: Permission = Permission::AlertRuleDefine;

    fn members(&self) -> Vec<MemberId> {
        self.targets.iter().filter_map(member).collect()
    }
}

fn member(target: &Target) -> Option<MemberId> {
    if let Target::Member(id) = target { Some(*id) } else { None }
}

impl Engine {
    /// Defines something new.
    ///
    /// # Errors
    /// Not permitted, wrong input, or a name that is taken.
    pub async fn define<B: Governed>(
        &self,
        caller: &Caller,
        body: B,
        once: &Once,
    ) -> Result<Done<Definition<B>>, Failure> {
        caller.must(B::DEFINE)?;
        body.govern(caller)?;
        self.must_be_members(caller, &body.members()).await?;
        self.create(caller, self.new_id(), DefinitionCommand::Define(body), once).await
    }

    /// Replaces the body of something defined. What is pinned to the version before stays so.
    ///
    /// # Errors
    /// Not permitted, not there, retired, wrong input, or a name that is taken.
    pub async fn revise<B: Governed>(
        &self,
        caller: &Caller,
        id: Id<Definition<B>>,
        body: B,
        once: &Once,
    ) -> Result<Done<Definition<B>>, Failure> {
        caller.must(B::DEFINE)?;
        body.govern(caller)?;
        self.must_be_members(caller, &body.members()).await?;
        let _turn = self.administration.lock().await;
        self.govern_present(caller, id, body.administers()).await?;
        self.change(caller, id, DefinitionCommand::Revise(body), once).await
    }

    /// Ends something defined.
    ///
    /// # Errors
    /// Not permitted, not there, or retired already.
    pub async fn retire<B: Governed>(
        &self,
        caller: &Caller,
        id: Id<Definition<B>>,
        reason: String,
        once: &Once,
    ) -> Result<Done<Definition<B>>, Failure> {
        caller.must(B::DEFINE)?;
        let _turn = self.administration.lock().await;
        self.govern_present(caller, id, None).await?;
        self.change(caller, id, DefinitionCommand::Retire { reason }, once).await
    }

    /// The rule of the kind holds for what is there, too: a role above one's level cannot be weakened. And a role by which
    /// people administer the organization is kept, unless somebody does so at its level by another one.
    async fn govern_present<B: Governed>(
        &self,
        caller: &Caller,
        id: Id<Definition<B>>,
        administers: Option<u8>,
    ) -> Result<(), Failure> {
        let (present, _) = self.load(caller, id, Moment::Now).await?;
        let Some(body) = present.living() else { return Ok(()) };
        body.govern(caller)?;
        let Some(level) = body.administers().filter(|level| administers.is_none_or(|then| then > *level))
        else {
            return Ok(());
        };
        if self.administered(caller, level, Without::Role(id.cast())).await? {
            return Ok(());
        }
        Err(Failure::refused(MemberError::LastAdministrator, B::PREFIX, &id))
    }

    /// Something defined, at a moment. Every member may see what their organization defines.
    ///
    /// # Errors
    /// It is not there.
    pub async fn definition<B: Body>(
        &self,
        caller: &Caller,
        id: Id<Definition<B>>,
        moment: Moment,
    ) -> Result<Done<Definition<B>>, Failure> {
        self.at(caller, id, moment).await
    }

    /// The id of something living, by its id or short name.
    ///
    /// # Errors
    /// There is nothing of that id or name.
    pub async fn resolve<B: Body>(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<Id<Definition<B>>, Failure> {
        let missing = || Failure::NotFound { what: B::PREFIX, id: reference.chars().take(80).collect() };
        if let Ok(id) = reference.parse::<Id<Definition<B>>>() {
            let (definition, _) = self.load(caller, id, Moment::Now).await?;
            return definition.living().map(|_| id).ok_or_else(missing);
        }
        let name: Slug = reference.parse().map_err(|_| missing())?;
        // A remembered name is good as long as what it named still has it.
        if let Some(id) = self.cache.named::<B>(caller.organization, &name) {
            let (definition, _) = self.load(caller, id, Moment::Now).await?;
            if definition.living().is_some_and(|body| *body.name() == name) {
                return Ok(id);
            }
        }
        let claim = Claim::organization(&format!("{}.name", B::PREFIX), name.as_str());
        let holder = self.ports.store.holder(caller.organization, &claim).await?;
        let id = holder.and_then(|id| id.parse().ok()).ok_or_else(missing)?;
        self.cache.name::<B>(caller.organization, &name, id);
        Ok(id)
    }

    /// A living definition with the version to pin, by its id or short name.
    pub(crate) async fn living<B: Body>(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<(Pin<B>, B), Failure> {
        let id = self.resolve::<B>(caller, reference).await?;
        let (definition, version) = self.load(caller, id, Moment::Now).await?;
        let body = definition.living().cloned();
        let body = body.ok_or_else(|| Failure::NotFound { what: B::PREFIX, id: reference.to_owned() })?;
        Ok((Pin { id, version }, body))
    }

    /// The body that something is pinned to.
    pub(crate) async fn pinned<B: Body>(&self, caller: &Caller, pin: Pin<B>) -> Result<B, Failure> {
        let (definition, _) = self.load(caller, pin.id, Moment::Version(pin.version)).await?;
        definition.body.clone().ok_or_else(|| Failure::NotFound { what: B::PREFIX, id: pin.id.to_string() })
    }
}
