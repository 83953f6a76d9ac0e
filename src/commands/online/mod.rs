//! `wavepair run --dry-run --online`: what PingOne says of a wave, without changing anything.

mod asker;
mod countries;
mod limit;

use std::cell::RefCell;

use asker::Asker;
use futures::{StreamExt, TryStreamExt, stream};
use limit::Limit;

use super::advice::{allows, pairing_disabled, tells_users};
use super::foretell::foretell;
use super::licensed::licensed;
use super::memory::Memory;
use super::names::look_up_all;
use super::opened_wave::OpenedWave;
use super::plan_draft::{PlanDraft, no_plan};
use super::policies::Policies;
use super::preview::{close, introduce};
use super::reported::for_dry_run;
use super::signals::{self, During};
use super::stopped::{Stopped, stopped};
use super::target::Remote;
use super::wave_files::WaveFiles;
use super::{Invocation, read_ledger};
use crate::clock;
use crate::engine::questions::{Questions, ReadFault};
use crate::engine::stop;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::Reader;
use crate::model::calling_codes::CallingCodes;
use crate::model::denied_rows::DeniedRows;
use crate::model::event::Event;
use crate::model::messages::MessageBook;
use crate::model::mfa::MfaRule;
use crate::model::pace_reading::PaceReading;
use crate::model::run_cost::{AsksToo, RunCost};
use crate::model::shared_phones::SharedPhones;
use crate::model::summary::Summary;
use crate::model::told_book::ToldBook;
use crate::model::user_book::UserBook;
use crate::plan::Existing;
use crate::report::Reporters;
use crate::report::known_row::Lookups;
use crate::report::known_state::Mode;
use crate::report::notice::Notice;
use crate::report::progress_line::Goal;
use crate::report::results;
use crate::report::row_sink::RowSink;
use crate::report::start_line::Kind;
use crate::report::user_notes;
use crate::report::{cost_notes, country_notes, told_notes};
use crate::settings::pace::Pace;
use crate::settings::run::{DryRun, Target};

/// Validates every row and asks PingOne about each: reads only.
pub(super) async fn dry_run(
    settings: &mut DryRun,
    target: Target,
    invocation: &Invocation,
    summary: &mut Summary,
) -> Result<ExitCode, Error> {
    let started = clock::now();
    let mut opened = OpenedWave::begin(&settings.common, &settings.files, invocation)?;
    let remote = Remote::connect(target, &settings.common.pace, invocation).await?;
    licensed(&mut settings.common.pace, &remote.client, &remote.tokens).await?;
    let settings = &*settings;
    let reader = read_ledger::open(&settings.ledger, opened.shard, true, invocation)?;
    let (stopper, mut asked) = stop();
    signals::watch(&stopper, &invocation.console, During::Other)?;
    opened.remember_for_look_over(&|| Ok(reader.as_ref()))?;
    let environment = Some(remote.binding.environment);
    let shown = (Kind::OnlineDryRun, environment, Some(remote.host.as_str()));
    let ledger = reader.as_ref();
    introduce(settings, shown, &opened, ledger, summary, invocation)?;
    summary.environment = environment;
    if summary.stopped.is_some() {
        // A run would send nothing, so there is nothing to ask.
        no_plan(settings, invocation);
        return foretell(settings, started, &opened, reader, summary, invocation);
    }

    let progress = invocation.start_progress(opened.our_rows, Goal::Ready);
    let reporters = RefCell::new(Reporters::new(summary.clone(), progress));
    let mut report = |event: &Event| reporters.borrow_mut().on(event);
    let pace = &settings.common.pace;
    let Pace { retry, pacing, .. } = pace.clone();
    let limits = (pacing, pace.concurrency);
    let questions = Questions::new(&remote.client, remote.tokens, retry, limits, &mut report);
    let mut plan = PlanDraft::begin(settings, &opened, ledger, &remote.binding)?;
    let mut files = WaveFiles::begin(&opened.wave, &settings.common.rows, &settings.files)?;
    let (mut counted, mut heard) = (Counted::new(pace), &reporters);
    let mut sinks = files.sinks();
    let (of_rows, told) = counted.parts();
    sinks.extend(of_rows);
    sinks.push(&mut heard);
    sinks.extend(plan.sink());
    let hearers = (&mut *sinks, told);
    let asking = ask_all(&opened, ledger, &questions, pace, invocation, hearers);
    let early_end = tokio::select! {
        biased;
        () = asked.requested() => asked.reason(),
        end = asking => stopped(end)?,
    };
    drop(sinks);
    let reading = questions.end();
    *summary = reporters.into_inner().finish();
    if let Some(reason) = &early_end {
        // Half of what a run would do is worse than none: no file is written.
        summary.stop(reason);
        no_plan(settings, invocation);
        return close(settings, started, None, None, summary, invocation);
    }
    // The last rows were read before the last answers came.
    opened.wave.check_unchanged()?;
    counted.say_and_note_in(summary, reading, invocation);
    let mut complete = files.complete()?;
    // A run that begins meanwhile would wait for whoever reads the ledger.
    drop(reader);
    complete.hand_out()?;
    plan.write(settings, invocation)?;
    close(settings, started, Some(complete), None, summary, invocation)
}

/// What is counted of the rows besides their outcomes.
#[derive(Debug)]
struct Counted {
    shared: SharedPhones,
    countries: CallingCodes,
    messages: MessageBook,
    users: UserBook,
    denied: DeniedRows,
    told: ToldBook,
    cost: RunCost,
    rule: MfaRule,
    lists: bool,
}

impl Counted {
    /// Nothing yet.
    fn new(pace: &Pace) -> Self {
        Self {
            shared: SharedPhones::default(),
            countries: CallingCodes::default(),
            messages: MessageBook::default(),
            users: UserBook::new(pace.mfa),
            denied: DeniedRows::default(),
            told: ToldBook::default(),
            cost: RunCost::default(),
            rule: pace.mfa,
            lists: pace.existing == Existing::Skip,
        }
    }

    /// Those who hear of the rows, and who hears of the devices that are created.
    fn parts(&mut self) -> ([&mut dyn RowSink; 6], &mut ToldBook) {
        let Self {
            shared,
            countries,
            messages,
            users,
            denied,
            told,
            cost,
            rule: _,
            lists: _,
        } = self;
        let of_rows: [&mut dyn RowSink; 6] = [shared, countries, messages, users, denied, cost];
        (of_rows, told)
    }

    /// What a run asks besides its creates.
    fn asks_too(&self, to_switch: u64) -> AsksToo {
        AsksToo {
            lists: self.lists,
            switches: match self.rule {
                MfaRule::Enable => Some(to_switch),
                MfaRule::Check | MfaRule::Ignore => None,
            },
        }
    }

    /// Says what is to be known of users, countries and the cost of a run, and notes the rest in what the dry run comes to.
    fn say_and_note_in(self, summary: &mut Summary, pace: PaceReading, invocation: &Invocation) {
        let users = self.users.counts();
        let of_users = user_notes::of_dry_run(&users, self.rule);
        let of_countries = country_notes::denied(&self.denied);
        let of_run = cost_notes::of_run(self.cost.requests(self.asks_too(users.to_switch)), pace);
        summary.told = self.told.told();
        let of_messages = summary.told.map(told_notes::of_new_devices);
        let notices = of_users.into_iter().chain(of_countries).chain(of_messages);
        for notice in notices.chain([of_run]) {
            invocation.console.say(&notice);
        }
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
    (sinks, told): (&mut [&mut dyn RowSink], &mut ToldBook),
) -> Result<(), Stopped> {
    let memory = Memory::of_dry_run(ledger, pace.recreate);
    let names = look_up_all(opened, questions, memory, pace.concurrency, invocation).await?;
    let policies = preflight(questions, invocation).await?;
    let mut limit = Limit::read(questions, invocation).await?;
    let report = for_dry_run((opened, &names), memory, pace, questions, invocation).await?;
    let asker = Asker::new(questions, policies, &report, pace.mfa);
    let mut judge = opened.judge_by(&names);
    let remembered = opened.memory(memory)?;
    let judged = opened.wave.rows().map(|row| {
        let row = row?;
        let user = opened.named_user(&row, &names);
        let lookups = &mut Lookups {
            device: &mut |key| remembered.device(key),
            elsewhere: &mut |phone, user| remembered.earlier_use(phone, user),
        };
        let known = judge.judge(row, lookups)?;
        Ok::<_, Error>((known, user))
    });
    let mut rows = stream::iter(judged)
        .map(|row| async {
            let (row, user) = row.map_err(Stopped::Failed)?;
            asker.ask(row, user).await.map_err(Stopped::from)
        })
        .buffered(pace.concurrency);
    while let Some(asked) = rows.try_next().await? {
        let new = asked.new;
        let row = limit.judge(asked);
        if let Some(device) = new.filter(|_| row.known.may_be_sent()) {
            told.note(device);
        }
        let written = results::tell(&row, &Mode::DryRun, sinks);
        written.map_err(|error| Stopped::Failed(Error::Results(error)))?;
    }
    asker.say_unread(invocation);
    Ok(())
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
