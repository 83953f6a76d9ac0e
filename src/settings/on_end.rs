//! Which program is told of the end of a run, and what of our environment it does not get.

use std::path::PathBuf;

use super::setting::Setting;
use super::shown::all;
use super::sources::Sources;
use super::{proxy, table};

/// The variables that such a program is given besides ours: how the run ended, and how the run of the
/// wave before it did.
pub const GIVEN: [&str; 2] = ["WAVEPAIR_EXIT_CODE", "WAVEPAIR_PREVIOUS_EXIT_CODE"];

/// A program that is started when a run has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnEnd {
    /// Its path, or its name.
    pub program: PathBuf,
    /// Variables that hold a secret: it is not for this program.
    pub secrets: Vec<&'static str>,
}

impl OnEnd {
    /// The program that was given, where one was.
    pub(super) fn resolve(sources: &Sources<'_>) -> Option<Self> {
        let program = told(sources, &table::telling::ON_END)?;
        let private = all().filter(|about| about.is_private);
        let variables = private.filter_map(|about| Some(about.variable?.name));
        Some(Self {
            program,
            secrets: variables.chain(proxy::with_password(sources.env)).collect(),
        })
    }
}

/// Who is told of a run, where anybody is; of a rehearsal, only who is typed: whom a settings file
/// names would take it for a real one.
pub(super) fn told(sources: &Sources<'_>, setting: &Setting<PathBuf>) -> Option<PathBuf> {
    if sources.is_on(&table::SANDBOX) {
        sources.typed_path(setting)
    } else {
        sources.path(setting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::env::Env;
    use crate::settings::usage::typed_of;

    #[test]
    fn every_variable_that_holds_a_secret_is_kept_from_it_and_no_other() {
        let get = |name: &str| {
            let value = match name {
                "https_proxy" | "ALL_PROXY" => "http://name:s3cr3t@proxy.example.com:8080",
                _ => "http://proxy.example.com:8080",
            };
            Some(value.into())
        };
        let (typed, env) = (typed_of(&["run", "w.csv", "--on-end=tell"]), Env::new(&get));
        let on_end = OnEnd::resolve(&Sources::new(&typed, &env)).unwrap();
        assert_eq!(on_end.program, PathBuf::from("tell"));
        assert_eq!(
            on_end.secrets,
            [
                "PINGONE_CLIENT_SECRET",
                "PINGONE_API_ACCESS_TOKEN",
                "https_proxy",
                "ALL_PROXY"
            ]
        );
    }
}
