//! The database roles of analysts: each logs in for itself and reads the schema `analytics`, of one organization.

use escalon_application::ports::StoreError;
use escalon_domain::{organization::OrganizationId, stamp::Timestamp};
use serde::Serialize;
use sqlx::{Connection, Executor, FromRow, PgConnection};

use crate::{database::Database, error::store_error, identity::Verifier};

/// How long an analyst's query may take, and how long a transaction may do nothing.
const SETTINGS: [(&str, &str); 4] = [
    ("default_transaction_read_only", "on"),
    ("statement_timeout", "5min"),
    ("idle_in_transaction_session_timeout", "1min"),
    ("search_path", "analytics"),
];
/// How many sessions a role may have at once.
const SESSIONS: u32 = 8;

/// The database roles of analysts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Analysts {
    database: Database,
}

/// The role of an analyst.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
pub struct Analyst {
    /// Its name.
    pub role: String,
    /// Whether it sees personal data in clear.
    pub unmasked: bool,
    /// Since when.
    pub granted_at: Timestamp,
    /// Whether the role is still there.
    pub exists: bool,
}

/// Why a role cannot be given or taken.
#[derive(Debug, thiserror::Error)]
pub enum AnalystError {
    /// It is somebody else's.
    #[error(
        "there is a database role “{role}” already, and it is not an analyst of this organization; choose another name with --role"
    )]
    Taken {
        /// Its name.
        role: String,
    },
    /// A new role needs one.
    #[error("the role “{role}” is new and needs a password")]
    NoPassword {
        /// Its name.
        role: String,
    },
    /// The database's own user may not.
    #[error(
        "the user of the database URL may not make roles; run `alter role … createrole` for it as a superuser"
    )]
    NotAllowed,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Analysts {
    /// Over this database.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// The analysts of an organization.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list(&self, organization: OrganizationId) -> Result<Vec<Analyst>, StoreError> {
        sqlx::query_as(
            "select role, unmasked, granted_at, exists (select 1 from pg_roles where rolname = role) as exists
             from escalon.analysts where organization = $1 order by role",
        )
        .bind(organization.to_string())
        .fetch_all(&self.database.engine)
        .await
        .map_err(store_error("listing analysts"))
    }

    /// Whether the organization can have this role: it is its own, or nobody has it and there is a password for it.
    ///
    /// # Errors
    /// It is somebody else's, it is new and has no password, or the database failed.
    pub async fn check(
        &self,
        organization: OrganizationId,
        role: &str,
        password: Option<&Verifier>,
    ) -> Result<(), AnalystError> {
        let role = role.to_owned();
        let (owner, exists): (Option<String>, bool) = sqlx::query_as(
            "select (select organization from escalon.analysts where role = $1),
                exists (select 1 from pg_roles where rolname = $1)",
        )
        .bind(&role)
        .fetch_one(&self.database.engine)
        .await
        .map_err(store_error("looking up a role"))?;
        match (owner, exists) {
            (Some(owner), _) if owner != organization.to_string() => Err(AnalystError::Taken { role }),
            (None, true) => Err(AnalystError::Taken { role }),
            (_, false) if password.is_none() => Err(AnalystError::NoPassword { role }),
            _ => Ok(()),
        }
    }

    /// Makes the role, or changes the one that is there: what it sees, and its password if one is given.
    ///
    /// # Errors
    /// See [`Self::check`]; or the database's user may not make roles.
    pub async fn grant(
        &self,
        organization: OrganizationId,
        role: &str,
        unmasked: bool,
        password: Option<&Verifier>,
    ) -> Result<(), AnalystError> {
        self.check(organization, role, password).await?;
        let failed = || store_error("granting a role");
        let mut connection = self.database.engine.acquire().await.map_err(failed())?;
        let mut tx = connection.begin().await.map_err(failed())?;
        as_owner(&mut tx).await?;
        let name = identifier(role);
        let mut sql = format!(
            "do $$ begin create role {name} login; exception when duplicate_object then null; end $$;
             alter role {name} login nosuperuser nocreatedb nocreaterole inherit connection limit {SESSIONS};
             grant escalon_analyst to {name};"
        );
        for (setting, value) in SETTINGS {
            sql.push_str(&format!("alter role {name} set {setting} = '{value}';"));
        }
        if let Some(password) = password {
            sql.push_str(&format!("alter role {name} password '{}';", password.as_str()));
        }
        tx.execute(sqlx::raw_sql(&sql)).await.map_err(refused)?;
        sqlx::query(
            "insert into escalon.analysts (role, organization, unmasked) values ($1, $2, $3)
             on conflict (role) do update set unmasked = excluded.unmasked, granted_at = now()",
        )
        .bind(role)
        .bind(organization.to_string())
        .bind(unmasked)
        .execute(&mut *tx)
        .await
        .map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(())
    }

    /// Takes the role away. Its sessions are ended, and whatever they still ask shows nothing.
    ///
    /// # Errors
    /// The database's user may not remove roles, or the database failed.
    pub async fn revoke(&self, organization: OrganizationId, role: &str) -> Result<(), AnalystError> {
        let failed = || store_error("revoking a role");
        let mut connection = self.database.engine.acquire().await.map_err(failed())?;
        let mut tx = connection.begin().await.map_err(failed())?;
        as_owner(&mut tx).await?;
        let removed = sqlx::query("delete from escalon.analysts where role = $1 and organization = $2")
            .bind(role)
            .bind(organization.to_string())
            .execute(&mut *tx)
            .await
            .map_err(failed())?;
        if removed.rows_affected() == 1 {
            end_sessions(&mut tx, role).await.map_err(failed())?;
            let sql = format!("drop role if exists {}", identifier(role));
            tx.execute(sql.as_str()).await.map_err(refused)?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(())
    }
}

/// Sessions outlive their role. Where the database's user may not end them, they end by themselves.
async fn end_sessions(connection: &mut PgConnection, role: &str) -> Result<(), sqlx::Error> {
    let mut attempt = connection.begin().await?;
    let sql = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = $1";
    if let Err(error) = sqlx::query_scalar::<_, i64>(sql).bind(role).fetch_one(&mut *attempt).await {
        tracing::warn!(%error, "the sessions of an analyst could not be ended");
        return attempt.rollback().await;
    }
    attempt.commit().await
}

/// Roles are made with the rights of whoever the database URL names.
async fn as_owner(connection: &mut PgConnection) -> Result<(), StoreError> {
    connection.execute("set local role none").await.map(drop).map_err(store_error("changing a role"))
}

/// Quoted, so that no name means anything else.
fn identifier(role: &str) -> String {
    format!("\"{}\"", role.replace('"', "\"\""))
}

fn refused(error: sqlx::Error) -> AnalystError {
    let code = error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
    match code.as_deref() {
        Some("42501") => AnalystError::NotAllowed,
        _ => AnalystError::Store(store_error("changing a role")(error)),
    }
}
