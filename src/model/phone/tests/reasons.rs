//! Why phones are refused, in one diagnosis each, and which number may be meant.

use super::super::suggestion::meant_by;
use super::super::*;

/// Checks the code of each phone and the number that is suggested, if any.
fn check(table: &[(&str, &str, &str)]) {
    for (written, code, meant) in table {
        let problem = E164::parse(written).expect_err(written);
        assert_eq!(
            (problem.code.as_str(), meant_by(&problem)),
            (*code, *meant),
            "{written:?}: {}",
            problem.message
        );
        if let Some(meant) = (!meant.is_empty()).then(|| E164::parse(meant)) {
            assert!(meant.is_ok(), "{written:?}");
        }
    }
}

#[test]
fn what_is_dialed_for_another_country_is_told() {
    let code = "phone_international_prefix";
    check(&[
        ("004915112345678", code, "+4915112345678"),
        ("00 44 7911 123456", code, "+447911123456"),
        ("0014155552671", code, "+14155552671"),
        ("01115125551234", code, "+15125551234"),
        ("011 44 7911 123456", code, "+447911123456"),
        ("0011 44 7911 123456", code, "+447911123456"),
        ("8 10 44 7911 123456", code, "+447911123456"),
        ("+0044 7911 123456", code, "+447911123456"),
        ("+011 44 7911 123456", code, "+447911123456"),
        ("00+44 7911 123456", code, "+447911123456"),
        ("00999123456", code, ""),
        ("+00 44 7911", code, ""),
        ("0113 496 0000", "phone_missing_plus", ""),
        ("+0 44 7911 123456", "phone_country_code", ""),
    ]);
}

#[test]
fn a_national_number_gets_no_country_and_one_without_plus_is_suggested() {
    check(&[
        ("07911 123456", "phone_missing_plus", ""),
        ("447911123456", "phone_missing_plus", "+447911123456"),
        ("1-512-555-1234", "phone_missing_plus", "+15125551234"),
        ("5551234", "phone_missing_plus", ""),
        (&"9".repeat(300), "phone_missing_plus", ""),
    ]);
}

#[test]
fn the_zero_of_calls_at_home_is_told_and_never_dropped() {
    let code = "phone_trunk_zero";
    check(&[
        ("+44 (0)20 7946 0958", code, "+442079460958"),
        ("+44 07911 123456", code, "+447911123456"),
        ("+49 (0)1512 3456789", code, "+4915123456789"),
        ("+33 (0)6 12 34 56 78", code, "+33612345678"),
        ("+34 0612 34 56 78", code, "+34612345678"),
        ("+44 0 7911 12345", "phone_not_valid", ""),
        ("+33 0 12 34 56 78", "phone_not_valid", ""),
        // Both are numbers of the plan.
        ("+39 (0)312 345 6789", code, ""),
        ("+39 0 312 345 6789", code, ""),
    ]);
    for written in [
        "+39 (0)6 1234 5678",
        "+39 0312 345 6789",
        "+39 06 1234 5678",
    ] {
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(E164::parse(written).expect(written).0.digits(), digits);
    }
}

#[test]
fn another_prefix_of_calls_at_home_is_told_with_what_to_dial_from_abroad() {
    let code = "phone_extra_digits";
    check(&[
        ("+7 8 912 345 67 89", code, "+79123456789"),
        ("+36 06 20 123 4567", code, "+36201234567"),
        ("+54 11 15 2345 6789", code, "+5491123456789"),
    ]);
}

#[test]
fn a_country_code_that_is_there_twice_is_told() {
    let code = "phone_country_code_twice";
    check(&[
        ("+44 44 7911 123456", code, "+447911123456"),
        ("+44447911123456", code, "+447911123456"),
        ("+44 0044 7911 123456", code, "+447911123456"),
        ("+44 +44 7911 123456", code, "+447911123456"),
        ("+1 1 415 555 2671", code, "+14155552671"),
        ("+7 7 912 345 67 89", code, "+79123456789"),
        // The whole is a number of the plan, too: two readings.
        ("+49 49 170 1234567", code, ""),
        ("+49 (49) 170 1234567", code, ""),
        ("+4949 170 1234567", code, ""),
        ("+49491701234567", code, ""),
        ("+49 491701234567", code, ""),
    ]);
    for written in [
        "+49 491 7012345",
        "+49 4917 012345",
        "+494917012345",
        "+55 55 91234 5678",
        "+91 91234 56789",
        "+91 91 2345 6789",
        "+62 62 812345",
        "+7 701 234 5678",
    ] {
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(E164::parse(written).expect(written).0.digits(), digits);
    }
}

#[test]
fn two_numbers_and_a_number_with_an_extension_are_told() {
    let (several, extension) = ("phone_several", "phone_extension");
    check(&[
        ("+447911123456;+447911123457", several, ""),
        ("+447911123456, +447911123457", several, ""),
        ("+447911123456 / +447911123457", several, ""),
        ("+447911123456 +447911123457", several, ""),
        ("+447911123456\n+447911123457", several, ""),
        ("+447911123456 ::: +447911123457", several, ""),
        ("+44 7911 123456 or 07911 123457", several, ""),
        ("+44 7911 123456 or 123457", several, ""),
        ("+44 7911 123456/07911 123457", several, ""),
        ("+44 7911 123456 / 457", several, ""),
        ("+44 7911 123456 07911 123457", several, ""),
        ("+44 7911 123456 - 07911 123457", several, ""),
        ("07911 123456 / 07911 123457", several, ""),
        // The whole is a number of the plan, too.
        ("+43 1 234567/234568", several, ""),
        ("+15125551234 x9", extension, ""),
        ("+15125551234x12", extension, ""),
        ("+15125551234 ext. 12", extension, ""),
        ("+15125551234 Ext 12", extension, ""),
        ("+15125551234 extension 12", extension, ""),
        ("+33 1 23 45 67 89 poste 12", extension, ""),
        ("+15125551234;ext=9", extension, ""),
        ("+15125551234,,9", extension, ""),
        ("+15125551234#12", extension, ""),
        ("+15125551234*12", extension, ""),
        ("+15125551234#", "phone_character", "+15125551234"),
        ("+44 7911 123456 7890", "phone_too_long", ""),
    ]);
}

#[test]
fn letters_and_digits_of_other_scripts_are_never_read_as_digits() {
    let (letters, digits) = ("phone_letters", "phone_digits_of_other_script");
    check(&[
        ("+1512555I234", letters, "+15125551234"),
        ("+44 7911 12345O", letters, "+447911123450"),
        ("+1-800-FLOWERS", letters, "+18003569377"),
        ("Mobile: +44 7911 123456", letters, "+447911123456"),
        ("example 15125551234", letters, ""),
        ("+15125551234\u{e9}", letters, ""),
        ("+1512555123\u{ff14}", digits, "+15125551234"),
        ("+1512555123\u{664}", digits, "+15125551234"),
        ("+\u{664}\u{664}7911123456", digits, "+447911123456"),
        (
            "\u{ff0b}\u{ff14}\u{ff14} 7911 123456",
            digits,
            "+447911123456",
        ),
        ("\u{967}\u{968}\u{969}", digits, ""),
        ("+1512555123\u{b2}", "phone_character", ""),
    ]);
}

#[test]
fn what_does_not_show_inside_a_number_is_told() {
    let code = "phone_invisible_character";
    check(&[
        ("+1512\u{200b}5551234", code, "+15125551234"),
        ("+1512\u{ad}5551234", code, "+15125551234"),
        ("+1 \u{202d}5125551234", code, "+15125551234"),
        ("+1512\u{feff}5551234", code, "+15125551234"),
        ("+1512\u{fe0f}5551234", code, "+15125551234"),
        ("+15125551234\t", code, "+15125551234"),
        ("+15125551234\r", code, "+15125551234"),
        ("+1512\0", code, ""),
        ("+49 170 1234567\u{200b}/8", code, ""),
    ]);
}

#[test]
fn a_mark_is_told_with_the_number_beside_it() {
    let code = "phone_character";
    check(&[
        ("''+15125551234", code, "+15125551234"),
        ("\u{2019}+15125551234", code, "+15125551234"),
        ("=+15125551234", code, "+15125551234"),
        ("\"+15125551234\"", code, "+15125551234"),
        ("'15125551234", code, ""),
        ("\u{ff0b}15125551234", code, "+15125551234"),
        ("++15125551234", code, "+15125551234"),
        ("44+7911123456", code, ""),
        ("\u{260e} +15125551234", code, "+15125551234"),
        ("+1 [512] 5551234", code, "+15125551234"),
        ("+1\u{ff0f}512\u{ff0f}5551234", code, "+15125551234"),
        ("ada@example.com", "phone_letters", ""),
        ("#N/A", "not_a_value", ""),
        ("null", "not_a_value", ""),
        ("########", "not_a_value", ""),
        ("tel:+15125551234", "phone_uri", "+15125551234"),
    ]);
}

#[test]
fn a_number_of_a_plan_that_has_changed_is_told_with_its_new_form() {
    let code = "phone_old_plan";
    check(&[
        ("+52 1 55 1234 5678", code, "+525512345678"),
        ("+5215512345678", code, "+525512345678"),
        ("+55 11 6123 4567", code, "+5511961234567"),
        ("+55 11 9612 3456", code, "+5511996123456"),
        ("+225 07 12 34 56", code, "+2250707123456"),
        ("+225 05 12 34 56", code, "+2250505123456"),
        ("+225 01 12 34 56", code, "+2250101123456"),
        ("+225 47 12 34 56", code, "+2250747123456"),
        ("+225 21 23 45 67", code, ""),
        ("+229 90 01 12 34", code, "+2290190011234"),
        ("+237 7123 4567", code, "+237671234567"),
        ("+237 2222 3344", code, "+237222223344"),
        ("+84 120 123 4567", code, "+84701234567"),
        ("+84 169 123 4567", code, "+84391234567"),
        ("+57 1 2345678", code, "+576012345678"),
        ("+593 9 912 3456", code, "+593999123456"),
        ("+230 725 1234", code, "+23057251234"),
        // No form of any plan.
        ("+52 1 55 1234 567", "phone_not_valid", ""),
        ("+55 11 2123 456", "phone_not_valid", ""),
        ("+225 99 99", "phone_too_short", ""),
    ]);
}

#[test]
fn marks_and_quotation_round_a_number_change_no_digit_and_are_told() {
    for (cell, is_told) in [
        ("+447911123456", false),
        (" +44 7911 123456 ", false),
        ("\u{a0}+447911123456", true),
        ("\u{202a}+447911123456\u{202c}", true),
        ("+44\u{a0}7911\u{2011}123456", true),
        ("'+447911123456", true),
        ("=\"+44 7911 123456\"", true),
    ] {
        let reading = read(cell, None).expect(cell);
        assert_eq!(reading.phone.to_string(), "+447911123456", "{cell:?}");
        assert_eq!(reading.has_unusual_separator, is_told, "{cell:?}");
    }
}
