//! What can happen to a database and to clocks while the engine works: nothing acknowledged is lost, and each says what it is.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use escalon_application::{Caller, Failure, Moment, Once, ports::StoreError};
use escalon_cli::compose::{App, World};
use escalon_domain::{team::TeamId, ticket::TicketCommand};
use escalon_infrastructure::{
    embedded::{EmbeddedPostgres, Mode, Options},
    identity::SigningKey,
    vault::MasterKeySource,
    world::SystemClock,
};
use escalon_projections::{Page, Scope, TicketFilter, TicketOrder};
use escalon_tests::TestApp;
use tokio::net::{UnixListener, UnixStream};

use super::store::{opening, ticket_type};

fn world() -> World {
    World {
        clock: Arc::new(SystemClock),
        key: SigningKey::from_hex(&"ab".repeat(32)).unwrap(),
        master_key: MasterKeySource::text(escalon_tests::MASTER_KEY.to_owned()),
        notary: escalon_tests::notary(1, Arc::default()),
    }
}

async fn define(app: &App, operator: &Caller, number: usize, title: &str) -> Result<TeamId, Failure> {
    let team = escalon_domain::team::Team {
        name: format!("team-{number}").parse().unwrap(),
        title: title.to_owned(),
        members: BTreeSet::new(),
    };
    let key = Once::new(Some(format!("key-{number}")), None, &number);
    app.engine.define(operator, team, &key).await.map(|done| done.id)
}

/// A file system of a few megabytes, where this user may make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn new(path: &Path, megabytes: u32) -> Option<Self> {
        let size = format!("size={megabytes}m,mode=0755");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(path.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[tokio::test]
async fn a_disk_that_fills_refuses_clearly_and_goes_on_when_there_is_room() {
    let directory = tempfile::Builder::new().prefix("escalon-full").tempdir_in("/tmp").unwrap();
    let Some(_disk) = SmallDisk::new(directory.path(), 200) else {
        eprintln!("not tried: this user may not mount a file system");
        return;
    };
    let mut options = Options::new(directory.path().join("postgres"), Mode::Engine);
    let small = [("shared_buffers", "16MB"), ("max_wal_size", "64MB"), ("min_wal_size", "32MB")];
    options.settings = small.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let postgres = EmbeddedPostgres::open(options).await.unwrap();
    let app = App::over(&postgres.connect_options(), world()).await.unwrap();
    let operator =
        app.engine.found_organization("acme".parse().unwrap(), "Acme".to_owned(), "test").await.unwrap();
    let mut acknowledged = vec![define(&app, &operator, 0, "before").await.unwrap()];

    let ballast = directory.path().join("ballast");
    let fill = |keep: u64| {
        let free = Command::new("df").args(["--output=avail", "-B1"]).arg(directory.path()).output().unwrap();
        let text = String::from_utf8(free.stdout).unwrap();
        let free: u64 = text.lines().nth(1).unwrap().trim().parse().unwrap();
        let file = std::fs::File::options().create(true).append(true).open(&ballast).unwrap();
        let mut writer = std::io::BufWriter::new(file);
        std::io::Write::write_all(&mut writer, &vec![1; usize::try_from(free.saturating_sub(keep)).unwrap()])
            .unwrap();
    };
    fill(1 << 20);
    let long = "x".repeat(120);
    let mut refused = None;
    for number in 1..30_000 {
        match define(&app, &operator, number, &long).await {
            Ok(id) => acknowledged.push(id),
            Err(failure) => {
                refused = Some((number, failure));
                break;
            }
        }
    }
    let (number, failure) = refused.expect("the disk fills");
    assert!(matches!(&failure, Failure::Store(StoreError::Unavailable { .. })), "{failure:?}");

    std::fs::remove_file(&ballast).unwrap();
    let mut again = None;
    for _ in 0..100 {
        match define(&app, &operator, number, &long).await {
            Ok(id) => {
                again = Some(id);
                break;
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    acknowledged.push(again.expect("it goes on by itself"));
    assert!(app.catch_up(Duration::from_secs(30)).await.unwrap(), "so do the read models");
    for id in acknowledged {
        app.engine.definition(&operator, id, Moment::Now).await.unwrap();
    }
    app.close().await;
    postgres.stop().await;
}

/// A way to the database that can be cut.
async fn cable(to: PathBuf, at: PathBuf, whole: Arc<AtomicBool>) {
    let listener = UnixListener::bind(at).unwrap();
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let (to, whole) = (to.clone(), Arc::clone(&whole));
        tokio::spawn(async move {
            if !whole.load(Ordering::SeqCst) {
                return;
            }
            let Ok(mut server) = UnixStream::connect(to).await else { return };
            let cut = async {
                while whole.load(Ordering::SeqCst) {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            };
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                () = cut => {}
            }
        });
    }
}

#[tokio::test]
async fn a_network_that_is_cut_again_and_again_loses_nothing_and_doubles_nothing() {
    let quiet = TestApp::new().await;
    let directory = tempfile::tempdir().unwrap();
    let socket = quiet.options.get_socket().unwrap().join(format!(".s.PGSQL.{}", quiet.options.get_port()));
    let whole = Arc::new(AtomicBool::new(true));
    let at = directory.path().join(format!(".s.PGSQL.{}", quiet.options.get_port()));
    let cable = tokio::spawn(cable(socket, at, Arc::clone(&whole)));
    tokio::time::sleep(Duration::from_millis(50)).await;
    let app = App::over(&quiet.options.clone().socket(directory.path()), world()).await.unwrap();
    let operator =
        app.engine.found_organization("acme".parse().unwrap(), "Acme".to_owned(), "test").await.unwrap();

    let cutting = {
        let whole = Arc::clone(&whole);
        tokio::spawn(async move {
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_millis(150)).await;
                whole.store(false, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(60)).await;
                whole.store(true, Ordering::SeqCst);
            }
        })
    };
    let mut unsure = 0;
    let mut numbers = 0;
    // Each is repeated with its key until it is acknowledged, as a client does.
    while !cutting.is_finished() || numbers < 100 {
        while let Err(failure) = define(&app, &operator, numbers, "Team").await {
            assert!(matches!(failure, Failure::Store(_)), "{failure}");
            unsure += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        numbers += 1;
    }
    assert!(unsure > 0, "the cuts were felt");
    let stored: i64 =
        sqlx::query_scalar("select count(*) from escalon.events where event_type = 'team.defined'")
            .fetch_one(&quiet.app.database.engine)
            .await
            .unwrap();
    assert_eq!(usize::try_from(stored).unwrap(), numbers, "each once");
    assert!(app.catch_up(Duration::from_secs(30)).await.unwrap());
    app.close().await;
    cable.abort();
}

#[tokio::test]
async fn a_clock_that_jumps_back_changes_no_order_and_no_duration_is_negative() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let once = Once::default();
    let ticket = app.engine().open_ticket(&operator, opening(), &once).await.unwrap().id;
    app.clock.advance(chrono::Duration::hours(-30));
    let propose = TicketCommand::ProposeResolution { remarks: "Put out the fire with sand".to_owned() };
    app.engine().change_ticket(&operator, ticket, propose, &once).await.unwrap();
    app.clock.advance(chrono::Duration::days(4_000));
    let done = app.engine().change_ticket(&operator, ticket, TicketCommand::AcceptResolution, &once).await;
    assert_eq!(done.unwrap().version, 3);
    app.settle().await;
    let order: Vec<(i64, i64)> = sqlx::query_as(
        "select p.position, e.sequence from escalon.event_positions p join escalon.events e using (insertion)
         where e.aggregate_id = $1 order by p.position",
    )
    .bind(ticket.to_string())
    .fetch_all(&app.app.database.engine)
    .await
    .unwrap();
    assert_eq!(order.iter().map(|(_, sequence)| *sequence).collect::<Vec<_>>(), [1, 2, 3]);
    let dashboard = app.app.reads.dashboard(&Scope::of(&operator), None, None).await.unwrap();
    assert_eq!((dashboard.first_response.count, dashboard.first_response.mean), (1, Some(0.0)));
    assert!(dashboard.resolution.mean.unwrap() > 0.0);
}

#[tokio::test]
async fn a_checkpoint_beyond_the_last_event_is_said_and_a_rebuild_mends_it() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let once = Once::default();
    app.engine().open_ticket(&operator, opening(), &once).await.unwrap();
    app.settle().await;
    sqlx::query("update escalon.subscriptions set position = 9000 where name = 'projection.ticket_inbox'")
        .execute(&app.app.database.engine)
        .await
        .unwrap();
    app.engine().open_ticket(&operator, opening(), &once).await.unwrap();
    let mut said = None;
    for _ in 0..400 {
        let status = app.app.reads.status().await.unwrap();
        said = status.into_iter().find(|one| one.name == "ticket_inbox").and_then(|one| one.error);
        if said.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let said = said.expect("it stands still and says so");
    assert!(said.contains("escalon projections rebuild ticket_inbox"), "{said}");

    app.app.projections.rebuild("ticket_inbox", |_| {}).await.unwrap();
    app.engine().open_ticket(&operator, opening(), &once).await.unwrap();
    let mut total = 0;
    for _ in 0..3_000 {
        let page = Page::first(10);
        let scope = Scope::of(&operator);
        let reads = &app.app.reads;
        total = reads
            .tickets(&scope, TicketFilter::default(), TicketOrder::default(), page)
            .await
            .unwrap()
            .items
            .len();
        if total == 3 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{total} of 3 tickets are there");
}

#[tokio::test]
async fn an_event_of_a_newer_engine_is_named_and_hinders_nothing_else() {
    let app = TestApp::new().await;
    let operator = app.organization("acme").await;
    ticket_type(&app, &operator).await;
    let once = Once::default();
    let ticket = app.engine().open_ticket(&operator, opening(), &once).await.unwrap().id;
    let other = app.engine().open_ticket(&operator, opening(), &once).await.unwrap().id;
    let mut owner = <sqlx::PgConnection as sqlx::Connection>::connect_with(&app.options).await.unwrap();
    let newer = "insert into escalon.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
            metadata, organization, occurred_at, hash)
        select aggregate_type, aggregate_id, 2, 'ticket.teleported', '1',
            '{\"event\":\"ticket.teleported\",\"v\":1,\"at\":\"2026-01-05T09:00:00Z\",\"by\":\"system:x\",\"data\":{}}',
            metadata, organization, occurred_at, sha256('x') from escalon.events where aggregate_id = $1";
    sqlx::query(newer).bind(ticket.to_string()).execute(&mut owner).await.unwrap();
    app.settle().await;
    let wait = TicketCommand::Wait { reason: "customer".parse().unwrap() };
    let beside = app.beside().await;
    let refused = beside.engine().change_ticket(&operator, ticket, wait.clone(), &once).await.unwrap_err();
    let said = refused.to_string();
    assert!(said.contains("ticket.teleported") && said.contains("newer version of the engine"), "{said}");
    beside.engine().change_ticket(&operator, other, wait, &once).await.unwrap();
    app.settle().await;
}
