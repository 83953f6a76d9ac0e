//! The probe against each way in which the sandbox can answer an open question.

use wavepair::testing::sandbox::{Duplicates, Users, Variant};

use super::*;

/// The answers where all is as wavepair assumes.
pub(super) const USUAL: [&str; 13] = [
    "allowed",
    "allowed",
    "answer=as_sent,listing=as_sent,report=as_sent",
    "refused_400",
    "kept",
    "taken",
    "phone=400,policy=400,type=400",
    "at_once",
    "accepted",
    "none",
    "403",
    "204,404",
    "echoed",
];

/// The questions of which there is no answer where no device can be made.
const NO_DEVICE: [usize; 9] = [1, 2, 3, 4, 5, 6, 8, 9, 12];

/// What is answered otherwise than usual with a variant: the number of the question, and the answer.
fn otherwise(variant: Variant) -> Vec<(usize, &'static str)> {
    let no_device = |refusals: &'static str| {
        let without =
            NO_DEVICE.map(|number| (number, if number == 9 { "accepted_empty" } else { "" }));
        without.into_iter().chain([(7, refusals)]).collect()
    };
    match variant {
        Variant::DuplicatesBySpelling => vec![(1, "refused_400"), (2, "by_spelling")],
        Variant::PhoneE164 => vec![(3, "answer=e164,listing=e164,report=e164")],
        Variant::PolicyOptional => vec![(4, "made")],
        Variant::NicknameIgnored => vec![(5, "ignored")],
        Variant::NicknameRefused => vec![(5, "refused_400")],
        Variant::NotificationRefused => vec![(6, "refused_400")],
        Variant::PhoneUnchecked => vec![(7, "phone=made,policy=400,type=400")],
        Variant::PolicyNotFound => vec![(7, "phone=400,policy=404,type=400")],
        Variant::TypeForbidden => vec![(7, "phone=400,policy=400,type=403")],
        Variant::MfaOff => vec![(7, "phone=400,policy=400,type=400,mfa_off=made")],
        Variant::MfaOffRefused => no_device("type=400,mfa_off=400"),
        Variant::ListingLate => vec![(8, "late")],
        Variant::ReportWithoutWhatsapp => {
            vec![(3, "answer=as_sent,listing=as_sent"), (9, "refused_400")]
        }
        Variant::ReportForbidden => vec![(3, "answer=as_sent,listing=as_sent"), (9, "forbidden")],
        Variant::ReportUnreadable => vec![(3, "answer=as_sent,listing=as_sent"), (9, "unreadable")],
        Variant::ReportPhoneDigits => vec![(3, "answer=as_sent,listing=as_sent,report=digits")],
        Variant::RateHeaders => vec![(10, "limit_headers")],
        Variant::OtherEnvironment404 => vec![(11, "404")],
        Variant::DeleteTwice204 => vec![(12, "204,204")],
        Variant::TransactionNotEchoed => vec![(13, "not_echoed")],
        Variant::PairingDisabled | Variant::WhatsappMissing => no_device("type=400"),
        // These are about what a probe does not ask.
        Variant::NewDeviceNotification
        | Variant::CountriesDenied
        | Variant::ReportPagesPaced
        | Variant::ShortPages
        | Variant::AddressAllowed
        | Variant::NoMfaProduct
        | Variant::ClientAuthBasic
        | Variant::ClientAuthPost => vec![],
    }
}

/// A sandbox with a variant, and whom it takes to see it.
fn with(variant: Variant) -> (Rehearsal, String) {
    let mut options = Options {
        variants: [variant].into_iter().collect(),
        ..known()
    };
    if variant == Variant::DuplicatesBySpelling {
        options.duplicates = Duplicates::Refuse400;
    }
    let without_mfa = variant == Variant::MfaOffRefused;
    if without_mfa {
        options.users = Users::Exactly(10);
    }
    let mut rehearsal = Rehearsal::with(options);
    if variant == Variant::ClientAuthPost {
        rehearsal.set("WAVEPAIR_CLIENT_AUTH", "post");
    }
    // Of ten generated users, the seventh cannot use MFA.
    let seventh = || rehearsal.sandbox().users()[6].clone();
    let user = if without_mfa { seventh() } else { user(0) };
    (rehearsal, user)
}

fn probed(rehearsal: &Rehearsal, user: &str) -> Ended {
    let mut command = asking(rehearsal, user);
    rehearsal.ended(&command.arg("--yes").output().unwrap())
}

#[test]
fn each_variant_is_named_and_leaves_no_device_behind() {
    for (name, variant) in Variant::ALL {
        let (rehearsal, user) = with(variant);
        let ended = probed(&rehearsal, &user);
        assert!(rehearsal.held().is_empty(), "{name}: {}", ended.stderr);
        assert!(
            requests(&rehearsal) <= 40,
            "{name}: {}",
            requests(&rehearsal)
        );
        assert_eq!(rehearsal.stats().before_retry_after, 0, "{name}");
        if variant == Variant::NoMfaProduct {
            let ended = ended.exits(5);
            assert!(
                ended.said().contains("PingOne MFA among its products"),
                "{}",
                ended.stderr
            );
            assert_eq!(rehearsal.creates(), 0);
            continue;
        }
        let ended = ended.exits(0);
        let mut expected = USUAL.map(str::to_owned);
        for (number, answer) in otherwise(variant) {
            answer.clone_into(&mut expected[number - 1]);
        }
        let report = report(&rehearsal);
        assert_eq!(answers(&report), expected, "{name}: {}", ended.stderr);
        // What is otherwise is called so, and says what follows.
        for (question, usual) in report["questions"].as_array().unwrap().iter().zip(USUAL) {
            let answer = question["answer"].as_str().unwrap();
            let standing = question["standing"].as_str().unwrap();
            let as_usual =
                usual.starts_with(answer) || answer == "accepted_empty" || answer == "type=400";
            let expected = match question["number"].as_u64().unwrap() {
                6 | 10 if !answer.is_empty() => "noted",
                _ if answer.is_empty() => "not_asked",
                _ if as_usual => "confirmed",
                _ => "otherwise",
            };
            assert_eq!(standing, expected, "{name}: {question}");
        }
    }
}

#[test]
fn identical_devices_that_are_refused_are_named() {
    for (duplicates, answer) in [
        (Duplicates::Refuse400, "refused_400"),
        (Duplicates::Refuse409, "refused_409"),
    ] {
        let rehearsal = Rehearsal::with(Options {
            duplicates,
            ..known()
        });
        let ended = probe(&rehearsal, &[]).exits(0);
        let answers = answers(&report(&rehearsal));
        assert_eq!(answers[..2], [answer, "by_digits"], "{}", ended.stderr);
        assert!(rehearsal.held().is_empty(), "{}", ended.stderr);
        assert!(requests(&rehearsal) <= 40);
    }
}

#[test]
fn a_tenant_in_which_every_policy_is_one_is_probed_within_the_budget_too() {
    let rehearsal = Rehearsal::new();
    let ended = probe(&rehearsal, &[]).exits(0);
    assert_eq!(
        answers(&report(&rehearsal))[6],
        "phone=400,policy=made,type=400",
        "{}",
        ended.stderr
    );
    assert!(rehearsal.held().is_empty());
    assert!(requests(&rehearsal) <= 40);
}

#[test]
fn where_nothing_is_as_assumed_the_budget_holds_and_all_is_deleted() {
    let rehearsal = Rehearsal::with(Options {
        variants: [
            Variant::PolicyOptional,
            Variant::PhoneUnchecked,
            Variant::NicknameRefused,
            Variant::NotificationRefused,
        ]
        .into_iter()
        .collect(),
        ..Options::default()
    });
    let ended = probe(&rehearsal, &[]).exits(0);
    let answers = answers(&report(&rehearsal));
    assert_eq!(
        answers[3..6],
        ["made", "refused_400", "refused_400"],
        "{}",
        ended.stderr
    );
    assert_eq!(answers[7], "at_once");
    assert!(rehearsal.held().is_empty());
    assert!(requests(&rehearsal) <= 40, "{}", requests(&rehearsal));
}

#[test]
fn a_user_who_may_have_few_devices_is_probed_as_far_as_that_goes() {
    for most in [1, 2] {
        let rehearsal = Rehearsal::with(Options {
            max_devices: most,
            ..known()
        });
        let ended = probe(&rehearsal, &[]).exits(0);
        let report = report(&rehearsal);
        let limited = &report["questions"][1];
        assert_eq!(
            limited["standing"], "not_asked",
            "{limited} {}",
            ended.stderr
        );
        assert!(
            limited["follows"]
                .as_str()
                .unwrap()
                .contains("maxAllowedDevices")
        );
        assert_eq!(answers(&report)[2..], USUAL[2..], "{}", ended.stderr);
        assert!(rehearsal.held().is_empty());
    }
}
