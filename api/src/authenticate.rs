//! Bearer tokens (RFC 6750), checked by the application.

use std::net::SocketAddr;

use async_graphql::Data;
use async_trait::async_trait;
use escalon_application::{Engine, Failure};
use http::{HeaderMap, header::AUTHORIZATION};

use crate::http::{AuthFailure, Authenticate};

/// Puts the caller that a bearer token speaks for into the request.
#[derive(Clone)]
pub struct BearerTokens {
    engine: Engine,
}

impl BearerTokens {
    /// Checked by this engine.
    #[must_use]
    pub const fn new(engine: Engine) -> Self {
        Self { engine }
    }
}

#[async_trait]
impl Authenticate for BearerTokens {
    async fn authenticate(&self, headers: &HeaderMap, _: Option<SocketAddr>) -> Result<Data, AuthFailure> {
        let mut data = Data::default();
        let Some(header) = headers.get(AUTHORIZATION) else { return Ok(data) };
        let token = header.to_str().ok().and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let wrong = "the Authorization header is not understood; send `Authorization: Bearer <token>`";
        let token = token.ok_or_else(|| AuthFailure::Unauthenticated(wrong.to_owned()))?;
        match self.engine.authenticate(token, "graphql").await {
            Ok(caller) => data.insert(caller),
            Err(Failure::Store(error)) => return Err(AuthFailure::Unavailable(error.to_string())),
            Err(other) => return Err(AuthFailure::Unauthenticated(other.to_string())),
        }
        Ok(data)
    }
}
