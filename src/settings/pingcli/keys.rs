//! Which keys of a profile of Ping CLI mean which settings.
//!
//! Ping CLI 0.x has the application below `authentication.worker`, and its file may be written in
//! small letters; 1.x has it below `authentication.clientCredentials`, takes keys in any case, and
//! names the region by its root domain. Sources: the settings reference and the release notes of
//! Ping CLI (developer.pingidentity.com/pingcli), and the code of its last open version, 0.8.

use std::path::{Path, PathBuf};

use super::yaml::{Document, Text};
use super::{PingCliProfile, Value};
use crate::settings::Error;
use crate::settings::address::{ROOT_DOMAIN, region_of_domain};
use crate::settings::origin::FilePlace;
use crate::settings::setting::Variable;
use crate::settings::table::{self, CLIENT_ID, CLIENT_SECRET, HOME, REGION};

/// How Ping CLI signs on.
pub(super) const TYPE: &str = "service.pingOne.authentication.type";
const ACTIVE_PROFILE: &str = "activeProfile";
const REGION_CODE: &str = "service.pingOne.regionCode";
/// Where the environment of the application stands in 1.x, whichever application that is.
const ENVIRONMENTS: [&str; 2] = [
    "service.pingOne.authentication.environmentID",
    "service.pingOne.endpoint.environmentID",
];

/// Under which keys an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Application {
    /// That of 0.x.
    Worker,
    /// That of 1.x.
    ClientCredentials,
}

impl Application {
    fn environment(self) -> &'static str {
        match self {
            Self::Worker => "service.pingOne.authentication.worker.environmentID",
            Self::ClientCredentials => {
                "service.pingOne.authentication.clientCredentials.environmentID"
            }
        }
    }

    fn client_id(self) -> &'static str {
        match self {
            Self::Worker => "service.pingOne.authentication.worker.clientID",
            Self::ClientCredentials => "service.pingOne.authentication.clientCredentials.clientID",
        }
    }

    fn secret(self) -> &'static str {
        match self {
            Self::Worker => "service.pingOne.authentication.worker.clientSecret",
            Self::ClientCredentials => {
                "service.pingOne.authentication.clientCredentials.clientSecret"
            }
        }
    }

    /// The key that a setting is looked for under.
    pub(super) fn key_of(self, needed: &Variable) -> &'static str {
        if is(needed, &table::of(&HOME)) {
            match self {
                Self::Worker => self.environment(),
                Self::ClientCredentials => ENVIRONMENTS[0],
            }
        } else if is(needed, &table::of(&CLIENT_ID)) {
            self.client_id()
        } else if is_secret(needed) {
            self.secret()
        } else {
            ROOT_DOMAIN
        }
    }
}

fn is(needed: &Variable, known: &Variable) -> bool {
    needed.name == known.name
}

/// Whether it is the client secret.
pub(super) fn is_secret(needed: &Variable) -> bool {
    is(needed, &table::of(&CLIENT_SECRET))
}

/// Whether it says who the application is.
pub(super) fn is_credential(needed: &Variable) -> bool {
    is_secret(needed) || is(needed, &table::of(&CLIENT_ID))
}

/// The profile that Ping CLI itself goes by.
///
/// # Errors
///
/// It is named twice.
pub(super) fn active(document: &Document, path: &Path) -> Result<Option<String>, Error> {
    let outside = Profile {
        document,
        path,
        name: None,
    };
    let found = outside.find(ACTIVE_PROFILE)?;
    Ok(found.map(|text| text.value.to_string()))
}

/// What a profile says.
///
/// # Errors
///
/// A key stands there twice, in two spellings.
pub(super) fn profile(
    document: &Document,
    name: &str,
    path: PathBuf,
) -> Result<PingCliProfile, Error> {
    let profile = Profile {
        document,
        path: &path,
        name: Some(name),
    };
    let kind = profile.find(TYPE)?.map(|text| text.value.to_lowercase());
    let application = profile.application(kind.as_deref())?;
    let mut values = Vec::new();
    let home = [application.environment()].into_iter().chain(ENVIRONMENTS);
    values.extend(profile.value(HOME.about.name, home)?);
    values.extend(profile.value(CLIENT_ID.about.name, [application.client_id()])?);
    values.extend(profile.value(CLIENT_SECRET.about.name, [application.secret()])?);
    let mut region = profile.value(REGION.about.name, [ROOT_DOMAIN, REGION_CODE])?;
    if let Some(region) = &mut region
        && let Some(code) = region_of_domain(&region.text)
    {
        // One that is none of PingOne's stays, to be refused where it is needed.
        code.clone_into(&mut region.text);
    }
    values.extend(region);
    let person = kind.filter(|kind| ["authorization_code", "device_code"].contains(&kind.as_str()));
    Ok(PingCliProfile {
        name: name.to_owned(),
        values,
        person,
        application,
        path,
    })
}

/// Some keys of a document.
struct Profile<'a> {
    document: &'a Document,
    path: &'a Path,
    /// The profile that they are of; nothing for those outside of all.
    name: Option<&'a str>,
}

impl Profile<'_> {
    /// The application that Ping CLI signs on as; of two, the one that `kind` names, or else that
    /// of 0.x. Its values are never mixed with the other's.
    fn application(&self, kind: Option<&str>) -> Result<Application, Error> {
        use Application::{ClientCredentials, Worker};
        let (first, second) = match kind {
            Some("worker") | None => (Worker, ClientCredentials),
            Some(_) => (ClientCredentials, Worker),
        };
        let is_there = |one: Application| -> Result<bool, Error> {
            Ok(self.find(one.client_id())?.is_some() || self.find(one.secret())?.is_some())
        };
        Ok(if !is_there(first)? && is_there(second)? {
            second
        } else {
            first
        })
    }

    /// The first of these keys that has a value.
    fn value(
        &self,
        setting: &'static str,
        keys: impl IntoIterator<Item = &'static str>,
    ) -> Result<Option<Value>, Error> {
        for key in keys {
            if let Some(text) = self.find(key)? {
                return Ok(Some(Value {
                    setting,
                    place: FilePlace {
                        key: key.to_owned(),
                        path: self.path.to_owned(),
                        line: text.line,
                        profile: self.name.map(str::to_owned),
                    },
                    text: text.value.clone(),
                }));
            }
        }
        Ok(None)
    }

    /// What stands behind a key, in whatever case that is written. Ping CLI writes an empty text for
    /// what is not set.
    fn find(&self, key: &str) -> Result<Option<&Text>, Error> {
        let is_empty = |text: &Text| matches!(text.value.as_str(), "" | "~" | "null");
        let texts = self.document.texts.iter();
        let mut found = texts.filter(|text| self.is_under(text, key) && !is_empty(text));
        let (first, second) = (found.next(), found.next());
        if let (Some(first), Some(second)) = (first, second) {
            let (path, lines) = (self.path.display(), [first.line, second.line]);
            return Err(Error::new(format!(
                "Ping CLI's file {path}: `{key}` stands there twice, in lines {} and {}",
                lines[0], lines[1]
            ))
            .hint("keep one of them; Ping CLI takes a key in any case"));
        }
        Ok(first)
    }

    fn is_under(&self, text: &Text, key: &str) -> bool {
        let path = match (self.name, text.path.split_first()) {
            (Some(name), Some((profile, path))) if profile == name => path,
            (None, Some(_)) => &text.path,
            (Some(_) | None, _) => return false,
        };
        path.join(".").eq_ignore_ascii_case(key)
    }
}
