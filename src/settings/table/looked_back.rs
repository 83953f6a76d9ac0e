//! Settings of the commands that look back at what a ledger knows.

use crate::model::run_ref::RunRef;
use crate::model::who::Who;
use crate::settings::given::Given;
use crate::settings::setting::Takes::Text;
use crate::settings::setting::{Setting, setting, switch};
use crate::settings::values;

pub(in crate::settings) const RUN_ID: Setting<RunRef> = setting("RUN_ID", Text("RUN_ID"), Given::parse, "Run of which everything is told: its ID, or the first letters of it").optional();
pub(in crate::settings) const WHO: Setting<Who> = setting("WHO", Text("WHO"), values::who, "A user ID, a device ID, a phone, a row (WAVE.csv:17), a correlation ID or a transaction ID");
pub(in crate::settings) const FULL_PHONE: Setting<bool> = switch("--full-phone", "Print phones and email addresses whole; without it they are masked").of_one_call();
pub(in crate::settings) const WATCH: Setting<bool> = switch("--watch", "Draw it again every second, on a terminal, until it is stopped").of_one_call();
