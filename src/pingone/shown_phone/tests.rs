//! Phones in every spelling, beside one that is looked for.

use super::*;

const OURS: &str = "15125551234";

#[test]
fn the_same_digits_are_found_in_every_spelling() {
    for shown in [
        "+15125551234",
        "15125551234",
        "+1.5125551234",
        "+1 (512) 555-1234",
        "1-512-555-1234",
        "+1/512/555/1234",
        "+1,512,555,1234",
        "[+1] 512 555 1234",
        "'+15125551234",
        "+1\u{2010}512\u{2011}555\u{2012}1234",
        "+1\u{2013}512\u{2014}555\u{2015}1234",
        "+1\u{2212}512\u{fe63}555\u{ff0d}1234",
        "+1\u{a0}512\u{202f}555\u{2009}1234",
        "+1\u{3000}512\t555\u{2028}1234",
        "\u{202a}+15125551234\u{202c}",
        "\u{200e}+1\u{200b}512\u{200d}555\u{2060}1234\u{feff}",
        "\u{2066}+1512\u{ad}5551234\u{2069}",
        "tel:+15125551234",
        "TEL: +1-512-555-1234",
        "tel:15125551234",
        "whatsapp:+15125551234",
        "Mobile +1 512 555 1234",
        "Tel. +1 512 555 1234",
        "+15125551234;ext=",
        "+15125551234#",
        "tel:5125551234;phone-context=+1",
        "tel:555-1234;isub=1;Phone-Context=+1512",
        "0015125551234",
        "+0015125551234",
        "011 1 512 555 1234",
        "\u{ff0b}\u{ff11}\u{ff15}\u{ff11}\u{ff12}5551234",
        "+\u{661}\u{665}\u{661}\u{662}\u{665}\u{665}\u{665}\u{661}\u{662}\u{663}\u{664}",
        "+\u{967}5125551234",
    ] {
        assert_eq!(compare(shown, OURS), Likeness::Same, "{shown:?}");
    }
    let london = "442079460958";
    for shown in [
        "+44 (0)20 7946 0958",
        "+44(0)2079460958",
        "00 44 20 79460958",
    ] {
        assert_eq!(compare(shown, london), Likeness::Same, "{shown:?}");
    }
}

#[test]
fn digits_that_cannot_be_ours_are_another_phones_however_they_are_spelled() {
    for shown in [
        "+15125551235",
        "5125551234",
        "+1512555123",
        "+151255512345",
        "+1\u{2011}512\u{2011}555\u{2011}9999",
        "tel:+15125559999",
        "+15125559999 ext. 12",
        "+15125559999;ext=12",
        "+15125559999 (home)",
        "home +15125559999",
        // A phone behind a switchboard: nothing that was sent from here has an extension.
        "+15125551234;ext=9",
        "+15125551234 ext. 9",
        "+1 512 555 1234 x 9",
        "+15125551234,,9#",
        "tel:5125551234;phone-context=+49",
        "+1********35",
        "+1********12",
        "+1 512 -- 99",
        "+49*******34",
        "+1 512 *** 9999",
        "+49•••••34",
        "***9",
        "+1512555xx35",
        "x35",
        "1-800-FLOWERS",
        "+44 (0)20 7946 0958",
        "+\u{661}\u{665}\u{661}\u{662}\u{665}\u{665}\u{665}\u{661}\u{662}\u{663}\u{665}",
        &"1".repeat(10_000),
    ] {
        assert_eq!(compare(shown, OURS), Likeness::Other, "{shown:.40?}");
    }
}

#[test]
fn what_could_still_be_ours_is_neither() {
    for shown in [
        "",
        "+",
        "********",
        "+1********34",
        "+1******1234",
        "+1•••1234",
        "+1…34",
        "+1...34",
        "+1-------34",
        "+1 - - - 34",
        "1234",
        "34",
        "*34",
        "xxx-xxx-1234",
        "XXXXXXX1234",
        "+1512555xxxx",
        "+1512555x1234",
        "+1512555 ext 1234",
        "+1######1234",
        "+1 512 ___ 1234",
        "+1 512 -- 1234",
        "ends with 34",
        "+15125551234 (home)",
        "+1512555HELP",
        "+15125551234, +442079460958",
        "+442079460958 / +15125551234",
    ] {
        assert_eq!(compare(shown, OURS), Likeness::Unclear, "{shown:?}");
    }
}

#[test]
fn a_gap_is_filled_with_anything_or_nothing() {
    let parts = |text: &str| -> Vec<Part> {
        text.chars()
            .map(|c| if c == '*' { Part::Gap } else { Part::Is(c) })
            .collect()
    };
    for (pattern, text, expected) in [
        ("", "", true),
        ("", "1", false),
        ("*", "", true),
        ("*", "123", true),
        ("1*3", "13", true),
        ("1*3", "123", true),
        ("1*3", "1234", false),
        ("*2*2", "1222", true),
        ("*2*2*2*2", "1222", false),
    ] {
        assert_eq!(matches(&parts(pattern), text), expected, "{pattern} {text}");
    }
}

#[test]
fn plain_digits_are_those_that_a_comparison_is_sure_of() {
    for (shown, expected) in [
        ("+15125551234", Some(OURS)),
        ("+1.5125551234", Some(OURS)),
        ("+1 (512) 555-1234", Some(OURS)),
        ("001 512 555 1234", Some(OURS)),
        ("011 1 512 555 1234", Some(OURS)),
        ("tel:+1-512-555-1234", Some(OURS)),
        ("+442079460958", Some("442079460958")),
        ("020 7946 0958", Some("02079460958")),
        ("+1512*****34", None),
        ("+1512555xxxx", None),
        ("1234", None),
        ("", None),
        ("+44 (0)20 7946 0958", None),
        ("+15125551234 ext. 9", None),
        ("5551234;phone-context=+1512", None),
        ("15125551234 / +442079460958", None),
        ("020 +15125551234", None),
        ("442079460958 15125551234", None),
    ] {
        let digits = plain_digits(shown);
        assert_eq!(digits.as_deref(), expected, "{shown:?}");
        for other in [OURS, "442079460958", "02079460958"] {
            let likeness = compare(shown, other);
            match &digits {
                Some(digits) if digits == other => {
                    assert_eq!(likeness, Likeness::Same, "{shown:?}");
                }
                Some(_) => assert_eq!(likeness, Likeness::Other, "{shown:?} {other}"),
                None => {}
            }
        }
    }
}
