//! A command, or a part of one, as it can be pasted into a shell. Pure.
//!
//! Whatever shows a command that holds a file's name or words of a file writes it with this: such
//! words may hold anything, and a shell would run it.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;

use super::hidden::is_hidden;

/// Writes a command so that a shell reads the same words, whatever is in them.
pub(crate) fn command<'a>(words: impl IntoIterator<Item = &'a OsString>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// Writes an option with its value, as [`command`] does.
pub(crate) fn option(name: &str, value: impl AsRef<OsStr>) -> String {
    command(&[name.into(), value.as_ref().to_owned()])
}

fn quoted(word: &OsStr) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    match word.to_str() {
        Some(text) if !text.is_empty() && text.chars().all(plain) => text.to_owned(),
        Some(text) if !text.contains(is_hidden) => {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
        // Not text, or text that does not show or would steer the terminal: the form that bash, zsh
        // and ksh know.
        Some(_) | None => {
            let mut ansi = String::from("$'");
            for &byte in word.as_bytes() {
                match byte {
                    b'\'' | b'\\' => {
                        ansi.push('\\');
                        ansi.push(char::from(byte));
                    }
                    b' '..=b'~' => ansi.push(char::from(byte)),
                    _ => write!(ansi, "\\x{byte:02x}").expect("a String takes any text"),
                }
            }
            ansi.push('\'');
            ansi
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    const WORDS: [&[u8]; 12] = [
        b"wavepair",
        b"--rate=25/s",
        b"",
        b"my wave.csv",
        b"it's",
        b"$(rm -rf ~)",
        "ünïcode".as_bytes(),
        b"a\nb\x1b[31m'\\",
        b"\xff\xfe f",
        b"~;&|*?#!",
        b"phone=`phones`",
        "a\u{a0}b".as_bytes(),
    ];

    fn words() -> Vec<OsString> {
        WORDS
            .iter()
            .map(|word| OsStr::from_bytes(word).to_owned())
            .collect()
    }

    #[test]
    fn plain_words_stay_plain_and_the_rest_is_quoted() {
        insta::assert_snapshot!(command(&words()), @r"wavepair --rate=25/s '' 'my wave.csv' 'it'\''s' '$(rm -rf ~)' 'ünïcode' $'a\x0ab\x1b[31m\'\\' $'\xff\xfe f' '~;&|*?#!' 'phone=`phones`' $'a\xc2\xa0b'");
    }

    #[test]
    fn an_option_is_written_with_its_value() {
        assert_eq!(option("--column", "phone=mobile"), "--column phone=mobile");
        assert_eq!(
            option("--column", "phone=Mobile (work)"),
            "--column 'phone=Mobile (work)'"
        );
    }

    #[test]
    fn a_shell_reads_the_same_words() {
        let script = format!("printf '%s\\0' {}", command(&words()));
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        let read: Vec<&[u8]> = output.stdout.split(|&b| b == 0).collect();
        assert_eq!(read[..WORDS.len()], WORDS);
        assert_eq!(read.len(), WORDS.len() + 1);
    }
}
