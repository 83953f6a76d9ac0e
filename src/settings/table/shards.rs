//! Settings of a wave that several processes run, each a part of it, and what the help of their ledgers lists.

use std::path::PathBuf;

use crate::settings::given::Given;
use crate::settings::setting::Takes::{Paths, Text};
use crate::settings::setting::{Command, Group, Setting, Usage, Variable, setting, switch};
use crate::settings::table::{self, LEDGER, WAVE};
use crate::settings::values::NamedShard;

pub(in crate::settings) const SHARD: Setting<NamedShard> = setting("--shard", Text("I/N"), Given::parse, "Take the users of shard I of N alone, and leave the others to other processes; `auto/N` reads I from the scheduler's variable")
    .default_described("the whole wave").of_one_call();

pub(in crate::settings) const PARTIAL: Setting<bool> = switch("--partial", "Write what is known though the ledgers of some shards are not named: their rows are pending")
    .of_one_call();

/// What `results` takes besides the form of rows.
pub(super) const RESULTS_OF: Group = Group { heading: None, settings: &[WAVE.saying("The wave"), SHARD.saying("The shard whose results are written"), PARTIAL.about] };
/// Its files: the ledgers of several shards make the results of all.
pub(super) const RESULT_FILES: Group = Group { heading: table::FILES.heading, settings: &[
    table::RESULTS.about, table::REJECTS.about, LEDGER.saying("Ledger; of a wave that was run in shards those of all of them, `--ledger` before each").repeated("PATH"), table::RESULTS_PHONE.about, table::RAW_CELLS.about,
] };

/// Ledgers that give what they know away, and the new ones.
pub(in crate::settings) const FROM: Setting<PathBuf> = setting("LEDGER", Paths("LEDGER"), Given::path, "Ledgers of all shards");
pub(in crate::settings) const INTO: Setting<PathBuf> = setting("--into", Paths("PATH"), Given::path, "New ledger, for whole waves").also(&["-o"]).of_one_call();

pub(super) const MERGE: Usage = Usage {
    command: Command::LedgerMerge, name: "ledger merge", help: "Make one ledger of those of all shards, which are given away by that",
    groups: &[Group { heading: None, settings: &[FROM.about, INTO.about] }],
    examples: &[("wavepair ledger merge -o all.db 1.db 2.db 3.db", "again, to go on after a kill")],
};
pub(super) const SPLIT: Usage = Usage {
    command: Command::LedgerSplit, name: "ledger split", help: "Make a ledger for each shard of one, which is given away by that",
    groups: &[Group { heading: None, settings: &[FROM.saying("Ledger for whole waves"), INTO.saying("New ledger of a shard; once for each, in their order")] }],
    examples: &[("wavepair ledger split all.db -o 1.db -o 2.db -o 3.db", "for three shards; again, to go on after a kill")],
};

/// The variables by which schedulers number the processes of a job, and the number of the first of them.
pub(in crate::settings) const COUNTERS: [(&str, u32); 3] = [("JOB_COMPLETION_INDEX", 0), ("AWS_BATCH_JOB_ARRAY_INDEX", 0), ("SLURM_ARRAY_TASK_ID", 1)];

pub(super) const VARIABLE: Variable = Variable { name: "JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX, SLURM_ARRAY_TASK_ID", meaning: "which shard this is, with --shard auto/N: the first two count from 0, the third from 1" };
