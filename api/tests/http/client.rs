//! Short ways to send a request and to look at the answer.

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::Server;

pub(crate) const GRAPHQL: &str = "application/graphql-response+json";

impl Server {
    pub(crate) fn post(&self, accept: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        Client::new()
            .post(self.url("/graphql"))
            .header("content-type", "application/json")
            .header("accept", accept)
            .body(body)
    }

    pub(crate) fn query(&self, query: &str) -> RequestBuilder {
        self.post(GRAPHQL, json!({ "query": query }).to_string())
    }

    pub(crate) fn get(&self, parameters: &[(&str, &str)]) -> RequestBuilder {
        let mut url = reqwest::Url::parse(&self.url("/graphql")).expect("a url");
        url.query_pairs_mut().extend_pairs(parameters);
        Client::new().get(url).header("accept", GRAPHQL)
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) response_headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response: Response = request.send().await.expect("an answer");
        let (status, response_headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, response_headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.response_headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub(crate) fn code(&self) -> &str {
        self.body.pointer("/errors/0/extensions/code").and_then(Value::as_str).unwrap_or("")
    }

    pub(crate) fn message(&self) -> &str {
        self.body.pointer("/errors/0/message").and_then(Value::as_str).unwrap_or("")
    }

    /// Checks status and code, that the message holds `part`, and that nothing was executed.
    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16, code: &str, part: &str) {
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{}", self.body);
        assert!(self.message().contains(part), "{}", self.body);
        assert_eq!(self.body.get("data"), None);
        assert_eq!(
            self.body.pointer("/errors/0/extensions/traceId").and_then(Value::as_str),
            Some(self.header("x-trace-id"))
        );
    }
}
