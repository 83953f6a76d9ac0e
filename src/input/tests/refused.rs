//! Files that are no wave.

use super::*;

const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";

pub(super) fn refusal(text: impl AsRef<[u8]>) -> String {
    let file = file(text.as_ref());
    let error = open(file.path()).unwrap_err();
    assert!(error.is_usage());
    assert!(error.hint().is_some(), "{error}");
    let name = file.path().display().to_string();
    error.to_string().replace(&name, "wave.csv")
}

#[test]
fn a_header_without_a_row_is_no_wave() {
    for text in [
        "user_id,phone\n",
        "user_id,phone",
        "user_id,phone\r",
        "user_id,phone\n\n,\n \n\u{1a}",
    ] {
        assert_eq!(refusal(text), "wave.csv: has a header and not a single row");
    }
}

#[test]
fn a_file_that_is_no_wave_is_refused_with_the_line_and_a_remedy() {
    let utf16: Vec<u8> = "user_id"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (text, expected) in [
        (&b""[..], "wave.csv: is empty: not even a header"),
        (b"\n \n", "wave.csv: is empty: not even a header"),
        (
            b"\x1f\x8b\x08\0",
            "wave.csv: is cut: it ends before its own end",
        ),
        (b"PK\x03\x04\x14\0", "wave.csv: is damaged"),
        (
            b"\xff\xfe\0\0u\0\0\0",
            "wave.csv: is UTF-32, which is not read",
        ),
        (
            &utf16,
            "wave.csv, line 1: the header may be UTF-16; the byte order mark is missing",
        ),
        (
            b"user_id,phone\xe9\n",
            "wave.csv, line 1: the header is not UTF-8",
        ),
        (
            b"user_id,phone\ru1,p1\r\n",
            "wave.csv, line 1: this line ends with a carriage return alone, and others with a line feed",
        ),
        (
            b"user_id,\"phone\nu1,p1\n",
            "wave.csv, line 1: a quote in the header is out of place or not closed",
        ),
        (b"\nuser_id,note\n", "wave.csv, line 2: no column `phone`"),
        (
            b"sep=ab\nuser_id;phone\nu1;p1\n",
            "wave.csv, line 1: the `sep=` line names no character that can separate fields",
        ),
    ] {
        assert_eq!(refusal(text), expected);
    }
    let data = refusal(format!("{USER},+447911123456\n"));
    assert!(data.contains("header is missing"), "{data}");
    assert!(!data.contains("+44"), "{data}");
}

#[test]
fn a_row_that_lost_the_line_end_before_it_is_not_lost() {
    let merged = format!("\nuser_id,phone,policy_id{USER},+15125551234,{USER}\n");
    let said = refusal(merged);
    assert_eq!(
        said,
        "wave.csv, line 2: field 3 of the header holds a UUID or a phone; \
         the first row may have run into the header"
    );
    // This one passes for names, and they are listed: what may be a phone is not shown.
    let file = file(b"user_id,phoneada,07911 123456\n");
    let hint = open(file.path()).unwrap_err().hint().unwrap();
    assert!(hint.ends_with("`phoneada`, `##### ######`"), "{hint}");
}

#[test]
fn a_results_file_is_refused_and_the_wave_beside_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let results = "row,outcome,user_id,phone,input.user_id,input.phone\n1,invalid,u,,u,p\n";
    for (name, wave) in [
        ("hr.dry-run.csv", Some("hr.csv")),
        ("hr.results.csv", Some("hr.csv")),
        ("hr.sandbox.results.csv", Some("hr.csv")),
        ("other.results.csv", None),
        ("mine.csv", None),
    ] {
        let path = folder.path().join(name);
        std::fs::write(folder.path().join("hr.csv"), "").unwrap();
        std::fs::write(&path, results).unwrap();
        let error = open(&path).unwrap_err();
        assert!(error.is_usage());
        assert!(
            error
                .to_string()
                .ends_with("is a results file of wavepair, not a wave")
        );
        let hint = error.hint().unwrap();
        let named = hint.contains(&format!("/{}, ", wave.unwrap_or("hr.csv")));
        assert_eq!(named, wave.is_some(), "{name}: {hint}");
    }
}

#[test]
fn columns_without_a_name_have_to_be_empty() {
    assert_eq!(
        shown("user_id,phone,note,,\nu1,p1,n,,\nu2,p2,\"n\",\" \",\nu3,p3,n\n"),
        [
            "2 - [u1|p1|n] u1,p1,n",
            "3 - [u2|p2|n] u2,p2,\"n\"",
            "4 - [u3|p3|n] u3,p3,n",
        ]
    );
    assert_eq!(
        shown("user_id,,phone\nu1,,p1\nu2,p2\nu3,,p3,,x\n"),
        [
            "2 - [u1|p1] u1,p1",
            "3 field_count [u2|] u2,p2",
            "4 field_count [u3|p3] u3,,p3,,x",
        ]
    );
    for (text, expected) in [
        (
            "user_id,phone,,\nu1,p1,,\nu2,p2,,x\n",
            "wave.csv, line 3: column 4 has content here, and no name in the header",
        ),
        (
            "user_id,,phone\n,x,\n",
            "wave.csv, line 2: column 2 has content here, and no name in the header",
        ),
    ] {
        assert_eq!(refusal(text), expected);
    }
}

#[test]
fn lines_of_another_kind_before_the_header_are_told_with_its_line() {
    for (before, line) in [
        (
            "#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser\r\n",
            1,
        ),
        ("Onboarding wave November\r\nExported by HR\r\n\r\n", 1),
        ("\n# wave 12, do not edit\n", 2),
        ("Wave \"November\",,\n", 1),
        (&"note\n".repeat(20), 1),
    ] {
        let header = before.lines().count() + 1;
        let text = format!("{before}user_id,phone\nu1,p1\n");
        let said = refusal(&text);
        assert_eq!(
            said,
            format!(
                "wave.csv, line {line}: this line is not the header, which stands in line {header}"
            )
        );
        let file = file(text.as_bytes());
        let hint = open(file.path()).unwrap_err().hint().unwrap();
        assert_eq!(hint, "delete the lines before the header");
    }
    // A header with a flaw of its own is told so, though files were put together.
    for text in [
        "user_id,phnoe\nu1,p1\nuser_id,phone\n",
        "sep=x\nuser_id,phone\n",
        "Onboarding wave November\n1\n2\n",
    ] {
        assert!(!refusal(text).contains("not the header"), "{text}");
    }
}

#[test]
fn a_command_in_a_hint_is_quoted_for_the_shell() {
    let hint = |text: &str| {
        let file = file(text.as_bytes());
        open(file.path()).unwrap_err().hint().unwrap()
    };
    for (text, option) in [
        ("user_id,phone`\nu,p\n", "add --column 'phone=phone`'"),
        ("user_id,$phone\nu,p\n", "add --column 'phone=$phone'"),
        ("user_id,'phone\nu,p\n", r"add --column 'phone='\''phone'"),
        (
            "user_id\u{200b},phone\nu,p\n",
            r"add --column $'user_id=user_id\xe2\x80\x8b'",
        ),
        ("user_id,phones\nu,p\n", "add --column phone=phones"),
    ] {
        let hint = hint(text);
        assert!(hint.ends_with(option), "{hint}");
    }
}
