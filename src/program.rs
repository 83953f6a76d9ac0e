//! The program: parse the command line, resolve, call, turn the answer into an exit code.

use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode as ProcessCode;
use std::sync::Arc;

use crate::clock;
use crate::commands::print::{print, printed};
use crate::commands::{self, Invocation};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::stop::StopReason;
use crate::report::command_line::CommandLine;
use crate::report::console::Console;
use crate::report::error_object::ErrorObject;
use crate::report::lifetime;
use crate::report::manner::{ErrorForm, Manner};
use crate::report::notice::Notice;
use crate::report::panics;
use crate::settings::completions::script;
use crate::settings::env::Env;
use crate::settings::log::{self, LogSettings};
use crate::settings::run::Settings;
use crate::settings::setting::Command;
use crate::settings::settings_file::SettingsFile;
use crate::settings::sources::Sources;
use crate::settings::table;
use crate::settings::usage::{self, Read};
use crate::settings::which_file::{pingcli_profile, settings_file};

/// Does what the words of the command line ask for, and says how it ended.
pub fn main() -> ProcessCode {
    outlive_size_limit();
    let words: Vec<OsString> = std::env::args_os().collect();
    let begun = clock::now();
    let variable = |name: &str| std::env::var_os(name);
    let env = Env::new(&variable);
    let read = usage::read(&words);
    let file = match &read {
        Ok(Read::Call(typed)) => settings_file(typed, &env),
        Ok(Read::Text(_) | Read::Empty(_)) | Err(_) => Ok(None),
    };
    let usable = file.as_ref().ok().and_then(Option::as_ref);
    let (console, closer) = Console::start(manner(read.as_ref().ok(), &words, (&env, usable)));
    let ended = match read {
        Ok(Read::Call(typed)) => {
            keep_memory_private();
            outlive_size_limit();
            panics::tell(console.clone());
            let command = CommandLine::new(words, &table::takes_value);
            console.say(&lifetime::begins(&command));
            catch_unwind(AssertUnwindSafe(|| {
                let file = file?;
                let sources = Sources::new(&typed, &env).with_file(file.as_ref());
                let pingcli = pingcli_profile(&sources)?;
                let sources = sources.with_pingcli(pingcli.as_ref());
                run(&sources, command, &console)
            }))
            // What there is to say of it was said when it happened.
            .unwrap_or(Ok(Ended::with(ExitCode::Broken)))
        }
        Ok(Read::Text(text)) => printed(text.print()).map(|()| Ended::with(ExitCode::Done)),
        Ok(Read::Empty(help)) => printed(help.print()).map(|()| Ended::with(ExitCode::Usage)),
        Err(error) => Err(error.into()),
    };
    let code = told(ended, &console);
    console.say(&lifetime::ends(code, clock::now().duration_since(begun)));
    drop(closer);
    ProcessCode::from(code.code())
}

/// How a command ended that did not fail.
struct Ended {
    exit: ExitCode,
    /// Why it stopped before it was done, where it has.
    stopped: Option<StopReason>,
}

impl Ended {
    fn with(exit: ExitCode) -> Self {
        Self {
            exit,
            stopped: None,
        }
    }
}

/// Says what failed, to people or to a program, which is told of every end that is not 0; gives the
/// code.
fn told(ended: Result<Ended, Error>, console: &Console) -> ExitCode {
    let as_object = console.manner().errors == ErrorForm::Json;
    match ended {
        Ok(Ended { exit, stopped }) => {
            if as_object && exit != ExitCode::Done {
                console.say(&ErrorObject::of_end(exit, stopped.as_ref()).notice());
            }
            exit
        }
        Err(error) => {
            console.say(&if as_object {
                error.object().notice()
            } else {
                Notice::from(&error)
            });
            error.exit_code()
        }
    }
}

/// How standard error is spoken to, and of which run.
fn manner(
    read: Option<&Read>,
    words: &[OsString],
    of: (&Env<'_>, Option<&SettingsFile>),
) -> Manner {
    let is_run = matches!(
        read,
        Some(Read::Call(typed)) if matches!(typed.command, Command::Run | Command::Undo)
    );
    Manner {
        run: is_run.then(commands::new_run_id),
        ..log::manner(read, words, of, io::stderr().is_terminal())
    }
}

/// Has a write beyond the limit on the size of files fail as on a full disk, instead of killing the process.
fn outlive_size_limit() {
    // Nobody asks whether it came: the write says so. Where the system does not let us, it is as it was.
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default()).ok();
}

/// Keeps secrets and phones out of core dumps, and the memory from other processes of the same user.
fn keep_memory_private() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Where the system does not let us, the run is as private as any other process's.
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).ok();
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable).ok();
}

fn run(sources: &Sources<'_>, command: CommandLine, console: &Console) -> Result<Ended, Error> {
    let (manner, is_terminal) = (console.manner(), io::stderr().is_terminal());
    let LogSettings { progress, yes, log } = LogSettings::resolve(sources, manner, is_terminal)?;
    let settings = Settings::resolve(sources, &clock::local())?;
    let invocation = Invocation {
        command,
        run: manner.run.unwrap_or_else(commands::new_run_id),
        console: console.clone(),
        verbose: log.verbose > 0,
        yes,
        progress,
        is_terminal,
        log,
        stopped: RefCell::default(),
    };
    let exit = perform(settings, &invocation)?;
    Ok(Ended {
        exit,
        stopped: invocation.stopped.take(),
    })
}

/// Does what the settings say.
fn perform(settings: Settings, invocation: &Invocation) -> Result<ExitCode, Error> {
    match settings {
        Settings::Run(run) => block_on(commands::run::run(*run, invocation)),
        Settings::DryRun(run) => block_on(commands::dry_run::dry_run(*run, invocation)),
        Settings::Results(results) => {
            invocation.start_log()?;
            commands::results::results(&results, invocation)
        }
        Settings::Status(status) => {
            invocation.start_log()?;
            commands::status::status(&status)
        }
        Settings::Show(show) => {
            invocation.start_log()?;
            commands::show::show(&show)
        }
        Settings::Verify(verify) => block_on(commands::verify::verify(*verify, invocation)),
        Settings::Report(report) => {
            invocation.start_log()?;
            commands::report::report(&report, invocation)
        }
        Settings::Resolve(resolve) => block_on(commands::resolve::resolve(resolve, invocation)),
        Settings::Purge(purge) => {
            invocation.start_log()?;
            commands::purge::purge(&purge, invocation)
        }
        Settings::HandOver(settings) => {
            invocation.start_log()?;
            commands::hand_over::hand_over(&settings, invocation)
        }
        Settings::Undo(undo) => block_on(commands::undo::undo(*undo, invocation)),
        Settings::Doctor(doctor) => {
            invocation.start_log()?;
            block_on(commands::doctor::doctor(*doctor, invocation))
        }
        Settings::Probe(probe) => {
            invocation.start_log()?;
            block_on(commands::probe::probe(*probe, invocation))
        }
        Settings::Template => print(&commands::template::template()).map(|()| ExitCode::Done),
        Settings::Completions(shell) => print(&script(shell)).map(|()| ExitCode::Done),
        Settings::ConfigShow(config) => {
            print(&commands::config::show(&config)).map(|()| ExitCode::Done)
        }
        Settings::Man(folder) => commands::man::man(folder.as_deref()).map(|()| ExitCode::Done),
        Settings::Sandbox(sandbox) => {
            invocation.start_log()?;
            block_on(commands::sandbox::sandbox(*sandbox, &invocation.console))
        }
    }
}

/// Runs a command to its end, and waits for nothing that it left behind: a name server that does
/// not answer holds a thread for minutes, which nobody needs any more.
fn block_on(command: impl Future<Output = Result<ExitCode, Error>>) -> Result<ExitCode, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| Error::System {
            what: "the runtime cannot be started",
            source,
        })?;
    let ended = runtime.block_on(command);
    runtime.shutdown_background();
    ended
}
