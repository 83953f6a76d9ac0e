//! The crown: any rows, any faults, dropped at any event, then gone on with.
//!
//! The run is driven in this process, on a real ledger and over real HTTP, and panics
//! in the middle of telling its k-th event, for every k. Whatever is on the wire then is
//! either waited for, as the loop does by itself, or cut off, and may or may not arrive.
//! A new run on the same ledger goes on.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use wavepair::testing::clock;
use wavepair::testing::engine::{self, EngineOptions, GuardOptions, PlannedRow, UserSource, stop};
use wavepair::testing::ledger::{Binding, Flaw, Found, Opened, RunRecord};
use wavepair::testing::model::{
    Address, DeviceKey, DeviceRequest, DeviceType, E164, Event, MfaRule, Outcome, RowNumber, RunId,
    Secret,
};
use wavepair::testing::pace::Pacing;
use wavepair::testing::pingone::{Client, ClientAuth, ClientOptions, Credentials, TokenCache};
use wavepair::testing::plan::Existing;
use wavepair::testing::retry::RetryPolicy;
use wavepair::testing::sandbox::{Options, Sandbox, WAVE_POLICY, start};

use crate::support::rehearsal::user;

const ROWS: u32 = 5;
/// Longer than a request that was cut off can take to have its effect here.
const SETTLE: Duration = Duration::from_millis(150);
/// More events than any of these runs tells.
const EVENTS: usize = 40;
/// A run that was dropped may leave something for more than one other.
const RUNS: u8 = 4;

const BAD_DAYS: [&str; 6] = [
    "",
    "[[fault]]\non = 'create'\nfirst = 2\nwhen = 'after'\ndrop = 'reset'",
    "[[fault]]\non = 'create'\nevery = 2\nfirst = 4\nstatus = 503",
    "[[fault]]\non = 'create'\nfirst = 1\nwhen = 'after'\nstatus = 504\n[[fault]]\non = 'list'\nafter = 2\nfirst = 2\nstatus = 500",
    "[[fault]]\non = 'create'\nafter = 1\nfirst = 2\nzombie = '20ms'\n[[fault]]\non = 'list'\nevery = 2\nstale_listing = '20ms'",
    "[[fault]]\non = 'create'\nafter = 2\nfirst = 1\nstatus = 401\n[[fault]]\non = 'create'\nafter = 3\nfirst = 1\nwhen = 'after'\nbody = 'cut'",
];

fn requests() -> Vec<DeviceRequest> {
    (1..=ROWS)
        .map(|number| DeviceRequest {
            row: RowNumber(u64::from(number)),
            line: u64::from(number) + 1,
            key: DeviceKey {
                // Two rows of one user among them, which go one after the other.
                user: user(number / 2).parse().unwrap(),
                kind: DeviceType::WhatsApp,
                address: Address::Phone(E164::from_digits(&format!("1512555{number:04}")).unwrap()),
            },
            policy: WAVE_POLICY.parse().unwrap(),
            status: None,
            nickname: None,
            notification: None,
        })
        .collect()
}

fn client(sandbox: &Sandbox) -> Client {
    Client::new(&ClientOptions {
        api_url: sandbox.api_url().parse().unwrap(),
        environment: sandbox.environment().parse().unwrap(),
        credentials: Some(Credentials {
            token_url: sandbox.token_url().parse().unwrap(),
            auth: ClientAuth::Basic,
            client_id: sandbox.client_id().to_owned(),
            client_secret: Secret::new(sandbox.client_secret().to_owned()),
        }),
        timeout: Duration::from_secs(5),
        connect_timeout: Duration::from_secs(5),
        authorities: None,
        proxy: None,
        source: None,
        pool: 4,
    })
    .unwrap()
}

/// Opens the ledger of the run before, which was dropped just now.
fn open(path: &Path, binding: &Binding, record: &RunRecord) -> Opened {
    loop {
        let opened =
            Found::look(path, binding).and_then(|found| found.begin(record, &clock::moment()));
        match opened {
            // Another test of this process is just starting a program, which has a copy of
            // every open file, the lock among them, until it has become that program.
            Err(error) if matches!(error.flaw, Flaw::Held(_)) => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

/// What happens to a run that panics.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// It waits for what is on the wire.
    Drained,
    /// It is dropped at once.
    CutOff,
}

/// Runs the rows; panics while it tells its `until`-th event. Gives how each row ended.
async fn run(
    sandbox: &Sandbox,
    folder: &Path,
    number: u8,
    (until, then): (usize, Then),
    existing: Existing,
) -> Option<BTreeMap<u64, Vec<Outcome>>> {
    let id = RunId::from_bytes([number; 16]);
    let record = RunRecord {
        id,
        wave: "wave".to_owned(),
        settings: String::new(),
        looks_first: existing == Existing::Skip,
        called: String::new(),
        rows: 1,
        undoes: None,
    };
    let environment = sandbox.environment().parse().unwrap();
    let binding = Binding {
        api_host: "sandbox".to_owned(),
        environment,
    };
    let opened = open(&folder.join("ledger.db"), &binding, &record);
    let options = EngineOptions {
        run: id,
        existing,
        recreate: false,
        report: Arc::default(),
        mfa: MfaRule::Check,
        retry: RetryPolicy {
            attempts: 4.try_into().unwrap(),
            base_delay: Duration::from_millis(1),
            max_delay: Duration::from_millis(5),
            settle: SETTLE,
            not_found_delay: Duration::from_millis(5),
        },
        guard: GuardOptions {
            canary: 0,
            concurrency: 3,
            max_errors: None,
        },
        pacing: Pacing::Unpaced,
        refused: Vec::new(),
        max_duration: None,
        limit: None,
    };
    let mut rows = requests()
        .into_iter()
        .map(|request| Ok(PlannedRow::Valid(request, UserSource::Sure)));
    let mut told = 0;
    let panicked = Cell::new(false);
    let mut ends: BTreeMap<u64, Vec<Outcome>> = BTreeMap::new();
    let mut report = |event: &Event| {
        told += 1;
        if told == until {
            // Unwinds without a word, in the middle of whatever the loop was doing.
            panicked.set(true);
            std::panic::resume_unwind(Box::new("dropped"));
        }
        if let Event::RowFinished(row) = event {
            ends.entry(row.who.row.0).or_default().push(row.outcome);
        }
    };
    let (_stopper, stop) = stop();
    let client = client(sandbox);
    let tokens = TokenCache::default();
    let going = engine::run(
        &client,
        &opened.ledger,
        tokens,
        options,
        stop,
        &mut rows,
        &mut report,
    );
    let mut going = Box::pin(going);
    let ended = futures::future::poll_fn(|context| {
        let polled = going.as_mut().poll(context).map(Some);
        if polled.is_pending() && panicked.get() && matches!(then, Then::CutOff) {
            return Poll::Ready(None);
        }
        polled
    })
    .await;
    match ended {
        Some(Ok(_)) => assert!(!panicked.get(), "a panic is told"),
        Some(Err(error)) => assert!(matches!(error, engine::Error::Panicked), "{error}"),
        None => {}
    }
    drop(going);
    (!panicked.get()).then_some(ends)
}

async fn history(day: &str, until: usize, then: Then, existing: Existing) {
    let what = format!("panic at event {until}, {then:?}, {existing:?}, on this day:\n{day}");
    let faults = day.parse().unwrap();
    let sandbox = start(Options {
        faults,
        max_devices: 15,
        ..Options::default()
    })
    .await
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    run(&sandbox, folder.path(), 1, (until, then), existing).await;
    for number in 2..=RUNS {
        let ends = run(
            &sandbox,
            folder.path(),
            number,
            (usize::MAX, then),
            existing,
        )
        .await
        .unwrap();
        assert_eq!(sandbox.stats().most_per_key, 1, "{what}");
        assert_eq!(ends.len(), ROWS as usize, "{what}");
        assert!(
            ends.values().all(|ends| ends.len() == 1),
            "one end for each row: {ends:?}, {what}"
        );
        let done = |end: &Vec<Outcome>| matches!(end[0], Outcome::Created | Outcome::Existing);
        if ends.values().all(done) {
            assert_eq!(sandbox.devices().len(), ROWS as usize, "{what}");
            return;
        }
    }
    panic!("not settled after {RUNS} runs, {what}");
}

#[tokio::test]
async fn panicked_at_any_event_and_gone_on_with_every_row_has_one_device() {
    let histories = BAD_DAYS.into_iter().flat_map(|day| {
        (1..=EVENTS).flat_map(move |until| {
            // Each event is met by both, one at a time: a history takes its time.
            let (one, other) = match until % 2 {
                0 => (Then::Drained, Then::CutOff),
                _ => (Then::CutOff, Then::Drained),
            };
            [(one, Existing::Skip), (other, Existing::Unchecked)]
                .map(move |(then, existing)| history(day, until, then, existing))
        })
    });
    // Most of a history is waiting, so many of them wait together.
    let all = futures::stream::iter(histories)
        .map(FutureExt::boxed_local)
        .buffer_unordered(12);
    Box::pin(all.collect::<Vec<()>>()).await;
}
