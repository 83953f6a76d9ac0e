//! `wavepair run --dry-run --online`: what PingOne says of a wave, without changing anything.

use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::Mutex;

use super::advice::{allows, pairing_disabled, tells_users};
use super::announce::{Place, announce};
use super::finish::{End, finish};
use super::join::{Doubts, note_ledger, of_a_dry_run, options, rejects_of, unless_unwritten};
use super::policies::Policies;
use super::signals::{self, During};
use super::target::Remote;
use super::wanted::Wanted;
use super::{Invocation, outputs, read_ledger};
use crate::clock;
use crate::engine::questions::{Finding, Questions, ReadFault};
use crate::engine::stop;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::input::Wave;
use crate::ledger::Reader;
use crate::model::code;
use crate::model::event::Event;
use crate::model::invalid::Invalid;
use crate::model::messages::MessageBook;
use crate::model::outcome::{Answer, Outcome};
use crate::model::request::{DeviceRequest, DeviceStatus, RowDefaults, ValidRow};
use crate::model::row::{Header, InputRow};
use crate::model::shared_phones::PhoneBook;
use crate::model::stop::StopReason;
use crate::model::summary::Summary;
use crate::model::validate::validate;
use crate::plan::{Earlier, EarlierRows};
use crate::report::Reporters;
use crate::report::gauge::Goal;
use crate::report::notice::Notice;
use crate::report::output::Output;
use crate::report::rejects::{Rejects, Written};
use crate::report::result_row::ResultRow;
use crate::report::results_writer::ResultsWriter;
use crate::report::standing::{Mode, Standing};
use crate::report::start_line::Kind;
use crate::settings::Error as SettingsError;
use crate::settings::run::DryRun;

/// Validates every row and asks PingOne about each: reads only.
pub(super) async fn dry_run(
    settings: DryRun,
    invocation: &Invocation,
    summary: &mut Summary,
) -> Result<ExitCode, Error> {
    let started = clock::now();
    outputs::prepare(&settings.files, invocation)?;
    let DryRun {
        wave: path,
        rows,
        files,
        ledger,
        online,
        pace,
        stops,
    } = settings;
    let target = online.ok_or_else(|| SettingsError::new("`--online` was not asked for"))?;
    let wanted = Wanted::read(&path, &rows)?;
    Remote::warn(&target, invocation);
    let remote = Remote::connect(target, &pace).await?;
    let reader = read_ledger::open(&ledger, true, invocation)?;
    let (stopper, mut asked) = stop();
    signals::watch(&stopper, &invocation.console, During::Other)?;
    let environment = Some(remote.binding.environment);
    let place = Place {
        kind: Kind::OnlineDryRun,
        environment,
        host: Some(&remote.host),
        ledger: of_a_dry_run(&ledger, pace.existing),
    };
    let known = || Ok(reader.as_ref());
    announce(&place, &wanted, (&pace, &stops), &known, invocation)?;
    summary.environment = environment;
    note_ledger(summary, &ledger, reader.as_ref(), &path)?;
    let Wanted {
        wave,
        defaults,
        contents,
        ..
    } = wanted;
    let progress = invocation.start_progress(contents.rows, Goal::Ready);
    let reporters = std::cell::RefCell::new(Reporters::new(summary.clone(), progress));
    let mut report = |event: &Event| reporters.borrow_mut().on(event);
    let questions = Questions::new(
        &remote.client,
        remote.tokens,
        pace.retry,
        pace.rate,
        &mut report,
    );

    let header = wave.header();
    let mut out = Output::spooled(&files.results)?;
    let mut rejects = files
        .rejects
        .as_ref()
        .map(|path| rejects_of(&wave, path, &rows));
    let mut writer =
        ResultsWriter::new(&mut out, header, options(&rows)).map_err(Error::Results)?;
    let mut books = Books::default();
    let mut on_row = |row: &InputRow, result: &ResultRow| {
        writer.write(row, result).map_err(Error::Results)?;
        if let Some(rejects) = &mut rejects {
            rejects.offer(row, result);
        }
        books.note(row.line, result);
        let mut reporters = reporters.borrow_mut();
        reporters.on(&Event::RowRead { bytes: 0 });
        reporters.on(&Event::RowFinished(result.finished()));
        Ok(())
    };
    let asking = ask_all(
        &wave,
        &defaults,
        reader.as_ref(),
        &questions,
        pace.concurrency,
        invocation,
        &mut on_row,
    );
    let early_end = tokio::select! {
        biased;
        () = asked.asked() => asked.reason(),
        end = asking => stopped(end)?,
    };
    drop(questions);
    *summary = reporters.into_inner().finish();
    let (mut written, mut unwritten) = (None, ExitCode::Done);
    if let Some(reason) = &early_end {
        // Half a plan is worse than none: the file is not written.
        summary.stop(reason);
    } else {
        // The last rows were read before the last answers came.
        wave.check_unchanged()?;
        books.settle(summary);
        writer.finish().map_err(Error::Results)?;
        // A run that begins meanwhile would wait for whoever reads the ledger.
        drop(reader);
        out.finish()?;
        let rejects = rejects.map_or_else(|| Ok(Written::default()), Rejects::commit);
        let (rejects, failure) = unless_unwritten(rejects, invocation);
        (written, unwritten) = (Some(rejects), failure);
    }
    let exit = summary.exit_code().or(unwritten);
    let end = End::of_dry_run(exit, started, &files, written, Doubts::default());
    finish(summary, &end, invocation)?;
    Ok(exit)
}

/// What is counted over all rows.
#[derive(Default)]
struct Books {
    phones: PhoneBook,
    messages: MessageBook,
}

impl Books {
    fn settle(self, summary: &mut Summary) {
        summary.messages = self.messages.messages();
        summary.shared_phones = self.phones.shared();
    }

    fn note(&mut self, line: u64, result: &ResultRow) {
        let asked = &result.asked;
        let Some(user) = asked.user.filter(|_| result.outcome != Outcome::Invalid) else {
            return;
        };
        if let Some(phone) = asked.phone {
            self.phones.note(line, user, phone);
        }
        let sends_message = asked.status == Some(DeviceStatus::ActivationRequired);
        if let Some(kind) = asked.kind
            && sends_message
            && result.outcome == Outcome::Ready
        {
            self.messages.note(user, kind);
        }
    }
}

/// Asks PingOne about every row, many at once; hands them on in input order.
async fn ask_all(
    wave: &Wave,
    defaults: &RowDefaults,
    ledger: Option<&Reader>,
    questions: &Questions<'_>,
    concurrency: usize,
    invocation: &Invocation,
    on_row: &mut dyn FnMut(&InputRow, &ResultRow) -> Result<(), Error>,
) -> Result<(), Stopped> {
    let header = wave.header();
    let policies = Mutex::new(preflight(questions, invocation).await?);
    let mut earlier = EarlierRows::default();
    let judged = wave.rows().map(|row| {
        let row = row?;
        let judged = judge(&row, header, defaults, ledger, &mut earlier)?;
        Ok((row, judged))
    });
    let mut answers = stream::iter(judged)
        .map(|judged| async {
            let (row, judged) = judged.map_err(Stopped::Failed)?;
            let result = ask(&row, judged, header, defaults, &policies, questions).await?;
            Ok::<_, Stopped>((row, result))
        })
        .buffered(concurrency);
    while let Some((row, result)) = answers.try_next().await? {
        on_row(&row, &result).map_err(Stopped::Failed)?;
    }
    Ok(())
}

enum Stopped {
    Reason(StopReason),
    Failed(Error),
}

fn stopped(end: Result<(), Stopped>) -> Result<Option<StopReason>, Error> {
    match end {
        Ok(()) => Ok(None),
        Err(Stopped::Reason(reason)) => Ok(Some(reason)),
        Err(Stopped::Failed(error)) => Err(error),
    }
}

impl From<StopReason> for Stopped {
    fn from(reason: StopReason) -> Self {
        Stopped::Reason(reason)
    }
}

/// What is known of a row before PingOne is asked.
enum Judged {
    Invalid(Invalid),
    Known(Box<(ValidRow, Standing, Option<Earlier>)>),
    Open(Box<ValidRow>),
}

fn judge(
    row: &InputRow,
    header: &Header,
    defaults: &RowDefaults,
    ledger: Option<&Reader>,
    earlier: &mut EarlierRows,
) -> Result<Judged, Error> {
    let mut valid = match validate(header, row, defaults) {
        Ok(valid) => valid,
        Err(invalid) => return Ok(Judged::Invalid(invalid)),
    };
    let key = &valid.request.key;
    let entry = match ledger {
        Some(ledger) => ledger.entry(key)?,
        None => None,
    };
    let settled = entry.as_ref().is_some_and(|entry| entry.state.is_final());
    let standing = Standing::from(entry);
    let earlier = earlier.note(row.number, &mut valid, standing.entry_number());
    Ok(if earlier.is_some() || settled {
        Judged::Known(Box::new((valid, standing, earlier)))
    } else {
        Judged::Open(Box::new(valid))
    })
}

async fn ask(
    row: &InputRow,
    judged: Judged,
    header: &Header,
    defaults: &RowDefaults,
    policies: &Mutex<Policies>,
    questions: &Questions<'_>,
) -> Result<ResultRow, Stopped> {
    let (valid, standing, earlier) = match judged {
        Judged::Invalid(invalid) => return Ok(ResultRow::invalid(header, row, defaults, &invalid)),
        Judged::Known(known) => *known,
        Judged::Open(valid) => {
            let finding = match policy_finding(&valid.request, policies, questions).await? {
                Some(finding) => finding,
                None => {
                    questions
                        .device(&valid.request.key, &format!("dry-run-{}", row.number))
                        .await?
                }
            };
            (*valid, standing_of(finding), None)
        }
    };
    Ok(ResultRow::valid(
        row,
        &valid,
        &standing,
        earlier,
        &Mode::DryRun,
    ))
}

fn standing_of(finding: Finding) -> Standing {
    let Finding {
        outcome,
        device,
        answer,
    } = finding;
    if outcome == Outcome::Ready {
        return Standing::Untouched;
    }
    Standing::Finding {
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
