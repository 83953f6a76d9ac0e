//! `wavepair run --dry-run --online`: what PingOne says of a wave, without changing anything.

use std::cell::RefCell;

use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::Mutex;

use super::advice::{allows, pairing_disabled, tells_users};
use super::foretell::foretell;
use super::memory::Memory;
use super::names::look_up_all;
use super::opened_wave::OpenedWave;
use super::plan_draft::{PlanDraft, no_plan};
use super::policies::Policies;
use super::preview::{close, introduce};
use super::reported::{for_dry_run, told_by};
use super::signals::{self, During};
use super::stopped::{Stopped, stopped};
use super::target::Remote;
use super::wave_files::WaveFiles;
use super::{Invocation, read_ledger};
use crate::clock;
use crate::engine::questions::{Finding, Questions, ReadFault};
use crate::engine::stop;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::Reader;
use crate::model::calling_codes::CallingCodes;
use crate::model::code;
use crate::model::device_report::DeviceReport;
use crate::model::event::Event;
use crate::model::messages::MessageBook;
use crate::model::outcome::{Answer, Outcome};
use crate::model::request::DeviceRequest;
use crate::model::shared_phones::SharedPhones;
use crate::model::stop::StopReason;
use crate::model::summary::Summary;
use crate::report::Reporters;
use crate::report::known_row::KnownRow;
use crate::report::known_state::{KnownState, Mode};
use crate::report::notice::Notice;
use crate::report::progress_line::Goal;
use crate::report::results;
use crate::report::row_sink::RowSink;
use crate::report::start_line::Kind;
use crate::settings::pace::Pace;
use crate::settings::run::{DryRun, Target};

/// Validates every row and asks PingOne about each: reads only.
pub(super) async fn dry_run(
    settings: &DryRun,
    target: Target,
    invocation: &Invocation,
    summary: &mut Summary,
) -> Result<ExitCode, Error> {
    let started = clock::now();
    let opened = OpenedWave::begin(&settings.common, &settings.files, invocation)?;
    let remote = Remote::connect(target, &settings.common.pace, invocation).await?;
    let reader = read_ledger::open(&settings.ledger, true, invocation)?;
    let (stopper, mut asked) = stop();
    signals::watch(&stopper, &invocation.console, During::Other)?;
    let environment = Some(remote.binding.environment);
    let place = (Kind::OnlineDryRun, environment, Some(remote.host.as_str()));
    let ledger = reader.as_ref();
    introduce(settings, place, &opened, ledger, summary, invocation)?;
    summary.environment = environment;
    if summary.stopped.is_some() {
        // A run would send nothing, so there is nothing to ask.
        no_plan(settings, invocation);
        return foretell(settings, started, &opened, reader, summary, invocation);
    }

    let progress = invocation.start_progress(opened.rows, Goal::Ready);
    let reporters = RefCell::new(Reporters::new(summary.clone(), progress));
    let mut report = |event: &Event| reporters.borrow_mut().on(event);
    let Pace { retry, pacing, .. } = settings.common.pace.clone();
    let limits = (pacing, settings.common.pace.concurrency);
    let questions = Questions::new(&remote.client, remote.tokens, retry, limits, &mut report);
    let mut plan = PlanDraft::begin(settings, &opened, reader.as_ref(), &remote.binding)?;
    let mut files = WaveFiles::begin(&opened.wave, &settings.common.rows, &settings.files)?;
    let (mut counted, mut heard) = (Counted::default(), &reporters);
    let mut sinks = files.sinks();
    sinks.extend(counted.sinks());
    sinks.push(&mut heard);
    sinks.extend(plan.sink());
    let asking = ask_all(
        &opened,
        reader.as_ref(),
        &questions,
        &settings.common.pace,
        invocation,
        &mut sinks,
    );
    let early_end = tokio::select! {
        biased;
        () = asked.requested() => asked.reason(),
        end = asking => stopped(end)?,
    };
    drop(sinks);
    drop(questions);
    *summary = reporters.into_inner().finish();
    if let Some(reason) = &early_end {
        // Half of what a run would do is worse than none: no file is written.
        summary.stop(reason);
        no_plan(settings, invocation);
        return close(settings, started, None, None, summary, invocation);
    }
    // The last rows were read before the last answers came.
    opened.wave.check_unchanged()?;
    counted.note_in(summary);
    let mut complete = files.complete()?;
    // A run that begins meanwhile would wait for whoever reads the ledger.
    drop(reader);
    complete.hand_out()?;
    plan.write(settings, invocation)?;
    close(settings, started, Some(complete), None, summary, invocation)
}

/// What is counted of the rows besides their outcomes.
#[derive(Debug, Default)]
struct Counted {
    shared: Option<SharedPhones>,
    countries: CallingCodes,
    messages: MessageBook,
}

impl Counted {
    /// Each of them, for the list of those who hear of the rows.
    fn sinks(&mut self) -> [&mut dyn RowSink; 3] {
        [&mut self.shared, &mut self.countries, &mut self.messages]
    }

    /// Notes it in what the dry run comes to.
    fn note_in(self, summary: &mut Summary) {
        summary.messages = self.messages.messages();
        summary.shared_phones = self.shared;
        summary.countries = self.countries;
    }
}

/// Asks PingOne about every row, many at once; hands them on in input order.
async fn ask_all(
    opened: &OpenedWave,
    ledger: Option<&Reader>,
    questions: &Questions<'_>,
    pace: &Pace,
    invocation: &Invocation,
    sinks: &mut [&mut dyn RowSink],
) -> Result<(), Stopped> {
    let memory = Memory::ReadOnly(ledger);
    let names = look_up_all(opened, questions, memory, pace.concurrency, invocation).await?;
    let policies = Mutex::new(preflight(questions, invocation).await?);
    let report = for_dry_run((opened, &names), memory, pace, questions, invocation).await?;
    let mut judge = opened.judge_by(&names);
    let judged = opened
        .wave
        .rows()
        .map(|row| judge.judge(row?, &mut |key| memory.device(key)));
    let mut rows = stream::iter(judged)
        .map(|row| async {
            let row = row.map_err(Stopped::Failed)?;
            let asked = ask(row, &policies, &report, questions);
            asked.await.map_err(Stopped::from)
        })
        .buffered(pace.concurrency);
    while let Some(row) = rows.try_next().await? {
        let told = results::tell(&row, &Mode::DryRun, sinks);
        told.map_err(|error| Stopped::Failed(Error::Results(error)))?;
    }
    Ok(())
}

/// Learns of a row what PingOne says of its device, where neither the ledger nor an earlier row
/// settles what becomes of it.
async fn ask(
    mut row: KnownRow,
    policies: &Mutex<Policies>,
    report: &DeviceReport,
    questions: &Questions<'_>,
) -> Result<KnownRow, StopReason> {
    let Ok(valid) = &row.judged.verdict else {
        return Ok(row);
    };
    if row.earlier.is_some() || !row.known.may_be_sent() {
        return Ok(row);
    }
    let request = &valid.request;
    let finding = if let Some(finding) = policy_finding(request, policies, questions).await? {
        finding
    } else if let Some(finding) = told_by(report, &row) {
        finding
    } else {
        let about = format!("dry-run-{}", row.input.number);
        questions.device(&request.key, &about).await?
    };
    row.known = known_from(finding);
    Ok(row)
}

fn known_from(finding: Finding) -> KnownState {
    let Finding {
        outcome,
        device,
        answer,
    } = finding;
    if outcome == Outcome::Ready {
        return KnownState::Untouched;
    }
    KnownState::Finding {
        outcome,
        device,
        answer,
    }
}

/// What the policies alone say against a row.
async fn policy_finding(
    request: &DeviceRequest,
    policies: &Mutex<Policies>,
    questions: &Questions<'_>,
) -> Result<Option<Finding>, StopReason> {
    let mut policies = policies.lock().await;
    if policies.is_empty() {
        return Ok(None);
    }
    let (code, message) = match policies.find(request.policy, questions).await? {
        None => (
            code::POLICY_NOT_FOUND,
            "the policy is not in this environment; copy its ID from PingOne's MFA policies, or leave the cell empty and name one with `--policy`".to_owned(),
        ),
        Some(policy) if !allows(policy, request.key.kind) => (
            code::TYPE_NOT_ALLOWED,
            format!(
                "the policy does not allow {}; enable it in PingOne's MFA policy, or name another policy",
                request.key.kind.as_str()
            ),
        ),
        Some(_) => return Ok(None),
    };
    let answer = Answer {
        code: Some(code.to_owned()),
        message: Some(message),
        ..Answer::default()
    };
    Ok(Some(Finding {
        outcome: Outcome::Rejected,
        device: None,
        answer,
    }))
}

/// Reads the policies, and says what a person should know of them before a run.
async fn preflight(
    questions: &Questions<'_>,
    invocation: &Invocation,
) -> Result<Policies, Stopped> {
    let listed = match questions.policies().await {
        Ok(listed) => listed,
        Err(ReadFault::Stop(reason)) => return Err(reason.into()),
        Err(ReadFault::Refused(error)) => {
            let hint = error.hint();
            invocation.console.say(&Notice::warning(format!(
                "the policies cannot be read, so they are not checked; {hint}"
            )));
            return Ok(Policies::default());
        }
    };
    for policy in &listed {
        for kind in crate::model::request::DeviceType::ALL {
            if allows(policy, kind) && pairing_disabled(policy, kind) {
                invocation.console.say(&Notice::warning(format!(
                    "policy {} says that no new {} devices are paired",
                    policy.id,
                    kind.as_str()
                )));
            }
        }
        if let Some(how) = tells_users(policy) {
            let text = format!(
                "policy {} tells users of each new device ({how}): a run may message everyone who has a device already",
                policy.id
            );
            invocation
                .console
                .say(&Notice::warning(text).even_if_quiet());
        }
    }
    Ok(Policies::new(listed))
}
