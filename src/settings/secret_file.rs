//! A client secret that somebody wrote down.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
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

/// The longest secret file; PingOne's secrets have 64 characters or so.
const SECRET_MAX: u64 = 4096;

/// Reads a secret from a file that only we can read.
pub(super) fn read_secret(path: &Path) -> Result<Secret, Error> {
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
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(Error::new(format!("{shown} can be read by others"))
            .hint(format!("chmod 600 {}", path.display())));
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(Error::new(format!("{shown} belongs to another user")));
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
    use super::*;

    #[test]
    fn a_secret_file_must_be_private_and_is_read_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "s3cr3t\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(
            read_secret(&path)
                .unwrap_err()
                .remedy()
                .unwrap()
                .starts_with("chmod 600")
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(
            read_secret(&path).unwrap(),
            Secret::new("s3cr3t".to_owned())
        );
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(
            read_secret(&link)
                .unwrap_err()
                .to_string()
                .contains("symbolic link")
        );
    }
}
