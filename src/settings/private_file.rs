//! A file with a secret in it: what is opened is judged, and read where nobody else can read it.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::env::Env;
use super::{Error, named_file};
use crate::report::shell;

/// What kind of file it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// What it is called.
    pub(super) name: &'static str,
    /// The variable that names it.
    pub(super) variable: &'static str,
    /// The longest, in bytes.
    pub(super) longest: u64,
}

/// What was opened, as far as it matters for a secret.
#[derive(Clone, Copy, Debug)]
struct Opened {
    owner: u32,
    mode: u32,
    is_file_or_pipe: bool,
}

/// Why a secret's file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exposure {
    NoFile,
    OfAnother,
    ToOthers,
    ToItsGroup,
}

impl Opened {
    /// What is root's may be shared with a group: an access list shows as the group's right to read
    /// (systemd.exec(5), `LoadCredential=`), and Kubernetes' `fsGroup` gives it.
    fn exposure(self, us: u32) -> Option<Exposure> {
        const ROOT: u32 = 0;
        let group = self.mode & 0o070;
        if !self.is_file_or_pipe {
            Some(Exposure::NoFile)
        } else if self.owner != us && self.owner != ROOT {
            Some(Exposure::OfAnother)
        } else if self.mode & 0o007 != 0 {
            Some(Exposure::ToOthers)
        } else if group == 0 || self.owner == ROOT && group == 0o040 {
            None
        } else {
            Some(Exposure::ToItsGroup)
        }
    }

    /// What is wrong with it, in words.
    fn describe(self, exposure: Exposure) -> &'static str {
        let can_be_read = self.mode & 0o044 != 0;
        match exposure {
            Exposure::NoFile => "is neither a file nor a pipe",
            Exposure::OfAnother => "belongs to another user",
            Exposure::ToOthers if can_be_read => "can be read by others",
            Exposure::ToItsGroup if can_be_read => "can be read by its group",
            Exposure::ToOthers => "can be written by others",
            Exposure::ToItsGroup => "can be written by its group",
        }
    }
}

/// Reads a file or a pipe that nobody else can read; links are followed. Nothing where there is none.
///
/// What is opened is judged, not its name: a link, a name of `/dev/fd` or a mount says nothing of
/// who can read.
///
/// # Errors
///
/// It cannot be read, it is too long, or others can read or write it.
pub(super) fn read(path: &Path, kind: Kind, env: &Env<'_>) -> Result<Option<Vec<u8>>, Error> {
    let shown = format!("{} {}", kind.name, path.display());
    let unread =
        |error: &dyn std::fmt::Display| Error::new(format!("{shown} cannot be read: {error}"));
    let (file, metadata) = match named_file::open(path) {
        Err(error) if named_file::is_absent(&error) => return Ok(None),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return Err(unread(&error).hint(remedy(Exposure::OfAnother, path, kind, env)));
        }
        opened => opened.map_err(|error| unread(&error))?,
    };
    let opened = Opened {
        owner: metadata.uid(),
        mode: metadata.mode(),
        is_file_or_pipe: named_file::ends(&metadata),
    };
    if let Some(exposure) = opened.exposure(rustix::process::geteuid().as_raw()) {
        let error = Error::new(format!("{shown} {}", opened.describe(exposure)));
        return Err(match exposure {
            Exposure::NoFile => error,
            Exposure::OfAnother | Exposure::ToOthers | Exposure::ToItsGroup => {
                error.hint(remedy(exposure, path, kind, env))
            }
        });
    }
    let bytes = named_file::read(file, kind.longest).map_err(|error| unread(&error))?;
    let too_long = || unread(&format_args!("it is longer than {} bytes", kind.longest));
    bytes.ok_or_else(too_long).map(Some)
}

/// Where such a file lies, as far as it matters for who sets its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A volume of a pod: `chmod` has no lasting effect there.
    Kubernetes,
    /// A service, or a folder of credentials.
    Systemd,
    /// Anywhere else.
    Folder,
}

fn place(path: &Path, env: &Env<'_>) -> Place {
    let beside = path.parent().unwrap_or(Path::new("."));
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let credentials = env.os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    // A volume's files are links by way of `..data` to a folder that is named after a time.
    if beside.join("..data").exists() || env.os("KUBERNETES_SERVICE_HOST").is_some() {
        Place::Kubernetes
    } else if env.os("INVOCATION_ID").is_some()
        || credentials.is_some_and(|folder| real.starts_with(folder))
    {
        Place::Systemd
    } else {
        Place::Folder
    }
}

/// What to do where the file lies.
fn remedy(exposure: Exposure, path: &Path, kind: Kind, env: &Env<'_>) -> String {
    match (place(path, env), exposure) {
        (Place::Kubernetes, _) => "set `defaultMode: 0400` on the volume of the secret, and `fsGroup` in the pod's `securityContext` where it does not run as root".to_owned(),
        (Place::Systemd, _) => format!("give it to the service with `LoadCredential=NAME:PATH`, and name it as `%d/NAME` in `Environment={}=`", kind.variable),
        (Place::Folder, Exposure::OfAnother) => {
            format!(
                "make it the file of the user that runs wavepair: `{}`",
                shell::command(&["sudo".into(), "chown".into(), user().into(), path.into()])
            )
        }
        (Place::Folder, Exposure::ToOthers | Exposure::ToItsGroup | Exposure::NoFile) => {
            shell::command(&["chmod".into(), "600".into(), path.into()])
        }
    }
}

fn user() -> String {
    rustix::process::geteuid().as_raw().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_is_ours_or_roots_and_nobody_elses_to_read() {
        use Exposure::{NoFile, OfAnother, ToItsGroup, ToOthers};
        const US: u32 = 1000;
        for (owner, mode, is_file_or_pipe, exposure) in [
            (US, 0o600, true, None),
            (US, 0o400, true, None),
            (US, 0o700, true, None),
            (US, 0o440, true, Some(ToItsGroup)),
            (US, 0o620, true, Some(ToItsGroup)),
            (US, 0o604, true, Some(ToOthers)),
            (US, 0o601, true, Some(ToOthers)),
            (US, 0o444, true, Some(ToOthers)),
            (US, 0o600, false, Some(NoFile)),
            (0, 0o600, true, None),
            (0, 0o400, true, None),
            (0, 0o440, true, None),
            (0, 0o640, true, None),
            (0, 0o460, true, Some(ToItsGroup)),
            (0, 0o450, true, Some(ToItsGroup)),
            (0, 0o444, true, Some(ToOthers)),
            (7, 0o600, true, Some(OfAnother)),
            (7, 0o440, true, Some(OfAnother)),
        ] {
            let opened = Opened {
                owner,
                mode,
                is_file_or_pipe,
            };
            assert_eq!(opened.exposure(US), exposure, "{opened:?}");
        }
    }
}
