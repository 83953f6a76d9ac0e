//! Which ledger a command reads.

use std::path::{Path, PathBuf};

use super::Error;
use super::files;
use super::sources::Sources;
use super::table;
use super::tenant::GivenTenant;
use crate::ledger::Binding;
use crate::model::ids::EnvironmentId;

/// Which ledger a command reads, as far as the settings say so.
#[derive(Debug)]
pub enum WhichLedger {
    /// They lead to none.
    None,
    /// They lead to an environment, and to no place for its ledger.
    Nowhere(EnvironmentId, Error),
    /// This one, bound to this tenant; to any where none is named, because its own binding is enough.
    At(PathBuf, Option<Binding>),
}

impl WhichLedger {
    /// Resolves what was typed; `binding` is what the settings say of the tenant.
    pub(super) fn resolve(sources: &Sources<'_>, binding: Option<Binding>) -> Self {
        let Some(binding) = binding else {
            return match sources.path(&table::LEDGER) {
                Some(path) => Self::At(path, None),
                None => Self::None,
            };
        };
        match files::ledger(sources, binding.environment) {
            Ok(path) => Self::At(path, Some(binding)),
            Err(why) => Self::Nowhere(binding.environment, why),
        }
    }

    /// The ledger, for a command that cannot do without and asks nobody, and what it is bound to; no
    /// credential is looked at.
    ///
    /// # Errors
    ///
    /// What is said of the tenant is wrong, or nothing says which one is meant.
    pub(super) fn needed(sources: &Sources<'_>) -> Result<(PathBuf, Option<Binding>), Error> {
        let tenant = GivenTenant::read(sources);
        tenant.check()?;
        match Self::resolve(sources, tenant.binding()) {
            Self::At(path, binding) => Ok((path, binding)),
            Self::Nowhere(_, why) => Err(why),
            Self::None => Err(Error::new("nothing says which ledger is meant").hint(
                "set `PINGONE_ENVIRONMENT_ID` and `PINGONE_REGION_CODE` as for the run \
                 (no credentials are needed), or name it with `--ledger`",
            )),
        }
    }

    /// Where it is, where that is known.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::At(path, _) => Some(path),
            Self::None | Self::Nowhere(..) => None,
        }
    }

    /// The host of the API, where the settings name one.
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::At(_, Some(binding)) => Some(&binding.api_host),
            Self::At(_, None) | Self::Nowhere(..) | Self::None => None,
        }
    }

    /// The environment, where the settings name one.
    pub fn environment(&self) -> Option<EnvironmentId> {
        match self {
            Self::At(_, binding) => binding.as_ref().map(|binding| binding.environment),
            Self::Nowhere(environment, _) => Some(*environment),
            Self::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::settings::env::Env;
    use crate::settings::usage::typed_of;

    #[test]
    fn a_ledger_that_is_named_needs_no_tenant_and_a_tenant_needs_a_place() {
        let tenant = || {
            Some(Binding {
                api_host: "api.pingone.eu".to_owned(),
                environment: EnvironmentId::from_bytes([1; 16]),
            })
        };
        let named = ["results", "w.csv", "--ledger=l.db"];
        let none = ["results", "w.csv"];
        let own = "/home/a/.local/state/wavepair/01010101-0101-0101-0101-010101010101.db";
        for (words, home, binding, path, environment) in [
            (&none[..], true, None, None, false),
            (&none, true, tenant(), Some(own), true),
            (&none, false, tenant(), None, true),
            (&named, false, None, Some("l.db"), false),
            (&named, false, tenant(), Some("l.db"), true),
        ] {
            let read = |name: &str| (home && name == "HOME").then(|| OsString::from("/home/a"));
            let (typed, env) = (typed_of(words), Env::new(&read));
            let which = WhichLedger::resolve(&Sources::new(&typed, &env), binding);
            assert_eq!(which.path(), path.map(Path::new), "{which:?}");
            assert_eq!(which.environment().is_some(), environment, "{which:?}");
        }
    }
}
