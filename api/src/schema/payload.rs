//! What every mutation answers: the object, the errors that the caller can mend, the position, and whether it was done before.

use async_graphql::Result;
use escalon_application::{Done, Failure};
use escalon_domain::aggregate::Aggregate;

use super::error::{CommandError, command_errors};

/// How a command ended.
pub(super) struct Outcome<T> {
    pub(super) object: Option<T>,
    pub(super) errors: Vec<CommandError>,
    pub(super) insertion: Option<i64>,
    pub(super) replayed: bool,
}

impl<T> Outcome<T> {
    /// A command that was done.
    pub(super) fn done<A: Aggregate>(done: Done<A>) -> Self
    where
        T: From<Done<A>>,
    {
        let (insertion, replayed) = (done.insertion, done.replayed);
        Self { object: Some(done.into()), errors: Vec::new(), insertion, replayed }
    }

    /// A command that was refused.
    pub(super) const fn refused(errors: Vec<CommandError>) -> Self {
        Self { object: None, errors, insertion: None, replayed: false }
    }

    /// How a use case ended.
    pub(super) fn of<A: Aggregate>(result: std::result::Result<Done<A>, Failure>) -> Result<Self>
    where
        T: From<Done<A>>,
    {
        match result {
            Ok(done) => Ok(Self::done(done)),
            Err(failure) => Ok(Self::refused(command_errors(failure)?)),
        }
    }
}

/// The payload of a mutation.
pub(super) trait Payload {
    /// What it shows.
    type Object;

    /// The payload for an outcome.
    fn new(outcome: Outcome<Self::Object>) -> Self;
}

/// The payload of a mutation, from how its use case ended.
pub(super) fn answer<A: Aggregate, P: Payload>(result: std::result::Result<Done<A>, Failure>) -> Result<P>
where
    P::Object: From<Done<A>>,
{
    Outcome::of(result).map(P::new)
}

/// Declares payloads: `field: Object => Name, Name …`.
macro_rules! payloads {
    (#[$doc:meta] $field:ident: $object:ident => $($name:ident),+ $(,)?) => {
        $(
            pub(super) struct $name($crate::schema::payload::Outcome<$object>);

            /// What became of the command.
            #[async_graphql::Object]
            impl $name {
                #[$doc]
                async fn $field(&self) -> Option<&$object> {
                    self.0.object.as_ref()
                }

                /// What the caller can mend; empty when the command was done.
                async fn errors(&self) -> &[$crate::schema::error::CommandError] {
                    &self.0.errors
                }

                /// Where the last event of the command stands. Send it as `X-Min-Position` with the next query, and that
                /// query sees what was done here. Null when nothing changed.
                async fn position(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                ) -> async_graphql::Result<Option<$crate::schema::scalars::Position>> {
                    $crate::schema::scalars::position_of(ctx, self.0.insertion).await
                }

                /// Whether this is the answer to an earlier command with the same idempotency key.
                async fn replayed(&self) -> bool {
                    self.0.replayed
                }
            }

            impl $crate::schema::payload::Payload for $name {
                type Object = $object;

                fn new(outcome: $crate::schema::payload::Outcome<$object>) -> Self {
                    Self(outcome)
                }
            }
        )+
    };
}

pub(super) use payloads;
