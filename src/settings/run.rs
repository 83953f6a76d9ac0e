//! What each command is told, resolved.

use std::path::{Path, PathBuf};

use clap_complete::Shell;

use super::checks::Checks;
use super::file_names::{Kind, Writer};
use super::files::{self, Files, wave};
use super::hand_over::HandOver;
use super::on_end::{OnEnd, told};
use super::pace::{Pace, Stops};
use super::probe::Probe;
use super::purge::Purge;
use super::report::Report;
use super::resolve::Resolve;
use super::results::Results;
use super::rows::RowSettings;
use super::sandbox::{self, Sandbox};
use super::setting::Command;
use super::shard::shard;
use super::show::Show;
use super::shown::ConfigShow;
use super::sources::Sources;
use super::status::Status;
use super::tenant::{GivenTenant, Problems, Tenant};
use super::undo::Undo;
use super::verify::Verify;
use super::which_ledger::WhichLedger;
use super::zone::check_zone;
use super::{Error, table};
use crate::clock::Now;
use crate::ledger::Binding;
use crate::model::ids::EnvironmentId;
use crate::model::policy_ref::PolicyRef;
use crate::model::shard::Shard;
use crate::model::standard_stream;
use crate::sandbox::faults::FaultPlan;

/// What a command is told.
#[derive(Debug)]
pub(crate) enum Settings {
    /// Of `run`.
    Run(Box<Run>),
    /// Of `run --dry-run`.
    DryRun(Box<DryRun>),
    /// Of `results`.
    Results(Box<Results>),
    /// Of `verify`.
    Verify(Box<Verify>),
    /// Of `report`.
    Report(Box<Report>),
    /// Of `status`.
    Status(Box<Status>),
    /// Of `show`.
    Show(Box<Show>),
    /// Of `undo`.
    Undo(Box<Undo>),
    /// Of `resolve`.
    Resolve(Resolve),
    /// Of `purge`.
    Purge(Box<Purge>),
    /// Of `ledger merge` and `ledger split`.
    HandOver(HandOver),
    /// Of `doctor`.
    Doctor(Box<Doctor>),
    /// Of `probe`.
    Probe(Box<Probe>),
    /// Of `template`.
    Template,
    /// Of `completions`: the shell.
    Completions(Shell),
    /// Of `man`: the folder, where one is named.
    Man(Option<PathBuf>),
    /// Of `config show`.
    ConfigShow(Box<ConfigShow>),
    /// Of `sandbox`.
    Sandbox(Box<Sandbox>),
}

impl Settings {
    /// Resolves what was typed; a deadline is a moment after `now`.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or something that is needed and missing.
    pub(crate) fn resolve(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        Ok(match sources.typed.command {
            Command::Run if sources.is_on(&table::DRY_RUN) => {
                Self::DryRun(Box::new(DryRun::resolve(sources, now)?))
            }
            Command::Run => Self::Run(Box::new(Run::resolve(sources, now)?)),
            Command::Results => Self::Results(Box::new(Results::resolve(sources, now)?)),
            Command::Verify => Self::Verify(Box::new(Verify::resolve(sources, now)?)),
            Command::Report => Self::Report(Box::new(Report::resolve(sources, now)?)),
            Command::Status => Self::Status(Box::new(Status::resolve(sources, now)?)),
            Command::Show => Self::Show(Box::new(Show::resolve(sources, now)?)),
            Command::Undo => Self::Undo(Box::new(Undo::resolve(sources, now)?)),
            Command::Resolve => Self::Resolve(Resolve::read(sources, now)?),
            Command::Purge => Self::Purge(Box::new(Purge::resolve(sources, now)?)),
            Command::LedgerMerge | Command::LedgerSplit => {
                Self::HandOver(HandOver::resolve(sources)?)
            }
            Command::Doctor => Self::Doctor(Box::new(Doctor::resolve(sources, now))),
            Command::Probe => Self::Probe(Box::new(Probe::resolve(sources)?)),
            Command::Template => Self::Template,
            Command::Completions => Self::Completions(sources.value(&table::SHELL)?),
            Command::Man => Self::Man(sources.path(&table::OUT)),
            Command::ConfigShow => Self::ConfigShow(Box::new(ConfigShow::resolve(sources)?)),
            Command::Sandbox => Self::Sandbox(Box::new(Sandbox::resolve(sources)?)),
        })
    }
}

/// What a run and its dry run are told alike: all of it is checked, whatever is used of it.
#[derive(Debug)]
pub struct Common {
    /// The wave; `-` is standard input.
    pub wave: PathBuf,
    /// How its rows are judged and written.
    pub rows: RowSettings,
    /// What it has to be like as a whole.
    pub checks: Checks,
    /// Which part of it is meant.
    pub shard: Shard,
    /// How fast, and how often again.
    pub pace: Pace,
    /// When to stop early.
    pub stops: Stops,
}

/// What `run` is told.
#[derive(Debug)]
pub struct Run {
    /// What its dry run is told alike.
    pub common: Common,
    /// Where things are written.
    pub files: Files,
    /// Whom it is run against.
    pub target: Target,
    /// The ledger; nothing where a rehearsal throws its own away.
    pub ledger: Option<PathBuf>,
    /// The plan that is carried out, where one is demanded.
    pub plan: Option<DemandedPlan>,
    /// The program that is told of its end.
    pub on_end: Option<OnEnd>,
}

/// A plan that a run carries out, or refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandedPlan {
    /// The file.
    pub path: PathBuf,
    /// Whether the ledger may have gone on since it was made.
    pub allow_progress: bool,
}

/// Whom a run is for.
#[derive(Debug)]
pub enum Target {
    /// PingOne.
    PingOne(Box<Tenant>),
    /// An embedded sandbox, in which this goes wrong.
    Sandbox(FaultPlan),
}

/// What `run --dry-run` is told.
#[derive(Debug)]
pub struct DryRun {
    /// What the run is told alike.
    pub common: Common,
    /// Where things are written.
    pub files: Files,
    /// The ledger to read; a dry run can do without.
    pub ledger: WhichLedger,
    /// Whom to ask; with `--online` only.
    pub online: Option<Target>,
}

/// What `doctor` is told.
#[derive(Debug)]
pub struct Doctor {
    /// Whom to ask, where the settings say so.
    pub tenant: Option<Tenant>,
    /// Everything that is wrong with the settings.
    pub problems: Vec<Error>,
    /// The policy to check.
    pub policy: Option<PolicyRef>,
    /// The ledger to check, where the settings lead to one.
    pub ledger: Option<(PathBuf, Binding)>,
    /// How often again; the defaults of a run.
    pub pace: Pace,
}

/// Who may be asked, by what was typed: a tenant, or a sandbox with these faults.
type Whom = (GivenTenant, FaultPlan);

impl Common {
    fn resolve(sources: &Sources<'_>, now: &Now) -> Result<(Self, Whom), Error> {
        check_zone(sources.env, now)?;
        let tenant = GivenTenant::read(sources);
        tenant.check()?;
        let faults = sandbox::faults(sources)?;
        let pace = Pace::resolve(sources)?;
        let common = Self {
            wave: wave(sources),
            rows: RowSettings::resolve(sources)?,
            checks: Checks::resolve(sources)?,
            shard: shard(sources)?,
            stops: Stops::resolve(sources, pace.concurrency, now)?,
            pace,
        };
        Ok((common, (tenant, faults)))
    }
}

impl Run {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or something that is needed and missing.
    pub fn resolve(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        let (common, whom) = Common::resolve(sources, now)?;
        let target = Target::resolve(whom, sources)?;
        let ledger = match &target {
            Target::PingOne(tenant) => Some(files::ledger(sources, tenant.environment)?),
            Target::Sandbox(_) => sources.typed_path(&table::LEDGER),
        };
        let allow_progress = sources.is_on(&table::PLAN_ALLOW_PROGRESS);
        Ok(Self {
            files: run_files(&common, ledger.as_deref(), sources)?,
            plan: sources.path(&table::PLAN).map(|path| DemandedPlan {
                path,
                allow_progress,
            }),
            on_end: OnEnd::resolve(sources),
            common,
            target,
            ledger,
        })
    }
}

/// Where `run` writes, which must be nowhere else as well.
fn run_files(
    common: &Common,
    ledger: Option<&Path>,
    sources: &Sources<'_>,
) -> Result<Files, Error> {
    let kind = Kind {
        by: Writer::Run,
        dry_run: sources.is_on(&table::DRY_RUN),
        sandbox: sources.is_on(&table::SANDBOX),
        shard: common.shard,
    };
    let plan = sources.path(&table::PLAN);
    if plan.is_some_and(|path| standard_stream::is_standard(&path)) {
        let error = Error::new("`--plan -`: a plan is kept, and `-` is not");
        return Err(error.hint("name a file"));
    }
    let metrics = told(sources, &table::telling::METRICS);
    if metrics.as_deref().is_some_and(standard_stream::is_standard) {
        let error = Error::new("`--metrics -`: a collector reads a file, and `-` is none");
        return Err(error.hint("name a file that ends in `.prom`"));
    }
    let files = Files {
        metrics: metrics.filter(|_| !kind.dry_run),
        ..Files::resolve(sources, &common.wave, kind)
    };
    files.check(sources, &common.wave, ledger)?;
    Ok(files)
}

impl Target {
    fn resolve((tenant, faults): Whom, sources: &Sources<'_>) -> Result<Self, Error> {
        if sources.is_on(&table::SANDBOX) {
            return Ok(Target::Sandbox(faults));
        }
        let tenant = tenant.into_tenant(sources);
        Ok(Target::PingOne(Box::new(
            tenant.map_err(Problems::into_error)?,
        )))
    }

    /// The environment, where it is known from the settings.
    pub fn environment(&self) -> Option<EnvironmentId> {
        match self {
            Target::PingOne(tenant) => Some(tenant.environment),
            Target::Sandbox(_) => None,
        }
    }
}

impl DryRun {
    /// The environment, where it is known from the settings.
    pub fn environment(&self) -> Option<EnvironmentId> {
        let online = || self.online.as_ref()?.environment();
        self.ledger.environment().or_else(online)
    }

    /// Resolves what was typed, by the rules of a run; without `--online` no credential is needed,
    /// and no secret file is read.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or something that is needed and missing.
    pub fn resolve(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        let (common, whom) = Common::resolve(sources, now)?;
        let ledger = if sources.is_on(&table::SANDBOX) {
            WhichLedger::None
        } else {
            WhichLedger::resolve(sources, whom.0.binding())
        };
        let target = || Target::resolve(whom, sources);
        let online = sources.is_on(&table::ONLINE).then(target).transpose()?;
        let files = run_files(&common, ledger.path(), sources)?;
        if files.plan.is_some() && online.is_none() {
            let error = Error::new("a dry run writes a plan with `--online` only");
            return Err(error.hint(
                "add `--online`: a plan rests on what PingOne says of each row; it asks and changes nothing",
            ));
        }
        Ok(Self {
            common,
            files,
            ledger,
            online,
        })
    }
}

impl Doctor {
    /// Resolves what was typed, as far as that goes: what is wrong with it is for the doctor to say.
    pub fn resolve(sources: &Sources<'_>, now: &Now) -> Self {
        let given = GivenTenant::read(sources);
        let binding = given.binding();
        let (tenant, mut problems) = match given.into_tenant(sources) {
            Ok(tenant) => (Some(tenant), Vec::new()),
            Err(wrong) => (None, wrong.into_errors()),
        };
        note(check_zone(sources.env, now), &mut problems);
        let policy = note(sources.find(&table::POLICY), &mut problems).flatten();
        let pace = note(Pace::resolve(sources), &mut problems).unwrap_or_default();
        let ledger = binding.and_then(|binding| {
            let path = files::ledger(sources, binding.environment);
            Some((note(path, &mut problems)?, binding))
        });
        Self {
            tenant,
            problems,
            policy,
            ledger,
            pace,
        }
    }
}

/// What was found, or nothing and one problem more.
fn note<T>(found: Result<T, Error>, problems: &mut Vec<Error>) -> Option<T> {
    found.map_err(|wrong| problems.push(wrong)).ok()
}

/// The wave as the ledger knows it: its absolute path, links resolved where it is there; `-` for
/// what has no name of its own.
pub(crate) fn wave_name(wave: &Path) -> String {
    if files::is_stream(wave) {
        return standard_stream::NAME.to_owned();
    }
    let path = wave
        .canonicalize()
        .or_else(|_| std::path::absolute(wave))
        .unwrap_or_else(|_| wave.to_owned());
    path.to_string_lossy().into_owned()
}
