//! Settings of what is said: how much, in which form, and where.

use std::path::PathBuf;

use crate::report::progress::Choice;
use crate::settings::setting::{Group, Setting, choice, count, group, path, switch, variable};
use crate::settings::values;

pub(in crate::settings) const VERBOSE: Setting<u8> =
    count("--verbose", "More in the log; twice for even more").short('v');
pub(in crate::settings) const QUIET: Setting<bool> =
    switch("--quiet", "Nothing but errors and what is left to do")
        .short('q')
        .excludes("--verbose");
pub(in crate::settings) const LOG_FORMAT: Setting<bool> = choice(
    "--log-format",
    "FORM",
    &[("text", "For people"), ("json", "One JSON object a line")],
    |given| given.one_of(&[("text", false), ("json", true)]),
    "Form of the log",
)
.default("text");

/// How much is said, and in which form; every command takes these.
pub(in crate::settings) const VERBOSITY: Group = group(
    Some("Progress and logs"),
    &[VERBOSE.about, QUIET.about, LOG_FORMAT.about],
);

pub(in crate::settings) const PROGRESS: Setting<Choice> = choice(
    "--progress",
    "HOW",
    &[
        ("auto", "A bar on a terminal, lines elsewhere"),
        ("bar", "A bar"),
        ("plain", "A line every 30 seconds"),
        ("none", "Nothing"),
    ],
    values::progress,
    "Progress: a bar, lines, or nothing",
)
.default("auto");
pub(in crate::settings) const LOG_FILE: Setting<PathBuf> = path(
    "--log-file",
    "PATH",
    "Write the log to a file too, as JSON lines",
);
pub(in crate::settings) const LOG_LEVEL: Setting<String> = variable(
    "RUST_LOG",
    "level of the log, such as wavepair=debug",
    values::directives,
);

/// What is told while a run goes on.
pub(in crate::settings) const LOG: Group =
    group(Some("Progress and logs"), &[PROGRESS.about, LOG_FILE.about]);
