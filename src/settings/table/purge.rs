//! Settings of a purge, and what its help lists.

use std::time::Duration;

use crate::settings::given::Given;
use crate::settings::setting::Takes::Text;
use crate::settings::setting::{Command, Group, Setting, Usage, setting};
use crate::settings::table::{DRY_RUN, looked_back};

pub(in crate::settings) const OLDER_THAN: Setting<Duration> = setting("--older-than", Text("TIME"), Given::duration, "Purge what was settled longer ago than this, such as 400d").of_one_call();

const WHAT: Group = Group { heading: None, settings: &[
    OLDER_THAN.about, DRY_RUN.saying("Count what would be purged; change nothing"),
] };

pub(super) const USAGE: Usage = Usage {
    command: Command::Purge,
    name: "purge",
    help: "Take old phones, names and messages out of a ledger; nothing is created twice",
    groups: &[WHAT, looked_back::IN_LEDGER],
    examples: &[
        ("wavepair purge --older-than 400d --dry-run", "counts; changes nothing"),
        ("wavepair purge --older-than 400d", "for good; again, to go on after a stop"),
    ],
};
