//! The file system that a ledger lies on: whether its locks and syncs hold.

use std::path::Path;

use super::Error;
use super::trust::existing_folder;

/// What a file system is good for.
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
    let found = rustix::fs::statfs(existing_folder(ledger)).map_err(|source| Error::Unusable {
        path: ledger.to_owned(),
        source: source.into(),
    })?;
    match kind(found.f_type.into()) {
        Kind::Local => Ok(None),
        Kind::Doubtful(name) => Ok(Some(name)),
        Kind::Network(kind) => Err(Error::Network {
            path: ledger.to_owned(),
            kind,
        }),
    }
}

#[cfg(not(target_os = "linux"))]
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_is_told_by_its_number_whatever_the_width_and_sign_of_that() {
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
}
