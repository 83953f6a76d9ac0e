//! Phones that are taken, and those that are refused.

use proptest::prelude::*;

use super::*;

fn code(text: &str) -> &'static str {
    match E164::parse(text) {
        Ok(_) => "",
        Err(problem) => problem.code.as_str(),
    }
}

#[test]
fn mobiles_of_many_countries_keep_every_digit() {
    for (line, numbers) in [
        (
            Line::Mobile,
            "+1 415 555 2671, +1 (416) 555-0123, +44 7911 123456, +49 1512 3456789, \
             +33 6 12 34 56 78, +39 312 345 6789, +34 612 34 56 78, \
             +351 912 345 678, +31 6 12345678, +32 470 12 34 56, +41 78 123 45 67, \
             +43 664 123456, +45 32 12 34 56, +46 70 123 45 67, +47 406 12 345, \
             +358 41 2345678, +48 512 345 678, +420 601 123 456, +36 20 123 4567, \
             +40 712 034 567, +30 691 234 5678, +353 85 012 3456, +90 501 234 56 78, \
             +7 912 345-67-89, +380 50 123 4567, +972 50 234 5678, +971 50 123 4567, \
             +91 81234 56789, +86 131 2345 6789, +81 90 1234 5678, +82 10 2000 0000, \
             +65 8123 4567, +61 412 345 678, +64 21 123 4567, +27 71 123 4567, \
             +234 802 123 4567, +225 01 23 45 6789, +55 11 96123 4567, \
             +54 9 11 2345 6789, +62 812 345 678",
        ),
        (
            Line::Fixed,
            "+44 20 7946 0958, +49/30/123456, +39 06 1234 5678",
        ),
        (Line::Unusual, "+1 800 555 1234"),
    ] {
        for written in numbers.split(", ") {
            let (phone, found) = E164::parse(written).expect(written);
            let digits: String = written.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(phone.to_string(), format!("+{digits}"));
            assert_eq!(found, line, "{written}");
        }
    }
}

#[test]
fn the_spellings_that_pingone_documents_are_one_number() {
    for written in [
        "+1.5125551234",
        "+15125551234",
        "+1.512.555.1234",
        "+1 (512) 555-1234",
    ] {
        assert_eq!(E164::parse(written).unwrap().0.to_string(), "+15125551234");
    }
    assert_eq!(
        E164::parse("+14155552671").unwrap().0.to_string(),
        "+14155552671"
    );
}

#[test]
fn a_digit_too_many_is_named_and_never_dropped() {
    for (written, expected) in [
        (
            "+44 (0)20 7946 0958",
            "drop the `0` behind the country code +44",
        ),
        (
            "+49 (0)1512 3456789",
            "drop the `0` behind the country code +49",
        ),
        (
            "+33 (0)6 12 34 56 78",
            "drop the `0` behind the country code +33",
        ),
        (
            "+7 8 912 345 67 89",
            "drop the `8` behind the country code +7",
        ),
        (
            "+1 1 415 555 2671",
            "drop the `1` behind the country code +1",
        ),
    ] {
        let problem = E164::parse(written).unwrap_err();
        assert_eq!(problem.code, InvalidCode::PhoneExtraDigits, "{written}");
        assert_eq!(problem.message, expected);
    }
}

#[test]
fn a_number_that_nobody_can_have_is_refused_with_the_reason() {
    for (written, expected) in [
        ("+999 12345678", "phone_country_code"),
        ("+210 1234567", "phone_country_code"),
        ("+44 7911 12345", "phone_not_valid"),
        ("+1 415 555 267", "phone_too_short"),
        ("+1 415 555 26711", "phone_too_long"),
        ("+447911123456789", "phone_too_long"),
        ("+1 115 555 2671", "phone_not_valid"),
        ("+33 0 12 34 56 78", "phone_not_valid"),
        ("+1 900 555 1234", "phone_not_allowed"),
        ("+44 909 879 0123", "phone_not_allowed"),
    ] {
        assert_eq!(code(written), expected, "{written}");
    }
}

#[test]
fn a_message_or_a_mask_never_shows_the_number() {
    let phone = E164::parse("+447911123456").unwrap().0;
    assert_eq!(
        format!("{phone:?} {}", phone.masked()),
        "E164(+44…56) +44…56"
    );
    for (digits, masked) in [
        ("14155552671", "+1…71"),
        ("35385012300", "+353…00"),
        ("2908123", "+290…23"),
        ("96612345601", "+966…01"),
    ] {
        assert_eq!(E164::from_digits(digits).unwrap().masked(), masked);
    }
    for written in ["+44 (0)20 7946 0958", "+1 115 555 2671", "07911 123456"] {
        let shown = E164::parse(written).unwrap_err().message;
        let digits = shown.chars().filter(char::is_ascii_digit).count();
        assert!(digits <= 4, "{shown}");
    }
}

#[test]
fn digits_are_taken_back_only_as_they_were_given() {
    let phone = E164::parse("+14155552671").unwrap().0;
    assert_eq!(E164::from_digits(&phone.digits()), Some(phone));
    for wrong in [
        "",
        "+14155552671",
        "04155552671",
        "123456",
        "1234567890123456",
        "1415555267a",
    ] {
        assert_eq!(E164::from_digits(wrong), None, "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_what_is_accepted_keeps_its_digits(
        text in prop_oneof![
            any::<String>(),
            "\\+?[0-9 ().eE,+-]{0,24}",
            "\\+[1-9][0-9]{6,16}",
            "\\+(1|7|39|44|49|52|54|55|81|86|225|378)[0-9]{6,12}",
        ],
    ) {
        if let Ok((phone, _)) = E164::parse(&text) {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(phone.digits(), digits);
            prop_assert_eq!(E164::parse(&phone.to_string()).map(|(again, _)| again), Ok(phone));
            prop_assert_eq!(E164::from_digits(&phone.digits()), Some(phone));
        }
    }
}

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
fn a_number_with_a_short_tail_that_may_be_a_second_one_is_refused_and_both_are_named() {
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

#[test]
fn a_mexican_mobile_of_the_old_plan_is_told_what_to_drop() {
    for written in ["+52 1 55 1234 5678", "+5215512345678"] {
        let problem = E164::parse(written).unwrap_err();
        assert_eq!(problem.code, InvalidCode::PhoneExtraDigits);
        assert_eq!(problem.message, "drop the `1` behind the country code +52");
    }
    assert_eq!(code("+52 1 55 1234 567"), "phone_not_valid");
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
