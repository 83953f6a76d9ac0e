//! A command as it can be typed again.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;

/// Writes a command so that a shell reads the same words, whatever is in them.
pub fn command(words: &[OsString]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

fn quoted(word: &OsStr) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    match word.to_str() {
        Some(text) if !text.is_empty() && text.chars().all(plain) => text.to_owned(),
        Some(text) if super::cell::neutral(text) == text => {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
        // Not text, or text that would steer the terminal: the form that bash, zsh and ksh know.
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

    const WORDS: [&[u8]; 10] = [
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
    ];

    fn words() -> Vec<OsString> {
        WORDS
            .iter()
            .map(|word| OsStr::from_bytes(word).to_owned())
            .collect()
    }

    #[test]
    fn plain_words_stay_plain_and_the_rest_is_quoted() {
        insta::assert_snapshot!(command(&words()), @r"wavepair --rate=25/s '' 'my wave.csv' 'it'\''s' '$(rm -rf ~)' 'ünïcode' $'a\x0ab\x1b[31m\'\\' $'\xff\xfe f' '~;&|*?#!'");
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
