//! The one table of settings: the command line, its help texts and the list of variables are made of
//! it, and whatever is given is read by it.
//!
//! Each setting and each default stands here once. What a value may be is said by the function that
//! reads it; nothing is read anywhere else. A new setting is a row, its place in a group, and the
//! line that resolves it: the compiler asks for the rest, and a test for the README.

use std::ffi::OsString;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap_complete::Shell;
use encoding_rs::Encoding;
use reqwest::Url;
use tracing::level_filters::LevelFilter;

use crate::settings::address::{self, Region};
use crate::settings::deadline::{self, Deadline};
use crate::settings::expected_rows::ExpectedRows;
use crate::settings::given::Given;
use crate::settings::setting::Takes::{Count, Text, Texts, Word};
use crate::settings::setting::{About, Command, Group, Setting, Usage, Variable, path, setting, switch, variable};
use self::pingcli::PINGCLI_PROFILE;
use self::shards::SHARD;
use self::service::{DUPLICATES, LATENCY, LISTEN, MAX_DEVICES, PER_IP, POLICIES, PRINT_USERS, RATE_LIMIT, REPORT_AGE, SEED, TOKEN_LIFE, USERS, VARIANT};
use self::telling::{ERROR_FORMAT, SUMMARIES, SUMMARY, TELLING};
use crate::settings::values;
use crate::engine::MaxErrors;
use crate::model::dialect::Delimiter;
use crate::model::country::Country;
use crate::model::ids::{EnvironmentId, UserId};
use crate::model::phone::E164;
use crate::model::mfa::MfaRule;
use crate::model::policy_ref::PolicyRef;
use crate::model::request::{DeviceStatus, DeviceType};
use crate::model::row::Column;
use crate::model::secret::Secret;
use crate::model::shared_phones::Sharing;
use crate::model::user_name::UserBy;
use crate::pingone::credentials::ClientAuth;
use crate::pingone::grant::Bearer;
use crate::plan::Existing;
use crate::pace::Pacing;
use crate::report::progress::Choice;
use crate::report::results_writer::Phones;

// What is done with a wave.
pub(super) const WAVE: Setting<PathBuf> = path("WAVE.csv", "WAVE.csv", "The wave: a CSV file or an .xlsx workbook, with a header; `-` reads standard input");
pub(super) const DRY_RUN: Setting<bool> = switch("--dry-run", "Validate every row and say what a run would do; send nothing")
    .of_one_call();
pub(super) const ONLINE: Setting<bool> = switch("--online", "With --dry-run: read credentials, policies, limits and users' devices too")
    .needs("--dry-run").of_one_call();
pub(super) const PLAN: Setting<PathBuf> = path("--plan", "FILE", "With --dry-run --online: write what is expected of each row to FILE, to be reviewed; without: do exactly what FILE says, or refuse")
    .of_one_call();
pub(super) const PLAN_ALLOW_PROGRESS: Setting<bool> = switch("--plan-allow-progress", "With --plan: go on where a run by this plan stopped, though the ledger has gone on since")
    .needs("--plan").of_one_call();
pub(super) const SANDBOX: Setting<bool> = switch("--sandbox", "Use an embedded sandbox instead of PingOne; needs no credentials");
pub(super) const FAULTS: Setting<PathBuf> = path("--faults", "FILE", "With --sandbox: what goes wrong, how often, and when; `samples/faults.toml` shows all")
    .needs("--sandbox");
pub(super) const YES: Setting<bool> = switch("--yes", "Answer yes where a person at a terminal would be asked: before messages are sent to people");

// How its rows are judged: what is used for empty cells and missing columns.
pub(super) const POLICY: Setting<PolicyRef> = setting("--policy", Text("UUID|NAME"), Given::parse, "Policy for rows without one: its ID, its name, or `default`")
    .variable("WAVEPAIR_POLICY", "policy for rows without one");
pub(super) const USER_BY: Setting<UserBy> = setting("--user-by", Text("COLUMN"), values::user_by, "Column that names the users: user_id, external_id, username, email")
    .default_described("the first of these that the wave has");
pub(super) const TYPE: Setting<DeviceType> = setting("--type", Text("TYPE"), Given::parse, "Type for rows without one: WHATSAPP, SMS, VOICE, EMAIL")
    .default(DeviceType::USUAL.as_str());
pub(super) const STATUS: Setting<DeviceStatus> = setting("--status", Text("STATUS"), Given::parse, "Status for rows without one: ACTIVE, ACTIVATION_REQUIRED")
    .default_described("ACTIVE, by PingOne");
pub(super) const DELIMITER: Setting<Delimiter> = setting("--delimiter", Text("WHAT"), Given::parse, "What separates the fields: comma, semicolon, tab, pipe, or the character")
    .default_described("the one that gives the header the columns of a wave");
pub(super) const ENCODING: Setting<&'static Encoding> = setting("--encoding", Text("LABEL"), values::encoding, "Encoding of the wave, such as windows-1252 or utf-16le")
    .default_described("that of the byte order mark; UTF-8");
pub(super) const SHEET: Setting<String> = setting("--sheet", Text("NAME|N"), values::sheet, "Sheet of a workbook, by its name or its number from 1")
    .default_described("the first one that a spreadsheet shows");
pub(super) const COUNTRY: Setting<Country> = setting("--country", Text("CODE"), Given::parse, "Country of phones without `+` in rows that name none, such as DE (ISO 3166)");
pub(super) const SHARED_PHONES: Setting<Sharing> = setting("--shared-phones", Word("WHAT", &SHARING), |given| given.one_of(&values::SHARING), "Phones that stand with several users")
    .default("warn");
const SHARING: [(&str, &str); 3] = [("warn", "The results tell of them, and so does a dry run"), ("reject", "Every row but the first user's is invalid"), ("allow", "Fine")];
pub(super) const SHARED_PHONES_FILE: Setting<PathBuf> = path("--shared-phones-file", "FILE", "Phones that may stand with several users, one a line");
pub(super) const COLUMN: Setting<(Column, String)> = setting("--column", Texts("COLUMN=HEADER"), values::column, "Column with another header, such as phone=\"Mobile (work)\"");

// What the wave as a whole has to be like.
pub(super) const EXPECT_ROWS: Setting<ExpectedRows> = setting("--expect-rows", Text("N|N..M"), Given::parse, "Refuse a wave with another number of rows: 3000, 2900..3100, 2900.. or ..3100; a wave without rows is refused unless this allows 0");
pub(super) const STRICT: Setting<bool> = switch("--strict", "Send nothing at all where a single row is invalid");

// Where things are written, and how.
pub(super) const RESULTS: Setting<PathBuf> = path("--results", "PATH", "Results file; `-` is standard output")
    .also(&["-o", "--output"])
    .default_described("WAVE.results.csv; with --sandbox WAVE.sandbox.results.csv; of a dry run WAVE.dry-run.csv");
pub(super) const REJECTS: Setting<PathBuf> = path("--rejects", "PATH", "File of invalid and rejected rows")
    .default_described("WAVE.rejects.csv; with --sandbox WAVE.sandbox.rejects.csv");
pub(super) const LEDGER: Setting<PathBuf> = path("--ledger", "PATH", "Ledger")
    .variable("WAVEPAIR_LEDGER", "the ledger").default_described("$XDG_STATE_HOME/wavepair/ENVIRONMENT.db");
pub(super) const RESULTS_PHONE: Setting<Phones> = setting("--results-phone", Word("HOW", &PHONES), |given| given.one_of(&values::PHONES), "How phones are written to the results file")
    .default("full");
const PHONES: [(&str, &str); 3] = [("full", "In E.164"), ("masked", "Country code and last two digits"), ("none", "Not at all")];
pub(super) const RAW_CELLS: Setting<bool> = switch("--raw-cells", "Write cells that a spreadsheet would run as a formula as they are");

// Which tenant, and who we are there.
pub(super) const HOME: Setting<EnvironmentId> = variable("PINGONE_ENVIRONMENT_ID", "ID of the worker application's environment", Given::parse)
    .key("worker_environment");
pub(super) const CLIENT_ID: Setting<String> = variable("PINGONE_CLIENT_ID", "the worker application's client ID", values::client_id)
    .key("client_id");
pub(super) const CLIENT_SECRET: Setting<Secret> = variable("PINGONE_CLIENT_SECRET", "its client secret", values::client_secret).private();
pub(super) const TOKEN: Setting<Bearer> = variable("PINGONE_API_ACCESS_TOKEN", "an access token, instead of a client", values::token).private();
pub(super) const REGION: Setting<Region> = setting("--region", Text("CODE"), address::region, "Region: na, ca, eu, ap, au, sg")
    .variable("PINGONE_REGION_CODE", "na, ca, eu, ap, au or sg");
pub(super) const ENVIRONMENT: Setting<EnvironmentId> = setting("--environment", Text("UUID"), Given::parse, "Target environment")
    .variable("WAVEPAIR_ENVIRONMENT", "environment of the users, where it is another one").default_described("PINGONE_ENVIRONMENT_ID");
pub(super) const SECRET_FILE: Setting<PathBuf> = path("--client-secret-file", "PATH", "File that holds the client secret")
    .variable("PINGONE_CLIENT_SECRET_FILE", "file that holds the client secret");
pub(super) const SECRET_COMMAND: Setting<OsString> = setting("client_secret_command", Texts("WORD"), |given| Ok(given.value.clone()), "Program that prints the client secret, and what it is told")
    .key("client_secret_command");
pub(super) const CLIENT_AUTH: Setting<ClientAuth> = setting("--client-auth", Text("HOW"),
    |given| given.one_of(&[("basic", ClientAuth::Basic), ("post", ClientAuth::Post)]),
    "How the client authenticates: basic, post")
    .variable("WAVEPAIR_CLIENT_AUTH", "how the client authenticates: basic, post").default("basic");
pub(super) const API_URL: Setting<Url> = setting("--api-url", Text("URL"), address::url, "API base, instead of the region's")
    .variable("WAVEPAIR_API_URL", "API base, instead of the region's");
pub(super) const TOKEN_URL: Setting<Url> = setting("--token-url", Text("URL"), address::url, "Token endpoint, instead of the region's")
    .variable("WAVEPAIR_TOKEN_URL", "token endpoint, instead of the region's");
pub(super) const CA_FILE: Setting<PathBuf> = path("--ca-file", "PEM", "Private authority to trust besides the platform's, in PEM");
pub(super) const SOURCE_ADDRESS: Setting<IpAddr> = setting("--source-address", Text("IP"), values::source_address, "Address of this machine to connect from: PingOne limits each address by itself")
    .default_described("the system's choice");
pub(super) const NO_PROXY: Setting<bool> = switch("--no-proxy", "Do not use the proxy of HTTPS_PROXY");

// How fast, and how often again.
pub(super) const EXISTING: Setting<Existing> = setting("--existing", Text("WHAT"),
    |given| given.one_of(&[("skip", Existing::Skip), ("report", Existing::Report), ("ledger", Existing::Ledger), ("unchecked", Existing::Unchecked)]),
    "Devices that exist already: skip, report, ledger, unchecked")
    .details("`skip` lists each user's devices before the first create. `report` reads PingOne's report of all devices instead, which is up to 15 minutes old, and lists users one by one where there is none; it is refused until a run with `skip` has finished on this ledger. `ledger` trusts the ledger alone and saves that request; it is refused until a run with `skip` has finished on this ledger. `unchecked` does not look at all: only for a tenant in which nobody has a device yet, because every device that the ledger does not know is created again.")
    .variable("WAVEPAIR_EXISTING", "what a device that exists already means").default("skip");
pub(super) const RECREATE: Setting<bool> = switch("--recreate", "Create devices anew that `wavepair undo` deleted; without it their rows are rejected").of_one_call();
pub(super) const MFA: Setting<MfaRule> = setting("--mfa", Text("WHAT"),
    |given| given.one_of(&[("check", MfaRule::Check), ("enable", MfaRule::Enable), ("ignore", MfaRule::Ignore)]),
    "Users who cannot use MFA yet: check, enable, ignore")
    .details("A user whose `mfaEnabled` is off cannot use any device, and off is PingOne's default for new users. `check` reads nothing extra in a run; a dry run with `--online` and `wavepair verify` read each user and tell of them, and `wavepair doctor` tells whether new users can use MFA. `enable` switches it on, once per user, before that user's first device is created; where that fails, nothing is created for the user. `ignore` does neither.")
    .default("check");
pub(super) const RATE: Setting<Pacing> = setting("--rate", Text("RATE"), Given::parse, "Ceiling of the pace: 25/s (or 25), 600/min, or 35% of what the license lets through; auto finds what PingOne bears, max keeps to nothing")
    .variable("WAVEPAIR_RATE", "ceiling of the pace").default("25/s");
pub(super) const CONCURRENCY: Setting<usize> = setting("--concurrency", Text("N"), |given| given.number(1, 1024), "Requests in flight")
    .variable("WAVEPAIR_CONCURRENCY", "requests in flight").default("32");
pub(super) const ATTEMPTS: Setting<NonZeroU32> = setting("--attempts", Text("N"), values::attempts, "Tries per row and run; a 429 answer costs none").default("4");
pub(super) const TIMEOUT: Setting<Duration> = setting("--timeout", Text("TIME"), Given::some_time, "Time for one request, such as 30s or 1m").default("30s");
pub(super) const CONNECT_TIMEOUT: Setting<Duration> = setting("--connect-timeout", Text("TIME"), Given::some_time, "Time for connecting").default("10s");
pub(super) const SETTLE: Setting<Duration> = setting("--settle", Text("TIME"), Given::some_time, "Age at which an unknown row that PingOne does not list may be sent again")
    .default("1h");

// When to stop before the wave is done.
pub(super) const CANARY: Setting<u32> = setting("--canary", Text("N"), |given| given.number(0, 1_000), "Rows sent one by one first").default("5");
pub(super) const MAX_ERRORS: Setting<MaxErrors> = setting("--max-errors", Text("N|N%"), values::max_errors, "Stop at so many bad rows");
pub(super) const MAX_DURATION: Setting<Duration> = setting("--max-duration", Text("TIME"), Given::some_time, "Stop after this time, such as 90m, 2h, 1h 30m or 1d");
pub(super) const DEADLINE: Setting<Deadline> = setting("--deadline", Text("TIME"), deadline::read, "Stop then: 06:00 is the next such time of the local zone; or 2026-12-01T06:00, with Z or +01:00");
pub(super) const LIMIT: Setting<u64> = setting("--limit", Text("N"), |given| given.at_least(1), "Create at most so many new devices in this run: 1 or more");

// How a wave is verified.
pub(super) const NOW: Setting<bool> = switch("--now", "List users one by one at once; do not wait until PingOne's report of all devices shows the last ones");

// Where settings are read from.
pub(super) const CONFIG: Setting<PathBuf> = path("--config", "FILE", "Settings file, in TOML; /dev/null is none")
    .variable("WAVEPAIR_CONFIG", "the settings file").default_described("$XDG_CONFIG_HOME/wavepair/config.toml, if it is there").of_one_call();
pub(super) const PROFILE: Setting<String> = setting("--profile", Text("NAME"), |given| given.text().map(str::to_owned), "Profile of the settings file")
    .variable("WAVEPAIR_PROFILE", "profile of the settings file").default_described("its default_profile").of_one_call();

// How much is said, in which form, and where.
pub(super) const VERBOSE: Setting<u8> = setting("--verbose", Count, Given::parse, "More in the log; twice for even more").also(&["-v"]);
pub(super) const QUIET: Setting<bool> = switch("--quiet", "Nothing but errors and what is left to do").also(&["-q"]).excludes("--verbose");
pub(super) const LOG_FORMAT: Setting<bool> = setting("--log-format", Word("FORM", &LOG_FORMS),
    |given| given.one_of(&[("text", false), ("json", true)]),
    "Form of the log").default("text");
const LOG_FORMS: [(&str, &str); 2] = [("text", "For people"), ("json", "One JSON object a line")];
pub(super) const PROGRESS: Setting<Choice> = setting("--progress", Word("HOW", &STYLES),
    |given| given.one_of(&[("auto", Choice::Auto), ("bar", Choice::Bar), ("plain", Choice::Plain), ("none", Choice::None)]),
    "Progress: a bar, lines, or nothing").default("auto");
const STYLES: [(&str, &str); 4] = [("auto", "A bar on a terminal, lines elsewhere"), ("bar", "A bar"), ("plain", "A line every 30 seconds"), ("none", "Nothing")];
pub(super) const LOG_FILE: Setting<PathBuf> = path("--log-file", "PATH", "Write the log to a file too, as JSON lines");
pub(super) const LOG_LEVEL: Setting<Option<LevelFilter>> = variable("RUST_LOG", "level of the log, such as wavepair=debug", values::level)
    .key("log_level");

// What a probe is about.
pub(super) const PROBE_USER: Setting<UserId> = setting("--user", Text("UUID"), Given::parse, "Test user, who must not have an MFA device");
pub(super) const PROBE_PHONE: Setting<E164> = setting("--phone", Text("+…"), values::phone, "Phone of the test user, with `+`; nothing is sent to it by wavepair").private();
pub(super) const REPORT: Setting<PathBuf> = path("--report", "FILE", "Report, as Markdown; as JSON it is written beside that, and FILE.journal is kept")
    .default_described("probe-report.md");
pub(super) const CLEAN: Setting<PathBuf> = path("--clean", "FILE", "Delete what the probe with this report has left, by FILE.journal; ask nothing")
    .of_one_call();

// What is told of wavepair itself.
pub(super) const FORMAT: Setting<bool> = setting("--format", Word("FORM", &FORMS), |given| given.one_of(&[("text", false), ("json", true)]), "Form of what is printed")
    .default("text").of_one_call();
const FORMS: [(&str, &str); 2] = [("text", "For people"), ("json", "One JSON object")];
pub(super) const SHELL: Setting<Shell> = setting("SHELL", Text("SHELL"), |given| given.one_of(&values::SHELLS), "Shell: bash, zsh, fish, elvish, powershell");
pub(super) const OUT: Setting<PathBuf> = path("--out", "DIR", "Write one page a command into this folder, which is made where it is missing")
    .default_described("all of them to standard output").of_one_call();

const SHOWN: Group = Group { heading: None, settings: &[FORMAT.about] };
const A_WAVE: Group = Group { heading: None, settings: &[WAVE.about] };
const MODE: Group = Group { heading: None, settings: &[DRY_RUN.about, ONLINE.about, PLAN.about, PLAN_ALLOW_PROGRESS.about, SANDBOX.about, FAULTS.about, YES.about, SHARD.about] };
const CHECKS: Group = Group { heading: ROWS.heading, settings: &[EXPECT_ROWS.about, STRICT.about] };
const COUNTED: Group = Group { heading: ROWS.heading, settings: &[EXPECT_ROWS.about] };
const ROWS: Group = Group { heading: Some("Rows"), settings: &[POLICY.about, USER_BY.about, TYPE.about, STATUS.about, COUNTRY.about, SHARED_PHONES.about, SHARED_PHONES_FILE.about, COLUMN.about, DELIMITER.about, ENCODING.about, SHEET.about] };
const FILES: Group = Group { heading: Some("Files"), settings: &[RESULTS.about, REJECTS.about, LEDGER.about, RESULTS_PHONE.about, RAW_CELLS.about] };
const TENANT: Group = Group { heading: Some("PingOne"), settings: &[
    PINGCLI_PROFILE.about, REGION.about, ENVIRONMENT.about, SECRET_FILE.about, CLIENT_AUTH.about, API_URL.about, TOKEN_URL.about, CA_FILE.about, NO_PROXY.about, SOURCE_ADDRESS.about,
] };
const PACE: Group = Group { heading: Some("Pace"), settings: &[
    EXISTING.about, RECREATE.about, MFA.about, RATE.about, CONCURRENCY.about, ATTEMPTS.about, TIMEOUT.about, CONNECT_TIMEOUT.about, SETTLE.about,
] };
const STOPS: Group = Group { heading: Some("Stops"), settings: &[CANARY.about, MAX_ERRORS.about, MAX_DURATION.about, DEADLINE.about, LIMIT.about] };
const LOG: Group = Group { heading: VERBOSITY.heading, settings: &[PROGRESS.about, LOG_FILE.about] };
const CHECKED: Group = Group { heading: None, settings: &[POLICY.saying("Policy to check"), LEDGER.saying("Ledger to check")] };
const PROBED: Group = Group { heading: None, settings: &[
    PROBE_USER.about, PROBE_PHONE.about, POLICY.saying("Policy to make devices by: its ID, or `default`"), REPORT.about, CLEAN.about,
    YES.saying("Answer yes where a person at a terminal would be asked"),
] };
const PROBE_PACE: Group = Group { heading: PACE.heading, settings: &[RATE.about, TIMEOUT.about, CONNECT_TIMEOUT.about] };
const SERVICE: Group = Group {
    heading: None,
    settings: &[
        LISTEN.about, USERS.about, PRINT_USERS.about, POLICIES.about, LATENCY.about, RATE_LIMIT.about, PER_IP.about, MAX_DEVICES.about,
        DUPLICATES.about, REPORT_AGE.about, TOKEN_LIFE.about, VARIANT.about,
        FAULTS.saying("What goes wrong, how often, and when; `samples/faults.toml` shows all"), SEED.about,
    ],
};
const VERIFIED: Group = Group { heading: FILES.heading, settings: &[
    RESULTS.saying("File of the verdicts; `-` is standard output").otherwise("WAVE.verify.csv"), LEDGER.about,
    RESULTS_PHONE.saying("How phones are written to the file of the verdicts"), RAW_CELLS.about, SUMMARY.about,
] };
const VERIFY_PACE: Group = Group { heading: PACE.heading, settings: &[MFA.saying("Whether users are read who may not be able to use MFA: check, ignore"), RATE.about, CONCURRENCY.about, ATTEMPTS.about, TIMEOUT.about, CONNECT_TIMEOUT.about] };
const PAGE: Group = Group { heading: FILES.heading, settings: &[
    RESULTS.saying("The page; `-` is standard output").otherwise("WAVE.report.html"), LEDGER.about,
] };
/// What every command takes.
pub(super) static EVERYWHERE: [Group; 2] = [
    Group { heading: Some("Settings"), settings: &[CONFIG.about, PROFILE.about] },
    VERBOSITY,
];
const VERBOSITY: Group = Group { heading: Some("Progress and logs"), settings: &[VERBOSE.about, QUIET.about, LOG_FORMAT.about, ERROR_FORMAT.about] };

/// What a run takes; the wave stands first.
const RUN: [Group; 11] = [A_WAVE, MODE, ROWS, CHECKS, FILES, SUMMARIES, TELLING, TENANT, PACE, STOPS, LOG];
/// The same with the form of what is shown in place of the wave.
static SHOWS: [Group; RUN.len()] = {
    let mut groups = RUN;
    groups[0] = SHOWN;
    groups
};

/// Commands of two words, by the first of them.
pub(super) const FAMILIES: [(&str, &str); 2] = [("config", "Say which settings hold"), ("ledger", "Make one ledger of several, or several of one")];

/// Every command.
pub static COMMANDS: &[Usage] = &[
    Usage {
        command: Command::Run,
        name: "run",
        help: "Create the devices of a wave; run it again to go on where it stopped",
        groups: &RUN,
        examples: &[
            ("wavepair run wave.csv --dry-run", "checks every row; sends nothing"),
            ("wavepair run wave.csv --sandbox", "a rehearsal; needs no credentials"),
            ("wavepair run wave.csv --dry-run --online", "asks PingOne; changes nothing"),
            ("wavepair run wave.csv --dry-run --online --plan FILE", "writes a plan to review"),
            ("wavepair run wave.csv --plan FILE", "does exactly what it says, or refuses"),
            ("wavepair run wave.csv --limit 5", "five devices, to look at in PingOne"),
            ("wavepair run wave.csv", "the rest; again, to go on after a stop"),
            ("wavepair run wave.csv --deadline 06:00", "stops at six in the morning"),
        ],
    },
    Usage {
        command: Command::Results,
        name: "results",
        help: "Write the results file again from the input and the ledger",
        groups: &[shards::RESULTS_OF, ROWS, COUNTED, shards::RESULT_FILES, TENANT],
        examples: &[
            ("wavepair results wave.csv", "writes wave.results.csv again"),
            ("wavepair results wave.csv -o -", "writes it to standard output"),
            ("wavepair results wave.csv --ledger 1.db --ledger 2.db", "puts shards together"),
        ],
    },
    Usage {
        command: Command::Verify,
        name: "verify",
        help: "Ask PingOne, after a wave, whether each device is there once and with its phone",
        groups: &[Group { heading: None, settings: &[WAVE.saying("The wave"), NOW.about] }, ROWS, COUNTED, VERIFIED, TENANT, VERIFY_PACE, LOG],
        examples: &[
            ("wavepair verify wave.csv", "by the report of all devices; may wait 20 minutes"),
            ("wavepair verify wave.csv --now", "lists users one by one, at once"),
        ],
    },
    Usage {
        command: Command::Report,
        name: "report",
        help: "Write one page about a wave, for whoever has to know how it went",
        groups: &[Group { heading: None, settings: &[WAVE.saying("The wave")] }, ROWS, COUNTED, PAGE, TENANT],
        examples: &[("wavepair report wave.csv", "writes wave.report.html, to open in a browser or to mail")],
    },
    looked_back::STATUS, looked_back::SHOW,
    undo::USAGE,
    resolve::USAGE,
    shards::MERGE, shards::SPLIT,
    purge::USAGE,
    Usage {
        command: Command::Doctor,
        name: "doctor",
        help: "Check settings, credentials, permissions, policies and limits",
        groups: &[CHECKED, TENANT],
        examples: &[
            ("wavepair doctor", "checks everything; lists the policies with their IDs"),
            ("wavepair doctor --policy ID", "checks this policy"),
        ],
    },
    Usage {
        command: Command::Probe,
        name: "probe",
        help: "Find out with a test user what PingOne really does, and delete what that makes",
        groups: &[PROBED, TENANT, PROBE_PACE],
        examples: &[
            ("wavepair probe --user ID --phone +15125551234", "asks first; writes probe-report.md"),
            ("wavepair probe --clean probe-report.md", "deletes what a killed probe has left"),
        ],
    },
    Usage { command: Command::Template, name: "template", help: "Print a small valid wave", groups: &[], examples: &[] },
    Usage { command: Command::Sandbox, name: "sandbox", help: "Serve a PingOne-compatible sandbox on loopback", groups: &[SERVICE], examples: &[] },
    Usage {
        command: Command::ConfigShow,
        name: "config show",
        help: "Show every setting that is in force, and where it comes from; no secret",
        groups: &SHOWS,
        examples: &[
            ("wavepair config show --profile prod", "what a run with this profile goes by"),
            ("wavepair config show --rate 5", "what an option would change"),
        ],
    },
    Usage {
        command: Command::Completions, name: "completions", help: "Print what a shell needs to complete commands and options",
        groups: &[Group { heading: None, settings: &[SHELL.about] }], examples: &[],
    },
    Usage {
        command: Command::Man, name: "man", help: "Print the man pages, or write them into a folder",
        groups: &[Group { heading: None, settings: &[OUT.about] }],
        examples: &[],
    },
];

/// Every environment variable that is read.
pub static VARIABLES: [Variable; 27] = [
    of(&CONFIG), of(&PROFILE), of(&PINGCLI_PROFILE),
    pingcli::FILE,
    of(&HOME), of(&CLIENT_ID), of(&CLIENT_SECRET), of(&SECRET_FILE), of(&TOKEN), of(&REGION), of(&ENVIRONMENT), of(&CLIENT_AUTH),
    of(&API_URL), of(&TOKEN_URL), of(&POLICY), of(&LEDGER), of(&EXISTING), of(&RATE), of(&CONCURRENCY), of(&LOG_LEVEL),
    Variable { name: "NO_COLOR", meaning: "log without colors, where it is set" },
    Variable { name: "HTTPS_PROXY, NO_PROXY", meaning: "the proxy, and hosts that are reached without it" },
    Variable { name: "SSL_CERT_FILE, SSL_CERT_DIR", meaning: "authorities to trust, instead of the platform's" },
    shards::VARIABLE,
    Variable { name: "TZ", meaning: "the local time zone, such as Europe/Berlin" },
    Variable { name: "XDG_STATE_HOME, HOME", meaning: "where the ledger lies unless it is named: $XDG_STATE_HOME/wavepair, or ~/.local/state/wavepair" },
    Variable { name: "XDG_CONFIG_HOME", meaning: "where the settings file lies unless it is named: $XDG_CONFIG_HOME/wavepair, or ~/.config/wavepair" },
];

/// The variable of a setting that has one.
pub(super) const fn of<T>(setting: &Setting<T>) -> Variable {
    setting.about.variable.expect("it has a variable")
}

/// Every option of every command, as often as it is listed.
pub fn options() -> impl Iterator<Item = &'static About> {
    let groups = COMMANDS.iter().flat_map(|usage| usage.groups).chain(&EVERYWHERE);
    groups.flat_map(|group| group.settings).filter(|about| about.option().is_some())
}

/// Whether an option, as it is written (`--limit`, `-o`), has a value.
pub(crate) fn takes_value(option: &str) -> bool {
    options().any(|about| about.is_called(option) && about.value_name().is_some())
}

pub(super) mod looked_back;
pub(super) mod pingcli;
pub(super) mod purge;
pub(super) mod resolve;
pub(super) mod service;
pub(super) mod shards;
pub(super) mod telling;
pub(super) mod undo;
#[cfg(test)]
mod tests;
