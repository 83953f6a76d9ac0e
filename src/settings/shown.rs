//! Every setting with its value and what gives it, as `config show` tells it; no secret.

use std::borrow::Cow;
use std::path::PathBuf;

use super::Error;
use super::origin::Origin;
use super::setting::{About, Takes, Unset};
use super::sources::Sources;
use super::table::{self, options};

/// What `config show` tells.
#[derive(Debug)]
pub(crate) struct ConfigShow {
    /// The settings file, where there is one.
    pub(crate) file: Option<PathBuf>,
    /// The profile of it that holds.
    pub(crate) profile: Option<String>,
    /// The file of Ping CLI, and which profile of it, where one is named.
    pub(crate) pingcli: Option<(PathBuf, String)>,
    /// Every setting.
    pub(crate) settings: Vec<Shown>,
    /// Whether it is told as JSON.
    pub(crate) as_json: bool,
}

/// A setting.
#[derive(Debug)]
pub(crate) struct Shown {
    /// Its key in a settings file, or the variable of what has none.
    pub(crate) name: Cow<'static, str>,
    /// Its value, where it has one and a person may see it.
    pub(crate) value: Option<String>,
    /// What gives the value; nothing where that is the default.
    pub(crate) origin: Option<Origin>,
}

/// What is said of a value that nobody is to see.
const UNSEEN: &str = "set";

impl ConfigShow {
    /// Finds every value, and reads none: one that cannot be is shown like any other.
    ///
    /// # Errors
    ///
    /// The form is none.
    pub(super) fn resolve(sources: &Sources<'_>) -> Result<Self, Error> {
        let mut settings: Vec<Shown> = Vec::new();
        for about in all() {
            let name = about.key().unwrap_or(about.name.into());
            if settings.iter().all(|known| known.name != name) {
                settings.push(shown(name, about, sources));
            }
        }
        Ok(Self {
            file: sources.file.map(|file| file.path().to_owned()),
            profile: sources
                .file
                .and_then(|file| file.profile())
                .map(str::to_owned),
            pingcli: sources
                .pingcli
                .map(|profile| (profile.path().to_owned(), profile.name().to_owned())),
            settings,
            as_json: sources.value(&table::FORMAT)?,
        })
    }
}

/// Every setting that a file or the environment may give, but for where the file is.
pub(super) fn all() -> impl Iterator<Item = &'static About> {
    static FIRST: [About; 5] = [
        table::HOME.about,
        table::CLIENT_ID.about,
        table::CLIENT_SECRET.about,
        table::SECRET_COMMAND.about,
        table::TOKEN.about,
    ];
    static LAST: [About; 1] = [table::LOG_LEVEL.about];
    let of_options = options().filter(|about| about.key().is_some());
    FIRST.iter().chain(of_options).chain(&LAST)
}

fn shown(name: Cow<'static, str>, about: &About, sources: &Sources<'_>) -> Shown {
    let given = sources.all_given(about);
    let values = given.iter().map(|given| given.value.to_string_lossy());
    let value = match (about.takes, about.unset) {
        _ if !given.is_empty() => Some(seen(about, &values.collect::<Vec<_>>())),
        (_, Unset::Value(value) | Unset::ValueApart(value) | Unset::Described(value)) => {
            Some(value.to_owned())
        }
        (Takes::Nothing, Unset::Nothing) => Some("false".to_owned()),
        (_, Unset::Nothing) => None,
    };
    let origin = given.into_iter().next_back().map(|given| given.origin);
    Shown {
        name,
        value,
        origin,
    }
}

/// As much of a value as anybody may see.
fn seen(about: &About, values: &[Cow<'_, str>]) -> String {
    let is_program = about.name == table::SECRET_COMMAND.about.name;
    // An address is refused with a password in it, but it was written.
    let has_password = values
        .iter()
        .any(|value| value.contains("://") && value.contains('@'));
    match values {
        _ if about.is_private || has_password => UNSEEN.to_owned(),
        // Behind the program may stand anything.
        [program, _, ..] if is_program => format!("{program} …"),
        values => values.join(", "),
    }
}
