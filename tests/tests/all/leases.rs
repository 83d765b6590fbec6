//! One owner for each subscription: how leases pass on, and that a former owner's late work comes to nothing.

use std::time::{Duration, Instant};

use super::consumers::{Behave, Bench, Probe, SHORT};

#[tokio::test]
async fn one_process_works_and_another_takes_over_when_it_is_gone() {
    let mut bench = Bench::new().await;
    let (first, second) = (Probe::new(|_| Behave::Take), Probe::new(|_| Behave::Take));
    let one = bench.process("one", &first);
    bench.append(&["a"]).await;
    bench.takes(&["a"]).await;
    let other = bench.process("other", &second);
    bench.append(&["a", "b"]).await;
    bench.takes(&["a", "a", "b"]).await;
    let batches = |probe: &Probe| probe.batches.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(batches(&second), 0, "the lease is the first one's");
    assert_eq!(bench.owned_by().await.as_deref(), Some("one"));
    let begin = Instant::now();
    one.kill();
    bench.append(&["c"]).await;
    bench.takes(&["a", "a", "b", "c"]).await;
    assert!(begin.elapsed() < SHORT.length + Duration::from_secs(3), "{:?}", begin.elapsed());
    assert_eq!(bench.owned_by().await.as_deref(), Some("other"));
    assert_eq!(batches(&second), 1);
    other.stop().await;
}

#[tokio::test]
async fn a_process_that_ends_in_good_order_gives_its_lease_up_at_once() {
    let mut bench = Bench::new().await;
    let probe = Probe::new(|_| Behave::Take);
    let one = bench.process("one", &probe);
    bench.append(&["a"]).await;
    bench.takes(&["a"]).await;
    one.stop().await;
    assert_eq!(bench.owned_by().await, None);
}

/// The first owner stops renewing in the middle of a batch, and stays in it for longer than its lease lasts.
async fn late(pausing: Behave) {
    let mut bench = Bench::new().await;
    let first = Probe::new(move |event| if event.position == 3 { pausing.clone() } else { Behave::Take });
    let second = Probe::new(|_| Behave::Take);
    bench.append(&["a", "b", "c", "d"]).await;
    let one = bench.process("one", &first);
    let begin = Instant::now();
    while first.batches.load(std::sync::atomic::Ordering::Relaxed) == 0 {
        assert!(begin.elapsed() < Duration::from_secs(10), "the first one never began");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    one.forget_to_renew();
    let other = bench.process("other", &second);
    bench.takes(&["a", "b", "c", "d"]).await;
    bench.append(&["e"]).await;
    bench.takes(&["a", "b", "c", "d", "e"]).await;
    // Time for the first one to come back, and to do harm if it could.
    tokio::time::sleep(SHORT.length * 2).await;
    assert_eq!(bench.taken().await, ["a", "b", "c", "d", "e"], "nothing twice, nothing lost");
    assert_eq!(bench.owned_by().await.as_deref(), Some("other"));
    one.kill();
    other.stop().await;
}

#[tokio::test]
async fn an_owner_that_stands_still_in_a_batch_is_cut_off_and_its_work_rolled_back() {
    late(Behave::Pause(SHORT.length * 3)).await;
}

#[tokio::test]
async fn an_owner_that_works_on_past_its_lease_cannot_commit() {
    // The server is busy for it, so it is not cut off: the checkpoint refuses to move.
    late(Behave::Run(format!("select pg_sleep({})", SHORT.length.as_secs_f64() * 2.0))).await;
}

#[tokio::test]
async fn a_process_that_cannot_work_leaves_the_work_to_one_that_can() {
    let mut bench = Bench::new().await;
    let (old, new) = (Probe::new(|_| Behave::Hindered), Probe::new(|_| Behave::Take));
    let one = bench.process("old", &old);
    bench.append(&["a"]).await;
    let begin = Instant::now();
    while bench.owned_by().await.as_deref() != Some("old") {
        assert!(begin.elapsed() < Duration::from_secs(10), "nobody began");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let other = bench.process("new", &new);
    bench.takes(&["a"]).await;
    assert_eq!(bench.owned_by().await.as_deref(), Some("new"));
    // When it is gone, the first one tries again, and is mended.
    other.stop().await;
    old.change(|_| Behave::Take);
    bench.append(&["b"]).await;
    bench.takes(&["a", "b"]).await;
    one.stop().await;
}

#[tokio::test]
async fn processes_that_come_and_go_at_random_take_every_event_once() {
    let mut bench = Bench::new().await;
    let mut expected = Vec::new();
    let mut processes = Vec::new();
    for round in 0..12 {
        let probe = Probe::new(|event| {
            if event.position % 5 == 0 {
                Behave::Run("select pg_sleep(0.02)".to_owned())
            } else {
                Behave::Take
            }
        });
        processes.push(bench.process(&format!("process {round}"), &probe));
        for stream in ["a", "b", "c"] {
            bench.append(&[stream, stream]).await;
            expected.extend([stream, stream]);
        }
        if processes.len() > 3 {
            processes.remove(0).kill();
        }
    }
    bench.takes(&expected).await;
    for process in processes {
        process.stop().await;
    }
    assert_eq!(bench.taken().await, expected);
}
