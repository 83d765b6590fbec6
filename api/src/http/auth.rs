//! Who is calling: a port, because tokens and keys are none of HTTP's business.

use std::net::SocketAddr;

use async_graphql::Data;
use async_trait::async_trait;
use http::HeaderMap;
use thiserror::Error;

/// Identifies the caller of a request.
#[async_trait]
pub trait Authenticate: Send + Sync + 'static {
    /// Returns what resolvers shall find in their context. Without an `Authorization` header that is the
    /// anonymous caller; a token that is not valid is a failure and never makes the caller anonymous.
    ///
    /// `peer` is the address of the connection, which behind a proxy is the proxy's. It is absent where the
    /// router does not run under [`serve`](super::serve()).
    ///
    /// # Errors
    ///
    /// See [`AuthFailure`].
    async fn authenticate(&self, headers: &HeaderMap, peer: Option<SocketAddr>) -> Result<Data, AuthFailure>;
}

/// Why a caller is not identified.
#[derive(Debug, Error)]
pub enum AuthFailure {
    /// The credentials are not valid. The text is shown to the caller and names the cure, for example "the
    /// access token expired; sign in again". Answered with 401.
    #[error("{0}")]
    Unauthenticated(String),
    /// The credentials could not be checked. The text goes to the log only. Answered with 503.
    #[error("{0}")]
    Unavailable(String),
}

/// Takes every caller as anonymous and inserts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Anonymous;

#[async_trait]
impl Authenticate for Anonymous {
    async fn authenticate(&self, _: &HeaderMap, _: Option<SocketAddr>) -> Result<Data, AuthFailure> {
        Ok(Data::default())
    }
}
