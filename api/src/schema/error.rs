//! Why something was not done. What the caller can mend is a `CommandError` in the payload; the rest is a top-level error.

use async_graphql::{Enum, Error, ErrorExtensions, ID, Interface, Result, SimpleObject};
use escalon_application::{Failure, ports::StoreError};
use escalon_domain::{
    fault::Fault,
    refusal::{Refusal, RefusalCode},
};
use escalon_projections::{ProofError, ReadError};

use crate::http::BAD_USER_INPUT;

macro_rules! command_errors {
    ($($(#[$doc:meta])+ $name:ident { $($(#[$field_doc:meta])+ $field:ident: $ty:ty),* }),+ $(,)?) => {
        /// The kind of a `CommandError`; stable, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        pub(super) enum CommandErrorCode { $($(#[$doc])+ $name),+ }

        $($(#[$doc])+
        #[derive(Debug, SimpleObject)]
        pub(super) struct $name {
            /// The kind of error.
            code: CommandErrorCode,
            /// What is wrong and how to mend it, for people.
            message: String,
            /// Where in the input it is.
            path: Option<Vec<String>>,
            $($(#[$field_doc])+ $field: $ty),*
        })+

        /// Something that the caller can mend.
        #[derive(Debug, Interface)]
        #[graphql(
            field(name = "code", ty = "&CommandErrorCode", desc = "The kind of error."),
            field(name = "message", ty = "&String", desc = "What is wrong and how to mend it, for people."),
            field(name = "path", ty = "&Option<Vec<String>>", desc = "Where in the input it is.")
        )]
        pub(super) enum CommandError { $($name($name)),+ }
    };
}

command_errors! {
    /// It is not possible as things stand.
    InvalidTransition {
        /// What would be possible now.
        allowed: Vec<String>
    },
    /// Somebody changed it since the caller looked.
    VersionConflict {
        /// The version that the caller expected.
        expected: u64,
        /// The version that it has.
        actual: u64
    },
    /// The caller's roles do not allow it.
    NotPermitted {
        /// The permission that is missing.
        permission: String
    },
    /// It is not there, or not for this caller.
    NotFound {},
    /// Another thing holds what must be unique.
    Duplicate {
        /// The id of that thing.
        holder: ID
    },
    /// The input is wrong; there is one error for each fault.
    InvalidInput {},
    /// The idempotency key was used before, with other input.
    KeyReused {},
    /// A rule forbids it, whatever the permissions.
    NotAllowed {},
    /// Organization, email address or password is wrong.
    WrongCredentials {},
}

/// What the caller can mend; anything else fails the request.
pub(super) fn command_errors(failure: Failure) -> Result<Vec<CommandError>> {
    use CommandErrorCode as Code;
    let (message, path) = (failure.to_string(), None);
    let error: CommandError = match failure {
        Failure::Store(_) | Failure::Unauthenticated(_) => return Err(request_error(failure)),
        Failure::Invalid(faults) => return Ok(faults.into_iter().map(invalid_input).collect()),
        Failure::Refused(refusal) => return Ok(refused(&*refusal)),
        Failure::NotPermitted { permission } => {
            NotPermitted { code: Code::NotPermitted, message, path, permission: permission.to_string() }
                .into()
        }
        Failure::NotFound { .. } | Failure::NotThereYet { .. } => {
            NotFound { code: Code::NotFound, message, path }.into()
        }
        Failure::VersionConflict { expected, actual } => {
            let path = Some(vec!["expectedVersion".to_owned()]);
            VersionConflict { code: Code::VersionConflict, message, path, expected, actual }.into()
        }
        Failure::KeyReused { .. } => {
            let path = Some(vec!["idempotencyKey".to_owned()]);
            KeyReused { code: Code::KeyReused, message, path }.into()
        }
        Failure::Duplicate { holder, .. } => {
            Duplicate { code: Code::Duplicate, message, path, holder: holder.into() }.into()
        }
    };
    Ok(vec![error])
}

fn refused(refusal: &dyn Refusal) -> Vec<CommandError> {
    let (message, path) = (refusal.to_string(), None);
    let error = match refusal.code() {
        RefusalCode::InvalidInput => return refusal.faults().into_iter().map(invalid_input).collect(),
        RefusalCode::InvalidTransition | RefusalCode::AlreadyExists => {
            let allowed = refusal.allowed().into_iter().map(str::to_owned).collect();
            InvalidTransition { code: CommandErrorCode::InvalidTransition, message, path, allowed }.into()
        }
        RefusalCode::NotFound => NotFound { code: CommandErrorCode::NotFound, message, path }.into(),
        RefusalCode::NotAllowed => NotAllowed { code: CommandErrorCode::NotAllowed, message, path }.into(),
    };
    vec![error]
}

fn invalid_input(fault: Fault) -> CommandError {
    let Fault { mut path, message } = fault;
    // Only the first part is a name of ours; what follows are places in lists and names that organizations chose.
    if let Some(first) = path.first_mut() {
        *first = camel_case(first);
    }
    InvalidInput { code: CommandErrorCode::InvalidInput, message, path: Some(path) }.into()
}

fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        name + &head.to_ascii_uppercase() + tail
    })
}

/// Wrong credentials; which of them is not said.
pub(super) fn wrong_credentials(message: String) -> CommandError {
    WrongCredentials { code: CommandErrorCode::WrongCredentials, message, path: None }.into()
}

/// The top-level error for a failure; without a code it is hidden behind the trace id.
pub(super) fn request_error(failure: Failure) -> Error {
    let message = failure.to_string();
    match failure {
        Failure::Store(StoreError::Unavailable { operation, source }) => {
            tracing::error!(operation, error = %source, "the database cannot be reached");
            let message = "the database cannot be reached now; try again in a moment, a command with the same idempotencyKey, so that it is done once";
            unavailable(message)
        }
        Failure::Store(StoreError::Broken { .. }) => Error::new(message),
        Failure::Unauthenticated(_) => coded(message, "UNAUTHENTICATED"),
        Failure::NotPermitted { permission } => coded(message, "NOT_PERMITTED")
            .extend_with(|_, extensions| extensions.set("permission", permission.name())),
        Failure::NotFound { .. } => coded(message, "NOT_FOUND"),
        Failure::Invalid(_) | Failure::NotThereYet { .. } => bad_input(message),
        Failure::VersionConflict { .. }
        | Failure::KeyReused { .. }
        | Failure::Duplicate { .. }
        | Failure::Refused(_) => coded(message, "CONFLICT"),
    }
}

/// The top-level error for a read model that could not be read.
pub(super) fn read_error(error: ReadError) -> Error {
    match error {
        ReadError::NotPermitted { permission } => request_error(Failure::NotPermitted { permission }),
        ReadError::BadCursor { .. } | ReadError::BadPage { .. } | ReadError::NoReplay { .. } => {
            bad_input(error.to_string())
        }
        ReadError::NotBuilt { .. } | ReadError::Building { .. } | ReadError::Outdated => {
            unavailable(&error.to_string())
        }
        ReadError::Proof(refused) => proof_error(&refused),
        ReadError::Store(error) => request_error(Failure::Store(error)),
    }
}

/// The top-level error for something that cannot be proven.
fn proof_error(error: &ProofError) -> Error {
    let message = error.to_string();
    match error {
        ProofError::TooNew => unavailable(&message),
        ProofError::NoCheckpoint { .. } => coded(message, "NOT_FOUND"),
        ProofError::Order { .. } => bad_input(message),
        ProofError::Damaged(_) => {
            tracing::error!(message, "a proof cannot be given");
            coded(message, "CONFLICT")
        }
        ProofError::Store(_) => Error::new(message),
    }
}

/// An argument of a query that is wrong.
pub(super) fn bad_input(message: impl Into<String>) -> Error {
    coded(message, BAD_USER_INPUT)
}

/// Something that can be had later.
pub(super) fn unavailable(message: &str) -> Error {
    coded(message, "UNAVAILABLE")
}

/// What was asked for, or nothing where it is not there for this caller, or was not yet at that moment.
pub(super) fn found<T>(result: std::result::Result<T, Failure>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(Failure::NotFound { .. } | Failure::NotThereYet { .. }) => Ok(None),
        Err(failure) => Err(request_error(failure)),
    }
}

fn coded(message: impl Into<String>, code: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}
