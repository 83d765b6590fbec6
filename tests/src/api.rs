//! The API as a client sees it: over TCP, as HTTP and JSON.

use std::{net::SocketAddr, sync::Arc};

use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::TestApp;

/// The API of a running engine.
pub struct Api {
    address: SocketAddr,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

/// A client who is signed in, or not.
pub struct Client<'a> {
    api: &'a Api,
    token: Option<String>,
}

impl TestApp {
    /// Serves the API on a free port.
    pub async fn serve(&self) -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = escalon_cli::http::routes(&self.app, Arc::new(String::new));
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { _ = stopped.await };
        let server = tokio::spawn(escalon_api::http::serve(listener, router, shutdown));
        Api { address, client: reqwest::Client::new(), stop: Some(stop), server: Some(server) }
    }
}

impl Api {
    /// Somebody who is not signed in.
    #[must_use]
    pub const fn anonymous(&self) -> Client<'_> {
        Client { api: self, token: None }
    }

    /// Somebody with this token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Client<'_> {
        Client { api: self, token: Some(token.to_owned()) }
    }

    /// Somebody who logs in.
    pub async fn log_in(&self, organization: &str, email: &str, password: &str) -> Client<'_> {
        let input = json!({ "organization": organization, "email": email, "password": password });
        let answer = self.anonymous().mutate("memberLogIn", "MemberLogInInput", input, "token").await;
        self.with_token(answer["token"].as_str().unwrap_or_else(|| panic!("no token: {answer}")))
    }

    /// Ends the server in good order.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(server) = self.server.take() {
            server.await.expect("the server");
        }
    }

    /// The address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Client<'_> {
    /// The whole answer to a document.
    pub async fn ask(&self, query: &str, variables: Value) -> (u16, Value) {
        let request = self
            .api
            .client
            .post(self.api.url("/graphql"))
            .json(&json!({ "query": query, "variables": variables }));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response =
            request.header("accept", "application/graphql-response+json").send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.expect("JSON"))
    }

    /// The data of a query; panics on errors.
    pub async fn query(&self, query: &str, variables: Value) -> Value {
        let (_, mut answer) = self.ask(query, variables).await;
        assert!(answer["errors"].is_null(), "{query}: {answer}");
        answer["data"].take()
    }

    /// The payload of a mutation: its errors and what is selected.
    pub async fn mutate(&self, name: &str, input_type: &str, input: Value, select: &str) -> Value {
        let document = format!(
            "mutation($input: {input_type}!) {{ {name}(input: $input) {{ {select} errors {{ code message path
                ... on InvalidTransition {{ allowed }} ... on Duplicate {{ holder }} ... on VersionConflict {{ actual }} }} }} }}"
        );
        let (_, mut answer) = self.ask(&document, json!({ "input": input })).await;
        assert!(answer["errors"].is_null(), "{name}: {answer}");
        answer["data"][name].take()
    }
}
