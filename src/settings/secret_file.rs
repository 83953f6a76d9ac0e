//! A client secret that somebody wrote into a file.

use std::path::Path;

use super::Error;
use super::credential::{SECRET_MAX, secret_of};
use super::env::Env;
use super::private_file::{self, Kind};
use super::table;
use crate::model::secret::Secret;

const KIND: Kind = Kind {
    name: "the secret file",
    variable: table::of(&table::SECRET_FILE).name,
    longest: SECRET_MAX,
};

/// Reads a secret from a file or a pipe that nobody else can read.
///
/// # Errors
///
/// It is not there, it is not private, or what it holds is no secret.
pub(super) fn read_secret(path: &Path, env: &Env<'_>) -> Result<Secret, Error> {
    let shown = format!("{} {}", KIND.name, path.display());
    let missing = || Error::new(format!("{shown} is not there"));
    let bytes = private_file::read(path, KIND, env)?.ok_or_else(missing)?;
    secret_of(bytes, &shown)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs::{self, Permissions};
    use std::io::Write;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::PathBuf;

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
