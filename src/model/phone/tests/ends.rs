//! Numbers that may end with the beginning of another one.

use proptest::prelude::*;

use super::super::*;

/// A valid number of each of many countries in which numbers have no fixed length: with one to
/// three digits behind it, it can be valid again.
const OF_VARIABLE_LENGTH: [&str; 13] = [
    "+49 151 23456789",
    "+49 30 123456",
    "+43 664 123456",
    "+43 1 234567",
    "+39 06 123456",
    "+39 02 12345",
    "+62 812 3456789",
    "+62 21 5123456",
    "+358 41 23456",
    "+358 9 12345",
    "+46 8 123456",
    "+352 27 12 34",
    "+81 3 12345678",
];

#[test]
fn a_number_with_a_short_tail_that_may_be_a_second_one_names_both() {
    for (written, whole, shorter) in [
        ("+49 170 1234567/8", "+4917012345678", "+491701234567"),
        ("+49 170 1234567 / 8", "+4917012345678", "+491701234567"),
        ("+49 170 1234567-8", "+4917012345678", "+491701234567"),
        ("+49 170 1234567.8", "+4917012345678", "+491701234567"),
        ("+49 170 1234567 (8)", "+4917012345678", "+491701234567"),
        (
            "+49 170 1234567\u{2013}8",
            "+4917012345678",
            "+491701234567",
        ),
        (
            "+49 170 1234567 \u{2014} 8",
            "+4917012345678",
            "+491701234567",
        ),
        (
            "+49 170 1234567\u{ff0f}8",
            "+4917012345678",
            "+491701234567",
        ),
        ("+49 170 1234567 [8]", "+4917012345678", "+491701234567"),
        (
            "+49\u{a0}170\u{a0}1234567/8",
            "+4917012345678",
            "+491701234567",
        ),
        ("+49 8161 14808-0", "+498161148080", "+49816114808"),
        (
            "+49 8161\u{2013}14808\u{2013}0",
            "+498161148080",
            "+49816114808",
        ),
        ("+4930123456/57", "+493012345657", "+4930123456"),
        ("+43 664 123456/78", "+4366412345678", "+43664123456"),
        ("+43 664 123456/789", "+43664123456789", "+43664123456"),
        ("+62 812 345 678/9", "+628123456789", "+62812345678"),
        ("+39 06 123456-78", "+390612345678", "+3906123456"),
        ("+358 41 23456.78", "+358412345678", "+3584123456"),
        ("+46 8 123456/7", "+4681234567", "+468123456"),
        // The tail may have tails itself.
        ("+43 664 123456/7/8", "+4366412345678", "+436641234567"),
        ("+43 664 123456-7-8", "+4366412345678", "+436641234567"),
    ] {
        let problem = E164::parse(written).expect_err(written);
        let code = InvalidCode::PhoneAmbiguousEnd;
        assert_eq!(problem.code, code, "{written}: {}", problem.message);
        assert!(
            problem.message.contains(&format!("{whole}, or {shorter} ")),
            "{written}: {}",
            problem.message
        );
    }
}

#[test]
fn a_number_that_can_be_read_in_one_way_only_passes_however_it_is_grouped() {
    for written in [
        "+49 170/1234567",
        "+49 (170) 1234567",
        "+49/30/123456",
        "+49 170 1234567 8",
        "+49 170 12 34 567",
        "+49 170-1234-5678",
        "+49 89/636-48018",
        "+43 664 123 45 67",
        "+358 41 234 56 78",
        // Numbers of one length alone: without the last group there is no number.
        "+33 6 12 34 56 78",
        "+33-6-12-34-56-78",
        "+33.6.12.34.56.78",
        "+33 6/12/34/56/78",
        "+47 406-12-345",
        "+45 32-12-34-56",
        "+32 470.12.34.56",
        "+7 912 345-67-89",
        "+1 (512) 555-1234",
        "+1.512.555.1234",
        "+44 20 7946 0958",
        "+34 612/345/678",
        "+447911123461.",
    ] {
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(E164::parse(written).expect(written).0.digits(), digits);
    }
}

proptest! {
    #[test]
    fn no_valid_number_is_taken_with_a_tail_that_may_be_a_second_number(
        number in prop::sample::select(&OF_VARIABLE_LENGTH[..]),
        tail in prop_oneof![
            " {0,2}[/\u{ff0f}\u{2044}] {0,2}[0-9]{1,3}",
            " {0,2}[-.\u{2010}-\u{2015}\u{2212}\u{ff0d}] {0,2}[0-9]{1,2}",
            " {0,2}\\( ?[0-9]{1,2} ?\\)",
            "(/[0-9]{1,3}){1,3}",
            "/ ?[0-9] [0-9]( [0-9])?",
        ],
    ) {
        prop_assert!(E164::parse(number).is_ok());
        let written = format!("{number}{tail}");
        let refused = E164::parse(&written).expect_err(&written);
        // As a whole it is no number; or both are, and the reason is the tail.
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        if E164::parse(&format!("+{digits}")).is_ok() {
            prop_assert_eq!(refused.code, InvalidCode::PhoneAmbiguousEnd, "{}", written);
        }
    }

    #[test]
    fn a_cell_that_passes_has_one_reading(
        written in "\\+(1|33|39|43|46|49|62|81|86|352|358)[ /(.-]{1,2}[0-9]{2,4}[ /).-]{1,2}[0-9]{3,7}([ /(.-]{1,3}[0-9]{1,3}\\)?){0,3}",
    ) {
        if E164::parse(&written).is_err() {
            return Ok(());
        }
        // Whatever short tail is cut off behind a slash, a dash, a dot or a bracket: what stands
        // before it is no number.
        for (at, mark) in written.char_indices() {
            let tail = written[at..].chars().filter(char::is_ascii_digit).count();
            let gap_has_slash = {
                let before = written[..at].trim_end_matches([' ', '-', '.', '(', ')', '/']);
                let behind = written[at..].trim_start_matches([' ', '-', '.', '(', ')', '/']);
                written[before.len()..written.len() - behind.len()].contains('/')
            };
            let longest = if gap_has_slash { 3 } else { 2 };
            if "/-.(".contains(mark) && (1..=longest).contains(&tail) {
                prop_assert!(E164::parse(&written[..at]).is_err(), "{} in {}", at, written);
            }
        }
    }
}
