//! The program: parse the command line, resolve, call, turn the answer into an exit code.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode as ProcessCode;
use std::sync::Arc;

use crate::cli::{self, Cli, Command, LogArgs, LogForm, ProgressStyle};
use crate::clock;
use crate::commands::{self, Invocation};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::command_line::CommandLine;
use crate::report::console::{Console, Manner};
use crate::report::lifetime;
use crate::report::log_lines::Format;
use crate::report::log_setup;
use crate::report::notice::Notice;
use crate::report::panics;
use crate::report::progress::Choice;
use crate::settings::env::Env;
use crate::settings::run::{Doctor, DryRun, Results, Run, Told};
use crate::settings::sandbox::Sandbox;
use crate::settings::usage::{self, Read};

/// Does what the words of the command line ask for, and says how it ended.
pub fn main() -> ProcessCode {
    outlive_size_limit();
    let words: Vec<OsString> = std::env::args_os().collect();
    let begun = clock::now();
    let read = usage::read(&words);
    let (console, closer) = Console::start(manner(read.as_ref().ok(), &words));
    let code = match read {
        Ok(Read::Call(cli)) => {
            keep_memory_private();
            outlive_size_limit();
            panics::tell(console.clone());
            let command = CommandLine::new(words, &cli::takes_value);
            console.say(&lifetime::begins(&command));
            catch_unwind(AssertUnwindSafe(|| run(*cli, command, &console)))
                // What there is to say of it was said when it happened.
                .unwrap_or(Ok(ExitCode::Broken))
        }
        Ok(Read::Text(text)) => printed(text.print()),
        Ok(Read::Empty(help)) => printed(help.print()).map(|code| code.or(ExitCode::Usage)),
        Err(error) => Err(error.into()),
    };
    let code = code.unwrap_or_else(|error| {
        console.say(&Notice::from(&error));
        error.exit_code()
    });
    console.say(&lifetime::ends(code, clock::now().duration_since(begun)));
    drop(closer);
    ProcessCode::from(code.code())
}

/// How standard error is spoken to, by what was typed; where that is no command, the form of what is
/// said of it is looked for among the words.
fn manner(read: Option<&Read>, words: &[OsString]) -> Manner {
    let cli = match read {
        Some(Read::Call(cli)) => Some(cli),
        Some(Read::Text(_) | Read::Empty(_)) | None => None,
    };
    // A terminal that can do nothing, and who asks for plain text: https://no-color.org
    let is_set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let is_dumb = is_set("TERM").is_none_or(|term| term == "dumb");
    let is_run = cli.is_some_and(|cli| matches!(cli.command, Command::Run(_)));
    Manner {
        json: match cli {
            Some(cli) => cli.verbosity.log_format == Some(LogForm::Json),
            None => cli::asks_for_json(words),
        },
        // Help has been asked for, and nothing else is said then.
        quiet: cli.map_or(read.is_some(), |cli| cli.verbosity.quiet),
        colored: io::stderr().is_terminal() && !is_dumb && is_set("NO_COLOR").is_none(),
        run: is_run.then(commands::new_run_id),
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

fn run(cli: Cli, command: CommandLine, console: &Console) -> Result<ExitCode, Error> {
    let read = |name: &str| std::env::var_os(name);
    let env = Env::new(&read);
    let log = match &cli.command {
        Command::Run(args) => args.log.clone(),
        Command::Results(_) | Command::Doctor(_) | Command::Template | Command::Sandbox(_) => {
            LogArgs::default()
        }
    };
    let now = clock::local();
    let told = Told::resolve(cli.verbosity, log, &env)?;
    let yes = matches!(&cli.command, Command::Run(args) if args.questions.yes);
    let invocation = Invocation {
        yes,
        ..invocation(command, console, &told)
    };
    match cli.command {
        Command::Run(args) => {
            if args.dry_run {
                let settings = DryRun::resolve(&args, &env, &now)?;
                block_on(commands::dry_run::dry_run(settings, &invocation))
            } else {
                let settings = Run::resolve(&args, &env, &now)?;
                block_on(commands::run::run(settings, &invocation))
            }
        }
        Command::Results(args) => {
            let settings = Results::resolve(*args, &env, &now)?;
            invocation.start_log()?;
            commands::results::results(&settings, &invocation)
        }
        Command::Doctor(args) => {
            let settings = Doctor::resolve(&args, &env, &now);
            invocation.start_log()?;
            block_on(commands::doctor::doctor(settings, &invocation))
        }
        Command::Template => print(&commands::template::template()),
        Command::Sandbox(args) => {
            let settings = Sandbox::resolve(&args)?;
            invocation.start_log()?;
            block_on(commands::sandbox::sandbox(settings, console))
        }
    }
}

fn invocation(command: CommandLine, console: &Console, told: &Told) -> Invocation {
    let progress = match told.log.progress {
        _ if told.verbosity.quiet => Choice::None,
        None | Some(ProgressStyle::Auto) => Choice::Auto,
        Some(ProgressStyle::Bar) => Choice::Bar,
        Some(ProgressStyle::Plain) => Choice::Plain,
        Some(ProgressStyle::None) => Choice::None,
    };
    Invocation {
        command,
        run: console.manner().run.unwrap_or_else(commands::new_run_id),
        console: console.clone(),
        verbose: told.verbosity.verbose > 0,
        yes: false,
        progress,
        is_terminal: io::stderr().is_terminal(),
        term: std::env::var("TERM").ok(),
        log: log(told, console.manner()),
    }
}

fn log(told: &Told, manner: Manner) -> log_setup::Options {
    log_setup::Options {
        verbose: told.verbosity.verbose,
        quiet: manner.quiet,
        rust_log: told.directives.clone(),
        format: match manner {
            Manner { json: true, .. } => Format::Json,
            Manner { colored: true, .. } => Format::ColoredText,
            Manner { .. } => Format::Text,
        },
        run: manner.run,
        file: told.log.log_file.clone(),
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

/// Writes data to standard output.
fn print(text: &str) -> Result<ExitCode, Error> {
    let mut out = io::stdout();
    printed(out.write_all(text.as_bytes()))
}

/// What was written has arrived, or its reader went away, which is no failure; a full disk is one.
fn printed(written: io::Result<()>) -> Result<ExitCode, Error> {
    match written.and_then(|()| io::stdout().flush()) {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => Err(Error::System {
            what: "standard output cannot be written",
            source,
        }),
        Ok(()) | Err(_) => Ok(ExitCode::Done),
    }
}
