//! Reading the text of a settings file: TOML, whose keys are those of the table of settings.

use std::ffi::OsString;
use std::fmt::Display;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{FileValue, SettingsFile};
use crate::model::standard_stream::is_standard;
use crate::settings::Error;
use crate::settings::given::{Given, shortened};
use crate::settings::keys::keyed;
use crate::settings::nearest::did_you_mean;
use crate::settings::origin::FilePlace;
use crate::settings::setting::{About, Takes};

/// What holds the profiles.
const PROFILES: &str = "profile";
/// What names the profile that is taken where none is wanted.
const DEFAULT_PROFILE: &str = "default_profile";

/// What a secret would be called: no file of settings has one.
const SECRETS: [&str; 3] = ["client_secret", "access_token", "token"];

/// Two that say the same thing in two ways.
const EITHER: [&str; 2] = ["client_secret_file", "client_secret_command"];

type Entry<'a> = (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>);

/// Reads a text; all of it is checked, and the profile that holds is kept.
pub(super) fn parse(
    text: &str,
    path: &Path,
    wanted: Option<&Given>,
) -> Result<SettingsFile, Error> {
    let file = Text { text, path };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or_default();
        file.wrong(
            &at,
            &error.message().lines().next().unwrap_or("it is no TOML"),
        )
    })?;
    let (mut top, mut profiles, mut usual) = (Vec::new(), Vec::new(), None);
    for (key, value) in in_order(document.get_ref()) {
        match &**key.get_ref() {
            PROFILES => profiles = file.profiles(key, value)?,
            DEFAULT_PROFILE => usual = Some(file.name_of_profile(value)?),
            _ => top.push(file.value(key, value, None)?),
        }
    }
    file.check_secrets(&top)?;
    let profile = match (wanted, usual) {
        (Some(given), _) => {
            let by = given.origin.to_string();
            Some(file.chosen(given.text()?, &by, &mut profiles)?)
        }
        (None, Some(usual)) => Some(file.chosen(&usual, DEFAULT_PROFILE, &mut profiles)?),
        (None, None) => None,
    };
    let (profile, mut values) = profile.map_or((None, Vec::new()), |(name, own)| (Some(name), own));
    values.extend(top);
    Ok(SettingsFile {
        path: path.to_owned(),
        profile,
        values,
    })
}

/// The entries of a table as they stand in the file, so that the first mistake is the one that is told.
fn in_order<'a>(table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// A profile, with what it says.
type Profile = (String, Vec<FileValue>);

/// The text, for saying where in it something is.
struct Text<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Text<'_> {
    fn line(&self, at: &Range<usize>) -> usize {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        before.matches('\n').count() + 1
    }

    /// What is wrong at a place, which is named with line and column.
    fn wrong(&self, at: &Range<usize>, why: &dyn Display) -> Error {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let (path, line) = (self.path.display(), self.line(at));
        Error::new(format!(
            "the settings file {path}, line {line}, column {column}: {why}"
        ))
    }

    fn profiles<'a>(
        &self,
        key: &Spanned<DeString<'a>>,
        value: &'a Spanned<DeValue<'a>>,
    ) -> Result<Vec<Profile>, Error> {
        let none = |at: Range<usize>| {
            let error = self.wrong(&at, &"`profile` holds tables alone");
            error.hint("write `[profile.NAME]` above the settings of a profile")
        };
        let tables = value.get_ref().as_table().ok_or_else(|| none(key.span()))?;
        let mut profiles = Vec::new();
        for (name, value) in in_order(tables) {
            let settings = value
                .get_ref()
                .as_table()
                .ok_or_else(|| none(name.span()))?;
            let values = in_order(settings).into_iter();
            let profile = Some(&**name.get_ref());
            let values = values.map(|(key, value)| self.value(key, value, profile));
            let values = values.collect::<Result<Vec<_>, _>>()?;
            self.check_secrets(&values)?;
            profiles.push((name.get_ref().to_string(), values));
        }
        Ok(profiles)
    }

    fn name_of_profile(&self, value: &Spanned<DeValue<'_>>) -> Result<String, Error> {
        let name = value.get_ref().as_str();
        let name = name.ok_or_else(|| self.wrong(&value.span(), &"expected the name of a profile"));
        name.map(str::to_owned)
    }

    /// Takes a profile by its name, which was given by `by`.
    fn chosen(&self, name: &str, by: &str, profiles: &mut Vec<Profile>) -> Result<Profile, Error> {
        if let Some(at) = profiles.iter().position(|(known, _)| known == name) {
            return Ok(profiles.swap_remove(at));
        }
        let names: Vec<_> = profiles.iter().map(|(name, _)| name.as_str()).collect();
        let (path, shown) = (self.path.display(), shortened(name));
        let error = Error::new(format!(
            "{by} names the profile '{shown}', and the settings file {path} has none of that name"
        ));
        let hint = did_you_mean(name, names.iter().copied());
        Err(error.hint(hint.unwrap_or_else(|| match &names[..] {
            [] => "write `[profile.NAME]` above the settings of a profile".to_owned(),
            names => format!("it has {}", names.join(", ")),
        })))
    }

    /// A key and its value; both are held to the table of settings.
    fn value(
        &self,
        key: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
        profile: Option<&str>,
    ) -> Result<FileValue, Error> {
        let name = &**key.get_ref();
        let mut known = keyed();
        let found = known.find(|(key, _)| key == name);
        let (_, about) = found.ok_or_else(|| self.unknown(key, value))?;
        let values = self.values_of(about, value.get_ref());
        let values = values.map_err(|expected| {
            self.wrong(
                &value.span(),
                &format_args!("`{name}`: expected {expected}"),
            )
        })?;
        let place = FilePlace {
            key: name.to_owned(),
            path: self.path.to_owned(),
            line: self.line(&key.span()),
            profile: profile.map(str::to_owned),
        };
        Ok(FileValue { place, values })
    }

    fn unknown(&self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) -> Error {
        let name = &**key.get_ref();
        let shown = shortened(name);
        if SECRETS.contains(&name) {
            let why = format_args!("`{shown}`: no secret stands in a settings file");
            return self.wrong(&key.span(), &why).hint(
                "name a private file by `client_secret_file`, or a program that prints it by `client_secret_command`",
            );
        }
        let error = self.wrong(&key.span(), &format_args!("there is no setting `{shown}`"));
        let keys: Vec<_> = keyed().map(|(key, _)| key).collect();
        let keys = keys.iter().map(|key| &**key);
        let hint = did_you_mean(name, keys.chain([DEFAULT_PROFILE]));
        error.hint(hint.unwrap_or_else(|| {
            if value.get_ref().is_table() {
                format!("write `[profile.{shown}]` above the settings of a profile")
            } else {
                "the keys are the long options of `wavepair run --help`, with `_` for `-`"
                    .to_owned()
            }
        }))
    }

    /// The value as it would be typed, or what is expected instead.
    fn values_of(&self, about: &About, value: &DeValue<'_>) -> Result<Vec<OsString>, &'static str> {
        let text = |value: &DeValue<'_>| match value {
            DeValue::String(text) => Some(OsString::from(&**text)),
            DeValue::Integer(number) => Some(number.to_string().into()),
            DeValue::Float(number) => Some(number.to_string().into()),
            DeValue::Datetime(time) => Some(time.to_string().into()),
            DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => None,
        };
        match (about.takes, value) {
            (Takes::Nothing, DeValue::Boolean(is_on)) => Ok(vec![is_on.to_string().into()]),
            (Takes::Nothing, _) => Err("true or false"),
            (Takes::Count, DeValue::Integer(number)) => Ok(vec![number.to_string().into()]),
            (Takes::Count, _) => Err("a number"),
            (Takes::Texts(_), DeValue::Array(items)) => {
                let items = items.iter().map(|item| text(item.get_ref()));
                items.collect::<Option<_>>().ok_or("an array of texts")
            }
            (Takes::Texts(_), value) => Ok(vec![text(value).ok_or("an array of texts")?]),
            (Takes::Path(_) | Takes::Paths(_), DeValue::String(path)) if !path.is_empty() => {
                Ok(vec![self.in_its_folder(Path::new(&**path)).into()])
            }
            (Takes::Path(_) | Takes::Paths(_), _) => Err("a path"),
            (Takes::Program(_), DeValue::String(program)) if program.contains('/') => {
                Ok(vec![self.in_its_folder(Path::new(&**program)).into()])
            }
            (Takes::Program(_), DeValue::String(name)) if !name.is_empty() => {
                Ok(vec![OsString::from(&**name)])
            }
            (Takes::Program(_), _) => Err("a program"),
            (Takes::Text(_) | Takes::Word(..), value) => {
                Ok(vec![text(value).ok_or("a text or a number")?])
            }
        }
    }

    /// A path that is not absolute begins in the folder of the settings file: it means the same
    /// wherever wavepair is called.
    fn in_its_folder(&self, path: &Path) -> PathBuf {
        match self.path.parent() {
            Some(folder) if !is_standard(path) => folder.join(path),
            _ => path.to_owned(),
        }
    }

    fn check_secrets(&self, values: &[FileValue]) -> Result<(), Error> {
        let mut found = values
            .iter()
            .filter(|value| EITHER.contains(&value.place.key.as_str()));
        let (Some(_), Some(second)) = (found.next(), found.next()) else {
            return Ok(());
        };
        let (path, line) = (self.path.display(), second.place.line);
        Err(Error::new(format!(
            "the settings file {path}, line {line}: `{}` and `{}` name two secrets",
            EITHER[0], EITHER[1]
        ))
        .hint("keep one of them"))
    }
}
