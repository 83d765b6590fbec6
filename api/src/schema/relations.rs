//! Related objects, loaded together and once per request, as the caller may see them.

use std::{collections::HashMap, hash::Hash};

use async_graphql::{
    Error,
    dataloader::{DataLoader, Loader},
};
use escalon_application::{Done, Failure, Moment};
use escalon_domain::{
    access::{Role, RoleId},
    definition::Definition,
    escalation::{Escalation, EscalationId},
    member::{Member, MemberId},
    personal::SubjectId,
    team::{Team, TeamId},
    ticket::{Ticket, TicketId},
    ticket_type::{TicketType, TicketTypeId},
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    context::Call,
    error::{read_error, request_error},
    mask::{Kind, PersonalText, stored},
};

/// How many are loaded at the same time.
const AT_ONCE: usize = 8;

/// A key of related objects.
pub(super) trait Relation: Copy + Eq + Hash + Send + Sync + 'static {
    /// The object.
    type Object: Clone + Send + Sync + 'static;

    /// Loads one.
    fn load(self, call: &Call) -> impl Future<Output = Result<Self::Object, Failure>> + Send;
}

/// An object that is gone, or that the caller may not see, is absent.
impl<K: Relation> Loader<K> for Call {
    type Value = K::Object;
    type Error = Error;

    async fn load(&self, keys: &[K]) -> Result<HashMap<K, K::Object>, Error> {
        let loading = stream::iter(keys.to_vec()).map(|key| seen(self, key));
        let loaded: Vec<_> = loading.buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(loaded.into_iter().flatten().collect())
    }
}

async fn seen<K: Relation>(call: &Call, key: K) -> Result<Option<(K, K::Object)>, Error> {
    match key.load(call).await {
        Ok(object) => Ok(Some((key, object))),
        Err(Failure::NotFound { .. } | Failure::NotPermitted { .. }) => Ok(None),
        Err(failure) => Err(request_error(failure)),
    }
}

/// The name, for display, of a member, team, role or ticket type with this id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct NameOf(pub(super) String);

/// From the read models, all at once.
impl Loader<NameOf> for Call {
    type Value = String;
    type Error = Error;

    async fn load(&self, keys: &[NameOf]) -> Result<HashMap<NameOf, String>, Error> {
        let ids: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let names = self.reads.names(&self.scope(), &ids).await.map_err(read_error)?;
        Ok(names.into_iter().map(|(id, name)| (NameOf(id), name)).collect())
    }
}

/// The name of a member, as the caller may see it.
pub(super) async fn member_name(
    loader: &DataLoader<Call>,
    id: MemberId,
) -> Result<Option<PersonalText>, Error> {
    let name = loader.load_one(NameOf(id.to_string())).await?;
    let subject: SubjectId = id.cast();
    Ok(name.map(|name| stored(&loader.loader().caller, Some(&subject.to_string()), Some(name), Kind::Name)))
}

impl Relation for MemberId {
    type Object = Done<Member>;

    async fn load(self, call: &Call) -> Result<Self::Object, Failure> {
        call.engine.member(&call.caller, self, Moment::Now).await
    }
}

impl Relation for TicketId {
    type Object = Done<Ticket>;

    async fn load(self, call: &Call) -> Result<Self::Object, Failure> {
        call.engine.ticket(&call.caller, self, Moment::Now).await
    }
}

impl Relation for EscalationId {
    type Object = Done<Escalation>;

    async fn load(self, call: &Call) -> Result<Self::Object, Failure> {
        call.engine.escalation(&call.caller, self, Moment::Now).await
    }
}

impl Relation for RoleId {
    type Object = Done<Definition<Role>>;

    async fn load(self, call: &Call) -> Result<Self::Object, Failure> {
        call.engine.definition(&call.caller, self, Moment::Now).await
    }
}

impl Relation for TeamId {
    type Object = Done<Definition<Team>>;

    async fn load(self, call: &Call) -> Result<Self::Object, Failure> {
        call.engine.definition(&call.caller, self, Moment::Now).await
    }
}

/// A ticket type at the version that a ticket is pinned to.
impl Relation for (TicketTypeId, u64) {
    type Object = Done<Definition<TicketType>>;

    async fn load(self, call: &Call) -> Result<Self::Object, Failure> {
        call.engine.definition(&call.caller, self.0, Moment::Version(self.1)).await
    }
}
