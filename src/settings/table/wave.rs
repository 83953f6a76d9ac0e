//! Settings of a wave: what is done with it, how its rows are judged, where things are written.

use std::path::PathBuf;

use crate::model::ids::PolicyId;
use crate::model::request::{DeviceStatus, DeviceType};
use crate::model::row::Column;
use crate::report::results_writer::Phones;
use crate::settings::given::Given;
use crate::settings::setting::{
    Group, Setting, choice, group, option, options, path, switch, word,
};
use crate::settings::values;

pub(in crate::settings) const WAVE: Setting<PathBuf> = word(
    "WAVE.csv",
    "The wave: a CSV file with a header; `-` reads standard input",
);
pub(in crate::settings) const DRY_RUN: Setting<bool> = switch(
    "--dry-run",
    "Validate every row and say what a run would do; send nothing",
);
pub(in crate::settings) const ONLINE: Setting<bool> = switch(
    "--online",
    "With --dry-run: read credentials, policies, limits and users' devices too",
)
.needs("--dry-run");
pub(in crate::settings) const SANDBOX: Setting<bool> = switch(
    "--sandbox",
    "Use an embedded sandbox instead of PingOne; needs no credentials",
);
pub(in crate::settings) const FAULTS: Setting<PathBuf> = path(
    "--faults",
    "FILE",
    "With --sandbox: what goes wrong, how often, and when; `samples/faults.toml` shows all",
)
.needs("--sandbox");
pub(in crate::settings) const YES: Setting<bool> = switch(
    "--yes",
    "Answer yes where a person at a terminal would be asked: before messages are sent to people",
);

/// What a run is.
pub(in crate::settings) const MODE: Group = group(
    None,
    &[
        WAVE.about,
        DRY_RUN.about,
        ONLINE.about,
        SANDBOX.about,
        FAULTS.about,
        YES.about,
    ],
);

pub(in crate::settings) const POLICY: Setting<PolicyId> = option(
    "--policy",
    "UUID",
    Given::parse,
    "Policy for rows without one",
)
.variable("WAVEPAIR_POLICY", "policy for rows without one");
pub(in crate::settings) const TYPE: Setting<DeviceType> = option(
    "--type",
    "TYPE",
    Given::parse,
    "Type for rows without one: WHATSAPP, SMS, VOICE, EMAIL",
)
.default(DeviceType::USUAL.as_str());
pub(in crate::settings) const STATUS: Setting<DeviceStatus> = option(
    "--status",
    "STATUS",
    Given::parse,
    "Status for rows without one: ACTIVE, ACTIVATION_REQUIRED",
)
.default_described("ACTIVE, by PingOne");
pub(in crate::settings) const COLUMN: Setting<(Column, String)> = options(
    "--column",
    "COLUMN=HEADER",
    values::column,
    "Column with another header, such as phone=\"Mobile (work)\"",
);

/// What is used for empty cells and missing columns.
pub(in crate::settings) const ROWS: Group = group(
    Some("Rows"),
    &[POLICY.about, TYPE.about, STATUS.about, COLUMN.about],
);

pub(in crate::settings) const RESULTS: Setting<PathBuf> = path(
    "--results",
    "PATH",
    "Results file; `-` is standard output",
)
.short('o')
.alias("--output")
.default_described(
    "WAVE.results.csv; with --sandbox WAVE.sandbox.results.csv; of a dry run WAVE.dry-run.csv",
);
pub(in crate::settings) const REJECTS: Setting<PathBuf> =
    path("--rejects", "PATH", "File of invalid and rejected rows")
        .default_described("WAVE.rejects.csv; with --sandbox WAVE.sandbox.rejects.csv");
pub(in crate::settings) const LEDGER: Setting<PathBuf> = path("--ledger", "PATH", "Ledger")
    .variable("WAVEPAIR_LEDGER", "the ledger")
    .default_described("$XDG_STATE_HOME/wavepair/ENVIRONMENT.db");
pub(in crate::settings) const RESULTS_PHONE: Setting<Phones> = choice(
    "--results-phone",
    "HOW",
    &[
        ("full", "In E.164"),
        ("masked", "Country code and last two digits"),
        ("none", "Not at all"),
    ],
    |given| given.one_of(&values::PHONES),
    "How phones are written to the results file",
)
.default("full");
pub(in crate::settings) const RAW_CELLS: Setting<bool> = switch(
    "--raw-cells",
    "Write cells that a spreadsheet would run as a formula as they are",
);
pub(in crate::settings) const SUMMARY: Setting<PathBuf> = path(
    "--summary",
    "PATH",
    "Write a summary as JSON; `-` is standard output",
);

/// Where things are written, and how.
pub(in crate::settings) const FILES: Group = group(
    Some("Files"),
    &[
        RESULTS.about,
        REJECTS.about,
        LEDGER.about,
        RESULTS_PHONE.about,
        RAW_CELLS.about,
    ],
);
