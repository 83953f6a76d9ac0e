//! What a person can type. Nothing is resolved here: `settings` says what it means.

#![expect(
    clippy::doc_markdown,
    reason = "these comments are help texts, which are shown as they are"
)]

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

/// Pairs the MFA devices of an onboarding wave in PingOne: CSV in, device IDs out.
///
/// A device is never created twice and a row is never lost, whatever happens to
/// the network, the process or the machine: run the same command again to go on.
#[derive(Debug, Parser)]
#[command(
    name = "wavepair",
    version,
    max_term_width = 100,
    after_help = "A rehearsal needs no tenant:\n  wavepair template > wave.csv\n  wavepair run wave.csv --sandbox\n\n`wavepair run --help` lists examples, environment variables and exit codes.",
    arg_required_else_help = true
)]
pub struct Cli {
    /// How much is said, and in which form; every command takes these
    #[command(flatten)]
    pub verbosity: VerbosityArgs,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Whether an option, as it is written (`--limit`, `-o`), has a value.
pub fn takes_value(option: &str) -> bool {
    fn has(command: &clap::Command, option: &str) -> bool {
        let own = command.get_arguments().any(|argument| {
            let long = option.strip_prefix("--");
            let named = long.is_some_and(|name| {
                argument
                    .get_long_and_visible_aliases()
                    .is_some_and(|names| names.contains(&name))
            }) || argument
                .get_short()
                .is_some_and(|short| option == format!("-{short}"));
            named && argument.get_action().takes_values()
        });
        own || command
            .get_subcommands()
            .any(|command| has(command, option))
    }
    has(&Cli::command(), option)
}

/// Whether words that are no command of ours ask for lines of JSON.
pub fn asks_for_json(words: &[OsString]) -> bool {
    let mut words = words.iter().take_while(|word| *word != "--").peekable();
    std::iter::from_fn(|| {
        let word = words.next()?;
        let next = words.peek().is_some_and(|next| *next == "json");
        Some(word == "--log-format=json" || word == "--log-format" && next)
    })
    .any(|asks| asks)
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create the devices of a wave; run it again to go on where it stopped
    Run(Box<RunArgs>),
    /// Write the results file again from the input and the ledger
    Results(Box<ResultsArgs>),
    /// Check settings, credentials, permissions, policies and limits
    Doctor(Box<DoctorArgs>),
    /// Print a small valid wave
    Template,
    /// Serve a PingOne-compatible sandbox on loopback
    Sandbox(Box<SandboxArgs>),
}

/// The arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The wave: a CSV file with a header; `-` reads standard input
    #[arg(value_name = "WAVE.csv")]
    pub wave: PathBuf,

    /// Validate every row and say what a run would do; send nothing
    #[arg(long)]
    pub dry_run: bool,

    /// With --dry-run: read credentials, policies, limits and users' devices too
    #[arg(long, requires = "dry_run")]
    pub online: bool,

    /// Use an embedded sandbox instead of PingOne; needs no credentials
    #[arg(long)]
    pub sandbox: bool,

    /// With --sandbox: what goes wrong, how often, and when; `samples/faults.toml` shows all
    #[arg(long, value_name = "FILE", requires = "sandbox")]
    pub faults: Option<PathBuf>,

    /// Whether questions are asked
    #[command(flatten)]
    pub questions: QuestionArgs,

    /// What is used for empty cells and missing columns
    #[command(flatten)]
    pub rows: RowArgs,

    /// Where things are written, and how
    #[command(flatten)]
    pub output: OutputArgs,

    /// Write a summary as JSON; `-` is standard output
    #[arg(long, value_name = "PATH", help_heading = "Files")]
    pub summary: Option<PathBuf>,

    /// Which tenant, and who we are there
    #[command(flatten)]
    pub tenant: TenantArgs,

    /// How fast, and how often again
    #[command(flatten)]
    pub pace: PaceArgs,

    /// When to stop before the wave is done
    #[command(flatten)]
    pub stops: StopArgs,

    /// What is told while it runs
    #[command(flatten)]
    pub log: LogArgs,
}

/// What is used for empty cells and missing columns.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rows")]
pub struct RowArgs {
    /// Policy for rows without one [env: WAVEPAIR_POLICY]
    #[arg(long, value_name = "UUID")]
    pub policy: Option<String>,

    /// Type for rows without one: WHATSAPP, SMS, VOICE, EMAIL [default: WHATSAPP]
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,

    /// Status for rows without one: ACTIVE, ACTIVATION_REQUIRED [default: ACTIVE, by PingOne]
    #[arg(long, value_name = "STATUS")]
    pub status: Option<String>,

    /// Column with another header, such as phone="Mobile (work)"
    #[arg(long = "column", value_name = "COLUMN=HEADER")]
    pub columns: Vec<String>,
}

/// Where things are written, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub struct OutputArgs {
    /// Results file; `-` is standard output [default: WAVE.results.csv; with --sandbox WAVE.sandbox.results.csv; of a dry run WAVE.dry-run.csv]
    #[arg(short = 'o', long, visible_alias = "output", value_name = "PATH")]
    pub results: Option<PathBuf>,

    /// File of invalid and rejected rows [default: WAVE.rejects.csv; with --sandbox WAVE.sandbox.rejects.csv]
    #[arg(long, value_name = "PATH")]
    pub rejects: Option<PathBuf>,

    /// Ledger [env: WAVEPAIR_LEDGER] [default: $XDG_STATE_HOME/wavepair/ENVIRONMENT.db]
    #[arg(long, value_name = "PATH")]
    pub ledger: Option<PathBuf>,

    /// How phones are written to the results file [default: full]
    #[arg(long, value_name = "HOW")]
    pub results_phone: Option<PhoneStyle>,

    /// Write cells that a spreadsheet would run as a formula as they are
    #[arg(long)]
    pub raw_cells: bool,
}

/// How phones are written to the results file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PhoneStyle {
    /// In E.164
    Full,
    /// Country code and last two digits
    Masked,
    /// Not at all
    None,
}

/// Which tenant, and who we are there.
#[derive(Debug, Args)]
#[command(next_help_heading = "PingOne")]
pub struct TenantArgs {
    /// Region: na, ca, eu, ap, au, sg [env: PINGONE_REGION_CODE]
    #[arg(long, value_name = "CODE")]
    pub region: Option<String>,

    /// Target environment [env: WAVEPAIR_ENVIRONMENT] [default: PINGONE_ENVIRONMENT_ID]
    #[arg(long, value_name = "UUID")]
    pub environment: Option<String>,

    /// File that holds the client secret [env: PINGONE_CLIENT_SECRET_FILE]
    #[arg(long, value_name = "PATH")]
    pub client_secret_file: Option<PathBuf>,

    /// How the client authenticates: basic, post [env: WAVEPAIR_CLIENT_AUTH] [default: basic]
    #[arg(long, value_name = "HOW")]
    pub client_auth: Option<String>,

    /// API base, instead of the region's [env: WAVEPAIR_API_URL]
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,

    /// Token endpoint, instead of the region's [env: WAVEPAIR_TOKEN_URL]
    #[arg(long, value_name = "URL")]
    pub token_url: Option<String>,

    /// Private authority to trust besides the platform's, in PEM
    #[arg(long, value_name = "PEM")]
    pub ca_file: Option<PathBuf>,

    /// Do not use the proxy of HTTPS_PROXY
    #[arg(long)]
    pub no_proxy: bool,
}

/// How fast, and how often again.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Pace")]
pub struct PaceArgs {
    /// Devices that exist already: skip, ledger, unchecked [env: WAVEPAIR_EXISTING] [default: skip]
    ///
    /// `skip` lists each user's devices before the first create. `ledger` trusts the ledger alone and saves that
    /// request; it is refused until a run with `skip` has finished on this ledger. `unchecked` does not look at all:
    /// only for a tenant in which nobody has a device yet, because every device that the ledger does not know is
    /// created again.
    #[arg(long, value_name = "WHAT")]
    pub existing: Option<String>,

    /// Ceiling of the pace: 25/s (or 25), 600/min, max [env: WAVEPAIR_RATE] [default: 25/s]
    #[arg(long, value_name = "RATE")]
    pub rate: Option<String>,

    /// Requests in flight [env: WAVEPAIR_CONCURRENCY] [default: 32]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<String>,

    /// Tries per row and run; a 429 answer costs none [default: 4]
    #[arg(long, value_name = "N")]
    pub attempts: Option<String>,

    /// Time for one request, such as 30s or 1m [default: 30s]
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,

    /// Time for connecting [default: 10s]
    #[arg(long, value_name = "TIME")]
    pub connect_timeout: Option<String>,

    /// Age at which an unknown row that PingOne does not list may be sent again [default: 1h]
    #[arg(long, value_name = "TIME")]
    pub settle: Option<String>,
}

/// Whether questions are asked.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct QuestionArgs {
    /// Answer yes where a person at a terminal would be asked: before messages are sent to people
    #[arg(long)]
    pub yes: bool,
}

/// When to stop before the wave is done.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Stops")]
pub struct StopArgs {
    /// Rows sent one by one first [default: 5]
    #[arg(long, value_name = "N")]
    pub canary: Option<String>,

    /// Stop at so many bad rows
    #[arg(long, value_name = "N|N%")]
    pub max_errors: Option<String>,

    /// Stop after this time, such as 90m, 2h, 1h 30m or 1d
    #[arg(long, value_name = "TIME")]
    pub max_duration: Option<String>,

    /// Stop then: 06:00 is the next such time of the local zone; or 2026-12-01T06:00, with Z or +01:00
    #[arg(long, value_name = "TIME")]
    pub deadline: Option<String>,

    /// Create at most so many new devices in this run: 1 or more
    #[arg(long, value_name = "N")]
    pub limit: Option<String>,
}

/// How much is said, and in which form.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Progress and logs")]
pub struct VerbosityArgs {
    /// More in the log; twice for even more
    #[arg(short = 'v', long = "verbose", action = ArgAction::Count, global = true)]
    pub verbose: u8,

    /// Nothing but errors and what is left to do
    #[arg(short = 'q', long, conflicts_with = "verbose", global = true)]
    pub quiet: bool,

    /// Form of the log [default: text]
    #[arg(long, value_name = "FORM", global = true)]
    pub log_format: Option<LogForm>,
}

/// What is told while a run goes on.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Progress and logs")]
pub struct LogArgs {
    /// Progress: a bar, lines, or nothing [default: auto]
    #[arg(long, value_name = "HOW")]
    pub progress: Option<ProgressStyle>,

    /// Write the log to a file too, as JSON lines
    #[arg(long, value_name = "PATH")]
    pub log_file: Option<PathBuf>,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressStyle {
    /// A bar on a terminal, lines elsewhere
    Auto,
    /// A bar
    Bar,
    /// A line every 30 seconds
    Plain,
    /// Nothing
    None,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogForm {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// The arguments of `results`.
#[derive(Debug, Args)]
pub struct ResultsArgs {
    /// The wave
    #[arg(value_name = "WAVE.csv")]
    pub wave: PathBuf,

    /// What is used for empty cells and missing columns
    #[command(flatten)]
    pub rows: RowArgs,

    /// Where things are written, and how
    #[command(flatten)]
    pub output: OutputArgs,

    /// Which tenant, and who we are there
    #[command(flatten)]
    pub tenant: TenantArgs,
}

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Policy to check [env: WAVEPAIR_POLICY]
    #[arg(long, value_name = "UUID")]
    pub policy: Option<String>,

    /// Ledger to check [env: WAVEPAIR_LEDGER] [default: $XDG_STATE_HOME/wavepair/ENVIRONMENT.db]
    #[arg(long, value_name = "PATH")]
    pub ledger: Option<PathBuf>,

    /// Which tenant, and who we are there
    #[command(flatten)]
    pub tenant: TenantArgs,
}

/// The arguments of `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Address to listen on; loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    pub listen: String,

    /// `any`: every UUID is a user; N: exactly N generated users
    #[arg(long, value_name = "any|N", default_value = "any")]
    pub users: String,

    /// Print the generated users, one ID a line
    #[arg(long)]
    pub print_users: bool,

    /// `any`: every UUID is a policy that allows every type; `known`: the listed ones alone
    #[arg(long, value_name = "any|known", default_value = "any")]
    pub policies: String,

    /// Time before each answer
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub latency: String,

    /// Requests allowed per rate group, such as 100/s
    #[arg(long, value_name = "RATE")]
    pub rate_limit: Option<String>,

    /// Share of the rate limit that one client address gets, such as 35%
    #[arg(long, value_name = "N%")]
    pub per_ip: Option<String>,

    /// Devices per user
    #[arg(long, value_name = "N", default_value = "5")]
    pub max_devices: String,

    /// Answer to an identical device: allow, 400, 409
    #[arg(long, value_name = "WHAT", default_value = "allow")]
    pub duplicates: String,

    /// Life of an access token
    #[arg(long, value_name = "TIME", default_value = "1h")]
    pub token_life: String,

    /// What goes wrong, how often, and when; `samples/faults.toml` shows all
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,

    /// The same seed gives the same faults, credentials and users
    #[arg(long, value_name = "N", default_value = "0")]
    pub seed: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_with_a_value_are_told_from_those_without() {
        for (option, takes) in [
            ("--limit", true),
            ("-o", true),
            ("--results", true),
            ("--log-format", true),
            ("--listen", true),
            ("--dry-run", false),
            ("-v", false),
            ("--verbose", false),
            ("--nonsense", false),
        ] {
            assert_eq!(takes_value(option), takes, "{option}");
        }
    }

    #[test]
    fn the_form_of_an_error_is_known_before_the_words_are() {
        for (words, asks) in [
            ("wavepair run --log-format json --nonsense", true),
            ("wavepair --log-format=json", true),
            ("wavepair run json", false),
            ("wavepair run --log-format text json", false),
            ("wavepair run -- --log-format json", false),
            ("wavepair run w.csv --log-format", false),
        ] {
            let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
            assert_eq!(asks_for_json(&words), asks, "{words:?}");
        }
    }
}
