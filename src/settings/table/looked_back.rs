//! Settings of the commands that look back at what a ledger knows, and what their help lists.

use crate::model::run_ref::RunRef;
use crate::model::who::Who;
use crate::settings::given::Given;
use crate::settings::setting::Takes::Text;
use crate::settings::setting::{Command, Group, Setting, Usage, setting, switch};
use crate::settings::table::pingcli::PINGCLI_PROFILE;
use crate::settings::table::{API_URL, ENVIRONMENT, FORMAT, LEDGER, REGION};
use crate::settings::values;

pub(in crate::settings) const RUN_ID: Setting<RunRef> = setting("RUN_ID", Text("RUN_ID"), Given::parse, "Run of which everything is told: its ID, or the first letters of it").optional();
pub(in crate::settings) const WHO: Setting<Who> = setting("WHO", Text("WHO"), values::who, "A user ID, a device ID, a phone, a row (WAVE.csv:17), a correlation ID or a transaction ID");
pub(in crate::settings) const FULL_PHONE: Setting<bool> = switch("--full-phone", "Print phones and email addresses whole; without it they are masked").of_one_call();
pub(in crate::settings) const WATCH: Setting<bool> = switch("--watch", "Draw it again every second, on a terminal, until it is stopped").of_one_call();

const RUNS: Group = Group { heading: None, settings: &[RUN_ID.about, FORMAT.about, WATCH.about] };
const ASKED_ABOUT: Group = Group { heading: None, settings: &[WHO.about, FORMAT.about, FULL_PHONE.about] };
pub(super) const IN_LEDGER: Group = Group { heading: Some("Ledger"), settings: &[LEDGER.about, PINGCLI_PROFILE.about, ENVIRONMENT.about, REGION.about, API_URL.about] };

pub(super) const STATUS: Usage = Usage {
    command: Command::Status,
    name: "status",
    help: "Show the runs of a ledger, one that is going on included",
    groups: &[RUNS, IN_LEDGER],
    examples: &[
        ("wavepair status", "a line for each run, the last one first"),
        ("wavepair status 019ad3f0", "one run: its settings, pace, reasons, and how to go on"),
    ],
};
pub(super) const SHOW: Usage = Usage {
    command: Command::Show,
    name: "show",
    help: "Show all that happened to one user, device, phone or row",
    groups: &[ASKED_ABOUT, IN_LEDGER],
    examples: &[
        ("wavepair show wave.csv:17", "the device that the wave's row 17 asks for"),
        ("wavepair show +15125551234", "every device with this phone, which is masked"),
    ],
};
