//! What a profile of Ping CLI, PingOne's own command line, says of a tenant. Its file is read, never
//! written.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Error;
use super::env::Env;
use super::given::{Given, shortened};
use super::nearest::did_you_mean;
use super::origin::{FilePlace, Origin};
use super::private_file::{self, Kind};
use super::setting::{About, Variable};
use super::table::pingcli::FILE;

mod keys;
#[cfg(test)]
mod tests;
mod yaml;

/// The name for the profile that Ping CLI itself goes by.
const ACTIVE: &str = "-";

const KIND: Kind = Kind {
    name: "Ping CLI's file",
    variable: FILE.name,
    longest: 1 << 20,
};

/// A profile of Ping CLI, as far as it says which tenant, and who we are there.
pub(crate) struct PingCliProfile {
    path: PathBuf,
    name: String,
    values: Vec<Value>,
    /// How Ping CLI signs on where it is no application that does.
    person: Option<String>,
    /// The keys of what is missing.
    application: keys::Application,
}

/// What stands behind a key.
struct Value {
    /// The setting that has it.
    setting: &'static str,
    place: FilePlace,
    text: Zeroizing<String>,
}

impl fmt::Debug for PingCliProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A secret is among its values.
        let Self { path, name, .. } = self;
        let values = self.values.iter().map(|value| &value.place.key);
        f.debug_struct("PingCliProfile")
            .field("path", path)
            .field("name", name)
            .field("keys", &values.collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl PingCliProfile {
    /// Reads the profile that is wanted; `-` is the active one.
    ///
    /// # Errors
    ///
    /// The file is not there, it cannot be read, it is not private, it is none of Ping CLI's, or it
    /// has no such profile.
    pub(super) fn read(wanted: &Given, env: &Env<'_>) -> Result<Self, Error> {
        let by = &wanted.origin;
        let name = wanted.text()?;
        let path = place(env).ok_or_else(|| {
            Error::new(format!(
                "{by} names a profile of Ping CLI, and nothing says where its file is: neither `{}` nor `HOME` is set",
                FILE.name
            ))
            .hint(format!("name the file with `{}`", FILE.name))
        })?;
        let bytes = private_file::read(&path, KIND, env)?.ok_or_else(|| {
            Error::new(format!(
                "{by} names a profile of Ping CLI, and there is no file {}",
                path.display()
            ))
            .hint(format!(
                "`pingcli config profiles create` makes it; `{}` names another one",
                FILE.name
            ))
        })?;
        let bytes = Zeroizing::new(bytes);
        let unread = |why: &dyn fmt::Display| {
            Error::new(format!("{} {}{why}", KIND.name, path.display()))
                .hint("`pingcli config profiles list` says what Ping CLI makes of it")
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| unread(&" is not UTF-8"))?;
        let document = yaml::read(text.trim_start_matches('\u{feff}')).map_err(|fault| {
            let yaml::Fault { line, column, why } = fault;
            unread(&format_args!(", line {line}, column {column}: {why}"))
        })?;
        let name = match name {
            ACTIVE => keys::active(&document, &path)?.ok_or_else(|| {
                let error = unread(&" names no active profile");
                error.hint("`pingcli config profiles use NAME` sets one; or name one")
            })?,
            name => name.to_owned(),
        };
        if !document.groups.contains(&name) {
            let by = by.to_string();
            return Err(unknown(&name, &by, &path, &document.groups));
        }
        keys::profile(&document, &name, path)
    }

    /// Where its file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What it gives a setting.
    pub(super) fn given(&self, about: &About) -> Option<Given> {
        let mut values = self.values.iter();
        let value = values.find(|value| value.setting == about.name)?;
        Some(Given {
            origin: Origin::PingCli(value.place.clone()),
            value: OsString::from(value.text.as_str()),
        })
    }

    /// Why a setting that is needed has no value: neither the environment has one, nor this profile.
    pub(super) fn lacks(&self, needed: &Variable) -> Error {
        let (profile, name) = (self.to_string(), needed.name);
        let key = self.application.key_of(needed);
        match &self.person {
            Some(person) if keys::is_credential(needed) => Error::new(format!(
                "{name} is not set, and {profile} signs on a person (`{}` is `{person}`), with tokens in a keychain",
                keys::TYPE
            ))
            .hint("wavepair is an application: set `PINGONE_CLIENT_ID` and `PINGONE_CLIENT_SECRET_FILE`, or name a profile of `client_credentials`"),
            _ if keys::is_secret(needed) => Error::new(format!(
                "{name} is not set, and {profile} has no `{key}`: a secret that lies in a keychain is not read"
            ))
            .hint("copy it to a private file and name that with `PINGONE_CLIENT_SECRET_FILE`, or have a program print it: `client_secret_command` in the settings file"),
            _ => Error::new(format!("{name} is not set, and {profile} has no `{key}`")).hint(format!(
                "set `{name}` to {}; or `pingcli config set --profile {} {key}=…`",
                needed.meaning, self.name
            )),
        }
    }
}

impl fmt::Display for PingCliProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, path) = (&self.name, self.path.display());
        write!(f, "Ping CLI's profile {name} ({path})")
    }
}

/// Where Ping CLI's file is.
fn place(env: &Env<'_>) -> Option<PathBuf> {
    let named = env.os(FILE.name).map(PathBuf::from);
    let usual = || Some(PathBuf::from(env.os("HOME")?).join(".pingcli/config.yaml"));
    named.or_else(usual)
}

fn unknown(name: &str, by: &str, path: &Path, profiles: &[String]) -> Error {
    let (shown, path) = (shortened(name), path.display());
    let error = Error::new(format!(
        "{by} names the profile '{shown}', and {} {path} has none of that name",
        KIND.name
    ));
    let hint = did_you_mean(name, profiles.iter().map(String::as_str));
    error.hint(hint.unwrap_or_else(|| match profiles {
        [] => "`pingcli config profiles create` makes one".to_owned(),
        profiles => format!("it has {}", profiles.join(", ")),
    }))
}
