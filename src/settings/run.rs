//! What each command is told, resolved.

use std::path::{Path, PathBuf};

use super::Error;
use super::env::{Env, Given, given};
use super::files::{self, Files, Kind, Others};
use super::pace::{Pace, Stops};
use super::rows::RowSettings;
use super::sandbox;
use super::tenant::{self, Tenant};
use super::which_ledger::WhichLedger;
use super::zone::check_zone;
use crate::cli::{DoctorArgs, LogArgs, PaceArgs, ResultsArgs, RunArgs, VerbosityArgs};
use crate::clock::Now;
use crate::ledger::Binding;
use crate::model::ids::{EnvironmentId, PolicyId};
use crate::model::row::Column;
use crate::model::standard_stream::is_standard;
use crate::report::log_setup;
use crate::sandbox::faults::FaultPlan;

/// What `run` is told.
#[derive(Debug)]
pub struct Run {
    /// The wave; `-` is standard input.
    pub wave: PathBuf,
    /// How its rows are judged and written.
    pub rows: RowSettings,
    /// Where things are written.
    pub files: Files,
    /// Whom it is run against.
    pub target: Target,
    /// The ledger; nothing where a rehearsal throws its own away.
    pub ledger: Option<PathBuf>,
    /// How fast, and how often again.
    pub pace: Pace,
    /// When to stop early.
    pub stops: Stops,
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
    /// The wave; `-` is standard input.
    pub wave: PathBuf,
    /// How its rows are judged and written.
    pub rows: RowSettings,
    /// Where things are written.
    pub files: Files,
    /// The ledger to read; a dry run can do without.
    pub ledger: WhichLedger,
    /// Whom to ask; with `--online` only.
    pub online: Option<Target>,
    /// How fast a run would be, and the questions are.
    pub pace: Pace,
    /// When a run would stop early.
    pub stops: Stops,
}

/// What `results` is told.
#[derive(Debug)]
pub struct Results {
    /// The wave.
    pub wave: PathBuf,
    /// How its rows are judged and written, as far as that was said; the last run says the rest.
    pub rows: ResultsRows,
    /// Where things are written.
    pub files: Files,
    /// The ledger.
    pub ledger: PathBuf,
    /// What the ledger is bound to, where the settings say so.
    pub binding: Option<Binding>,
}

/// How `results` judges and writes rows: what was typed, over what the last run of the wave was told.
#[derive(Debug)]
pub struct ResultsRows {
    args: ResultsArgs,
    policy: Option<std::ffi::OsString>,
}

/// What `doctor` is told.
#[derive(Debug)]
pub struct Doctor {
    /// Whom to ask, where the settings say so.
    pub tenant: Option<Tenant>,
    /// Everything that is wrong with the settings.
    pub problems: Vec<Error>,
    /// The policy to check.
    pub policy: Option<PolicyId>,
    /// The ledger to check, where the settings lead to one.
    pub ledger: Option<(PathBuf, Binding)>,
    /// How often again; the defaults of a run.
    pub pace: Pace,
}

/// What a run and its dry run are told alike: all of it is checked, whatever is used of it.
struct Common {
    rows: RowSettings,
    pace: Pace,
    stops: Stops,
}

impl Common {
    fn resolve(args: &RunArgs, env: &Env<'_>, now: &Now) -> Result<Self, Error> {
        check_zone(env, now)?;
        tenant::check(&args.tenant, env)?;
        sandbox::faults(args.faults.as_deref())?;
        let pace = Pace::resolve(&args.pace, env)?;
        Ok(Self {
            rows: RowSettings::resolve(&args.rows, &args.output, env, None)?,
            stops: Stops::resolve(&args.stops, pace.concurrency, now)?,
            pace,
        })
    }
}

impl Run {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or something that is needed and missing.
    pub fn resolve(args: &RunArgs, env: &Env<'_>, now: &Now) -> Result<Self, Error> {
        let Common { rows, pace, stops } = Common::resolve(args, env, now)?;
        let target = target(args, env)?;
        let named = args.output.ledger.as_ref();
        let ledger = match &target {
            Target::PingOne(tenant) => Some(files::ledger(named, env, tenant.environment)?),
            Target::Sandbox(_) => named.cloned(),
        };
        Ok(Self {
            wave: args.wave.clone(),
            rows,
            files: run_files(args, env, ledger.as_deref())?,
            target,
            ledger,
            stops,
            pace,
        })
    }
}

/// Where `run` writes, which must be nowhere else as well.
fn run_files(args: &RunArgs, env: &Env<'_>, ledger: Option<&Path>) -> Result<Files, Error> {
    let kind = Kind {
        dry_run: args.dry_run,
        sandbox: args.sandbox,
    };
    let files = Files::resolve(&args.wave, &args.output, args.summary.as_deref(), kind);
    let named = files::named_ledger(args.output.ledger.as_ref(), env);
    let others = Others {
        wave: &args.wave,
        log: args.log.log_file.as_deref(),
        ledger: ledger.or(named.as_deref()),
        tenant: &args.tenant,
        faults: args.faults.as_deref(),
    };
    files.check(others, env)?;
    Ok(files)
}

impl Target {
    /// The environment, where it is known from the settings.
    pub fn environment(&self) -> Option<EnvironmentId> {
        match self {
            Target::PingOne(tenant) => Some(tenant.environment),
            Target::Sandbox(_) => None,
        }
    }
}

fn target(args: &RunArgs, env: &Env<'_>) -> Result<Target, Error> {
    if args.sandbox {
        let faults = sandbox::faults(args.faults.as_deref())?;
        return Ok(Target::Sandbox(faults));
    }
    Ok(Target::PingOne(Box::new(Tenant::resolve(
        &args.tenant,
        env,
    )?)))
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
    pub fn resolve(args: &RunArgs, env: &Env<'_>, now: &Now) -> Result<Self, Error> {
        let Common { rows, pace, stops } = Common::resolve(args, env, now)?;
        let online = args.online.then(|| target(args, env)).transpose()?;
        let ledger = if args.sandbox {
            WhichLedger::None
        } else {
            let binding = tenant::binding(&args.tenant, env)?;
            WhichLedger::resolve(args.output.ledger.as_ref(), env, binding)
        };
        Ok(Self {
            wave: args.wave.clone(),
            rows,
            files: run_files(args, env, ledger.path())?,
            ledger,
            online,
            pace,
            stops,
        })
    }
}

impl Results {
    /// Resolves what was typed; no credential is looked at.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or nothing says which ledger is meant.
    pub fn resolve(args: ResultsArgs, env: &Env<'_>, now: &Now) -> Result<Self, Error> {
        check_zone(env, now)?;
        Pace::resolve(&PaceArgs::default(), env)?;
        RowSettings::resolve(&args.rows, &args.output, env, None)?;
        let binding = tenant::binding(&args.tenant, env)?;
        let (ledger, binding) =
            match WhichLedger::resolve(args.output.ledger.as_ref(), env, binding) {
                WhichLedger::At(path, binding) => (path, binding),
                WhichLedger::Nowhere(_, why) => return Err(why),
                WhichLedger::None => {
                    return Err(Error::new("nothing says which ledger is meant").hint(
                        "set `PINGONE_ENVIRONMENT_ID` and `PINGONE_REGION_CODE` as for the run \
                         (no credentials are needed), or name it with `--ledger`",
                    ));
                }
            };
        let files = Files::resolve(&args.wave, &args.output, None, Kind::default());
        let others = Others {
            wave: &args.wave,
            log: None,
            ledger: Some(&ledger),
            tenant: &args.tenant,
            faults: None,
        };
        files.check(others, env)?;
        Ok(Self {
            wave: args.wave.clone(),
            files,
            ledger,
            rows: ResultsRows {
                args,
                policy: env.os("WAVEPAIR_POLICY"),
            },
            binding,
        })
    }
}

impl ResultsRows {
    /// Resolves what was typed over what the last run of the wave was told.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have.
    pub fn over(&self, last_run: Option<RowSettings>) -> Result<RowSettings, Error> {
        let policy = |name: &str| {
            if name == "WAVEPAIR_POLICY" {
                self.policy.clone()
            } else {
                None
            }
        };
        RowSettings::resolve(
            &self.args.rows,
            &self.args.output,
            &Env::new(&policy),
            last_run,
        )
    }
}

impl Doctor {
    /// Resolves what was typed, as far as that goes: what is wrong with it is for the doctor to say.
    pub fn resolve(args: &DoctorArgs, env: &Env<'_>, now: &Now) -> Self {
        let (tenant, mut problems) = match Tenant::gather(&args.tenant, env) {
            Ok(tenant) => (Some(tenant), Vec::new()),
            Err(wrong) => (None, wrong.into_errors()),
        };
        let mut noted = |wrong: Error| problems.push(wrong);
        check_zone(env, now).unwrap_or_else(&mut noted);
        let policy = given(args.policy.as_ref(), "--policy", env, "WAVEPAIR_POLICY")
            .and_then(|given| given.map(|given| given.parse()).transpose())
            .unwrap_or_else(|wrong| {
                noted(wrong);
                None
            });
        let pace = Pace::resolve(&PaceArgs::default(), env).unwrap_or_else(|wrong| {
            noted(wrong);
            Pace::default()
        });
        // A binding that cannot be read was noted with the rest of the tenant.
        let binding = tenant::binding(&args.tenant, env).unwrap_or_default();
        let ledger = binding.and_then(|binding| {
            match files::ledger(args.ledger.as_ref(), env, binding.environment) {
                Ok(path) => Some((path, binding)),
                Err(wrong) => {
                    noted(wrong);
                    None
                }
            }
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

/// Reads `--column COLUMN=HEADER`.
///
/// # Errors
///
/// There is no `=`, or no such column.
pub fn columns(typed: &[String]) -> Result<Vec<(Column, String)>, Error> {
    typed
        .iter()
        .map(|text| {
            let known = text.split_once('=').and_then(|(name, header)| {
                let column = Column::ALL
                    .into_iter()
                    .find(|column| column.name() == name.trim())?;
                Some((column, header.to_owned()))
            });
            known.ok_or_else(|| {
                let names: Vec<_> = Column::ALL.iter().map(|column| column.name()).collect();
                let given = Given {
                    name: "--column",
                    value: text.clone(),
                };
                given.wrong(&format_args!(
                    "expected COLUMN=HEADER, with a COLUMN of {}",
                    names.join(", ")
                ))
            })
        })
        .collect()
}

/// How much is said, and in which form.
#[derive(Clone, Debug)]
pub struct Told {
    /// What was typed, for every command.
    pub verbosity: VerbosityArgs,
    /// What was typed for a run.
    pub log: LogArgs,
    /// Directives for our own log lines, from `RUST_LOG`.
    pub directives: Option<String>,
}

impl Told {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// `RUST_LOG` is no text, or names a level for wavepair that there is not.
    pub fn resolve(verbosity: VerbosityArgs, log: LogArgs, env: &Env<'_>) -> Result<Self, Error> {
        let directives = env.text("RUST_LOG")?;
        if let Some(level) = directives.as_deref().and_then(log_setup::unknown_level) {
            return Err(Error::new(format!(
                "invalid value '{level}' for the level of wavepair in RUST_LOG: expected off, error, warn, info, debug or trace"
            )));
        }
        if log.log_file.as_deref().is_some_and(is_standard) {
            return Err(
                Error::new("the log cannot go to standard output, which is for data").hint(
                    "`--log-format json` writes it to standard error; or name a file with `--log-file`",
                ),
            );
        }
        Ok(Self {
            verbosity,
            log,
            directives,
        })
    }
}

/// The wave as the ledger knows it: its absolute path, links resolved where it is there; `-` for
/// what has no name of its own.
pub fn wave_name(wave: &Path) -> String {
    if files::is_stream(wave) {
        return "-".to_owned();
    }
    let path = wave
        .canonicalize()
        .or_else(|_| std::path::absolute(wave))
        .unwrap_or_else(|_| wave.to_owned());
    path.to_string_lossy().into_owned()
}
