//! Escalon: its write side alone, which is what the peers have, or everything at work.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::AtomicU64, atomic::Ordering},
    time::Duration,
};

use escalon_application::{
    Caller, Engine, Once, Ports,
    escalation::{CustomerInput, RaiseEscalation},
    member::InviteMember,
    ticket::{OpenTicket, RequesterInput},
};
use escalon_cli::compose::{App, World};
use escalon_domain::{
    access::{Permission, Role},
    escalation::{Cause, EscalationSubject, Urgency},
    member::MemberId,
    slug::Slug,
    team::Team,
    ticket::{TicketCommand, TicketId},
    ticket_type::{TicketRules, TicketType},
};
use escalon_infrastructure::{
    database::{self, Database},
    feed::Feed,
    identity::{Argon2Passwords, JwtTokens, PgCredentials, SigningKey},
    notary::{self, anchor::FileAnchor, keys::Keys},
    numbers::PgNumbers,
    sequencer::Sequencer,
    store::PgEventStore,
    vault::{MasterKeySource, Vault},
    world::{RandomIds, SystemClock},
};
use escalon_projections::{Projections, ReadDirectory, ReadModels, ReadPeople};
use sqlx::postgres::PgConnectOptions;

use crate::Result;

/// What is printed of everything that is opened, defined or raised.
const SOURCE: &str = "bench";
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
/// As many as the engine has for its use cases.
const CONNECTIONS: u32 = 48;
/// A team's title may have 120 characters; of these each takes three bytes, so that an event has about 500.
const TITLE: char = '係';

fn key() -> Result<SigningKey> {
    Ok(SigningKey::from_hex(KEY)?)
}

fn master_key() -> MasterKeySource {
    MasterKeySource::text(KEY.to_owned())
}

fn notary() -> Result<notary::Settings> {
    let anchor = FileAnchor::new(std::env::temp_dir().join("escalon-bench-checkpoints.log"));
    Ok(notary::Settings { keys: Keys::new()?, anchor: Arc::new(anchor), every: Duration::from_secs(2) })
}

/// The engine with its sequencer and every projection at work.
pub(crate) async fn at_work(options: &PgConnectOptions) -> Result<App> {
    let notary = notary()?;
    let world = World { clock: Arc::new(SystemClock), key: key()?, master_key: master_key(), notary };
    Ok(App::over(options, world).await?)
}

/// The write side: use cases and event store, and nothing that follows the events.
pub(crate) struct WriteSide {
    pub(crate) engine: Engine,
    pub(crate) store: PgEventStore,
    pub(crate) sequencer: Sequencer,
    pub(crate) feed: Feed,
    pub(crate) database: Database,
}

impl WriteSide {
    /// Over a database, which is migrated if it is new.
    pub(crate) async fn over(options: &PgConnectOptions) -> Result<Self> {
        database::migrate(options, Duration::from_secs(30)).await?;
        let database = Database::new(options, CONNECTIONS);
        let vault = Vault::new(&database, master_key());
        vault.unlock().await?;
        let store = PgEventStore::new(database.clone(), vault.clone());
        let sequencer = Sequencer::new(database.clone(), store.appended());
        let feed = Feed::new(database.clone(), sequencer.head(), vault.clone());
        let reads = ReadModels::new(database.clone(), feed.clone());
        let engine = Engine::new(Ports {
            store: Arc::new(store.clone()),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            numbers: Arc::new(PgNumbers::new(&database)),
            directory: Arc::new(ReadDirectory::new(reads.clone())),
            credentials: Arc::new(PgCredentials::new(database.clone())),
            passwords: Arc::new(Argon2Passwords::new(1)),
            tokens: Arc::new(JwtTokens::new(&key()?)),
            sequences: Arc::new(Projections::new(database.clone(), feed.clone()).sequences()),
            people: Arc::new(ReadPeople::new(vault, reads)),
        });
        Ok(Self { engine, store, sequencer, feed, database })
    }
}

/// Has the notary take in everything that has a position.
pub(crate) async fn prove(database: &Database, feed: &Feed) -> Result<()> {
    Ok(notary::Notary::new(database.clone(), feed.clone(), notary()?).step().await?)
}

/// A command on a fresh stream: one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fresh {
    /// `team.defined`: nothing to look up.
    DefineTeam,
    /// `ticket.opened`: looks up the type, draws a number.
    OpenTicket,
    /// `escalation.raised`.
    RaiseEscalation,
}

impl Fresh {
    pub(crate) const ALL: [Self; 3] = [Self::DefineTeam, Self::OpenTicket, Self::RaiseEscalation];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DefineTeam => "define a team",
            Self::OpenTicket => "open a ticket",
            Self::RaiseEscalation => "raise an escalation",
        }
    }
}

/// Gives numbers that no other call of this process got.
pub(crate) fn fresh() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

/// Somebody with an engine at hand.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) caller: Caller,
    /// Tells the names of this run from those of another on the same database.
    pub(crate) run: String,
}

impl Desk {
    /// The operator of the organization with this short name, which is founded if it is not there.
    pub(crate) async fn of(engine: Engine, organization: &str) -> Result<Self> {
        let caller = match engine.operate(organization, SOURCE).await {
            Ok(caller) => caller,
            Err(_) => {
                let caller =
                    engine.found_organization(organization.parse()?, organization.to_owned(), SOURCE).await?;
                engine.define(&caller, incident()?, &Once::default()).await?;
                caller
            }
        };
        let run = engine.new_id::<Team>().uuid().simple().to_string();
        Ok(Self { engine, caller, run })
    }

    /// The same desk with somebody else at it.
    pub(crate) fn with(&self, caller: Caller) -> Self {
        Self { caller, ..self.clone() }
    }

    /// A member with these permissions: whoever calls as them, and the token they call with.
    pub(crate) async fn member(&self, name: &str, permissions: &[Permission]) -> Result<(Caller, String)> {
        let permissions: BTreeSet<_> = permissions.iter().copied().collect();
        let name = format!("{name}-{}", &self.run[20..]);
        let role = Role { name: name.parse()?, title: name.clone(), level: 2, permissions };
        let role = self.engine.define(&self.caller, role, &Once::default()).await?;
        let id = self.join(&name, vec![role.id.to_string()]).await?;
        let token = self.engine.token_for(&self.caller, id, chrono::Duration::hours(12)).await?;
        Ok((self.engine.authenticate(&token, SOURCE).await?, token))
    }

    /// A member with these roles.
    pub(crate) async fn join(&self, name: &str, roles: Vec<String>) -> Result<MemberId> {
        let email = Some(format!("{name}@example.com").parse()?);
        let invite = InviteMember { id: None, name: name.to_owned(), email, roles, joins: true };
        Ok(self.engine.invite_member(&self.caller, invite, &Once::default()).await?.id)
    }

    /// One command on a fresh stream, with an idempotency key of its own.
    pub(crate) async fn command(&self, what: Fresh) -> Result<()> {
        let count = fresh();
        let once = Once::new(Some(format!("{}-{count}", self.run)), None, &count);
        match what {
            Fresh::DefineTeam => drop(self.engine.define(&self.caller, self.team(count)?, &once).await?),
            Fresh::OpenTicket => drop(self.engine.open_ticket(&self.caller, ticket(count), &once).await?),
            Fresh::RaiseEscalation => {
                drop(self.engine.raise_escalation(&self.caller, self.escalation(count), &once).await?);
            }
        }
        Ok(())
    }

    /// A command on a ticket that is there.
    pub(crate) async fn note(&self, ticket: TicketId) -> Result<()> {
        let note = self.engine.new_id();
        let command = TicketCommand::Note { note, body: "The supplier was told again.".to_owned() };
        let once = Once::new(Some(note.to_string()), None, &0);
        self.engine.change_ticket(&self.caller, ticket, command, &once).await?;
        Ok(())
    }

    /// A team whose event has about 500 bytes.
    pub(crate) fn team(&self, count: u64) -> Result<Team> {
        let name = format!("team-{}-{count}", self.run).parse::<Slug>()?;
        Ok(Team { name, title: TITLE.to_string().repeat(110), members: BTreeSet::new() })
    }

    fn escalation(&self, count: u64) -> RaiseEscalation {
        let reference = format!("c-{}", count % 1_000);
        RaiseEscalation {
            subject: EscalationSubject::Conversation(format!("{}-{count}", self.run)),
            cause: Cause::Hand,
            reason: "The customer has waited for an answer since Monday and asks to speak to somebody."
                .to_owned(),
            urgency: Urgency::High,
            customer: Some(CustomerInput {
                reference,
                name: Some("A customer".to_owned()),
                ..CustomerInput::default()
            }),
        }
    }
}

/// The tickets of the benchmark are incidents.
fn incident() -> Result<TicketType> {
    Ok(TicketType {
        name: "incident".parse()?,
        title: "Incident".to_owned(),
        prefix: "INC".to_owned(),
        priorities: Default::default(),
        default_priority: None,
        fields: Vec::new(),
        rules: TicketRules::default(),
    })
}

/// A ticket as a customer's report makes it.
pub(crate) fn ticket(count: u64) -> OpenTicket {
    let customer =
        RequesterInput::Customer { reference: format!("c-{}", count % 1_000), name: "A customer".to_owned() };
    OpenTicket {
        ticket_type: "incident".to_owned(),
        title: format!("Price of product {count} is wrong"),
        description: "The page shows last year's price since this morning.".to_owned(),
        requester: Some(customer),
        brand: Some("Northwind".to_owned()),
        ..OpenTicket::default()
    }
}
