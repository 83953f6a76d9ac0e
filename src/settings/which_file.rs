//! Which settings file holds for a call, and which profile of it; and which of Ping CLI's.

use std::path::PathBuf;

use super::Error;
use super::env::Env;
use super::given::shortened;
use super::pingcli::PingCliProfile;
use super::settings_file::SettingsFile;
use super::sources::{Sources, Typed};
use super::table::{self, COMMANDS, pingcli::PINGCLI_PROFILE};

/// The settings file that is named, or the one at the usual place, if it is there.
///
/// # Errors
///
/// One that is named is not there; one that is there cannot be used; a profile is wanted, and there is
/// none of that name.
pub(crate) fn settings_file(typed: &Typed, env: &Env<'_>) -> Result<Option<SettingsFile>, Error> {
    if !typed.command.has_settings() {
        return Ok(None);
    }
    let sources = Sources::new(typed, env);
    let profile = sources.given(&table::PROFILE.about);
    let named = sources.given(&table::CONFIG.about);
    let usual = || env.base_folder("XDG_CONFIG_HOME", ".config");
    let usual = || usual().map(|folder| folder.join("wavepair").join("config.toml"));
    let path = named.as_ref().map(|given| PathBuf::from(&given.value));
    let file = match path.or_else(usual) {
        Some(path) => SettingsFile::read(&path, profile.as_ref())?,
        None => None,
    };
    match (&file, named, profile) {
        (Some(_), ..) | (None, None, None) => Ok(file),
        (None, Some(named), _) => {
            let (path, by) = (PathBuf::from(&named.value), named.origin);
            Err(Error::new(format!(
                "there is no settings file {}, which {by} names",
                path.display()
            )))
        }
        (None, None, Some(profile)) => {
            let (name, by) = (profile.text()?, &profile.origin);
            Err(Error::new(format!(
                "{by} names the profile '{}', and there is no settings file",
                shortened(name)
            ))
            .hint("name the file with `--config`"))
        }
    }
}

/// The profile of Ping CLI that is named, for a command that can make use of one.
///
/// # Errors
///
/// There is none of that name, or Ping CLI's file cannot be used.
pub(crate) fn pingcli_profile(sources: &Sources<'_>) -> Result<Option<PingCliProfile>, Error> {
    let about = &PINGCLI_PROFILE.about;
    let command = sources.typed.command;
    let mut groups = COMMANDS
        .iter()
        .filter(|usage| usage.command == command)
        .flat_map(|usage| usage.groups);
    let takes_one = groups.any(|group| {
        let mut settings = group.settings.iter();
        settings.any(|known| known.name == about.name)
    });
    let wanted = sources.given(about).filter(|_| takes_one);
    wanted
        .map(|wanted| PingCliProfile::read(&wanted, sources.env))
        .transpose()
}
