//! What the phones of rows are judged to be.

use super::*;

#[test]
fn what_stands_round_a_phone_is_dropped_with_a_warning_and_damage_is_not() {
    let warnings = |cell| {
        let cells = [(Column::UserId, USER), (Column::PolicyId, POLICY)];
        let row = judge(&[&cells[..], &[(Column::Phone, cell)]].concat()).unwrap();
        assert_eq!(row.request.key.address.key(), "447911123456", "{cell:?}");
        row.warnings
    };
    assert_eq!(warnings(" +447911123456 "), []);
    for cell in [
        "\u{a0}+447911123456",
        "\u{202a}+44 7911\u{2011}123456",
        "'+447911123456",
    ] {
        assert_eq!(warnings(cell), [Warning::UnusualSeparator], "{cell:?}");
    }
    assert_eq!(
        with(Column::Phone, "+447911123456\t"),
        ["phone_invisible_character"]
    );
    assert_eq!(with(Column::Phone, "\u{a0}"), ["phone_missing"]);
}

#[test]
fn a_phone_in_place_of_an_id_and_the_other_way_round_are_swapped_columns() {
    let swapped = [
        (Column::UserId, USER),
        (Column::Phone, POLICY),
        (Column::PolicyId, PHONE),
    ];
    assert_eq!(codes(&swapped), ["columns_swapped"]);
    let message = judge(&swapped).unwrap_err().message();
    for said in [
        "an ID stands where the phone belongs",
        "where the policy ID belongs",
    ] {
        assert!(message.contains(said), "{message}");
    }
    let swapped = [
        (Column::UserId, PHONE),
        (Column::Phone, USER),
        (Column::PolicyId, POLICY),
    ];
    assert_eq!(codes(&swapped), ["columns_swapped"]);
    assert_eq!(with(Column::PolicyId, "0791112345"), ["policy_id_not_uuid"]);
}

#[test]
fn a_national_number_is_of_its_rows_country_or_of_all_rows_never_of_none() {
    let of_all = RowDefaults {
        country: Some("DE".parse().unwrap()),
        ..NO_DEFAULTS
    };
    let judged = |cell: &str, country: &str, defaults: &RowDefaults| {
        let cells = [
            (Column::UserId, USER),
            (Column::PolicyId, POLICY),
            (Column::Phone, cell),
            (Column::Country, country),
        ];
        let judged = validate(&header(), &row(&cells), defaults, &Names::default()).verdict;
        judged
            .map(|row| (row.request.key.address.key(), row.warnings))
            .map_err(|unasked| invalid(unasked).code().as_str())
    };
    let taken = |digits: &str| Ok((digits.to_owned(), vec![]));
    let differs = |digits: &str, country: &str| {
        let warning = Warning::CountryDiffers(country.parse().unwrap());
        Ok((digits.to_owned(), vec![warning]))
    };
    for (cell, country, defaults, expected) in [
        ("07911 123456", " gb ", &NO_DEFAULTS, taken("447911123456")),
        ("07911 123456", "GB", &of_all, taken("447911123456")),
        ("0170 1234567", "", &of_all, taken("491701234567")),
        ("0170 1234567", "", &NO_DEFAULTS, Err("phone_missing_plus")),
        ("07911 123456", "UK", &of_all, Err("country_unknown")),
        ("07911 123456", "Britain", &of_all, Err("country_unknown")),
        (PHONE, "XX", &NO_DEFAULTS, Err("country_unknown")),
        (PHONE, "GB", &NO_DEFAULTS, taken("447911123456")),
        (PHONE, "JE", &NO_DEFAULTS, taken("447911123456")),
        (PHONE, "DE", &NO_DEFAULTS, differs("447911123456", "DE")),
        (PHONE, "", &of_all, taken("447911123456")),
    ] {
        assert_eq!(
            judged(cell, country, defaults),
            expected,
            "{cell} in {country:?}"
        );
    }
}

#[test]
fn a_fixed_line_is_a_warning_unless_it_is_called() {
    let warning = |kind| {
        judge(&[
            (Column::UserId, USER),
            (Column::PolicyId, POLICY),
            (Column::Type, kind),
            (Column::Phone, "+44 20 7946 0958"),
        ])
        .unwrap()
        .warnings
    };
    assert_eq!(
        ["WHATSAPP", "SMS", "VOICE"].map(warning),
        [
            vec![Warning::FixedLine(DeviceType::WhatsApp)],
            vec![Warning::FixedLine(DeviceType::Sms)],
            vec![],
        ]
    );
}

#[test]
fn a_phone_that_was_refused_is_not_kept_as_if_it_were_mended() {
    for refused in [
        "+44\u{200b}7911123456",
        "+447911123456\r",
        "+49 170 1234567/8",
    ] {
        for kind in ["", "VOICE", "PAGER"] {
            let requested = requested(&[(Column::Phone, refused), (Column::Type, kind)]);
            assert_eq!(requested.address, None, "{refused:?}");
        }
    }
}
