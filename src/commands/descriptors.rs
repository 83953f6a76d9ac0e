//! How many connections this process may have open.

use std::io;

use rustix::process::{Resource, getrlimit};

use crate::error::Error;
use crate::settings::run::Target;

/// Descriptors for everything but connections: standard streams, ledger, files, the loop's own.
const OTHERS: u64 = 24;

/// Lowers the number of requests in flight to what the limit on open files allows.
///
/// # Errors
///
/// There is not room for a single connection.
pub(super) fn fit(concurrency: usize, target: &Target) -> Result<usize, Error> {
    let ends = match target {
        Target::PingOne(_) => 1,
        // Both ends of each connection are ours.
        Target::Sandbox(_) => 2,
    };
    match getrlimit(Resource::Nofile).current {
        None => Ok(concurrency),
        Some(limit) => fit_into(concurrency, limit, ends),
    }
}

fn fit_into(concurrency: usize, limit: u64, ends: u64) -> Result<usize, Error> {
    let room = usize::try_from(limit.saturating_sub(OTHERS) / ends).unwrap_or(usize::MAX);
    if room == 0 {
        return Err(Error::System {
            what: "this process may not open enough files (raise `ulimit -n` to 64 or more)",
            source: io::Error::other(format!("the limit is {limit}")),
        });
    }
    Ok(concurrency.min(room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_descriptors_mean_few_connections_and_too_few_mean_none() {
        assert_eq!(
            fit_into(32, 64, 2).ok(),
            Some(20),
            "both ends of a connection are ours"
        );
        for (limit, fits) in [
            (1024, Some(32)),
            (64, Some(32)),
            (32, Some(8)),
            (25, Some(1)),
            (24, None),
            (16, None),
        ] {
            assert_eq!(fit_into(32, limit, 1).ok(), fits, "{limit}");
        }
    }
}
