//! Settings of who is told of a run besides the person who started it.

use std::path::PathBuf;

use crate::report::manner::ErrorForm;
use crate::settings::given::Given;
use crate::settings::setting::Takes::{Program, Word};
use crate::settings::setting::{Group, Setting, path, setting};
use crate::settings::table::FILES;

pub(in crate::settings) const SUMMARY: Setting<PathBuf> = path("--summary", "PATH", "Write a summary as JSON; `-` is standard output");
pub(in crate::settings) const ON_END: Setting<PathBuf> = setting("--on-end", Program("PROGRAM"), Given::path, "Program to start, without a shell, when the run has ended: it reads the summary as JSON; a dry run starts none")
    .details("Its environment is that of the run without secrets, with `WAVEPAIR_EXIT_CODE` and `WAVEPAIR_PREVIOUS_EXIT_CODE`, the code of the run before on the same wave, which is empty the first time. It is killed after 30 seconds. Where it fails, that is a warning, and the exit code stays what it is.");

pub(in crate::settings) const METRICS: Setting<PathBuf> = path("--metrics", "FILE", "Write metrics for Prometheus to FILE, every 15 seconds and at the end; a dry run writes none")
    .details("The text format of the textfile collector of the node exporter, which reads what ends in `.prom`: rows by outcome, requests by kind and status, the pace, pauses, the exit code and the last success. Its labels are the environment's ID and the wave's file name. It is readable for all, as the collector runs as another user.");

pub(in crate::settings) const ERROR_FORMAT: Setting<ErrorForm> = setting("--error-format", Word("FORM", &ERROR_FORMS),
    |given| given.one_of(&[("text", ErrorForm::Text), ("json", ErrorForm::Json)]),
    "Form of what is said of an end that is not 0").default("text");
const ERROR_FORMS: [(&str, &str); 2] = [("text", "For people"), ("json", "One JSON object, in the last line: code, message, exit_code, remedy")];

pub(super) const SUMMARIES: Group = Group { heading: FILES.heading, settings: &[SUMMARY.about] };
pub(super) const TELLING: Group = Group { heading: Some("Telling others"), settings: &[ON_END.about, METRICS.about] };
