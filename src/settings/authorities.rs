//! The file of authorities that are trusted besides the platform's.

use std::ffi::OsString;
use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Error;
use crate::report::shell;

/// The longest file of authorities; all that a platform trusts come to a fifth of it.
pub(super) const LONGEST: u64 = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// What every certificate begins with in PEM (RFC 7468).
const PEM: &[u8] = b"-----BEGIN ";
/// What a certificate begins with in DER: a sequence, whose length takes two bytes (X.690).
const DER: &[u8] = b"\x30\x82";

/// Reads a file of certificates in PEM, without the mark that some editors put before a text.
///
/// # Errors
///
/// It cannot be read, is too long, or is a certificate in another form.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |why: &dyn Display| {
        Error::new(format!(
            "the authority file {} cannot be read: {why}",
            path.display()
        ))
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(&error))?;
    if bytes.len() as u64 > LONGEST {
        return Err(failed(&"it is longer than 1 MiB"));
    }
    if let Some(text) = bytes.strip_prefix(BYTE_ORDER_MARK) {
        return Ok(text.to_vec());
    }
    let is_pem = bytes.windows(PEM.len()).any(|part| part == PEM);
    if !is_pem && bytes.starts_with(DER) {
        let turn = into_pem(path);
        return Err(
            failed(&"it holds a certificate in the form DER, and PEM is read")
                .hint(format!("turn it into PEM and name that: {turn}")),
        );
    }
    if [&b"\xff\xfe"[..], b"\xfe\xff"]
        .iter()
        .any(|mark| bytes.starts_with(mark))
    {
        return Err(failed(&"it is text in UTF-16").hint("save it again as plain text in UTF-8"));
    }
    Ok(bytes)
}

/// The command that turns a certificate into PEM, beside the file.
fn into_pem(path: &Path) -> String {
    let words = ["openssl", "x509", "-inform", "der", "-in"].map(OsString::from);
    let more = [
        path.as_os_str().to_owned(),
        OsString::from("-out"),
        path.with_extension("pem").into_os_string(),
    ];
    shell::command(&words.into_iter().chain(more).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_file(name: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        read(&path)
    }

    const TEXT: &[u8] = b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";

    #[test]
    fn a_byte_order_mark_before_the_text_is_dropped() {
        let marked = [BYTE_ORDER_MARK, TEXT].concat();
        assert_eq!(read_file("ca.pem", &marked).unwrap(), TEXT);
        assert_eq!(read_file("ca.pem", TEXT).unwrap(), TEXT);
    }

    #[test]
    fn a_certificate_in_der_is_told_from_one_in_pem_with_how_to_turn_it() {
        let der = [0x30, 0x82, 0x01, 0x0a, 0x02, 0x82];
        let error = read_file("our ca.cer", &der).unwrap_err();
        let hint = error.remedy().unwrap();
        assert!(hint.contains("openssl x509 -inform der -in '/"), "{hint}");
        assert!(hint.contains("our ca.cer' -out '/"), "{hint}");
        assert!(hint.ends_with("our ca.pem'"), "{hint}");
        // A bundle may begin with notes of any kind.
        assert!(read_file("ca.pem", &[b"0\x82 ", TEXT].concat()).is_ok());
    }

    #[test]
    fn a_text_in_utf_16_is_named_as_one() {
        let error = read_file("ca.pem", b"\xff\xfe-\0-\0").unwrap_err();
        assert!(error.to_string().contains("UTF-16"), "{error}");
    }

    #[test]
    fn a_file_is_read_to_a_limit() {
        let longest = usize::try_from(LONGEST).unwrap();
        for (length, taken) in [(longest, true), (longest + 1, false)] {
            let read = read_file("ca.pem", &vec![b'-'; length]);
            assert_eq!(read.is_ok(), taken, "{length}");
        }
    }
}
