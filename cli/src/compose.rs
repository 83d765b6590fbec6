//! The engine, put together.

use std::{sync::Arc, time::Duration};

use escalon_application::{
    Engine, Ports,
    cache::Cache,
    ports::{Clock, Ids, StoreError},
};
use escalon_infrastructure::{
    database::{self, Database, DatabaseError},
    embedded::EmbeddedPostgres,
    feed::{self, Feed},
    identity::{Argon2Passwords, JwtTokens, PgCredentials, SigningKey},
    notary::{self, Notary},
    numbers::PgNumbers,
    sequencer::Sequencer,
    store::PgEventStore,
    vault::{MasterKeySource, Vault, VaultError},
    world::{RandomIds, SystemClock},
};
use escalon_projections::{
    ProjectionError, Projections, ReadDirectory, ReadModels, ReadPeople, Runner, Scrubber,
};
use sqlx::postgres::PgConnectOptions;
use tokio::{sync::watch, task::JoinSet};

use crate::config::{Config, ConfigError};

/// How long to wait for a database that is starting.
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections for use cases and queries. PostgreSQL gives 100 by default, and the engine's own work takes 16.
const CONNECTIONS: u32 = 48;
/// How often the notary signs.
const SIGN: Duration = Duration::from_secs(2);
/// Passwords hashed at once; each takes 19 MiB and a core.
const HASHES_AT_ONCE: usize = 2;

/// The engine with everything it stands on.
pub struct App {
    /// The use cases.
    pub engine: Engine,
    /// The read models.
    pub reads: ReadModels,
    /// The projections, to rebuild.
    pub projections: Projections,
    /// Events in position order.
    pub feed: Feed,
    /// The pools.
    pub database: Database,
    /// Signs history.
    pub notary: Notary,
    /// The keys of subjects.
    pub vault: Vault,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    postgres: Option<EmbeddedPostgres>,
}

/// Why the engine could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// No database, or no key.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database is not usable.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Personal data cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The read models could not be prepared.
    #[error("the read models could not be prepared: {0}")]
    Projections(#[from] ProjectionError),
}

/// The parts that a test may want to choose.
#[derive(Clone)]
pub struct World {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The key that signs tokens.
    pub key: SigningKey,
    /// How the notary works.
    pub notary: notary::Settings,
    /// Where the key is that wraps the keys of subjects.
    pub master_key: MasterKeySource,
}

/// This process's name among all that work on a database: the machine, the process and a random part.
fn process() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine = if machine.trim().is_empty() { "engine" } else { machine.trim() };
    let random = RandomIds.uuid().simple().to_string();
    format!("{machine}/{}/{}", std::process::id(), &random[random.len() - 6..])
}

impl App {
    /// The engine as configured, with its sequencer and projections at work.
    ///
    /// # Errors
    /// No database, no key, or a schema that cannot be migrated.
    pub async fn open(config: &Config) -> Result<Self, ComposeError> {
        let (options, postgres) = config.database().await?;
        let notary = notary::Settings { keys: config.notary_keys()?, anchor: config.anchor()?, every: SIGN };
        let (key, master_key) = (config.token_key()?, config.master_key.clone());
        let world = World { clock: Arc::new(SystemClock), key, master_key, notary };
        let mut app = Self::over(&options, world).await?;
        app.postgres = postgres;
        Ok(app)
    }

    /// The engine over a database.
    ///
    /// # Errors
    /// The database stays away, or its schema cannot be migrated.
    pub async fn over(options: &PgConnectOptions, world: World) -> Result<Self, ComposeError> {
        database::migrate(options, PATIENCE).await?;
        let database = Database::new(options, CONNECTIONS);
        let vault = Vault::new(&database, world.master_key);
        vault.unlock().await?;
        let store = PgEventStore::new(database.clone(), vault.clone());
        let (own, sequencer) = (store.own(), Sequencer::new(database.clone(), store.appended()));
        let (feed, heads) = (Feed::new(database.clone(), sequencer.head(), vault.clone()), sequencer.heads());
        let projections = Projections::new(database.clone(), feed.clone());
        let reads = ReadModels::new(database.clone(), feed.clone());
        let notary = Notary::new(database.clone(), feed.clone(), world.notary);
        let engine = Engine::new(Ports {
            store: Arc::new(store),
            clock: world.clock,
            ids: Arc::new(RandomIds),
            numbers: Arc::new(PgNumbers::new(&database)),
            directory: Arc::new(ReadDirectory::new(reads.clone())),
            credentials: Arc::new(PgCredentials::new(database.clone())),
            passwords: Arc::new(Argon2Passwords::new(HASHES_AT_ONCE)),
            tokens: Arc::new(JwtTokens::new(&world.key)),
            sequences: Arc::new(projections.sequences()),
            people: Arc::new(ReadPeople::new(vault.clone(), reads.clone())),
        });
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(watched(vault.clone(), engine.cache(), feed.clone(), stopped.clone()));
        tasks.spawn(sequencer.telling(engine.cache(), own).run(stopped.clone()));
        tasks.spawn(feed::listen(database.clone(), heads, stopped.clone()));
        tasks.spawn(notary.clone().run(stopped.clone()));
        projections.prepare_all().await?;
        tasks.spawn(Scrubber::new(projections.clone()).run(stopped.clone()));
        let runner = Runner::start(projections.clone(), &process(), stopped);
        tasks.spawn(runner.ended());
        Ok(Self { engine, reads, projections, feed, database, notary, vault, stop, tasks, postgres: None })
    }

    /// Waits until every read model shows what has been appended until now; says whether they did in time.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn catch_up(&self, patience: Duration) -> Result<bool, StoreError> {
        let Some(last) = self.feed.last_insertion().await? else { return Ok(true) };
        match self.feed.position_of(last, patience).await? {
            Some(position) => Ok(self.reads.wait_for(position, patience).await),
            None => Ok(false),
        }
    }

    /// Ends the workers, closes the pools and stops the embedded cluster if this process runs it.
    pub async fn close(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        self.database.close().await;
        if let Some(postgres) = self.postgres.take() {
            postgres.stop().await;
        }
    }
}

/// Drops every aggregate and event that is kept in memory whenever somebody was forgotten: their values may be in any.
async fn watched(vault: Vault, cache: Cache, feed: Feed, mut stopped: watch::Receiver<bool>) {
    let mut forgotten = vault.forgotten();
    let watching = vault.watch();
    tokio::pin!(watching);
    loop {
        tokio::select! {
            changed = forgotten.changed() => match changed {
                Ok(()) => {
                    cache.clear();
                    feed.forget();
                }
                Err(_) => return,
            },
            () = &mut watching => return,
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}
