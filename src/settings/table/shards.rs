//! Settings of a wave that several processes run, each a part of it.

use crate::settings::given::Given;
use crate::settings::setting::Takes::Text;
use crate::settings::setting::{Setting, Variable, setting};
use crate::settings::values::NamedShard;

pub(in crate::settings) const SHARD: Setting<NamedShard> = setting("--shard", Text("I/N"), Given::parse, "Take the users of shard I of N alone, and leave the others to other processes; `auto/N` reads I from the scheduler's variable")
    .default_described("the whole wave").of_one_call();

/// The variables by which schedulers number the processes of a job, and the number of the first of them.
pub(in crate::settings) const COUNTERS: [(&str, u32); 3] = [("JOB_COMPLETION_INDEX", 0), ("AWS_BATCH_JOB_ARRAY_INDEX", 0), ("SLURM_ARRAY_TASK_ID", 1)];

pub(super) const VARIABLE: Variable = Variable { name: "JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX, SLURM_ARRAY_TASK_ID", meaning: "which shard this is, with --shard auto/N: the first two count from 0, the third from 1" };
