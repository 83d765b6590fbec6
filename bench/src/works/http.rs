//! Mutations over HTTP and GraphQL by 32 clients, against the same use case in process.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use escalon_domain::access::Permission;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Mutex, oneshot},
};

use super::Work;
use crate::{
    Result,
    bench::Bench,
    load::{Load, Shape},
    ours::{self, Desk, Fresh},
};

const CLIENTS: usize = 32;
pub(crate) const IN_PROCESS: &str = "in process";
pub(crate) const HTTP: &str = "HTTP and GraphQL";
pub(crate) const HTTP_POSITION: &str = "HTTP and GraphQL, asking for the position";

pub(super) async fn run(bench: &Bench) -> Result<()> {
    let app = ours::at_work(&bench.cluster.create("http").await?).await?;
    let desk = Desk::of(app.engine.clone(), "bench").await?;
    let (member, token) = desk.member("clerk", Permission::ALL).await?;
    let clerk = desk.with(member);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let router = escalon_cli::http::routes(&app, Arc::new(String::new));
    let server = tokio::spawn(escalon_api::http::serve(listener, router, async { _ = stopped.await }));
    for _ in 0..bench.plan.rounds {
        for who in [IN_PROCESS, HTTP, HTTP_POSITION] {
            bench.cluster.checkpoint().await?;
            let load = match who {
                IN_PROCESS => in_process(clerk.clone(), bench.plan.time).await?,
                who => over_http(address, &token, &desk.run, who == HTTP_POSITION, bench.plan.time).await?,
            };
            bench.note(Work::Http, who, "rate", "commands/s", load.rate());
            bench.note(Work::Http, who, "p50", "ms", load.percentile(0.5));
            bench.note(Work::Http, who, "p99", "ms", load.percentile(0.99));
            app.catch_up(Duration::from_secs(600)).await?;
        }
    }
    drop(stop);
    server.await?;
    app.close().await;
    Ok(())
}

async fn in_process(desk: Desk, time: Duration) -> Result<Load> {
    let work = move |_, _| {
        let desk = desk.clone();
        async move { desk.command(Fresh::OpenTicket).await }
    };
    Shape::closed(CLIENTS, time).run(work).await
}

/// The clients have a thread of their own, as if they were another program.
async fn over_http(
    address: SocketAddr,
    token: &str,
    run: &str,
    position: bool,
    time: Duration,
) -> Result<Load> {
    let (token, run) = (token.to_owned(), run.to_owned());
    let clients = move || -> Result<Load> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async move {
            let mut clients = Vec::new();
            for _ in 0..CLIENTS {
                clients.push(Mutex::new(Client::connect(address, &token, &run, position).await?));
            }
            let clients = Arc::new(clients);
            let work = move |client: usize, _| {
                let clients = Arc::clone(&clients);
                async move { clients[client].lock().await.open().await }
            };
            Shape::closed(CLIENTS, time).run(work).await
        })
    };
    tokio::task::spawn_blocking(clients).await?
}

/// A lean client: one connection, kept open, and a request at a time.
struct Client {
    stream: TcpStream,
    head: String,
    select: &'static str,
    run: String,
    answer: Vec<u8>,
}

impl Client {
    async fn connect(address: SocketAddr, token: &str, run: &str, position: bool) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nAccept: application/graphql-response+json\r\n"
        );
        let select =
            if position { "ticket { id number status } position" } else { "ticket { id number status }" };
        Ok(Self { stream, head, select, run: run.to_owned(), answer: Vec::with_capacity(4_096) })
    }

    async fn open(&mut self) -> Result<()> {
        let ticket = ours::ticket(ours::fresh());
        let (run, count) = (&self.run, ours::fresh());
        let body = serde_json::json!({
            "query": format!("mutation($input: TicketOpenInput!) {{ ticketOpen(input: $input) {{ {} errors {{ code message }} }} }}", self.select),
            "variables": { "input": {
                "type": ticket.ticket_type, "title": ticket.title, "description": ticket.description,
                "brand": ticket.brand, "idempotencyKey": format!("http-{run}-{count}"),
                "requester": { "customer": { "reference": format!("c-{}", count % 1_000), "name": "A customer" } },
            } },
        })
        .to_string();
        let request = format!("{}Content-Length: {}\r\n\r\n{body}", self.head, body.len());
        self.stream.write_all(request.as_bytes()).await?;
        self.answer.clear();
        let body = self.read().await?;
        if !body.contains("\"errors\":[]") {
            return Err(format!("the mutation was refused: {body}").into());
        }
        Ok(())
    }

    /// The body of the answer.
    async fn read(&mut self) -> Result<&str> {
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server hung up".into());
            }
            let Some(end) = self.answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let head = std::str::from_utf8(&self.answer[..end])?;
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            let whole = end + 4 + length.ok_or_else(|| format!("an answer without a length: {head}"))?;
            if self.answer.len() >= whole {
                return Ok(std::str::from_utf8(&self.answer[end + 4..whole])?);
            }
        }
    }
}
