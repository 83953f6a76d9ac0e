//! A client secret that somebody wrote into a file.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::credential::{SECRET_MAX, secret_of};
use super::env::Env;
use super::{Error, named_file};
use crate::model::secret::Secret;
use crate::report::shell;

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
}

/// Reads a secret from a file or a pipe that nobody else can read; links are followed.
///
/// What is opened is judged, not its name: a link, a name of `/dev/fd` or a mount says nothing of
/// who can read.
pub(super) fn read_secret(path: &Path, env: &Env<'_>) -> Result<Secret, Error> {
    let shown = format!("the secret file {}", path.display());
    let unread =
        |error: &dyn std::fmt::Display| Error::new(format!("{shown} cannot be read: {error}"));
    let (file, metadata) = named_file::open(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::PermissionDenied {
            unread(&error).hint(remedy(Exposure::OfAnother, path, env))
        } else {
            unread(&error)
        }
    })?;
    let opened = Opened {
        owner: metadata.uid(),
        mode: metadata.mode(),
        is_file_or_pipe: named_file::ends(&metadata),
    };
    if let Some(exposure) = opened.exposure(rustix::process::geteuid().as_raw()) {
        let what = match exposure {
            Exposure::NoFile => "is neither a file nor a pipe",
            Exposure::OfAnother => "belongs to another user",
            Exposure::ToOthers => "can be read by others",
            Exposure::ToItsGroup => "can be read by its group",
        };
        let error = Error::new(format!("{shown} {what}"));
        return Err(match exposure {
            Exposure::NoFile => error,
            Exposure::OfAnother | Exposure::ToOthers | Exposure::ToItsGroup => {
                error.hint(remedy(exposure, path, env))
            }
        });
    }
    let bytes = named_file::read(file, SECRET_MAX).map_err(|error| unread(&error))?;
    let too_long = || unread(&"it is longer than 4096 bytes");
    secret_of(bytes.ok_or_else(too_long)?, &shown)
}

/// Where a secret's file lies, as far as it matters for who sets its mode.
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
fn remedy(exposure: Exposure, path: &Path, env: &Env<'_>) -> String {
    match (place(path, env), exposure) {
        (Place::Kubernetes, _) => "set `defaultMode: 0400` on the volume of the secret, and `fsGroup` in the pod's `securityContext` where it does not run as root".to_owned(),
        (Place::Systemd, _) => "give it to the service with `LoadCredential=NAME:PATH`, and name it as `%d/NAME` in `Environment=PINGONE_CLIENT_SECRET_FILE=`".to_owned(),
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
    use std::ffi::OsString;
    use std::fs::{self, Permissions};
    use std::io::Write;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn with_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn read(path: &Path) -> Result<Secret, Error> {
        read_secret(path, &Env::new(&|_| None))
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_secret_file_must_be_private_and_is_read_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for (text, expected) in [
            ("s3cr3t", Some("s3cr3t")),
            ("s3cr3t\n", Some("s3cr3t")),
            ("s3cr3t\r\n", Some("s3cr3t")),
            ("s3 cr3t\n\n", Some("s3 cr3t")),
            ("s3cr3t\r", None),
            ("s3\ncr3t", None),
            ("\n", None),
            ("", None),
            ("\u{feff}s3cr3t\n", None),
        ] {
            fs::write(&path, text).unwrap();
            with_mode(&path, 0o600);
            assert_eq!(read(&path).ok(), expected.map(secret), "{text:?}");
        }
        fs::write(&path, "s3cr3t\n").unwrap();
        with_mode(&path, 0o604);
        let error = read(&path).unwrap_err();
        assert!(
            error.to_string().ends_with("can be read by others"),
            "{error}"
        );
        assert!(
            error.remedy().unwrap().starts_with("chmod 600 /"),
            "{error:?}"
        );
        fs::write(&path, b"\xff\xfes\0").unwrap();
        with_mode(&path, 0o600);
        assert!(
            read(&path)
                .unwrap_err()
                .remedy()
                .unwrap()
                .contains("UTF-16")
        );
        fs::write(&path, "s".repeat(4097)).unwrap();
        assert!(read(&path).is_err(), "a part of it is another secret");
    }

    #[test]
    fn a_link_is_followed_and_what_it_leads_to_is_judged() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        // As Kubernetes mounts a secret.
        fs::create_dir(at("..2026_11_24")).unwrap();
        fs::write(at("..2026_11_24/secret"), "s3cr3t").unwrap();
        symlink("..2026_11_24", at("..data")).unwrap();
        symlink("..data/secret", at("secret")).unwrap();
        with_mode(&at("secret"), 0o400);
        assert_eq!(read(&at("secret")), Ok(secret("s3cr3t")));
        with_mode(&at("secret"), 0o644);
        let error = read(&at("secret")).unwrap_err();
        assert!(
            error.remedy().unwrap().contains("`defaultMode: 0400`"),
            "{error:?}"
        );
        symlink("nowhere", at("broken")).unwrap();
        assert!(read(&at("broken")).is_err());
    }

    #[test]
    fn a_pipe_is_read_and_a_folder_or_a_device_is_not() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(b"s3cr3t\n").unwrap();
        drop(writer);
        let fd = std::os::fd::AsRawFd::as_raw_fd(&reader);
        let path = PathBuf::from(format!("/dev/fd/{fd}"));
        assert_eq!(read(&path), Ok(secret("s3cr3t")));
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path(), Path::new("/dev/null")] {
            assert!(read(path).is_err(), "{}", path.display());
        }
    }

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

    #[test]
    fn what_to_do_can_be_done_where_the_file_lies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my secret");
        fs::write(&path, "s3cr3t").unwrap();
        with_mode(&path, 0o644);
        for (variable, value, said) in [
            ("KUBERNETES_SERVICE_HOST", "10.0.0.1", "`defaultMode: 0400`"),
            ("INVOCATION_ID", "8f2", "`LoadCredential="),
            (
                "CREDENTIALS_DIRECTORY",
                folder.path().to_str().unwrap(),
                "`LoadCredential=",
            ),
            ("HOME", "/", "chmod 600 '"),
        ] {
            let get = |name: &str| (name == variable).then(|| OsString::from(value));
            let error = read_secret(&path, &Env::new(&get)).unwrap_err();
            assert!(
                error.remedy().unwrap().contains(said),
                "{variable}: {error:?}"
            );
        }
    }
}
