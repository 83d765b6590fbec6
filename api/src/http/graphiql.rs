//! The GraphiQL editor. Its scripts are part of the binary, so it works without access to the internet and
//! under a strict content security policy; `assets/README.md` says where they come from.

use axum::{
    Router,
    extract::Path,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};

const PAGE: &str = include_str!("assets/graphiql.html");

/// GraphiQL writes style attributes and inlines its icons; everything else comes from this server.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                   font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Asset {
    name: &'static str,
    content_type: &'static str,
    gzip: bool,
    bytes: &'static [u8],
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: [Asset; 5] = [
    Asset { name: "start.js", content_type: SCRIPT, gzip: false, bytes: include_bytes!("assets/start.js") },
    Asset {
        name: "react.js",
        content_type: SCRIPT,
        gzip: true,
        bytes: include_bytes!("assets/react.production.min.js.gz"),
    },
    Asset {
        name: "react-dom.js",
        content_type: SCRIPT,
        gzip: true,
        bytes: include_bytes!("assets/react-dom.production.min.js.gz"),
    },
    Asset {
        name: "graphiql.js",
        content_type: SCRIPT,
        gzip: true,
        bytes: include_bytes!("assets/graphiql.min.js.gz"),
    },
    Asset {
        name: "graphiql.css",
        content_type: "text/css; charset=utf-8",
        gzip: true,
        bytes: include_bytes!("assets/graphiql.min.css.gz"),
    },
];

pub(super) fn routes() -> Router {
    Router::new().route("/graphiql", get(page)).route("/graphiql/{asset}", get(asset))
}

async fn page() -> Response {
    ([(header::CONTENT_SECURITY_POLICY, CSP)], Html(PAGE)).into_response()
}

async fn asset(Path(name): Path<String>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers =
        [(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, "public, max-age=3600")];
    let mut response = (headers, asset.bytes).into_response();
    if asset.gzip {
        // Every browser that runs GraphiQL takes gzip.
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
