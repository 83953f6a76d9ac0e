//! Which characters a credential is made of.

use super::Error;
use crate::model::secret::Secret;

/// The longest secret; PingOne's have 64 characters or so.
pub(super) const SECRET_MAX: u64 = 4096;

/// Takes the secret that these bytes are, without the line end of an editor or a program.
pub(super) fn secret_of(bytes: Vec<u8>, origin: &str) -> Result<Secret, Error> {
    let mut secret = String::from_utf8(bytes).map_err(|_| {
        Error::new(format!("{origin} is not UTF-8"))
            .hint("save it as plain UTF-8; Windows tools may write UTF-16")
    })?;
    secret.truncate(without_line_ends(&secret).len());
    check_credential(&secret, origin)?;
    Ok(Secret::new(secret))
}

/// The line ends behind a secret are the editor's.
fn without_line_ends(mut text: &str) -> &str {
    while let Some(before) = text.strip_suffix('\n') {
        text = before.strip_suffix('\r').unwrap_or(before);
    }
    text
}

/// Holds a credential to its alphabet, `%x20-7E` (RFC 6749, appendix A); none begins or ends with a blank.
///
/// A character that is not seen (a byte order mark, a carriage return) would cost a failed log-in,
/// and PingOne locks clients out that fail often. The credential itself is not shown.
pub(super) fn check_credential(credential: &str, origin: &str) -> Result<(), Error> {
    if credential.is_empty() {
        return Err(Error::new(format!("{origin} is empty")));
    }
    let last = credential.chars().count();
    for (at, character) in (1..).zip(credential.chars()) {
        let at_an_end = at == 1 || at == last;
        if matches!(character, '!'..='~') || character == ' ' && !at_an_end {
            continue;
        }
        let place = match at {
            1 => "its first character".to_owned(),
            at if at == last => "its last character".to_owned(),
            at => format!("character {at}"),
        };
        let code = u32::from(character);
        let name = name_of(character).map_or_else(String::new, |name| format!(", {name}"));
        return Err(Error::new(format!(
            "{origin} holds a character that no credential has: {place} is U+{code:04X}{name}"
        ))
        .hint(
            "write it again without that character: copy the value alone, and save a file as plain UTF-8 without a byte order mark",
        ));
    }
    Ok(())
}

/// What people call a character that they do not see, or take for another.
fn name_of(character: char) -> Option<&'static str> {
    Some(match character {
        '\t' => "a tab",
        '\n' => "a line feed",
        '\r' => "a carriage return",
        ' ' => "a blank",
        '\u{7f}'.. if character.is_whitespace() => "a blank of another kind",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' => "a zero-width joiner",
        '\u{feff}' => "a byte order mark",
        '\u{ad}' => "a soft hyphen",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "a dash that is no `-`",
        '\u{2018}'..='\u{201f}' => "a typographic quote",
        character if character.is_control() => "a control character",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_of_its_alphabet_and_the_first_other_character_is_named() {
        for (credential, found) in [
            ("aB3~x.yZ_9-q", None),
            ("two words !\"~", None),
            ("", Some("is empty")),
            (
                "\u{feff}s3cr3t",
                Some("its first character is U+FEFF, a byte order mark"),
            ),
            (
                "s3\u{200b}cr3t",
                Some("character 3 is U+200B, a zero-width space"),
            ),
            (
                "s3cr3t\r",
                Some("its last character is U+000D, a carriage return"),
            ),
            (
                "s3cr3t\n",
                Some("its last character is U+000A, a line feed"),
            ),
            ("s3\tcr3t", Some("character 3 is U+0009, a tab")),
            ("s3cr3t ", Some("its last character is U+0020, a blank")),
            (" s3cr3t", Some("its first character is U+0020, a blank")),
            (
                "s3\u{a0}cr3t",
                Some("character 3 is U+00A0, a blank of another kind"),
            ),
            (
                "s3\u{7f}cr3t",
                Some("character 3 is U+007F, a control character"),
            ),
            ("s3cr3té", Some("its last character is U+00E9")),
            (
                "“s3cr3t",
                Some("its first character is U+201C, a typographic quote"),
            ),
        ] {
            let error = check_credential(credential, "X")
                .err()
                .map(|error| error.to_string());
            match found {
                None => assert_eq!(error, None, "{credential:?}"),
                Some(found) => {
                    let error = error.unwrap();
                    assert!(error.ends_with(found), "{error}");
                    assert!(!error.contains("cr3t"), "{error}");
                }
            }
        }
    }
}
