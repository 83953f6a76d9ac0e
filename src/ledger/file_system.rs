//! Where a ledger lies: whether locks and syncs hold there, and whether files can be made.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::Access;

use super::error::{Error, Flaw};
use super::file::folder;

/// What a file system is good for.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Locks and syncs hold.
    Local,
    /// It depends on what is behind it.
    Doubtful(&'static str),
    /// They do not hold across hosts.
    Network(&'static str),
}

/// Refuses file systems on which `flock` or `fsync` do not hold across hosts.
///
/// Gives the name of one on which that depends on what is behind it: a person is to know.
#[cfg(target_os = "linux")]
pub(super) fn check(ledger: &Path) -> Result<Option<&'static str>, Error> {
    let found = rustix::fs::statfs(existing_folder(ledger))
        .map_err(|source| Error::unusable(ledger)(source.into()))?;
    match kind(found.f_type.into()) {
        Kind::Local => Ok(None),
        Kind::Doubtful(name) => Ok(Some(name)),
        Kind::Network(kind) => Err(Flaw::Network(kind).of(ledger)),
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "there is no way to ask; on Linux it can fail"
)]
pub(super) fn check(_ledger: &Path) -> Result<Option<&'static str>, Error> {
    Ok(None)
}

/// What a file system is, by the magic number of statfs(2).
#[cfg(target_os = "linux")]
fn kind(magic: i128) -> Kind {
    const KNOWN: &[(u32, Kind)] = &[
        (0x6969, Kind::Network("NFS")),
        (0x517B, Kind::Network("SMB")),
        (0xFF53_4D42, Kind::Network("CIFS")),
        (0xFE53_4D42, Kind::Network("SMB2")),
        (0x0102_1997, Kind::Network("9P")),
        (0x00C3_6400, Kind::Network("Ceph")),
        (0x5346_414F, Kind::Network("AFS")),
        (0x0BD0_0BD0, Kind::Network("Lustre")),
        (0x6573_5546, Kind::Doubtful("FUSE")),
        (0x4750_4653, Kind::Doubtful("GPFS")),
        (0x1983_0326, Kind::Doubtful("BeeGFS")),
    ];
    // The type differs between architectures, and some magic numbers have the sign bit set.
    let magic = u32::try_from(magic & 0xFFFF_FFFF).unwrap_or(0);
    let found = KNOWN.iter().find(|(known, _)| *known == magic);
    found.map_or(Kind::Local, |(_, kind)| *kind)
}

/// Whether this process can make files in the ledger's folder, or the folder itself; changes nothing.
pub(super) fn check_room(ledger: &Path) -> Result<(), Error> {
    let unusable = Error::unusable(ledger);
    let there = existing_folder(ledger);
    if !there.is_dir() {
        return Err(unusable(io::ErrorKind::NotADirectory.into()));
    }
    rustix::fs::access(&there, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|source| unusable(source.into()))
}

/// The ledger's folder, or as much of the way to it as is there.
pub(super) fn existing_folder(ledger: &Path) -> PathBuf {
    let folder = folder(ledger);
    let there = folder.ancestors().find(|folder| folder.exists());
    match there {
        // What is left of a relative path.
        Some(folder) if folder == Path::new("") => PathBuf::from("."),
        Some(folder) => folder.to_owned(),
        None => PathBuf::from("."),
    }
}

/// Whether a file was mounted by itself, as container engines do with single files.
#[cfg(target_os = "linux")]
pub(super) fn is_mount_point(path: &Path, file: &File) -> io::Result<bool> {
    use rustix::fs::{AtFlags, StatxAttributes, StatxFlags, statx};
    let known = statx(file, c"", AtFlags::EMPTY_PATH, StatxFlags::empty());
    if let Ok(known) = known
        && known
            .stx_attributes_mask
            .contains(StatxAttributes::MOUNT_ROOT)
    {
        return Ok(known.stx_attributes.contains(StatxAttributes::MOUNT_ROOT));
    }
    // Before Linux 5.8, or where a filter of system calls does not know it.
    let mounts = std::fs::read("/proc/self/mountinfo")?;
    Ok(names_mount(&mounts, &path.canonicalize()?))
}

#[cfg(not(target_os = "linux"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "there is no way to ask; on Linux it can fail"
)]
pub(super) fn is_mount_point(_path: &Path, _file: &File) -> io::Result<bool> {
    Ok(false)
}

/// Whether a path is a mount point by `/proc/self/mountinfo` (proc(5)): the fifth field, with blank,
/// tab, line feed and backslash written as `\` and three octal digits.
#[cfg(target_os = "linux")]
fn names_mount(mountinfo: &[u8], path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let mut written = Vec::new();
    for &byte in path.as_os_str().as_bytes() {
        match byte {
            b' ' | b'\t' | b'\n' | b'\\' => written.extend(format!("\\{byte:03o}").into_bytes()),
            _ => written.push(byte),
        }
    }
    mountinfo
        .split(|byte| *byte == b'\n')
        .filter_map(|line| line.split(|byte| *byte == b' ').nth(4))
        .any(|point| point == written)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_is_told_by_its_number_whatever_its_width_and_sign() {
        for (magic, expected) in [
            (0x6969, Kind::Network("NFS")),
            (0xFF53_4D42, Kind::Network("CIFS")),
            (
                i128::from(0xFF53_4D42_u32.cast_signed()),
                Kind::Network("CIFS"),
            ),
            (
                i128::from(0xFE53_4D42_u32.cast_signed()),
                Kind::Network("SMB2"),
            ),
            (0x6573_5546, Kind::Doubtful("FUSE")),
            (0x4750_4653, Kind::Doubtful("GPFS")),
            (0x1983_0326, Kind::Doubtful("BeeGFS")),
            (0xEF53, Kind::Local),
            (0x5846_5342, Kind::Local),
        ] {
            assert_eq!(kind(magic), expected, "{magic:#x}");
        }
    }

    #[test]
    fn of_a_path_that_is_not_there_yet_the_part_that_is_there_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        for (ledger, there) in [
            ("ledger.db", ""),
            ("a/b/ledger.db", ""),
            ("file/ledger.db", "file"),
        ] {
            let found = existing_folder(&folder.path().join(ledger));
            assert_eq!(found, folder.path().join(there), "{ledger}");
        }
        assert_eq!(
            existing_folder(Path::new("no such/ledger.db")),
            Path::new(".")
        );
        let beyond = check_room(&folder.path().join("file/ledger.db")).unwrap_err();
        let Flaw::Unusable(source) = &beyond.flaw else {
            panic!("{beyond}");
        };
        assert_eq!(source.kind(), io::ErrorKind::NotADirectory);
    }

    #[test]
    fn a_mount_point_is_found_by_its_whole_name_as_the_system_writes_it() {
        let mountinfo = b"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
            40 22 8:1 /x /srv/one\\040two\\134.db rw shared:1 - ext4 /dev/sda1 rw\n\
            41 22 0:5 / /proc rw - proc proc rw\n\
            short\n";
        for (path, mounted) in [
            ("/srv/one two\\.db", true),
            ("/srv/one", false),
            ("/srv/one two\\.db2", false),
            ("/x", false),
            ("/", true),
        ] {
            assert_eq!(names_mount(mountinfo, Path::new(path)), mounted, "{path}");
        }
    }
}
