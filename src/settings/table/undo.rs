//! Settings of a run that is undone, and what its help lists.

use std::path::PathBuf;

use crate::model::run_ref::RunRef;
use crate::model::undo::Change;
use crate::settings::given::Given;
use crate::settings::setting::Takes::{Text, Texts};
use crate::settings::setting::{Command, Group, Setting, Usage, path, setting};
use crate::settings::table::{self, ATTEMPTS, CANARY, CONCURRENCY, CONNECT_TIMEOUT, DEADLINE, DRY_RUN, LEDGER, MAX_DURATION, RATE, RAW_CELLS, RESULTS, RESULTS_PHONE, SETTLE, TIMEOUT, YES};
use crate::settings::table::telling::SUMMARY;

pub(in crate::settings) const UNDO_RUN: Setting<RunRef> = setting("RUN_ID", Text("RUN_ID"), Given::parse, "The run: its ID, or the first letters of it");
pub(in crate::settings) const ONLY: Setting<PathBuf> = path("--only", "FILE", "Undo only the devices that this results file names").of_one_call();
pub(in crate::settings) const EVEN_IF_CHANGED: Setting<Change> = setting("--even-if-changed", Texts("REASON"), |given| given.one_of(&Change::ALL), "Delete a device though somebody changed this of it since: nickname, status, updated; may be given again").of_one_call();

pub(super) const WHICH: Group = Group { heading: None, settings: &[
    UNDO_RUN.about, DRY_RUN.saying("Look at each device and say what would be deleted; delete nothing"), ONLY.about, EVEN_IF_CHANGED.about,
    YES.saying("Answer yes where a person at a terminal would be asked"),
] };
pub(super) const FILES: Group = Group { heading: table::FILES.heading, settings: &[
    RESULTS.saying("File of what became of each device; `-` is standard output").otherwise("WAVE.undo.csv, beside the wave of the run"), LEDGER.about,
    RESULTS_PHONE.saying("How phones are written to that file"), RAW_CELLS.about, SUMMARY.about,
] };
pub(super) const PACE: Group = Group { heading: table::PACE.heading, settings: &[
    RATE.about, CONCURRENCY.about, ATTEMPTS.saying("Tries per device; a 429 answer costs none"), TIMEOUT.about, CONNECT_TIMEOUT.about,
    SETTLE.saying("How long a lost request may still delete a device"),
] };
pub(super) const STOPS: Group = Group { heading: table::STOPS.heading, settings: &[CANARY.saying("Devices deleted one by one first"), MAX_DURATION.about, DEADLINE.about] };

pub(super) const USAGE: Usage = Usage {
    command: Command::Undo,
    name: "undo",
    help: "Delete the devices that a run created, and nothing else",
    groups: &[WHICH, FILES, table::TENANT, PACE, STOPS, table::LOG],
    examples: &[
        ("wavepair undo RUN_ID --dry-run", "looks at each device; deletes nothing"),
        ("wavepair undo RUN_ID", "asks first; again, to go on after a stop"),
        ("wavepair undo RUN_ID --only twelve.csv", "only the devices of a results file"),
    ],
};
