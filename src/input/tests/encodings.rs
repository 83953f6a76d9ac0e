//! Characters and line ends of every kind.

use std::os::unix::fs::MetadataExt;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::*;

fn read(bytes: &[u8], label: Option<&str>) -> Result<(Dialect, Vec<InputRow>), Error> {
    let file = file(bytes);
    let options = ReadOptions {
        form: NamedForm {
            encoding: label.map(|label| Encoding::for_label(label.as_bytes()).unwrap()),
            ..NamedForm::default()
        },
        ..ReadOptions::default()
    };
    let wave = Wave::open(&Source::Path(file.path().to_owned()), &options)?;
    let mut pass = wave.rows();
    let rows = pass.by_ref().map(Result::unwrap).collect();
    assert!(pass.account().balances());
    Ok((wave.header().dialect(), rows))
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

const WAVE: &str = "user_id,phone,note\r\n\r\nu1,p1,J\u{fc}rgen \u{20ac}\r\nu2,p2,\"a\r\nb\"\r\n";

#[test]
fn a_wave_is_the_same_in_every_encoding_and_says_which_it_is() {
    let marked = format!("\u{feff}{WAVE}");
    let (windows, _, _) = WINDOWS_1252.encode(WAVE);
    for (bytes, label, encoding, mark) in [
        (WAVE.as_bytes(), None, UTF_8, false),
        (WAVE.as_bytes(), Some("utf8"), UTF_8, false),
        (marked.as_bytes(), None, UTF_8, true),
        (&utf_16(&marked, u16::to_le_bytes), None, UTF_16LE, true),
        (&utf_16(&marked, u16::to_be_bytes), None, UTF_16BE, true),
        (
            &utf_16(&marked, u16::to_be_bytes),
            Some("utf-16"),
            UTF_16BE,
            true,
        ),
        (
            &utf_16(WAVE, u16::to_le_bytes),
            Some("utf-16le"),
            UTF_16LE,
            false,
        ),
        (&windows, Some("latin1"), WINDOWS_1252, false),
    ] {
        let (dialect, rows) = read(bytes, label).unwrap();
        let expected = Dialect {
            encoding,
            marked: mark,
            line_end: LineEnd::CrLf,
            ..Dialect::default()
        };
        assert_eq!(dialect, expected);
        let seen: Vec<(u64, &str)> = rows
            .iter()
            .map(|row| (row.line, row.cells.get(2)))
            .collect();
        assert_eq!(
            seen,
            [(3, "J\u{fc}rgen \u{20ac}"), (4, "a\r\nb")],
            "{encoding:?}"
        );
        assert!(rows.iter().all(|row| row.fault.is_none()));
    }
}

#[test]
fn bytes_that_mean_nothing_are_the_error_of_their_row_alone() {
    let lone = [
        &utf_16("\u{feff}user_id,phone,note\nu1,p1,", u16::to_le_bytes)[..],
        &[0x3d, 0xd8],
        &utf_16("x\nu2,p2,n\n", u16::to_le_bytes),
    ]
    .concat();
    let odd = [
        &utf_16("\u{feff}user_id,phone,note\nu1,p1,n\n", u16::to_le_bytes)[..],
        b"u",
    ]
    .concat();
    let sjis = b"user_id,phone,note\nu1,p1,a\x81,\nu2,p2,n\n";
    for (bytes, label, faults, notes) in [
        (
            &lone[..],
            None,
            &["not_decodable", "-"][..],
            &["\\x{3d}\\x{d8}x", "n"][..],
        ),
        (&odd, None, &["-", "row_may_be_cut"], &["n", ""]),
        (
            sjis,
            Some("shift_jis"),
            &["field_count", "-"],
            &["a\\x{81}", "n"],
        ),
        (
            b"user_id,phone,note\nu1,p1,\x80\n",
            None,
            &["not_utf8"],
            &["\\x{80}"],
        ),
    ] {
        let (_, rows) = read(bytes, label).unwrap();
        let seen: Vec<&str> = rows
            .iter()
            .map(|row| row.fault.as_ref().map_or("-", |fault| fault.code.as_str()))
            .collect();
        assert_eq!(seen, faults);
        let seen: Vec<&str> = rows.iter().map(|row| row.cells.get(2)).collect();
        assert_eq!(seen, notes);
    }
}

#[test]
fn a_header_that_cannot_be_read_is_refused_with_its_likely_encoding() {
    let hint = |bytes: &[u8], label| {
        let error = read(bytes, label).unwrap_err();
        assert!(error.is_usage(), "{error}");
        error.hint().unwrap()
    };
    for (bytes, label, expected) in [
        (
            &b"user_id,phone,Stra\xdfe\nu,p,K\xf6ln\n"[..],
            None,
            "`--encoding windows-1252`",
        ),
        (
            &utf_16("user_id,phone\nu,p\n", u16::to_le_bytes),
            None,
            "`--encoding utf-16le`",
        ),
        (
            &utf_16("user_id,phone\nu,p\n", u16::to_be_bytes),
            None,
            "`--encoding utf-16be`",
        ),
        (
            b"user_id,phone,a\x81\nu,p,n\n",
            Some("shift_jis"),
            "name another encoding with `--encoding`",
        ),
        (
            b"\xef\xbb\xbfuser_id,phone\nu,p\n",
            Some("windows-1252"),
            "leave --encoding out",
        ),
    ] {
        let hint = hint(bytes, label);
        assert!(hint.contains(expected), "{hint}");
    }
}

#[test]
fn lines_may_end_with_a_carriage_return_alone_where_all_of_them_do() {
    let text = "user_id,phone,note\r\ru1,p1,\"a\rb\"\ru2,p2,x\r";
    let (dialect, rows) = read(text.as_bytes(), None).unwrap();
    assert_eq!(dialect.line_end, LineEnd::Cr);
    let seen: Vec<(u64, &str)> = rows
        .iter()
        .map(|row| (row.line, row.cells.get(2)))
        .collect();
    assert_eq!(seen, [(3, "a\rb"), (5, "x")]);
    let utf16 = utf_16(&format!("\u{feff}{text}"), u16::to_be_bytes);
    assert_eq!(read(&utf16, None).unwrap().1, rows);
    let (_, cut) = read(b"user_id,phone\ru1,p1", None).unwrap();
    assert_eq!(
        cut[0].fault.as_ref().unwrap().code.as_str(),
        "row_may_be_cut"
    );
}

#[test]
fn a_carriage_return_too_many_is_part_of_the_line_end() {
    let text = "user_id,phone,note\r\r\nu1,p1,\"a\r\r\nb\"\r\r\nu2,p2,x\r\r\n";
    let (dialect, rows) = read(text.as_bytes(), None).unwrap();
    assert_eq!(dialect.line_end, LineEnd::CrLf);
    let seen: Vec<(u64, &[u8])> = rows
        .iter()
        .map(|row| (row.line, row.raw.as_slice()))
        .collect();
    assert_eq!(seen, [(2, &b"u1,p1,\"a\r\r\nb\""[..]), (4, b"u2,p2,x")]);
}

#[test]
fn a_plain_wave_is_read_where_it_is_and_another_one_from_a_private_copy() {
    for (bytes, is_copied) in [
        (b"user_id,phone\nu,p\n".to_vec(), false),
        (b"\xef\xbb\xbfuser_id;phone\ru;p\r".to_vec(), false),
        (
            utf_16("\u{feff}user_id,phone\nu,p\n", u16::to_le_bytes),
            true,
        ),
    ] {
        let file = file(&bytes);
        let wave = open(file.path()).unwrap();
        let read = wave.opened.file.metadata().unwrap();
        let is_it = read.ino() == file.as_file().metadata().unwrap().ino();
        assert_eq!(is_it, !is_copied);
        if is_copied {
            assert_eq!(read.mode() & 0o777, 0o600);
            assert_eq!(read.nlink(), 0, "it has no name");
        }
        // The source is watched all the same.
        std::fs::write(file.path(), "another").unwrap();
        assert!(wave.check_unchanged().is_err());
        assert!(matches!(
            wave.rows().next(),
            Some(Err(Error::Changed { .. }))
        ));
    }
}
