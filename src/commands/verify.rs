//! `wavepair verify`: whether PingOne has what the results of a wave name.

use std::cell::RefCell;
use std::path::Path;

use futures::{StreamExt, TryStreamExt, stream};
use tokio::time::Instant;

use super::claims::Claims;
use super::finish::{ended, write};
use super::licensed::licensed;
use super::past_run::{PastRun, PastWave};
use super::report_wait::wait;
use super::reported::ask;
use super::signals::{self, During};
use super::target::Remote;
use super::verified_row::{Rows, told};
use super::{Invocation, outputs};
use crate::clock;
use crate::engine::questions::Questions;
use crate::engine::stop;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::input::source::Source;
use crate::ledger::{Binding, Flaw, note_verified};
use crate::model::account::Account;
use crate::model::device_report::DeviceReport;
use crate::model::event::Event;
use crate::model::ids::EnvironmentId;
use crate::model::mfa::MfaRule;
use crate::model::stop::StopReason;
use crate::model::summary::Summary;
use crate::model::user_book::{UserBook, UserOfRow};
use crate::model::validate::JudgedRow;
use crate::model::verdict::{Verdict, Verdicts};
use crate::report::console::Console;
use crate::report::notice::Notice;
use crate::report::output::Output;
use crate::report::progress::Progress;
use crate::report::progress_line::Goal;
use crate::report::table::Form;
use crate::report::user_notes;
use crate::report::verdict_screen::{self, Verified};
use crate::report::verdict_writer::{VerdictRow, VerdictWriter};
use crate::settings::files::Files;
use crate::settings::pace::Pace;
use crate::settings::run::Target;
use crate::settings::verify::Verify;

/// Asks PingOne of each device that the results of a wave name; changes nothing there.
///
/// # Errors
///
/// The settings, the input or the ledger cannot be used, or the file cannot be written.
pub(crate) async fn verify(settings: Verify, invocation: &Invocation) -> Result<ExitCode, Error> {
    let files = settings.files.clone();
    let wave = Source::from(settings.wave.clone()).to_string();
    let environment = Some(settings.tenant.environment);
    let mut summary = Summary::new(invocation.run, wave, environment, false, clock::wall());
    let end = verify_wave(settings, invocation, &mut summary).await;
    ended(end, &summary, &files, invocation)
}

async fn verify_wave(
    settings: Verify,
    invocation: &Invocation,
    summary: &mut Summary,
) -> Result<ExitCode, Error> {
    let started = clock::now();
    invocation.start_log()?;
    outputs::check(&settings.files, invocation)?;
    let binding = settings.tenant.binding();
    let (past, mut claims) = gather(&settings, &binding, summary)?;
    let Verify {
        files,
        tenant,
        ledger,
        mut pace,
        lists_users,
        ..
    } = settings;
    let remote = Remote::connect(Target::PingOne(tenant), &pace, invocation).await?;
    licensed(&mut pace, &remote.client, &remote.tokens).await?;
    let rows = claims.tally.rows();
    let place = (binding.environment, remote.host.as_str());
    say_begins(&summary.wave, &claims, place, &ledger, invocation);
    let (stopper, mut asked) = stop();
    signals::watch(&stopper, &invocation.console, During::Other)?;

    let mut writer = begin(&past, &files)?;
    let heard = RefCell::new(summary.clone());
    let checking = check(
        &past,
        &claims,
        (&remote, &pace, lists_users),
        &mut writer,
        &heard,
        invocation,
    );
    let checked = tokio::select! {
        biased;
        () = asked.requested() => None,
        checked = checking => Some(checked?),
    };
    *summary = heard.into_inner();
    let Some(checked) = checked else {
        // Half a proof is worse than none: the file is not written.
        if let Some(reason) = asked.reason() {
            summary.stop(&reason);
        }
        let exit = summary.exit_code();
        write(summary, exit, None, &files)?;
        return Ok(exit);
    };
    past.wave.check_unchanged()?;
    let waiting = writer.finish().map_err(Error::Results)?.settle()?;
    note(&ledger, &binding, &checked.noted, invocation);
    if let Some(waiting) = waiting {
        waiting.write()?;
    }
    summary.settle(rows, checked.account, std::mem::take(&mut claims.tally));
    conclude(checked.verdicts, started, &files, summary, invocation)
}

/// Says what it came to, and writes the summary.
fn conclude(
    verdicts: Verdicts,
    started: Instant,
    files: &Files,
    summary: &mut Summary,
    invocation: &Invocation,
) -> Result<ExitCode, Error> {
    let verified = Verified {
        verdicts: &verdicts,
        took: clock::now() - started,
        file: &files.results,
    };
    for notice in verified.notices(Console::width()) {
        invocation.console.say(&notice);
    }
    let exit = exit_of(&verdicts, summary);
    summary.verdicts = Some(verdicts);
    write(summary, exit, None, files)?;
    Ok(exit)
}

/// Says what is verified, and where.
fn say_begins(
    wave: &str,
    claims: &Claims,
    place: (EnvironmentId, &str),
    ledger: &Path,
    invocation: &Invocation,
) {
    let counts = (claims.rows.len() as u64, claims.devices());
    let notice = verdict_screen::begins(wave, counts, place, ledger, Console::width());
    invocation.console.say(&notice);
}

/// How it ends: by its verdicts, and by why it stopped asking where it did.
fn exit_of(verdicts: &Verdicts, summary: &Summary) -> ExitCode {
    let stopped = summary.stopped.as_ref().map(StopReason::exit_code);
    let exit = verdicts.exit_code().or(stopped.unwrap_or(ExitCode::Done));
    if summary.conserved() && verdicts.total() == summary.our_rows() {
        exit
    } else {
        exit.or(ExitCode::Broken)
    }
}

/// Opens a wave as its last run read it, and gathers what its results say; the ledger is free when
/// this returns.
fn gather(
    settings: &Verify,
    binding: &Binding,
    summary: &mut Summary,
) -> Result<(PastWave, Claims), Error> {
    let last = PastRun::read(&settings.wave, &settings.ledger, Some(binding))?;
    summary.ledger = Some(settings.ledger.display().to_string());
    summary.previous_exit_code = last.exit_code;
    summary.shard = last.ledger.shard();
    let past = last.wave(&settings.rows, &settings.checks, &settings.files)?;
    let mut claims = Claims::default();
    let sharers = past.sharing.of_run();
    last.tell(&past, sharers, &settings.checks, &mut [&mut claims])?;
    Ok((past, claims))
}

/// Begins the file of the verdicts.
fn begin(past: &PastWave, files: &Files) -> Result<VerdictWriter<Output>, Error> {
    let out = Output::spooled(&files.results)?;
    let header = past.wave.header();
    let form = Form::of(&files.results, header.dialect());
    VerdictWriter::new(out, &form, header, past.rows.cells()).map_err(Error::Results)
}

/// What all rows came to.
struct Checked {
    verdicts: Verdicts,
    /// What is written down of devices, by the numbers of their entries.
    noted: Vec<(u64, Verdict)>,
    account: Account,
}

/// Asks PingOne about every row, and writes what it says, in input order.
async fn check(
    past: &PastWave,
    claims: &Claims,
    (remote, pace, lists_users): (&Remote, &Pace, bool),
    writer: &mut VerdictWriter<Output>,
    heard: &RefCell<Summary>,
    invocation: &Invocation,
) -> Result<Checked, Error> {
    let progress = invocation.start_progress(claims.rows.len() as u64, Goal::Present);
    let mut report = |event: &Event| {
        heard.borrow_mut().on(event);
        if let Some(progress) = &progress {
            progress.on(event);
        }
    };
    let limits = (pace.pacing, pace.concurrency);
    let tokens = remote.tokens.sibling();
    let questions = Questions::new(
        &remote.client,
        tokens,
        pace.retry.clone(),
        limits,
        &mut report,
    );
    let (devices, stopped) = reported(claims, (pace, lists_users), &questions, invocation).await;
    if claims.devices() > 0 && pace.mfa != MfaRule::Ignore {
        let notice = verdict_screen::reads_users(claims.devices(), pace.pacing.ceiling());
        invocation.console.say(&notice);
    }
    let rows = Rows::new(&questions, &devices, pace.mfa, stopped);
    let mut users = UserBook::new(pace.mfa);
    let going = (&rows, pace.concurrency, progress.as_ref());
    let checked = check_rows(past, claims, going, &mut users, writer).await?;
    rows.say_unread(invocation);
    for notice in user_notes::of_verify(&users.counts()) {
        invocation.console.say(&notice);
    }
    let stopped = rows.into_stopped();
    drop(questions);
    if let Some(reason) = stopped {
        let notice = Notice::error(format!("stopped: {reason}")).hint(reason.hint());
        invocation.console.say(&notice);
        heard.borrow_mut().stop(&reason);
    }
    Ok(checked)
}

/// Says of each row whether its device is there, many at once, and writes it in input order.
async fn check_rows(
    past: &PastWave,
    claims: &Claims,
    (rows, concurrency, progress): (&Rows<'_, '_>, usize, Option<&Progress>),
    users: &mut UserBook,
    writer: &mut VerdictWriter<Output>,
) -> Result<Checked, Error> {
    let mut judge = past.judge(past.sharing.of_run());
    let mut wave = past.wave.rows();
    let judged = wave.by_ref().map(|input| {
        let input = input?;
        // The ledger is free by now: what its other waves refuse is in the claim.
        let judged = judge.judge(&input, &mut |_, _| Ok::<_, Error>(None))?;
        let is_ours = judge.is_ours(&judged);
        Ok::<_, Error>(is_ours.then_some((input, judged)))
    });
    let ours = judged.filter_map(Result::transpose);
    let judged = ours.zip(&claims.rows).map(|(row, claim)| {
        let (input, judged) = row?;
        Ok::<_, Error>((input, judged, claim))
    });
    let (mut verdicts, mut noted) = (Verdicts::default(), Vec::new());
    {
        let mut said = stream::iter(judged)
            .map(|row| async {
                let (input, judged, claim) = row?;
                let said = rows.verify(&judged, claim).await;
                Ok::<_, Error>((input, judged, claim, said))
            })
            .buffered(concurrency);
        while let Some((input, judged, claim, said)) = said.try_next().await? {
            verdicts.add(said.verdict, input.number, judged.line);
            note_user(users, &judged, &said);
            noted.extend(
                claim
                    .entry
                    .filter(|_| claim.is_there)
                    .map(|entry| (entry, said.verdict)),
            );
            let written = writer.row(&input, &judged, &said);
            written.map_err(Error::Results)?;
            if let Some(progress) = progress {
                progress.on(&told(&judged, &said));
            }
        }
    }
    Ok(Checked {
        verdicts,
        noted,
        account: wave.account(),
    })
}

/// Counts the user of a row, where something stands against them.
fn note_user(users: &mut UserBook, judged: &JudgedRow, said: &VerdictRow) {
    if let Some(user) = judged.requested.user {
        users.note(UserOfRow {
            user,
            line: judged.line,
            state: said.user,
            is_created: false,
        });
    }
}

/// Reads the report where it is to be used, once it shows the last device; tells why nothing can be
/// asked, where that is so.
async fn reported(
    claims: &Claims,
    (pace, lists_users): (&Pace, bool),
    questions: &Questions<'_>,
    invocation: &Invocation,
) -> (DeviceReport, Option<StopReason>) {
    if claims.devices() == 0 {
        return (DeviceReport::default(), None);
    }
    if lists_users {
        let notice = verdict_screen::lists(claims.devices(), pace.pacing.ceiling());
        invocation.console.say(&notice);
        return (DeviceReport::default(), None);
    }
    wait(claims.last_create_ms, invocation).await;
    match ask(&claims.wanted, pace.pacing, questions, invocation).await {
        Ok(devices) => (devices, None),
        Err(reason) => (DeviceReport::default(), Some(reason)),
    }
}

/// Writes down in the ledger what was found of its devices. A run that holds it is not disturbed.
fn note(ledger: &Path, binding: &Binding, noted: &[(u64, Verdict)], invocation: &Invocation) {
    let Err(error) = note_verified(ledger, binding, noted, &clock::moment()) else {
        return;
    };
    let notice = if matches!(error.flaw, Flaw::Held(_)) {
        let text = "a run holds the ledger, so its history does not tell of this verification";
        Notice::info("not_noted", text)
    } else {
        Notice::warning(format!(
            "the ledger's history does not tell of this verification: {error}"
        ))
    };
    invocation.console.say(&notice);
}
