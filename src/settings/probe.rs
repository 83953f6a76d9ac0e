//! What `probe` is told.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::pace::Pace;
use super::places::{self, Named};
use super::setting::About;
use super::sources::Sources;
use super::tenant::{GivenTenant, Problems, Tenant};
use super::{Error, table};
use crate::model::ids::UserId;
use crate::model::phone::E164;
use crate::model::policy_ref::PolicyRef;

/// What `probe` is told.
#[derive(Debug)]
pub struct Probe {
    /// Whom to ask.
    pub tenant: Tenant,
    /// How fast, and how long a request may take.
    pub pace: Pace,
    /// The report, as Markdown.
    pub report: PathBuf,
    /// What is to be done.
    pub task: Task,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Task {
    /// Ask the questions.
    Ask {
        /// The test user.
        user: UserId,
        /// Their phone.
        phone: E164,
        /// The policy; the environment's default where none is named.
        policy: PolicyRef,
    },
    /// Delete what an earlier probe has left, by its journal.
    Clean,
}

impl Probe {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or something that is needed and missing.
    pub fn resolve(sources: &Sources<'_>) -> Result<Self, Error> {
        let pace = Pace::resolve(sources)?;
        let policy = sources.find(&table::POLICY)?;
        let (user, phone) = (
            sources.find(&table::PROBE_USER)?,
            sources.find(&table::PROBE_PHONE)?,
        );
        let clean = sources.path(&table::CLEAN);
        let named = sources.path(&table::REPORT);
        let (task, report) = match clean {
            Some(of) => (Task::Clean, of),
            None => (
                Task::Ask {
                    user: user.ok_or_else(|| missing(&table::PROBE_USER.about))?,
                    phone: phone.ok_or_else(|| missing(&table::PROBE_PHONE.about))?,
                    policy: policy.unwrap_or(PolicyRef::Default),
                },
                named.unwrap_or_else(|| PathBuf::from("probe-report.md")),
            ),
        };
        check_places(sources, &report)?;
        let tenant = GivenTenant::read(sources).into_tenant(sources);
        Ok(Self {
            tenant: tenant.map_err(Problems::into_error)?,
            pace,
            report,
            task,
        })
    }

    /// The report, as JSON.
    pub(crate) fn json(&self) -> PathBuf {
        json_beside(&self.report)
    }

    /// The journal of the probe that the report is of.
    pub(crate) fn journal(&self) -> PathBuf {
        journal_beside(&self.report)
    }
}

fn missing(about: &About) -> Error {
    Error::new(format!("{} is missing", about.name)).hint(
        "`wavepair probe --user UUID --phone +…` asks for a test user without MFA devices; \
         `wavepair probe --clean FILE` deletes what a probe has left",
    )
}

fn json_beside(report: &Path) -> PathBuf {
    report.with_extension("json")
}

fn journal_beside(report: &Path) -> PathBuf {
    if report.extension().is_some_and(|ending| ending == "journal") {
        return report.to_owned();
    }
    let mut name: OsString = report.as_os_str().to_owned();
    name.push(".journal");
    name.into()
}

/// Refuses a report over what is read, kept or written otherwise.
fn check_places(sources: &Sources<'_>, report: &Path) -> Result<(), Error> {
    if report.extension().is_some_and(|ending| ending == "json") {
        let error = format!("`--report {}`: the report is Markdown", report.display());
        return Err(
            Error::new(error).hint("name a file that ends in `.md`; the JSON is written beside it")
        );
    }
    let file = |what, setting| Some(Named::file(what, &sources.path(setting)?));
    let kept = [
        file("the secret file", &table::SECRET_FILE),
        file("the authority file", &table::CA_FILE),
    ];
    let read = sources.files().map(|(what, path)| Named::file(what, path));
    let kept: Vec<_> = kept.into_iter().flatten().chain(read).collect();
    let outputs = [
        Named::file("the report", report),
        Named::file("the report as JSON", &json_beside(report)),
        Named::file("the journal", &journal_beside(report)),
    ];
    places::check(&kept, &outputs)
}
