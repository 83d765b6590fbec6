//! message-db: its function `write_message`, called with a prepared statement over a connection for each caller. It takes
//! an advisory lock on the stream's category until the commit, so it is measured with one category and with many.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use escalon_application::ports::Ids;
use escalon_infrastructure::world::RandomIds;
use serde_json::value::RawValue;
use sqlx::{Executor, types::Json};

use super::{Contender, Round, Specimen, npm, printed, program};
use crate::{Result, cluster::Cluster, load::Shape};

/// So many that two callers hardly ever meet in one.
const CATEGORIES: u128 = 10_000;

/// message-db in a database of its own.
pub(crate) struct MessageDb<'c> {
    cluster: &'c Cluster,
    database: &'static str,
    many: bool,
    payload: Arc<RawValue>,
    metadata: Arc<RawValue>,
}

impl<'c> MessageDb<'c> {
    /// Installed by its own script.
    pub(crate) async fn new(cluster: &'c Cluster, many: bool, specimen: &Specimen) -> Result<Self> {
        npm::install().await?;
        let database = if many { "message_db_many" } else { "message_db_one" };
        cluster.create(database).await?;
        let folder = npm::directory().join("node_modules/@eventide/message-db/database");
        let mut install = program(cluster, "bash").await?;
        install.arg(folder.join("install.sh")).env("DATABASE_NAME", database).env("CREATE_DATABASE", "off");
        printed(install).await?;
        // Its functions name each other without their schema.
        let path = format!("alter database {database} set search_path to message_store, public");
        cluster.connect(database).await?.execute(path.as_str()).await?;
        let raw = |text: &str| RawValue::from_string(text.to_owned()).map(Arc::from);
        let (payload, metadata) = (raw(&specimen.payload)?, raw(&specimen.metadata)?);
        Ok(Self { cluster, database, many, payload, metadata })
    }
}

#[async_trait]
impl Contender for MessageDb<'_> {
    fn name(&self) -> &'static str {
        if self.many { "message-db, many categories" } else { "message-db, one category" }
    }

    async fn append(&self, callers: usize, time: Duration) -> Result<Round> {
        let pool = self.cluster.pool(self.database, callers).await?;
        let (many, payload, metadata) = (self.many, Arc::clone(&self.payload), Arc::clone(&self.metadata));
        let calls = pool.clone();
        let work = move |_, _| {
            let (pool, payload, metadata) = (calls.clone(), Arc::clone(&payload), Arc::clone(&metadata));
            async move {
                let id = RandomIds.uuid();
                let category = if many { (id.as_u128() % CATEGORIES).to_string() } else { String::new() };
                sqlx::query("select message_store.write_message($1::varchar, $2::varchar, $3::varchar, $4::jsonb, $5::jsonb, -1)")
                    .bind(id.to_string())
                    .bind(format!("team{category}-{id}"))
                    .bind("team.defined")
                    .bind(Json(&*payload))
                    .bind(Json(&*metadata))
                    .execute(&pool)
                    .await?;
                Ok(())
            }
        };
        let load = Shape::closed(callers, time).run(work).await?;
        pool.close().await;
        Ok(load.into())
    }
}
