//! What a sandbox that is served is told.

use super::Error;
use super::sources::Sources;
use super::table::{self, service};
use crate::pace::Rate;
use crate::sandbox::Options;
use crate::sandbox::faults::FaultPlan;

/// What `sandbox` is told.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// What kind of PingOne to be.
    pub options: Options,
    /// Whether the users that it has are printed.
    pub print_users: bool,
}

impl Sandbox {
    /// Resolves what was typed; reads the file of faults.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or a file that cannot be used.
    pub(super) fn resolve(sources: &Sources<'_>) -> Result<Self, Error> {
        let rate_limit = sources.find(&service::RATE_LIMIT)?;
        let options = Options {
            listen: sources.value(&service::LISTEN)?,
            users: sources.value(&service::USERS)?,
            policies: sources.value(&service::POLICIES)?,
            rate_limit: rate_limit.and_then(Rate::per_second),
            per_ip: sources.find(&service::PER_IP)?,
            duplicates: sources.value(&service::DUPLICATES)?,
            max_devices: sources.value(&service::MAX_DEVICES)?,
            latency: sources.value(&service::LATENCY)?,
            report_age: sources.value(&service::REPORT_AGE)?,
            token_life: sources.value(&service::TOKEN_LIFE)?,
            variants: sources.values(&service::VARIANT)?.into_iter().collect(),
            faults: faults(sources)?,
            seed: sources.value(&service::SEED)?,
            ..Options::default()
        };
        Ok(Self {
            options,
            print_users: sources.is_on(&service::PRINT_USERS),
        })
    }
}

/// Reads the file of faults, where one is named.
///
/// # Errors
///
/// It cannot be read, or is not one.
pub(super) fn faults(sources: &Sources<'_>) -> Result<FaultPlan, Error> {
    let Some(path) = sources.path(&table::FAULTS) else {
        return Ok(FaultPlan::default());
    };
    let shown = path.display();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Error::new(format!(
            "the file of faults {shown} cannot be read: {error}"
        ))
    })?;
    text.parse().map_err(|error| {
        Error::new(format!(
            "the file of faults {shown} cannot be used: {error}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::env::Env;
    use crate::settings::usage::typed_of;

    #[test]
    fn a_sandbox_of_which_nothing_is_said_is_the_one_that_tests_start() {
        let (typed, env) = (typed_of(&["sandbox"]), Env::new(&|_| None));
        let told = Sandbox::resolve(&Sources::new(&typed, &env))
            .unwrap()
            .options;
        let usual = Options::default();
        assert_eq!(told.users, usual.users);
        assert_eq!(told.policies, usual.policies);
        assert_eq!(told.duplicates, usual.duplicates);
        assert_eq!(told.variants, usual.variants);
        assert_eq!(
            (told.latency, told.token_life, told.report_age),
            (usual.latency, usual.token_life, usual.report_age)
        );
        assert_eq!(
            (told.rate_limit, told.per_ip),
            (usual.rate_limit, usual.per_ip)
        );
        assert_eq!(
            (told.max_devices, told.seed),
            (usual.max_devices, usual.seed)
        );
    }
}
