//! Defining things: roles, teams, ticket types. One set of use cases serves every kind.

use escalon_domain::{
    access::{Permission, Role},
    claim::Claim,
    definition::{Body, Definition, DefinitionCommand, Pin},
    id::Id,
    team::Team,
    ticket_type::TicketType,
};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment},
    failure::Failure,
    once::Once,
};

impl<B: Body> Guarded for Definition<B> {}

/// What a kind of definition demands of whoever defines it.
pub trait Governed: Body {
    /// The permission to define it.
    const DEFINE: Permission;

    /// A further rule, for example that nobody defines a role above their own level.
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

    fn govern(&self, caller: &Caller) -> Result<(), Failure> {
        if !caller.grants.reach(self.level) {
            let message =
                format!("your level is {}; nobody defines a role above their own level", caller.grants.level);
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
}

impl Governed for TicketType {
    const DEFINE: Permission = Permission::TicketTypeDefine;
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
        self.change(caller, self.new_id(), DefinitionCommand::Define(body), once).await
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
        self.govern_present(caller, id).await?;
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
        self.govern_present(caller, id).await?;
        self.change(caller, id, DefinitionCommand::Retire { reason }, once).await
    }

    /// The rule of the kind holds for what is there, too: a role above one's level cannot be weakened.
    async fn govern_present<B: Governed>(
        &self,
        caller: &Caller,
        id: Id<Definition<B>>,
    ) -> Result<(), Failure> {
        let (present, _) = self.load(caller, id, Moment::Now).await?;
        present.living().map_or(Ok(()), |body| body.govern(caller))
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
        self.see(caller, id, moment).await
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
        let claim = Claim::organization(&format!("{}.name", B::PREFIX), reference);
        let holder = self.ports.store.holder(caller.organization, &claim).await?;
        holder.and_then(|id| id.parse().ok()).ok_or_else(missing)
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
        definition.body.ok_or_else(|| Failure::NotFound { what: B::PREFIX, id: pin.id.to_string() })
    }
}
