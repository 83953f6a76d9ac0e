//! Questions 8 to 13.

use super::*;

#[test]
fn when_a_new_device_is_listed() {
    let with = |looks: &[(u64, bool)]| Evidence {
        looks: looks
            .iter()
            .map(|(after, seen)| Look {
                after: Duration::from_millis(*after),
                seen: *seen,
            })
            .collect(),
        ..Evidence::default()
    };
    holds(
        Question::Listing,
        vec![
            (with(&[(10, true), (50, true)]), Confirmed, "at_once"),
            (
                with(&[(10, false), (500, true), (600, true)]),
                Otherwise,
                "late",
            ),
            (with(&[(10, false), (9_000, false)]), Otherwise, "never"),
            (
                with(&[(10, true), (50, false), (90, true)]),
                Otherwise,
                "unsteady",
            ),
            (with(&[]), Failed, ""),
        ],
    );
    let soon = judge(Question::Listing, &with(&[(1, false), (2_000, true)]));
    assert!(soon.follows.starts_with("nothing"), "{}", soon.follows);
    let late = judge(Question::Listing, &with(&[(1, false), (2_001, true)]));
    assert!(
        late.follows.contains("may come too early"),
        "{}",
        late.follows
    );
}

#[test]
fn a_device_report() {
    let with = |report: Came, reported: Option<Reported>| Evidence {
        report,
        reported,
        ..Evidence::default()
    };
    let entry = Reported::Entry {
        form: PhoneForm::AsSent,
        ours: true,
    };
    holds(
        Question::Report,
        vec![
            (with(refused("201"), Some(entry)), Confirmed, "accepted"),
            (
                with(refused("201"), Some(Reported::Empty)),
                Confirmed,
                "accepted_empty",
            ),
            (
                with(refused("201"), Some(Reported::Unreadable)),
                Otherwise,
                "unreadable",
            ),
            (with(refused("201"), None), Otherwise, "unreadable"),
            (
                with(refused("403 ACCESS_FAILED"), None),
                Otherwise,
                "forbidden",
            ),
            (
                with(refused("400 INVALID_DATA/INVALID_FILTER filter"), None),
                Otherwise,
                "refused_400",
            ),
            (with(refused("503"), None), Failed, ""),
            (with(lost(), None), Failed, ""),
        ],
    );
}

#[test]
fn what_good_answers_say_of_limits() {
    let with = |headers: &[(&str, &str)], throttled| Evidence {
        limit_headers: Some(
            headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        throttled,
        ..Evidence::default()
    };
    let told = with(
        &[("x-ratelimit-limit", "100")],
        Some((2, Some(Duration::from_secs(3)))),
    );
    holds(
        Question::Headers,
        vec![
            (with(&[], None), Noted, "none"),
            (with(&[], Some((1, None))), Noted, "none"),
            (told.clone(), Noted, "limit_headers"),
            (Evidence::default(), Failed, ""),
        ],
    );
    let came = judge(Question::Headers, &told).came;
    assert_eq!(
        came,
        "x-ratelimit-limit: 100; 429 came 2 times by itself, the last with Retry-After 3 s"
    );
}

#[test]
fn another_environment_and_a_device_that_is_gone() {
    let other = |status: &str| Evidence {
        other_environment: refused(status),
        ..Evidence::default()
    };
    holds(
        Question::OtherEnvironment,
        vec![
            (other("403 ACCESS_FAILED"), Confirmed, "403"),
            (other("404 NOT_FOUND"), Otherwise, "404"),
            (other("200"), Otherwise, "200"),
            (other("502"), Failed, ""),
        ],
    );
    let twice = |first: &str, again: Came| Evidence {
        deleted: refused(first),
        deleted_again: again,
        ..Evidence::default()
    };
    holds(
        Question::DeleteTwice,
        vec![
            (twice("204", refused("404 NOT_FOUND")), Confirmed, "204,404"),
            (twice("204", refused("204")), Otherwise, "204,204"),
            (twice("204", refused("410")), Otherwise, "204,410"),
            (twice("204", refused("503")), Failed, ""),
            (twice("204", lost()), Failed, ""),
            (Evidence::default(), Failed, ""),
        ],
    );
}

#[test]
fn the_transaction_id_in_the_answer() {
    let with = |repeated, silent| Evidence {
        transactions: (repeated, silent),
        ..Evidence::default()
    };
    holds(
        Question::Transaction,
        vec![
            (with(38, 0), Confirmed, "echoed"),
            (with(0, 38), Otherwise, "not_echoed"),
            (with(37, 1), Otherwise, "sometimes"),
            (with(0, 0), Unasked, ""),
        ],
    );
}
