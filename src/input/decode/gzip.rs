//! gzip, unpacked.

use std::fs::File;
use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::trouble::Trouble;
use crate::input::form_flaw::FormFlaw;
use crate::input::spool::Spool;

/// What a file begins with that is compressed with gzip.
pub(super) const START: &[u8] = b"\x1f\x8b";

/// Copies what is in there, all members of it, up to a limit.
pub(super) fn unpack(source: &mut dyn Read, limit: u64) -> Result<File, Trouble> {
    let mut spool = Spool::new(limit).map_err(Trouble::Write)?;
    let mut packed = MultiGzDecoder::new(BufReader::with_capacity(1 << 16, source));
    let mut bytes = vec![0; 1 << 16];
    loop {
        match packed.read(&mut bytes) {
            Ok(0) => return spool.finish().map_err(Trouble::Write),
            Ok(count) => spool.write(&bytes[..count])?,
            Err(error) => match flaw(&error) {
                Some(flaw) => return Err(flaw.into()),
                None => return Err(Trouble::Read(error)),
            },
        }
    }
}

/// What an error says of the file; nothing where it is one of the system.
pub(super) fn flaw(error: &io::Error) -> Option<FormFlaw> {
    use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    let is_of_data = error.raw_os_error().is_none();
    let kind = error.kind();
    if is_of_data && kind == UnexpectedEof {
        Some(FormFlaw::Cut)
    } else if is_of_data && [InvalidData, InvalidInput].contains(&kind) {
        Some(FormFlaw::Damaged)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::FileExt;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(bytes: &[u8], limit: u64) -> Result<Vec<u8>, Trouble> {
        let file = unpack(&mut &bytes[..], limit)?;
        let mut text = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
        file.read_exact_at(&mut text, 0).unwrap();
        Ok(text)
    }

    #[test]
    fn every_member_is_unpacked() {
        let long = b"u1,p1\n".repeat(30_000);
        let members = [packed(b"user_id,phone\n"), packed(&long), packed(b"")].concat();
        let text = unpacked(&members, u64::MAX).unwrap();
        assert!(text == [&b"user_id,phone\n"[..], &long].concat());
    }

    #[test]
    fn a_file_that_is_cut_or_damaged_anywhere_is_told() {
        let whole = [packed(b"user_id,phone\nu1,p1\n"), packed(b"u2,p2\n")].concat();
        for end in 3..whole.len() {
            let first = packed(b"user_id,phone\nu1,p1\n").len();
            let found = unpacked(&whole[..end], u64::MAX);
            let is_told = matches!(found, Err(Trouble::Flaw(FormFlaw::Cut)));
            assert_eq!(is_told, end != first, "cut at {end}");
        }
        let mut damaged = packed(&b"user_id,phone\nu1,p1\n".repeat(100));
        for at in 10..damaged.len() {
            damaged[at] ^= 0xff;
            let found = unpacked(&damaged, u64::MAX);
            assert!(
                matches!(found, Err(Trouble::Flaw(FormFlaw::Damaged | FormFlaw::Cut))),
                "changed at {at}"
            );
            damaged[at] ^= 0xff;
        }
        let behind = [&packed(b"user_id,phone\n")[..], b"more"].concat();
        assert!(unpacked(&behind, u64::MAX).is_err());
    }

    #[test]
    fn what_grows_beyond_its_limit_is_told_before_it_is_written() {
        let zeros = packed(&vec![0; 1 << 20]);
        assert!(unpacked(&zeros, 1 << 20).is_ok());
        for limit in [0, (1 << 20) - 1] {
            let found = unpacked(&zeros, limit);
            assert!(matches!(found, Err(Trouble::Flaw(FormFlaw::TooLarge))));
        }
    }
}
