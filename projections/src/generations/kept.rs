//! The generations that are there: listing, switching, going back and dropping.

use escalon_infrastructure::store_error;
use serde::Serialize;
use sqlx::FromRow;

use super::{
    Checksum, Progress, Projections, Switched,
    catalogue::{self, Generation, State, failed},
    checksum,
};
use crate::{error::ProjectionError, projection::subscription};

/// A generation that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The projection.
    pub name: &'static str,
    /// Its number.
    pub generation: i32,
    /// The version of the definition that it was built by.
    pub version: i32,
    /// Whether this code has that version, so that it can be switched to.
    pub known: bool,
    /// What it is.
    pub state: GenerationState,
    /// The position up to which it has taken events.
    pub position: i64,
    /// How many events it has taken of those that are loaded at the beginning, and about how many there are; none when that
    /// is done.
    pub loading: Option<(i64, i64)>,
    /// The space it takes, in bytes, with its indexes.
    pub bytes: i64,
    /// The schema of its tables.
    pub schema: String,
}

/// What a generation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GenerationState {
    /// It is being filled.
    Loading,
    /// It is filled, and its indexes are being made.
    Indexing,
    /// It takes what happened meanwhile.
    Following,
    /// Queries read it.
    Live,
    /// It is finished, and kept until it is dropped.
    Kept,
}

impl GenerationState {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Indexing => "indexing",
            Self::Following => "following",
            Self::Live => "live",
            Self::Kept => "kept",
        }
    }
}

#[derive(FromRow)]
struct Found {
    name: String,
    generation: i32,
    version: i32,
    state: State,
    live: bool,
    position: i64,
    taken: i64,
    events: i64,
    bytes: i64,
    schema: String,
}

impl Projections {
    /// Every generation of every projection.
    ///
    /// # Errors
    /// The database failed.
    pub async fn generations(&self) -> Result<Vec<Kept>, ProjectionError> {
        let names = self.names();
        let subscriptions: Vec<String> = names.iter().map(|name| subscription(name)).collect();
        let found: Vec<Found> = sqlx::query_as(
            "select p.name, p.generation, p.version, p.state, p.live, p.events, p.schema,
                case when p.live then coalesce(s.position, 0) else p.position end as position,
                (select coalesce(sum(h.events), 0)::bigint from escalon.projection_shards h
                    where h.name = p.name and h.generation = p.generation) as taken,
                (select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint from pg_class c
                    where c.relnamespace = to_regnamespace(p.schema) and c.relkind = 'r') as bytes
             from escalon.projections p
             join unnest($1::text[], $2::text[]) with ordinality as n (name, subscription, place) on n.name = p.name
             left join escalon.subscriptions s on s.name = n.subscription
             order by n.place, p.generation",
        )
        .bind(&names)
        .bind(&subscriptions)
        .fetch_all(&self.database.engine)
        .await
        .map_err(store_error("looking up the generations of read models"))?;
        Ok(found.into_iter().filter_map(|found| self.kept(found)).collect())
    }

    fn kept(&self, found: Found) -> Option<Kept> {
        let projection = self.find(&found.name).ok()?;
        let state = match found.state {
            _ if found.live => GenerationState::Live,
            State::Loading => GenerationState::Loading,
            State::Indexing => GenerationState::Indexing,
            State::Following => GenerationState::Following,
            State::Built => GenerationState::Kept,
        };
        Some(Kept {
            name: projection.name(),
            generation: found.generation,
            version: found.version,
            known: found.version == projection.version(),
            state,
            position: found.position,
            loading: (state == GenerationState::Loading)
                .then_some((found.taken, found.events.max(found.taken))),
            bytes: found.bytes,
            schema: found.schema,
        })
    }

    /// The checksum of a projection's live tables, and the position at which they stand.
    ///
    /// # Errors
    /// No such projection, no tables yet, or the database failed.
    pub async fn checksum(&self, name: &str) -> Result<(i64, Checksum), ProjectionError> {
        let projection = self.find(name)?;
        let mut tx = self.database.engine.begin().await.map_err(failed("reading a checksum"))?;
        let position = catalogue::checkpoint(&mut tx, projection.name()).await?;
        let found = catalogue::live(&mut tx, projection.name()).await?;
        let live = found.ok_or(ProjectionError::NotPrepared { name: projection.name() })?;
        Ok((position, checksum::of(&mut tx, &live.schema, projection.tables()).await?))
    }

    /// Makes a generation that is kept the live one, after taking what happened since.
    ///
    /// # Errors
    /// No such projection or generation, one that this code does not know or that is not finished, or the database failed.
    pub async fn switch(
        &self,
        name: &str,
        generation: i32,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<Switched, ProjectionError> {
        let projection = self.find(name)?;
        let switched = async {
            let found = self.generation(projection.name(), generation).await?;
            if found.live {
                return Err(ProjectionError::Live { name: projection.name(), generation });
            }
            self.switch_kept(projection.as_ref(), found, &progress).await
        };
        self.guarded(projection.name(), switched).await
    }

    /// Makes the generation that was live before this one live again, after taking what happened since.
    ///
    /// # Errors
    /// No such projection, no former generation, one that this code does not know, or the database failed.
    pub async fn rollback(
        &self,
        name: &str,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<Switched, ProjectionError> {
        let projection = self.find(name)?;
        let switched = async {
            let operation = "going back to the former read model";
            let mut connection = self.database.engine.acquire().await.map_err(failed(operation))?;
            let former = catalogue::former(&mut connection, projection.name()).await?;
            drop(connection);
            let former = former.ok_or(ProjectionError::NoFormer { name: projection.name() })?;
            self.switch_kept(projection.as_ref(), former, &progress).await
        };
        self.guarded(projection.name(), switched).await
    }

    /// Drops a generation that is not live.
    ///
    /// # Errors
    /// No such projection or generation, the live one, somebody builds it at this moment, or the database failed.
    pub async fn drop_generation(&self, name: &str, generation: i32) -> Result<(), ProjectionError> {
        let projection = self.find(name)?;
        let dropped = async {
            let found = self.generation(projection.name(), generation).await?;
            if found.live {
                return Err(ProjectionError::Live { name: projection.name(), generation });
            }
            self.remove(projection.name(), &found).await
        };
        self.guarded(projection.name(), dropped).await
    }

    /// Drops every generation that is kept and not live. What somebody wants forgotten may still be in them.
    ///
    /// # Errors
    /// Somebody builds or switches at this moment, or the database failed.
    pub async fn drop_kept(&self) -> Result<Vec<Kept>, ProjectionError> {
        let mut dropped = Vec::new();
        for kept in self.generations().await? {
            if kept.state == GenerationState::Kept {
                self.drop_generation(kept.name, kept.generation).await?;
                dropped.push(kept);
            }
        }
        Ok(dropped)
    }

    pub(super) async fn live(&self, name: &'static str) -> Result<Option<Generation>, ProjectionError> {
        let mut connection = self.database.engine.acquire().await.map_err(failed("reading the catalogue"))?;
        Ok(catalogue::live(&mut connection, name).await?)
    }

    async fn generation(&self, name: &'static str, wanted: i32) -> Result<Generation, ProjectionError> {
        let mut connection = self.database.engine.acquire().await.map_err(failed("reading the catalogue"))?;
        let all = catalogue::all(&mut connection, name).await?;
        let known = all.iter().map(|one| one.generation.to_string()).collect();
        let found = all.into_iter().find(|one| one.generation == wanted);
        found.ok_or(ProjectionError::NoGeneration { name, generation: wanted, known })
    }
}
