//! A client secret that somebody wrote down.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::Error;
use crate::model::secret::Secret;

/// Takes a secret that can be sent; `origin` names where it came from.
pub(super) fn usable(secret: String, origin: &str) -> Result<Secret, Error> {
    if secret.is_empty() || secret.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Error::new(format!(
            "{origin} is empty, or holds white space or a line break"
        )));
    }
    Ok(Secret::new(secret))
}

/// Who can read a secret's file, as far as its owner and its mode tell.
#[derive(Clone, Copy, Debug)]
struct Access {
    owner: u32,
    mode: u32,
    is_credential: bool,
}

/// Why a secret's file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exposure {
    ToOthers,
    OfAnother,
}

impl Access {
    /// A credential may stay root's: systemd then admits the service's user by an access list, whose
    /// mask shows as the group's right to read (systemd.exec(5), `LoadCredential=`).
    fn exposure(self, us: u32) -> Option<Exposure> {
        if self.is_credential && self.owner == 0 && self.mode & 0o337 == 0 {
            None
        } else if self.mode & 0o077 != 0 {
            Some(Exposure::ToOthers)
        } else if self.owner != us {
            Some(Exposure::OfAnother)
        } else {
            None
        }
    }
}

/// The longest secret file; PingOne's secrets have 64 characters or so.
const SECRET_MAX: u64 = 4096;

/// Reads a secret from a file that only we can read, or that systemd put into its folder of
/// credentials for us.
pub(super) fn read_secret(path: &Path, credentials: Option<&Path>) -> Result<Secret, Error> {
    let shown = format!("the secret file {}", path.display());
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let file = File::options()
        .read(true)
        .custom_flags(no_follow)
        .open(path)
        .map_err(|error| {
            if path.is_symlink() {
                Error::new(format!("{shown} is a symbolic link, which is not followed"))
            } else {
                Error::new(format!("{shown} cannot be read: {error}"))
            }
        })?;
    let metadata = file
        .metadata()
        .map_err(|error| Error::new(format!("{shown} cannot be read: {error}")))?;
    if !metadata.is_file() {
        return Err(Error::new(format!("{shown} is not a regular file")));
    }
    let access = Access {
        owner: metadata.uid(),
        mode: metadata.mode(),
        is_credential: path.parent().is_some() && path.parent() == credentials,
    };
    match access.exposure(rustix::process::geteuid().as_raw()) {
        None => {}
        Some(Exposure::ToOthers) => {
            return Err(Error::new(format!("{shown} can be read by others"))
                .hint(format!("chmod 600 {}", path.display())));
        }
        Some(Exposure::OfAnother) => {
            return Err(Error::new(format!("{shown} belongs to another user")));
        }
    }
    let mut secret = String::new();
    file.take(SECRET_MAX)
        .read_to_string(&mut secret)
        .map_err(|error| Error::new(format!("{shown} cannot be read: {error}")))?;
    let end = secret.trim_end_matches(['\r', '\n']).len();
    secret.truncate(end);
    usable(secret, &shown)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_file_must_be_private_and_is_read_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "s3cr3t\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(
            read_secret(&path, None)
                .unwrap_err()
                .remedy()
                .unwrap()
                .starts_with("chmod 600")
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(
            read_secret(&path, None).unwrap(),
            Secret::new("s3cr3t".to_owned())
        );
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(
            read_secret(&link, None)
                .unwrap_err()
                .to_string()
                .contains("symbolic link")
        );
    }

    #[test]
    fn a_secret_file_is_ours_alone_or_a_credential_that_systemd_keeps_for_us() {
        const US: u32 = 1000;
        for (owner, mode, is_credential, exposure) in [
            (US, 0o600, false, None),
            (US, 0o400, true, None),
            (US, 0o440, true, Some(Exposure::ToOthers)),
            (US, 0o604, false, Some(Exposure::ToOthers)),
            (0, 0o600, false, Some(Exposure::OfAnother)),
            (0, 0o440, false, Some(Exposure::ToOthers)),
            (0, 0o400, true, None),
            (0, 0o440, true, None),
            (0, 0o444, true, Some(Exposure::ToOthers)),
            (0, 0o460, true, Some(Exposure::ToOthers)),
            (7, 0o440, true, Some(Exposure::ToOthers)),
            (7, 0o400, true, Some(Exposure::OfAnother)),
        ] {
            let access = Access {
                owner,
                mode,
                is_credential,
            };
            assert_eq!(access.exposure(US), exposure, "{access:?}");
        }
    }

    #[test]
    fn only_what_lies_in_the_folder_of_credentials_itself_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "s3cr3t").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
        let below = Some(folder.path());
        let is_root = rustix::process::geteuid().is_root();
        assert_eq!(read_secret(&path, below).is_ok(), is_root);
        assert!(read_secret(&path, folder.path().parent()).is_err());
        assert!(read_secret(&path, None).is_err());
    }
}
