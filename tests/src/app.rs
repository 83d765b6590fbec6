//! The engine in process, over a database of its own, with a clock to turn.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use escalon_application::{Caller, Engine, Once, member::InviteMember, ports::Clock};
use escalon_cli::compose::{App, World};
use escalon_domain::{
    access::{Permission, Role},
    member::Email,
    stamp::Actor,
};
use escalon_infrastructure::{identity::SigningKey, vault::MasterKeySource};
use sqlx::postgres::PgConnectOptions;

use crate::{MemoryAnchor, TestClock, cluster, notary};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
/// The key that personal data are sealed with in tests.
pub const MASTER_KEY: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

/// The engine in process, over a database of its own.
pub struct TestApp {
    /// The engine with everything it stands on.
    pub app: App,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// Where its notary keeps checkpoints.
    pub anchor: Arc<MemoryAnchor>,
    /// The way to its database, as the owner.
    pub options: PgConnectOptions,
}

fn world(clock: Arc<dyn Clock>, anchor: Arc<MemoryAnchor>) -> World {
    let master_key = MasterKeySource::text(MASTER_KEY.to_owned());
    World { clock, key: SigningKey::from_hex(KEY).expect("a key"), master_key, notary: notary(7, anchor) }
}

/// The program beside this test's own: `target/debug/NAME`.
#[must_use]
pub fn program(name: &str) -> String {
    let own = std::env::current_exe().expect("this program");
    let path = own.ancestors().nth(2).expect("the target directory").join(name);
    path.to_str().expect("a path").to_owned()
}

/// Changes with every build, so that a template is never older than the code.
fn fingerprint() -> String {
    let own = std::env::current_exe()
        .and_then(|path| path.metadata())
        .and_then(|data| data.modified())
        .expect("this program");
    let age = own.duration_since(std::time::UNIX_EPOCH).expect("a time");
    format!("{:x}", age.as_nanos())
}

impl TestApp {
    /// A new one; its clock stands at 2026-01-05 09:00 UTC, a Monday.
    pub async fn new() -> Self {
        Self::over(Self::database().await).await
    }

    /// A migrated database on which nothing works yet.
    pub async fn database() -> PgConnectOptions {
        cluster::database(&program("cluster"), &fingerprint(), |options| async move {
            let clock = Arc::new(TestClock::at("2026-01-01T00:00:00Z"));
            App::over(&options, world(clock, Arc::default())).await.expect("the template").close().await;
        })
        .await
    }

    /// Another engine over the same database, as after a restart or on another machine.
    pub async fn beside(&self) -> Self {
        Self::over(self.options.clone()).await
    }

    async fn over(options: PgConnectOptions) -> Self {
        let clock = Arc::new(TestClock::at("2026-01-05T09:00:00Z"));
        let anchor = Arc::<MemoryAnchor>::default();
        let world = world(Arc::clone(&clock) as Arc<dyn Clock>, Arc::clone(&anchor));
        let app = App::over(&options, world).await.expect("the engine");
        Self { app, clock, anchor, options }
    }

    /// The use cases.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.app.engine
    }

    /// The operator of a new organization.
    pub async fn organization(&self, slug: &str) -> Caller {
        let founded =
            self.engine().found_organization(slug.parse().expect("a slug"), slug.to_owned(), "test").await;
        founded.expect("an organization")
    }

    /// A new member who holds one role of these permissions at this level.
    pub async fn member_at(
        &self,
        operator: &Caller,
        name: &str,
        level: u8,
        permissions: &[Permission],
    ) -> Caller {
        let role = Role {
            name: format!("{name}-role").parse().expect("a role's name"),
            title: name.to_owned(),
            level,
            permissions: permissions.iter().copied().collect::<BTreeSet<_>>(),
        };
        let role = self.engine().define(operator, role, &Once::default()).await.expect("a role");
        let email: Email = format!("{name}@example.com").parse().expect("an address");
        let roles = vec![role.id.to_string()];
        let invite =
            InviteMember { id: None, name: name.to_owned(), email: Some(email), roles, joins: false };
        let member = self.engine().invite_member(operator, invite, &Once::default()).await.expect("a member");
        let password = format!("correct horse battery {name}");
        self.engine().set_password(operator, member.id, password).await.expect("a password");

        let token =
            self.engine().token_for(operator, member.id, chrono::Duration::hours(1)).await.expect("a token");
        let caller = self.engine().authenticate(&token, "test").await.expect("the member");
        assert_eq!(caller.actor, Actor::Member(member.id));
        caller
    }

    /// The same at level 5.
    pub async fn member(&self, operator: &Caller, name: &str, permissions: &[Permission]) -> Caller {
        self.member_at(operator, name, 5, permissions).await
    }

    /// Waits until every read model shows what was done.
    pub async fn settle(&self) {
        let settled = self.app.catch_up(Duration::from_secs(20)).await.expect("the database");
        assert!(settled, "the read models did not catch up in 20 s: {:?}", self.app.reads.status().await);
    }
}
