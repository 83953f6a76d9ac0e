//! One history: runs of a wave, crashes, stops and restarts, until all is calm and all is known.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use fastrand::Rng;
use futures::FutureExt;
use tokio::time::sleep;

use super::counts::Counts;
use super::defect::Defect;
use super::judge::{Broken, Judge};
use super::lines::Lines;
use super::pingone::PingOne;
use super::report::report;
use super::wave::wanted;
use super::weather::Weather;
use super::wire::play;
use super::world::{Shared, World, lock};
use crate::clock;
use crate::clock::played::{self, Machine};
use crate::engine::error::Error;
use crate::engine::options::{PlannedRow, UserSource};
use crate::engine::run::run;
use crate::engine::stop::stop;
use crate::ledger::{Begun, Flaw, InMemory, Ledger};
use crate::model::event::Event;
use crate::model::ids::RunId;
use crate::model::request::DeviceRequest;
use crate::model::row::RowNumber;
use crate::model::stop::StopReason;
use crate::pingone::client::Client;
use crate::pingone::options::ClientOptions;
use crate::pingone::played::{Play, credentials, options};
use crate::pingone::token::TokenCache;

/// How often a run may be woken.
const STEPS_MAX: u32 = 50_000;
/// When a history begins, since 1970: on 2025-11-24.
const BEGIN: Duration = Duration::from_hours(490_000);

/// What came of a history.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) broken: Option<Broken>,
    pub(super) counts: Counts,
    pub(super) trace: Vec<String>,
}

/// How a run ended.
enum End {
    Over(Result<Option<StopReason>, Error>),
    Crash,
    Endless,
}

/// Plays the history of a seed.
pub(super) fn play_history(seed: u64, defect: Option<Defect>, traced: bool) -> Played {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().start_paused(true).build();
    let played = runtime.expect("it needs no threads").block_on(async {
        let mut history = History::draw(seed, defect, traced);
        history.play().await;
        history.into_played()
    });
    played::set(None);
    played
}

struct History {
    world: Shared,
    rng: Rng,
    rows: Vec<DeviceRequest>,
    /// Which of those that are wanted each row is about.
    about: Vec<usize>,
    options: ClientOptions,
    runs: u8,
}

impl History {
    fn draw(seed: u64, defect: Option<Defect>, traced: bool) -> Self {
        let mut rng = Rng::with_seed(seed);
        fastrand::seed(rng.u64(..));
        let mut weather = Weather::draw(&mut rng);
        if let Some(defect) = defect {
            weather.suit(defect);
        }
        let trusting = defect == Some(Defect::TrustsTheWallClock);
        let wanted = wanted(&mut rng);
        let mut about: Vec<usize> = (0..wanted.len()).collect();
        if rng.u8(..4) == 0 {
            about.push(rng.usize(..wanted.len()));
        }
        let rows = about.iter().enumerate().map(|(at, number)| DeviceRequest {
            row: RowNumber(at as u64 + 1),
            ..wanted[*number].clone()
        });
        let machine = Machine {
            began: (clock::now(), BEGIN),
            suspended: Duration::ZERO,
            ahead_ms: if rng.u8(..4) == 0 {
                rng.i64(-7_200_000..7_200_000)
            } else {
                0
            },
            booted: (u32::from(!trusting), BEGIN.saturating_sub(weather.settle)),
        };
        played::set(Some(machine));
        let now = i64::try_from(BEGIN.as_micros()).expect("it is in our times");
        let world = World {
            pingone: PingOne::draw(&mut rng, &weather, wanted.clone(), now),
            judge: Judge::new(weather.settle, weather.tells_apart(), wanted.len()),
            machine,
            lines: Lines::default(),
            ledger: Arc::default(),
            defect,
            trace: traced.then(|| vec![format!("{weather:?}")]),
            dies: false,
            jumps: 0,
            counts: Counts::default(),
            rng: rng.fork(),
            weather,
        };
        Self {
            rows: rows.collect(),
            world: Arc::new(Mutex::new(world)),
            rng,
            about,
            options: options(Some(credentials())),
            runs: 0,
        }
    }

    fn weather(&self) -> Weather {
        lock(&self.world).weather.clone()
    }

    fn is_broken(&self) -> bool {
        lock(&self.world).judge.broken.is_some()
    }

    fn is_settled(&self) -> bool {
        let world = lock(&self.world);
        let ledger = lock(&world.ledger);
        Judge::is_settled(&world.pingone, &ledger)
    }

    async fn play(&mut self) {
        let settle = self.weather().settle;
        for _ in 0..self.rng.u8(1..=5) {
            self.run().await;
            if self.is_broken() {
                return;
            }
            self.pause().await;
        }
        {
            let mut world = lock(&self.world);
            world.weather.calm_down();
            world.note(|| "all is calm".to_owned());
        }
        sleep(50 * settle).await;
        {
            let world = &mut *lock(&self.world);
            let now = world.time();
            world.pingone.calm_down(now);
        }
        sleep(settle).await;
        for _ in 0..4 {
            self.run().await;
            if self.is_broken() || self.is_settled() {
                return;
            }
            sleep(2 * settle).await;
        }
        lock(&self.world).judge.breaks(Broken::NotSettled);
    }

    /// Lets time pass until the next run.
    async fn pause(&mut self) {
        let weather = self.weather();
        let settle = u64::try_from(weather.settle.as_millis()).expect("it is short");
        let ms = match self.rng.u8(..4) {
            0 => 0,
            1 => self.rng.u64(0..60_000),
            2 => self.rng.u64(0..settle),
            _ => self.rng.u64(0..3 * settle),
        };
        let jump = i64::try_from(self.rng.u64(0..3 * settle)).expect("it is short");
        let what = self.rng.u8(..6);
        sleep(Duration::from_millis(ms)).await;
        let world = &mut *lock(&self.world);
        match what {
            0 => world.set_clock(-jump),
            1 => world.set_clock(jump),
            2 | 3 if weather.reboots => {
                let (boot, _) = world.machine.booted;
                world.machine.booted = (boot + 1, world.machine.time());
                played::set(Some(world.machine));
            }
            _ => {}
        }
        world.note_clocks();
    }

    async fn run(&mut self) {
        self.runs += 1;
        let number = RunId::from_bytes([self.runs; 16]);
        let (ledger, options) = self.begin(number);
        let play: Play = {
            let world = Arc::clone(&self.world);
            Arc::new(move |call| play(Arc::clone(&world), call).boxed())
        };
        let client = Client::played(&self.options, play).expect("it needs no TLS");
        let planned = self
            .rows
            .iter()
            .map(|row| Ok(PlannedRow::Valid(row.clone(), UserSource::Sure)));
        let mut planned = planned.collect::<Vec<_>>().into_iter();
        let world = Arc::clone(&self.world);
        let about = self.about.clone();
        let mut report = |event: &Event| hear(&mut lock(&world), event, &about);
        let (stopper, asked) = stop();
        let tokens = TokenCache::default();
        let run = run(
            &client,
            &ledger,
            tokens,
            options,
            asked,
            &mut planned,
            &mut report,
        );
        let mut run = Box::pin(run);
        let mut stop_at = Box::pin(self.stop_at());
        let dies_at = self.dies_at();
        let (mut steps, mut is_asked) = (0, false);
        let end = poll_fn(|context| {
            steps += 1;
            if steps > STEPS_MAX {
                return Poll::Ready(End::Endless);
            }
            if dies_at.is_some_and(|at| steps >= at) {
                return Poll::Ready(End::Crash);
            }
            if !is_asked && stop_at.poll_unpin(context).is_ready() {
                is_asked = true;
                lock(&self.world).judge.has_stopped = true;
                stopper.ask(StopReason::Terminated);
            }
            let end = run.poll_unpin(context).map(End::Over);
            if std::mem::take(&mut lock(&self.world).dies) {
                return Poll::Ready(End::Crash);
            }
            end
        });
        let end = end.await;
        drop(run);
        self.end(&end);
    }

    fn begin(&self, run: RunId) -> (Ledger, crate::engine::EngineOptions) {
        let world = &mut *lock(&self.world);
        world.note(|| format!("run {run}"));
        let mut options = world.weather.options(run, world.defect);
        options.report = Arc::new(report(&world.pingone, &world.weather, world.time()));
        world.judge.begin_run(&options, clock::now());
        let moment = clock::moment();
        begin_on(
            &mut lock(&world.ledger),
            &world.pingone.wanted,
            &moment,
            world.defect,
        );
        let shared = Arc::clone(&self.world);
        let begun = Begun {
            ledger: Arc::clone(&world.ledger),
            run,
            disk: Arc::new(move || lock(&shared).write()),
        };
        (Ledger::in_memory(begun), options)
    }

    /// Ends by a signal then, or never.
    fn stop_at(&mut self) -> impl Future<Output = ()> + use<> {
        let weather = self.weather();
        let is_stopped = weather.create_trouble > 0.0 && self.rng.u8(..8) == 0;
        let most = u64::try_from(weather.settle.as_millis()).expect("it is short");
        let most = if self.rng.bool() { most } else { 3_000 };
        let at = Duration::from_millis(self.rng.u64(0..most));
        async move {
            if is_stopped {
                sleep(at).await;
            } else {
                std::future::pending::<()>().await;
            }
        }
    }

    /// At which step the process dies, if it does.
    fn dies_at(&mut self) -> Option<u32> {
        let crash = self.weather().crash;
        if crash == 0.0 {
            return None;
        }
        let steps = self.rng.f64().max(f64::MIN_POSITIVE).ln() / (1.0 - crash).ln();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is small"
        )]
        Some(steps as u32 + 1)
    }

    fn end(&self, end: &End) {
        let world = &mut *lock(&self.world);
        let now = world.time();
        let weather = world.weather.clone();
        world.pingone.advance(&weather, now);
        world.lines.end();
        world.counts.runs += 1;
        world.counts.crashes += u64::from(matches!(end, End::Crash));
        let told = match end {
            End::Over(result) => format!("over: {result:?}"),
            End::Crash => "crash".to_owned(),
            End::Endless => "endless".to_owned(),
        };
        world.note(|| told);
        match end {
            End::Over(Err(Error::Ledger(error)))
                if weather.bad_disk > 0.0 && matches!(error.flaw, Flaw::Poisoned) => {}
            End::Over(Err(Error::Ledger(_))) => world.judge.breaks(Broken::LedgerRefuses),
            End::Over(Err(Error::Panicked)) => world.judge.breaks(Broken::Panicked),
            End::Endless => world.judge.breaks(Broken::Endless),
            End::Over(Ok(_)) | End::Crash => {}
        }
        let is_done = matches!(end, End::Over(Ok(None)));
        let mut ledger = lock(&world.ledger);
        if world.defect == Some(Defect::ForgetsTheRecheck) {
            for request in &world.pingone.wanted {
                if let Some(entry) = ledger.entry_mut(&request.key) {
                    entry.recheck_owed = false;
                }
            }
        }
        let seen = (&world.pingone, &*ledger);
        world.judge.end_run(seen, self.rows.len(), is_done, now);
    }

    fn into_played(self) -> Played {
        let world = &mut *lock(&self.world);
        Played {
            broken: world.judge.broken,
            counts: Counts {
                sent_again: world.judge.sent_again,
                ..world.counts
            },
            trace: world.trace.take().unwrap_or_default(),
        }
    }
}

/// Has a ledger take up a run, as a new process does.
fn begin_on(
    ledger: &mut InMemory,
    wanted: &[DeviceRequest],
    now: &crate::model::entry::Moment,
    defect: Option<Defect>,
) {
    let keys = wanted.iter().map(|request| &request.key);
    let doubts = keys.map(|key| {
        let entry = ledger.entry(key);
        (key, entry.and_then(|entry| entry.doubt.clone()))
    });
    let doubts: Vec<_> = doubts.collect();
    ledger.begin(now);
    if defect == Some(Defect::SettlesFromTheIntent) {
        for (key, doubt) in doubts {
            if let Some(entry) = ledger.entry_mut(key) {
                entry.doubt = doubt;
            }
        }
    }
}

fn hear(world: &mut World, event: &Event, about: &[usize]) {
    world.note(|| format!("  {event:?}"));
    if let Event::RowFinished(told) = event {
        let row = usize::try_from(told.who.row.0).expect("there are few rows");
        let seen = (&world.pingone, &*lock(&world.ledger));
        world.judge.finished(told, about[row - 1], seen);
    }
}
