//! What stands in a plan, and what is said of it.

use std::os::unix::fs::{PermissionsExt, symlink};

use encoding_rs::UTF_16LE;
use serde_json::json;
use wavepair::testing::sandbox::WAVE_POLICY;

use super::{Plan, WRITE, mixed, sha256};
use crate::support::rehearsal::{Rehearsal, rows, user};
use crate::support::texts::{encoded, packed};
use crate::support::waves;

#[test]
fn a_plan_says_what_it_rests_on_what_it_expects_of_each_row_and_is_sealed() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.rows(3).run(&WRITE).exits(0);
    let plan = Plan::read(&rehearsal.path("review.plan"));
    assert_eq!(
        plan.head(),
        &json!({
            "wavepair_plan": 1,
            "wave": "wave.csv",
            "sha256": sha256(&rehearsal.bytes("wave.csv")),
            "rows": 3,
            "environment": rehearsal.sandbox().environment(),
            "host": rehearsal.sandbox().address().to_string(),
            "settings": {
                "column": null, "country": null, "delimiter": null, "encoding": null,
                "existing": "skip", "mfa": "check", "policy": null, "recreate": null,
                "shard": null, "shared-phones": "warn",
                "shared-phones-file": null, "sheet": null, "status": null, "type": "WHATSAPP",
                "user-by": null,
            },
            "ledger": {"runs": 0, "events": 0, "last_run": null},
            "totals": {
                "create": 3, "existing": 0, "settle": 0, "nothing": 0,
                "create_by_policy": {WAVE_POLICY: 3},
                "create_by_type": {"WHATSAPP": 3},
                "create_by_country": {"+1": 3},
            },
        })
    );
    assert_eq!(plan.expected(), ["create"; 3]);
    for (number, row) in (0..).zip(plan.rows()) {
        assert_eq!(
            (&row["row"], &row["line"]),
            (&json!(number + 1), &json!(number + 2))
        );
        let device = &row["device"];
        assert_eq!(device["user_id"], user(number));
        assert_eq!(device["policy_id"], WAVE_POLICY);
        assert_eq!(device["type"], "WHATSAPP");
    }
    let (before, _) = plan.text.trim_end().rsplit_once('\n').unwrap();
    let sealed = sha256(format!("{before}\n").as_bytes());
    assert_eq!(plan.seal(), &json!({"sha256": sealed}));
    let said = "\n\nplan review.plan:\n  \
                create 3 · existing 0 · settle 0 · nothing 0\n  \
                create by policy: ";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    for line in [
        "  create by type: WHATSAPP 3\n",
        "  create by country: +1 3\n",
    ] {
        assert!(run.stderr.contains(line), "{}", run.stderr);
    }
    assert_eq!(rehearsal.creates(), 0);
    assert!(!rehearsal.ledger().exists());
}

#[test]
fn a_plan_is_private_and_holds_no_phone() {
    let rehearsal = Rehearsal::new();
    let plan = Plan::written(rehearsal.rows(9), 0);
    let mode = std::fs::metadata(rehearsal.path("review.plan")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    for line in rows(9).lines().skip(1) {
        let phone = line.split(',').nth(1).unwrap();
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        for part in [&digits, &digits[digits.len() - 7..]] {
            assert!(!plan.text.contains(part), "{part}");
        }
    }
}

#[test]
fn each_kind_of_row_is_expected_to_end_as_a_run_would_have_it_end() {
    let (rehearsal, _) = mixed();
    let plan = Plan::read(&rehearsal.path("review.plan"));
    let told: Vec<_> = { plan.rows().iter() }
        .map(|row| [&row["expect"], &row["outcome"], &row["code"]].map(|it| it.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            [Some("nothing"), Some("created"), None],
            [Some("existing"), None, None],
            [Some("create"), None, None],
            [Some("nothing"), Some("duplicate"), Some("same_device")],
            [Some("nothing"), Some("invalid"), Some("phone_not_allowed")],
            [Some("nothing"), Some("rejected"), Some("user_not_found")],
            [Some("nothing"), Some("rejected"), Some("type_not_allowed")],
            [Some("create"), None, None],
        ]
    );
    let address = |row: usize| &plan.rows()[row]["device"]["address"];
    assert_eq!(address(2), address(3), "the same digits");
    assert_ne!(address(2), address(1));
    assert_eq!(plan.rows()[4]["device"], json!(null), "it asks for nothing");
    for known in [0, 1] {
        assert!(plan.rows()[known]["device_id"].is_string(), "row {known}");
    }
    assert_eq!(plan.head()["ledger"]["runs"], 1);
    assert!(plan.head()["ledger"]["last_run"].is_string());
}

#[test]
fn a_row_in_doubt_is_to_settle_until_its_request_has_and_then_to_create() {
    let rehearsal =
        Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 4\nfirst = 1\nstatus = 503");
    let words = ["--settle", "1h", "--max-duration", "3s"];
    let run = rehearsal.rows(6).run(&words);
    assert_eq!(run.count("unknown"), 1, "{}", run.stderr);
    for (settle, expected) in [("1h", "settle"), ("1ms", "create")] {
        rehearsal.run(&[&WRITE[..], &["--settle", settle]].concat());
        let plan = Plan::read(&rehearsal.path("review.plan"));
        let mut told = plan.expected();
        told.retain(|expect| *expect != "nothing");
        assert_eq!(told, [expected], "{settle}");
    }
}

#[test]
fn a_plan_rests_on_the_bytes_of_the_file_whatever_form_they_are_in() {
    let rehearsal = Rehearsal::new();
    let utf16 = encoded(&format!("\u{feff}{}", rows(2)), UTF_16LE);
    for bytes in [packed(rows(2).as_bytes()), utf16] {
        std::fs::write(rehearsal.path("wave.csv"), &bytes).unwrap();
        let plan = Plan::written(&rehearsal, 0);
        assert_eq!(plan.head()["sha256"], sha256(&bytes));
        assert_eq!(plan.expected(), ["create"; 2]);
    }
}

#[test]
fn a_plan_needs_what_pingone_says_and_a_file_of_its_own() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(2);
    symlink("elsewhere", rehearsal.path("link")).unwrap();
    std::fs::create_dir(rehearsal.path("folder")).unwrap();
    let refused = |words: &[&str], why: &str| {
        let run = rehearsal.run(words).exits(2);
        assert!(run.said().contains(why), "{words:?}: {}", run.stderr);
        assert_eq!(rehearsal.stats().requests.len(), 0, "{words:?}");
    };
    refused(&["--dry-run", "--plan", "p"], "hint: add `--online`");
    for (file, why) in [
        ("wave.csv", "would be the same file"),
        ("wave.dry-run.csv", "would be the same file"),
        ("link", "symbolic link"),
        ("folder", "directory"),
        ("nowhere/p", "plan cannot be written"),
    ] {
        refused(&["--dry-run", "--online", "--plan", file], why);
    }
    assert!(!rehearsal.path("elsewhere").exists());
}

#[test]
fn half_a_plan_is_none() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'list'\nstatus = 403");
    std::fs::write(rehearsal.path("review.plan"), "an earlier one").unwrap();
    let run = rehearsal.rows(3).run(&WRITE).exits(5);
    assert!(run.said().contains("no plan is written"), "{}", run.stderr);
    assert_eq!(rehearsal.bytes("review.plan"), b"an earlier one");
    let strict = waves::asking([(1, "07911"), (2, "+15125551234")]);
    let run = rehearsal
        .wave(&strict)
        .run(&[&WRITE[..], &["--strict"]].concat());
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.said().contains("no plan is written"), "{}", run.stderr);
    assert_eq!(rehearsal.bytes("review.plan"), b"an earlier one");
}
