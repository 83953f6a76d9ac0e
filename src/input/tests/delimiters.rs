//! What separates the fields of a wave.

use super::refused::refusal;
use super::*;
use crate::model::dialect::Delimiter;

/// A wave with these, with an awkward cell in each row.
fn wave(by: char) -> String {
    format!("user_id{by}phone{by}note\nu1{by}p1{by}\"a{by}\"\"b\"\"\"\n\nu2{by}p2{by},;|\n")
}

fn opened(text: &str, named: Option<&str>) -> Result<Wave, Error> {
    read(file(text.as_bytes()).path(), named)
}

fn read(path: &Path, named: Option<&str>) -> Result<Wave, Error> {
    let options = ReadOptions {
        form: NamedForm {
            delimiter: named.map(|named| named.parse().unwrap()),
            ..NamedForm::default()
        },
        ..ReadOptions::default()
    };
    Wave::open(&Source::Path(path.to_owned()), &options)
}

#[test]
fn the_one_delimiter_that_gives_the_header_its_columns_is_taken() {
    for (delimiter, word) in Delimiter::USUAL {
        let by = char::from(delimiter.byte());
        let text = format!("user_id{by}phone{by}note\nu1{by}p1{by}\"a{by}\"\"b\"\"\"\n{by}{by}\n");
        for named in [None, Some(word)] {
            let wave = opened(&text, named).unwrap();
            assert_eq!(wave.header().dialect().delimiter, delimiter);
            assert_eq!(wave.header().names(), ["user_id", "phone", "note"]);
        }
        assert_eq!(
            shown(&text),
            [format!(
                "2 - [u1|p1|a{by}\"b\"] u1{by}p1{by}\"a{by}\"\"b\"\"\""
            )]
        );
    }
}

#[test]
fn other_delimiters_are_content() {
    for (text, row) in [
        ("user_id;phone;note\nu;p;1,5\n", "2 - [u|p|1,5] u;p;1,5"),
        ("user_id,phone,\"a;b\"\nu,p,x\n", "2 - [u|p|x] u,p,x"),
        ("user_id,phone,a;b|c\nu,p,;\n", "2 - [u|p|;] u,p,;"),
        ("user_id;phone;;\nu;p;;\n", "2 - [u|p] u;p"),
    ] {
        assert_eq!(shown(text), [row], "{text:?}");
    }
}

#[test]
fn a_delimiter_that_is_named_wins_and_may_be_unusual() {
    for by in [':', '~', '\u{1}', ';'] {
        let text = wave(by);
        let file = file(text.as_bytes());
        let wave = read(file.path(), Some(&by.to_string())).unwrap();
        let rows: Vec<InputRow> = wave.rows().map(Result::unwrap).collect();
        assert_eq!(rows[0].cells.get(2), format!("a{by}\"b\""));
        assert_eq!(rows[1].line, 4);
    }
    // Both would do.
    let both = "user_id,phone,x;user_id;phone;y\nu1,p1,z;u2;p2;w\n";
    for (named, names) in [
        (
            "comma",
            ["user_id", "phone", "x;user_id;phone;y"].as_slice(),
        ),
        ("semicolon", &["user_id,phone,x", "user_id", "phone", "y"]),
    ] {
        let wave = opened(both, Some(named)).unwrap();
        assert_eq!(wave.header().names(), names);
    }
}

#[test]
fn a_line_of_a_spreadsheet_that_names_the_delimiter_is_a_line_and_no_row() {
    for (text, delimiter) in [
        ("sep=;\nuser_id;phone\n\nu;p\n", Delimiter::SEMICOLON),
        ("SEP=,\r\nuser_id,phone\r\n\r\nu,p\r\n", Delimiter::COMMA),
        ("\u{feff}sep=\t\nuser_id\tphone\n\nu\tp\n", Delimiter::TAB),
        ("\"sep=|\"\nuser_id|phone\n\nu|p\n", Delimiter::PIPE),
        ("sep=;;;;\nuser_id;phone\n\nu;p\n", Delimiter::SEMICOLON),
        // It settles what would not be clear.
        (
            "sep=;\nuser_id;phone;x,user_id,phone,y\n\nu;p;z\n",
            Delimiter::SEMICOLON,
        ),
    ] {
        let file = file(text.as_bytes());
        let wave = open(file.path()).unwrap();
        assert_eq!(wave.header().dialect().delimiter, delimiter, "{text:?}");
        let mut pass = wave.rows();
        let lines: Vec<u64> = pass.by_ref().map(|row| row.unwrap().line).collect();
        assert_eq!(lines, [4], "{text:?}");
        assert!(pass.account().balances(), "{text:?}");
    }
    let wave = opened("sep=,\nuser_id;phone\nu;p\n", Some("semicolon")).unwrap();
    assert_eq!(wave.header().names(), ["user_id", "phone"]);
    assert_eq!(
        refusal("sep=,\nuser_id;phone\nu;p\n"),
        "wave.csv, line 2: the names of the header are not separated by `,`: `user_id;phone`"
    );
}

#[test]
fn where_no_delimiter_or_more_than_one_fits_the_reason_says_what_was_seen() {
    for (text, expected) in [
        (
            "user_id,phone,x;user_id;phone;y\nu,p,z;u;p;w\n",
            "the header could be separated by `,` (`user_id`, `phone`) or by `;` (`user_id`, `phone`)",
        ),
        (
            "user_id,note;phone\nu,n;p\n",
            "the header could be separated by `,` (`user_id`) or by `;` (`phone`)",
        ),
        (
            "user_id:phone:note\nu:p:n\n",
            "the names of the header are not separated by `,` or `;` or a tab or `|`: `user_id:phone:note`",
        ),
        (
            "user_id;phnoe\nu;p\n",
            "the header `phnoe` looks like a misspelling of `phone`",
        ),
        ("user_id;note\nu;n\n", "no column `phone`"),
        ("Name|Mobile\nu|n\n", "no column `user_id`"),
        (
            "Onboarding, November\nuser_id;phone\nu;p\n",
            "this line is not the header, which stands in line 2",
        ),
        (
            "user_id;phone;input.phone;outcome\n1;2;3;created\n",
            "is a results file of wavepair, not a wave",
        ),
        (
            "b30ac647-e33e-464f-a6ea-0275082d4c26;+447911123456\n",
            "this line looks like data; the header is missing",
        ),
    ] {
        assert_eq!(refusal(text), format!("wave.csv, line 1: {expected}"));
    }
    let hint = |text| opened(text, None).unwrap_err().hint().unwrap();
    assert_eq!(
        hint("user_id,note;phone\nu,n;p\n"),
        "say which: add --delimiter comma or --delimiter semicolon"
    );
    assert_eq!(
        hint("Name|Mobile\nu|n\n"),
        "name the column with `--column user_id=HEADER` (or `external_id=`, `username=`, `email=`); the headers are `Name`, `Mobile`"
    );
}
