//! Anything as it stood at a moment: by a time in the world, by what the engine knew at a time, by a position in the order
//! of all events, or by a version of its own.

use escalon_domain::{access::Permission, aggregate::Aggregate, id::Id};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Guarded, Moment, key},
    failure::Failure,
    ports::{StoreError, StreamPositions},
};

impl Engine {
    /// Anything as it stood at a moment, for those who read history.
    ///
    /// # Errors
    /// Not permitted, not there, not there yet at that moment, or a moment that has not come yet.
    pub async fn as_of<A: Guarded>(
        &self,
        caller: &Caller,
        id: Id<A>,
        moment: Moment,
    ) -> Result<Done<A>, Failure> {
        caller.must(Permission::AuditView)?;
        self.at(caller, id, moment).await
    }

    /// A thing as it stood at a moment. Who may see it is decided by how it stands now, not by how it stood.
    pub(crate) async fn at<A: Guarded>(
        &self,
        caller: &Caller,
        id: Id<A>,
        moment: Moment,
    ) -> Result<Done<A>, Failure> {
        let now = self.see(caller, id, Moment::Now).await?;
        if moment == Moment::Now {
            return Ok(now);
        }
        self.must_have_come(caller, &now, moment).await?;
        let (state, version) = self.load(caller, id, moment).await?;
        if version == 0 {
            return Err(self.not_there_yet(caller, id).await?);
        }
        Ok(Done { state, version, ..now })
    }

    /// The positions of a stream's events, where the moment is told by one.
    pub(crate) async fn positions_for<A: Aggregate>(
        &self,
        caller: &Caller,
        id: Id<A>,
        moment: Moment,
    ) -> Result<StreamPositions, StoreError> {
        match moment {
            Moment::Position(_) => self.ports.store.positions(caller.organization, &key(id)).await,
            _ => Ok(StreamPositions::default()),
        }
    }

    /// Versions and positions are counted, so one that is not there yet is a mistake. Times are not: nothing more may
    /// happen until then.
    async fn must_have_come<A: Guarded>(
        &self,
        caller: &Caller,
        now: &Done<A>,
        moment: Moment,
    ) -> Result<(), Failure> {
        match moment {
            Moment::Version(version) if version > now.version => {
                let (id, last) = (now.id, now.version);
                let message = format!("{id} has no version {version} yet; ask for one from 1 to {last}");
                Err(Failure::invalid(["version"], message))
            }
            Moment::Position(position) => {
                let head = self.positions_for(caller, now.id, moment).await?.head;
                if position <= head {
                    return Ok(());
                }
                let message = format!(
                    "position {position} is beyond the head: the last event has position {head}; ask for that or one before it"
                );
                Err(Failure::invalid(["position"], message))
            }
            _ => Ok(()),
        }
    }

    async fn not_there_yet<A: Guarded>(&self, caller: &Caller, id: Id<A>) -> Result<Failure, StoreError> {
        let positions = self.ports.store.positions(caller.organization, &key(id)).await?;
        let first = self.events(caller, id).await?.into_iter().next();
        let first = first.map_or_else(String::new, |event| {
            let place = positions.of(event.sequence).map(|place| format!(" at position {place}"));
            let (at, recorded) = (event.metadata.occurred_at, event.recorded_at);
            format!(
                "it began at {} and was recorded at {}{}",
                at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
                recorded.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
                place.unwrap_or_default()
            )
        });
        Ok(Failure::NotThereYet { id: id.to_string(), first })
    }
}
