//! A plan of a wave of names refuses each single change as any other does.

use super::refused::refused;
use super::*;

/// A wave that names its users by usernames and by addresses, and its policies by names.
fn named() -> (Rehearsal, String) {
    let rehearsal = Rehearsal::with(Options {
        users: Users::Exactly(5),
        policies: Policies::Known,
        ..Options::default()
    });
    let wave = "username,email,phone,policy,type\n\
                user-1,user-1@example.com,+15125551231,Wave MFA,\n\
                user-2,user-2@example.com,+15125551232,SMS only,SMS\n\
                user-3,user-3@example.com,+15125551233,,\n\
                user-4,user-4@example.com,+15125551234,No such,\n\
                user-1,user-1@example.com,+15125551235,,\n";
    rehearsal.wave(wave);
    let words = [&WRITE[..], &["--policy", "default"]].concat();
    rehearsal.run(&words).exits(3);
    (rehearsal, wave.to_owned())
}

#[test]
fn the_ids_that_names_led_to_stand_in_a_plan_and_no_name_does() {
    let (rehearsal, _) = named();
    let plan = Plan::read(&rehearsal.path("review.plan"));
    let users = rehearsal.sandbox().users();
    let ids: Vec<_> = { plan.rows().iter() }
        .map(|row| {
            (
                row["device"]["user_id"].as_str(),
                row["device"]["policy_id"].as_str(),
            )
        })
        .collect();
    let id = |number: usize| Some(users[number].as_str());
    assert_eq!(ids[0], (id(0), Some(WAVE_POLICY)));
    assert_eq!(ids[1], (id(1), Some(SMS_ONLY_POLICY)));
    assert_eq!(ids[2], (id(2), Some(WAVE_POLICY)));
    assert_eq!(ids[3], (None, None));
    let names = &plan.rows()[3]["names"];
    assert_eq!(
        names["user_id"].as_str(),
        id(3),
        "the policy alone is not known"
    );
    for text in ["user-1", "example.com", "Wave MFA"] {
        assert!(!plan.text.contains(text), "no name stands in it");
    }
}

#[test]
fn each_single_change_is_refused_and_nobody_is_asked_for_a_name() {
    let (rehearsal, wave) = named();
    let plan = Plan::read(&rehearsal.path("review.plan"));
    let users = rehearsal.sandbox().users();
    let same = ["--policy", "default"];
    for (words, why) in [
        (
            &["--policy", "Wave MFA"][..],
            "`--policy` is Wave MFA, in the plan default",
        ),
        (
            &["--policy", "default", "--user-by", "email"],
            "`--user-by` is email, in the plan not given",
        ),
        (
            &["--policy", "default", "--existing", "unchecked"],
            "`--existing` is unchecked",
        ),
        (
            &["--policy", "default", "--mfa", "enable"],
            "`--mfa` is enable, in the plan check",
        ),
        (
            &[
                "--policy",
                "default",
                "--environment",
                "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506",
            ],
            "the environment is 9f1c2a34",
        ),
    ] {
        refused(&rehearsal, words, why);
    }
    rehearsal.wave(&wave.replacen("user-3,", "user-5,", 1));
    refused(&rehearsal, &same, "the wave has other bytes");
    rehearsal.wave(&wave);
    // Whoever makes the digest anew cannot give one name to two users.
    let (before, _) = plan.text.trim_end().rsplit_once('\n').unwrap();
    let twice = before.replacen(&users[0], &users[4], 1) + "\n";
    let seal = sha256(twice.as_bytes());
    std::fs::write(
        rehearsal.path("review.plan"),
        format!("{twice}{{\"sha256\":\"{seal}\"}}\n"),
    )
    .unwrap();
    refused(&rehearsal, &same, "row 1, line 2, ");
    std::fs::write(rehearsal.path("review.plan"), &plan.text).unwrap();
    let lookups = |words: &[&str]| {
        let run = rehearsal
            .run(&[words, &same, &["--summary", "-"]].concat())
            .exits(3);
        run.has(&[("created", 4), ("rejected", 1)]).summary()["requests"]["lookup"].clone()
    };
    assert_eq!(lookups(&["--plan", "review.plan"]), 0);
    rehearsal.writes_results_again();
    // The ledger has gone on.
    std::fs::remove_file(rehearsal.path("wave.results.csv")).unwrap();
    refused(
        &rehearsal,
        &same,
        "the ledger has gone on since the plan was made",
    );
    assert_eq!(
        lookups(&["--plan", "review.plan", "--plan-allow-progress"]),
        0
    );
}
