//! Phones that are taken, and those that are refused.

use proptest::prelude::*;

use super::*;

mod ends;
mod properties;
mod reasons;

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
    for written in ["+44 20 7946 095", "+1 115 555 2671", "07911 123456"] {
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
