//! Which shard of a wave is meant.

use super::Error;
use super::sources::Sources;
use super::table::shards::{COUNTERS, SHARD};
use super::values::NamedShard;
use crate::model::shard::Shard;

/// The shard that is meant; all of the wave where none is named.
///
/// # Errors
///
/// It is none, or it is left to a scheduler that does not say it.
pub(super) fn shard(sources: &Sources<'_>) -> Result<Shard, Error> {
    match sources.find(&SHARD)? {
        None => Ok(Shard::WHOLE),
        Some(NamedShard::Number(shard)) => Ok(shard),
        Some(NamedShard::Auto(of)) => told(sources, of),
    }
}

/// The shard that the scheduler says.
fn told(sources: &Sources<'_>, of: u32) -> Result<Shard, Error> {
    let names = COUNTERS.map(|(name, _)| format!("`{name}`")).join(", ");
    let counters = COUNTERS.into_iter();
    let mut given = counters.filter_map(|(name, first)| Some((sources.env.given(name)?, first)));
    let Some((number, first)) = given.next() else {
        let error = Error::new(format!("`--shard auto/{of}`: none of {names} is set"));
        return Err(error.hint(format!("name the shard, such as `--shard 1/{of}`")));
    };
    if let Some((other, _)) = given.next() {
        let (one, other) = (&number.origin, &other.origin);
        let error = Error::new(format!(
            "`--shard auto/{of}`: both {one} and {other} are set"
        ));
        return Err(error.hint("name the shard itself, or unset the variable that is not meant"));
    }
    let counted = number.number(first, first + of - 1).map_err(|error| {
        error.hint(format!(
            "`--shard auto/{of}` takes a job of {of} processes, no more and no fewer"
        ))
    })?;
    Shard::new(counted + 1 - first, of).map_err(|error| number.wrong(&error))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::settings::env::Env;
    use crate::settings::usage::typed_of;

    fn meant(option: &str, variables: &[(&str, &str)]) -> Result<String, Error> {
        let get = |name: &str| {
            let mut known = variables.iter().filter(|(known, _)| *known == name);
            known.next().map(|(_, value)| OsString::from(value))
        };
        let (typed, env) = (typed_of(&["run", "w.csv", option]), Env::new(&get));
        shard(&Sources::new(&typed, &env)).map(|shard| shard.to_string())
    }

    #[test]
    fn a_shard_is_named_or_counted_from_where_its_scheduler_begins() {
        for (option, variables, shard) in [
            ("--strict", &[("JOB_COMPLETION_INDEX", "1")][..], "1/1"),
            ("--shard=2/3", &[("JOB_COMPLETION_INDEX", "0")], "2/3"),
            ("--shard=1/1", &[], "1/1"),
            ("--shard=auto/3", &[("JOB_COMPLETION_INDEX", "0")], "1/3"),
            ("--shard=auto/3", &[("JOB_COMPLETION_INDEX", "2")], "3/3"),
            (
                "--shard=auto/3",
                &[("AWS_BATCH_JOB_ARRAY_INDEX", "1")],
                "2/3",
            ),
            ("--shard=auto/3", &[("SLURM_ARRAY_TASK_ID", "1")], "1/3"),
            ("--shard=auto/3", &[("SLURM_ARRAY_TASK_ID", "3")], "3/3"),
            ("--shard=auto/1", &[("JOB_COMPLETION_INDEX", "0")], "1/1"),
        ] {
            assert_eq!(
                meant(option, variables).as_deref(),
                Ok(shard),
                "{option} {variables:?}"
            );
        }
    }

    #[test]
    fn what_is_no_shard_or_is_not_said_by_one_scheduler_alone_is_refused() {
        for (option, variables, says) in [
            ("--shard=0/3", &[][..], "invalid value '0/3' for --shard"),
            ("--shard=auto", &[], "such as `2/3`"),
            ("--shard=auto/0", &[], "such as `2/3`"),
            ("--shard=auto/3", &[], "none of `JOB_COMPLETION_INDEX`"),
            (
                "--shard=auto/3",
                &[("JOB_COMPLETION_INDEX", "3")],
                "from 0 to 2",
            ),
            (
                "--shard=auto/3",
                &[("SLURM_ARRAY_TASK_ID", "0")],
                "from 1 to 3",
            ),
            (
                "--shard=auto/3",
                &[("SLURM_ARRAY_TASK_ID", "4")],
                "from 1 to 3",
            ),
            (
                "--shard=auto/3",
                &[("JOB_COMPLETION_INDEX", "one")],
                "'one'",
            ),
            (
                "--shard=auto/3",
                &[("JOB_COMPLETION_INDEX", "1"), ("SLURM_ARRAY_TASK_ID", "1")],
                "both JOB_COMPLETION_INDEX and SLURM_ARRAY_TASK_ID",
            ),
        ] {
            let error = meant(option, variables).unwrap_err();
            assert!(
                error.to_string().contains(says),
                "{option} {variables:?}: {error}"
            );
        }
    }
}
