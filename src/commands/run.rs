//! `wavepair run`: the devices of a wave.

use std::path::PathBuf;
use std::sync::Arc;

use super::announce::{Place, announce};
use super::demanded::Demanded;
use super::finish::{End, ended, finish};
use super::foresee::Foreseen;
use super::join::{Doubts, join, not_reached};
use super::licensed::licensed;
use super::memory::Memory;
use super::metrics::MetricsFile;
use super::open_ledger::{self, Looked, last_exit_code};
use super::opened_wave::OpenedWave;
use super::planned::reason_to_stop;
use super::run_record::{close, record};
use super::send::Sending;
use super::signals::During;
use super::target::Remote;
use super::wave_files::{Complete, WaveFiles};
use super::{Invocation, descriptors, on_end, panics, question, signals};
use crate::clock;
use crate::engine::{EngineOptions, GuardOptions, Stop, stop};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::input;
use crate::input::source::Source;
use crate::ledger::{LastRun, Ledger};
use crate::model::account::Account;
use crate::model::ids::RunId;
use crate::model::pace_reading::Millirate;
use crate::model::rate_group::RateGroup;
use crate::model::stop::{self, StopReason};
use crate::model::summary::Summary;
use crate::model::tally::Tally;
use crate::report::known_state::Mode;
use crate::report::notice::Notice;
use crate::report::output::Waiting;
use crate::report::rejects::Written;
use crate::report::row_sink::{LogLines, RowSink};
use crate::report::start_line::Kind;
use crate::settings::files::Files;
use crate::settings::pace::{Pace, Stops};
use crate::settings::rows::RowSettings;
use crate::settings::run::{Common, Run, wave_name};

/// Creates the devices of a wave, or goes on where an earlier run stopped.
///
/// # Errors
///
/// The settings, the input or the ledger cannot be used; or they failed on the way, in which
/// case the results were written as far as that was possible.
pub(crate) async fn run(settings: Run, invocation: &Invocation) -> Result<ExitCode, Error> {
    let (files, wave) = (
        settings.files.clone(),
        Source::from(settings.common.wave.clone()),
    );
    let environment = settings.target.environment();
    let (run, now) = (invocation.run, clock::wall());
    let mut summary = Summary::new(run, wave.to_string(), environment, false, now);
    summary.shard = settings.common.shard;
    let on_end = settings.on_end.clone();
    let metrics = MetricsFile::begin(files.metrics.clone(), &invocation.console);
    let end = run_wave(settings, invocation, (&mut summary, &metrics)).await;
    let end = ended(end, &summary, &files, invocation);
    metrics.finish(&end, &summary);
    on_end::tell(on_end.as_ref(), &end, &summary, invocation).await;
    end
}

async fn run_wave(
    settings: Run,
    invocation: &Invocation,
    (summary, metrics): (&mut Summary, &MetricsFile),
) -> Result<ExitCode, Error> {
    let started = clock::now();
    let mut opened = OpenedWave::begin(&settings.common, &settings.files, invocation)?;
    let Run {
        mut common,
        files,
        target,
        ledger,
        plan,
        ..
    } = settings;
    let concurrency = descriptors::fit(common.pace.concurrency, &target)?;
    let remote = Remote::connect(target, &common.pace, invocation).await?;
    licensed(&mut common.pace, &remote.client, &remote.tokens).await?;
    summary.environment = Some(remote.binding.environment);
    let looked = look(ledger, &remote, (&common, &files), summary, invocation)?;
    let forgotten = looked.is_forgotten();
    let place = (&remote.binding, &looked);
    let plan = Demanded::check(plan.as_ref(), &common, &mut opened, place, invocation)?;
    let Common {
        wave: path,
        rows,
        pace,
        stops,
        ..
    } = common;
    let (stopper, mut stop) = stop();
    let watch = signals::watch(&stopper, &invocation.console, During::Run)?;
    panics::watch(&stopper);

    let limits = (&pace, &stops);
    let refused = looked.refused(&remote)?;
    let before = (&looked, refused.as_slice());
    let foreseen = agree(before, &mut opened, &remote, limits, invocation, &mut stop).await?;
    foreseen.note_in(summary);
    let begun = looked.begin(&record(invocation, &path, (&rows, &pace), opened.our_rows))?;
    summary.previous_exit_code = begun.opened.previous_exit_code;
    let ledger = begun.opened.ledger;
    let options = options(invocation.run, &pace, &stops, (concurrency, refused));
    let sending = Sending::new(plan.as_ref(), remote, &ledger, (&stop, metrics), invocation);
    let (ended, unheard) = sending.send(&mut opened, options, summary).await;

    let sound = ended.is_ok();
    let mode = mode(summary, sound);
    let doubts = Doubts::new(pace.retry.settle);
    let joined = write(&opened, &rows, &files, &ledger, &mode, (doubts, unheard));
    let mut conclusion = conclude(summary, &opened, ended, joined, invocation)?;
    let mut end = End {
        exit: conclusion.exit,
        took: clock::now().duration_since(started),
        files: &files,
        written: conclusion.written.clone(),
        doubts: conclusion.doubts.take(),
        forgotten,
        past_from: stops.past_from(),
    };
    let closed = close(ledger, sound, summary, &end);
    // The ledger is free by now: results may go where nobody reads them.
    if conclusion.hand_out(summary, &stop, invocation) {
        watch.results_are_written();
    }
    end.exit = conclusion.exit;
    finish(summary, &end, invocation)?;
    closed?;
    Ok(conclusion.exit)
}

/// Looks at the ledger, which the summary names; where another run holds it, the summary says how the
/// run before ended.
fn look(
    ledger: Option<PathBuf>,
    remote: &Remote,
    (common, files): (&Common, &Files),
    summary: &mut Summary,
    invocation: &Invocation,
) -> Result<Looked, Error> {
    summary.ledger = ledger.as_ref().map(|path| path.display().to_string());
    let path = ledger.clone();
    let meant = (common.pace.existing, common.shard);
    let looked = open_ledger::look(ledger, remote, meant, files, invocation);
    looked.inspect_err(|error| {
        let wave = wave_name(&common.wave);
        summary.previous_exit_code = last_exit_code(error, path.as_deref(), remote, &wave);
    })
}

fn options(
    run: RunId,
    pace: &Pace,
    stops: &Stops,
    (concurrency, refused): (usize, Vec<(RateGroup, Millirate)>),
) -> EngineOptions {
    EngineOptions {
        run,
        existing: pace.existing,
        recreate: pace.recreate,
        report: Arc::default(),
        mfa: pace.mfa,
        retry: pace.retry.clone(),
        guard: GuardOptions {
            concurrency,
            ..stops.guard
        },
        pacing: pace.pacing,
        refused,
        max_duration: stops.by(clock::wall()).map(|stops| stops.within),
        limit: stops.limit,
    }
}

/// What the files say of a wave.
struct Joined {
    account: Account,
    tally: Tally,
    doubts: Doubts,
    files: Complete,
}

/// Writes the results and the rejects; neither where the wave has changed.
///
/// Of rows that the engine never saw (`unheard`) nobody has told how they end: that is logged here.
fn write(
    opened: &OpenedWave,
    settings: &RowSettings,
    files: &Files,
    ledger: &Ledger,
    mode: &Mode,
    (mut doubts, unheard): (Doubts, bool),
) -> Result<Joined, Error> {
    let mut files = WaveFiles::begin(&opened.wave, settings, files)?;
    let mut tally = Tally::default();
    let mut lines = unheard.then_some(LogLines);
    let mut sinks = files.sinks();
    let others: [&mut dyn RowSink; 2] = [&mut tally, &mut doubts];
    sinks.extend(others);
    sinks.extend(lines.iter_mut().map(|lines| lines as &mut dyn RowSink));
    let judge = opened.judge_of_results();
    let memory = opened.memory(Memory::OfRun(ledger))?;
    let account = join(&opened.wave, judge, mode, memory, &mut sinks)?;
    Ok(Joined {
        account,
        tally,
        doubts,
        files: files.complete()?,
    })
}

/// Says what is about to happen, and asks where messages go to people; gives out what is foreseen.
///
/// Nothing is written down before the answer: after a "no" all is as it was.
async fn agree(
    (looked, refused): (&Looked, &[(RateGroup, Millirate)]),
    opened: &mut OpenedWave,
    remote: &Remote,
    settings: (&Pace, &Stops),
    invocation: &Invocation,
    stop: &mut Stop,
) -> Result<Foreseen, Error> {
    opened.remember_for_look_over(&|| looked.reader(&remote.binding))?;
    let place = Place {
        kind: Kind::Run,
        environment: Some(remote.binding.environment),
        host: Some(&remote.host),
        ledger: Some(looked.shown(settings.0.existing)),
        refused,
    };
    let ledger = || looked.reader(&remote.binding);
    let foreseen = announce(&place, opened, settings, &ledger, invocation)?;
    question::may_send(&foreseen.messages, invocation, stop).await?;
    Ok(foreseen)
}

/// How the rows are told that the run did not come to: as a later `results` reads it in the ledger,
/// so that it writes the same.
///
/// `sound` is whether the run lived to write down how it ended.
fn mode(summary: &Summary, sound: bool) -> Mode {
    Mode::Run(not_reached(Some(LastRun {
        settings: String::new(),
        exit_code: sound.then_some(0),
        stopped: summary.stopped.as_ref().map(stop::Stopped::from),
    })))
}

/// What a run came to.
struct Conclusion {
    exit: ExitCode,
    /// Where the rejects are, if results and rejects were written.
    written: Option<Written>,
    /// Which rows are in doubt, if they were looked at.
    doubts: Option<Doubts>,
    /// Results that standard output has yet to take.
    waiting: Option<Waiting>,
}

impl Conclusion {
    /// Writes to standard output what waits for it, and tells whether the results are written now.
    fn hand_out(&mut self, summary: &mut Summary, stop: &Stop, invocation: &Invocation) -> bool {
        let Some(Err(error)) = self.waiting.take().map(Waiting::write) else {
            return self.written.is_some();
        };
        let error = Error::from(error);
        invocation.console.say(&Notice::from(&error));
        self.exit = match stop.reason() {
            // A signal that came when the run itself was over did not let us wait any longer.
            Some(reason) if error.unread() => {
                summary.stop(&reason);
                self.exit.or(summary.exit_code())
            }
            Some(_) | None => self.exit.or(error.exit_code()),
        };
        false
    }
}

/// Brings together how the run ended and what the files say.
fn conclude(
    summary: &mut Summary,
    opened: &OpenedWave,
    ended: Result<(), Error>,
    joined: Result<Joined, Error>,
    invocation: &Invocation,
) -> Result<Conclusion, Error> {
    let mut written = None;
    let mut waiting = None;
    let mut exit;
    let mut doubts = None;
    match joined {
        Ok(joined) => {
            let mut files = joined.files;
            doubts = Some(joined.doubts);
            waiting = files.waiting.take();
            let heard = summary.tally.outcomes.clone();
            let (rejects, unwritten) = files.rejects(invocation);
            (written, exit) = (Some(rejects), unwritten);
            summary.settle(opened.rows, joined.account, joined.tally);
            if ended.is_ok() && !summary.agrees_with(&heard) {
                let what = "the outcomes that were seen and those that were written differ";
                summary.stop(&StopReason::Broken { what: what.into() });
            }
        }
        Err(Error::Input(error @ input::error::Error::Changed { .. })) => {
            // Results are of the input that was read, and that one is not there any more.
            summary.stop(&reason_to_stop(&error));
            summary.leave_pending(opened.rows, opened.rows - opened.our_rows);
            exit = ExitCode::NeedsPerson;
            let text = format!("no results are written, because {error}");
            invocation.console.say(&Notice::warning(text));
        }
        // The first failure says more than what it led to.
        Err(error) => return Err(ended.err().unwrap_or(error)),
    }
    exit = exit.or(summary.exit_code());
    if let Err(error) = ended {
        invocation.console.say(&Notice::from(&error));
        exit = exit.or(error.exit_code());
    }
    Ok(Conclusion {
        exit,
        written,
        doubts,
        waiting,
    })
}
