//! Waves that are compressed with gzip, and lines between the rows that are none.

use flate2::Compression;
use flate2::write::GzEncoder;

use super::refused::refusal;
use super::*;
use crate::model::dialect::Container;

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_packed_wave_is_read_whatever_its_form_is_inside() {
    let text = "user_id;phone\r\n\r\nu1;p1\r\nu2;p2\r\n";
    let utf16: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = format!("\u{feff}{text}");
    let (head, tail) = text.split_at(20);
    let members = [packed(head.as_bytes()), packed(tail.as_bytes())].concat();
    for (bytes, is_marked) in [
        (packed(text.as_bytes()), false),
        (packed(marked.as_bytes()), true),
        (packed(&utf16), true),
        (members, false),
    ] {
        let file = file(&bytes);
        let wave = open(file.path()).unwrap();
        let dialect = wave.header().dialect();
        assert_eq!(
            (dialect.container, dialect.marked, dialect.line_end),
            (Container::Gzip, is_marked, LineEnd::CrLf)
        );
        let mut pass = wave.rows();
        let lines: Vec<u64> = pass.by_ref().map(|row| row.unwrap().line).collect();
        assert_eq!(lines, [3, 4]);
        assert!(pass.account().balances());
    }
}

#[test]
fn a_packed_file_that_is_cut_damaged_or_packed_twice_is_refused() {
    let whole = packed("user_id,phone\nu1,p1\n".repeat(100).as_bytes());
    let cut = &whole[..whole.len() - 1];
    let mut damaged = whole.clone();
    damaged[20] ^= 0xff;
    for (bytes, expected) in [
        (cut, "wave.csv: is cut: it ends before its own end"),
        (&damaged, "wave.csv: is damaged"),
        (&packed(&whole), "wave.csv: is compressed with gzip twice"),
        (&packed(b""), "wave.csv: is empty: not even a header"),
    ] {
        assert_eq!(refusal(bytes), expected);
    }
}

#[test]
fn a_line_that_looks_like_no_row_is_told_so_and_costs_no_other() {
    const ID: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
    for (line, code) in [
        ("user_id,phone,note".to_owned(), "header_again"),
        ("User ID,PHONE,Note".to_owned(), "header_again"),
        ("phone,user_id,note".to_owned(), "header_again"),
        ("user_id,phone".to_owned(), "header_again"),
        ("\u{feff}user_id,phone,note".to_owned(), "header_again"),
        (format!("\u{feff}{ID},+447911123456,n"), "not_a_row"),
        ("# November, the second part".to_owned(), "not_a_row"),
        ("# November,,".to_owned(), "not_a_row"),
        ("// end".to_owned(), "not_a_row"),
        ("Total,2,".to_owned(), "not_a_row"),
        (",,Total: 2".to_owned(), "not_a_row"),
        ("Summe;2".to_owned(), "not_a_row"),
        ("EOF".to_owned(), "not_a_row"),
        // Rows, right or wrong.
        (format!("{ID},+447911123456,total"), "-"),
        (format!("{ID},phone,note"), "-"),
        ("#N/A,+447911123456,n".to_owned(), "-"),
        ("total,+447911123456,n".to_owned(), "-"),
        ("note,,".to_owned(), "-"),
        ("u1,p1".to_owned(), "field_count"),
    ] {
        let text = format!("user_id,phone,note\nu1,p1,n\n{line}\nu2,p2,n\n");
        let codes: Vec<&str> = rows(&text)
            .iter()
            .map(|row| row.fault.as_ref().map_or("-", |fault| fault.code.as_str()))
            .collect();
        assert_eq!(codes, ["-", code, "-"], "{line}");
    }
}
