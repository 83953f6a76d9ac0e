//! Opening a settings file: what is opened is judged, not its name.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::report::shell;
use crate::settings::{Error, named_file};

/// The longest settings file.
const LONGEST: u64 = 1 << 20;

/// The name for no file at all.
const NONE: &str = "/dev/null";

/// The text of a file; nothing where there is none.
///
/// A settings file names programs to run and hosts to send secrets to: one that others can write is
/// theirs to say.
pub(super) fn read(path: &Path) -> Result<Option<String>, Error> {
    if path == Path::new(NONE) {
        return Ok(Some(String::new()));
    }
    let shown = format!("the settings file {}", path.display());
    let unread = |why: &dyn std::fmt::Display| {
        Error::new(format!("{shown} cannot be read: {why}"))
            .hint(format!("`--config {NONE}` reads no settings file"))
    };
    let (file, metadata) = match named_file::open(path) {
        Err(error) if named_file::is_absent(&error) => return Ok(None),
        opened => opened.map_err(|error| unread(&error))?,
    };
    if !named_file::ends(&metadata) {
        return Err(unread(&"it is neither a file nor a pipe"));
    }
    let us = rustix::process::geteuid().as_raw();
    if let Some((what, remedy)) = written_by_others(metadata.uid(), metadata.mode(), us, path) {
        return Err(Error::new(format!("{shown} {what}")).hint(remedy));
    }
    let bytes = named_file::read(file, LONGEST).map_err(|error| unread(&error))?;
    let bytes = bytes.ok_or_else(|| unread(&"it is longer than 1 MiB"))?;
    let text = String::from_utf8(bytes).map_err(|_| unread(&"it is not UTF-8"))?;
    Ok(Some(text.trim_start_matches('\u{feff}').to_owned()))
}

/// Who else can write to it, and what to do about it.
fn written_by_others(
    owner: u32,
    mode: u32,
    us: u32,
    path: &Path,
) -> Option<(&'static str, String)> {
    const ROOT: u32 = 0;
    const GROUP_AND_OTHERS: u32 = 0o022;
    let command = |program: &[&str]| {
        let words = program.iter().map(Into::into);
        shell::command(&words.chain([path.into()]).collect::<Vec<_>>())
    };
    if owner != us && owner != ROOT {
        let remedy = command(&["sudo", "chown", &us.to_string()]);
        return Some(("belongs to another user", remedy));
    }
    let can = mode & GROUP_AND_OTHERS != 0;
    can.then(|| ("can be written by others", command(&["chmod", "go-w"])))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_ours_or_roots_and_nobody_elses_to_write() {
        const US: u32 = 1000;
        for (owner, mode, refused) in [
            (US, 0o600, false),
            (US, 0o644, false),
            (0, 0o444, false),
            (US, 0o664, true),
            (US, 0o602, true),
            (0, 0o646, true),
            (7, 0o600, true),
        ] {
            let found = written_by_others(owner, mode, US, Path::new("c.toml"));
            assert_eq!(found.is_some(), refused, "{owner} {mode:o}");
        }
    }

    #[test]
    fn one_that_others_can_write_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my config.toml");
        assert_eq!(read(&path), Ok(None));
        fs::write(&path, "\u{feff}rate = 5").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o622)).unwrap();
        let error = read(&path).unwrap_err();
        assert!(
            error.to_string().ends_with("can be written by others"),
            "{error}"
        );
        let hint = error.remedy().unwrap();
        assert!(hint.starts_with("chmod go-w '/"), "{hint}");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read(&path), Ok(Some("rate = 5".to_owned())));
        assert!(read(folder.path()).is_err());
        assert_eq!(read(Path::new(NONE)), Ok(Some(String::new())));
    }
}
