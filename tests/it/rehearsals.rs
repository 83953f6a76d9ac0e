//! A wave that was made for a tenant is rehearsed as it is, before it meets that tenant.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use wavepair::testing::sandbox::{Kind, Options, Policies, SMS_ONLY_POLICY};

use crate::support::binary::{run, wavepair};
use crate::support::rehearsal::{Rehearsal, user};
use crate::support::texts::column;

/// Policies of some tenant, which no sandbox has ever heard of.
const STANDARD: &str = "7f2b0d7a-0a45-4d0a-9a4c-6a1d1d8f3c11";
const ABROAD: &str = "C5A1E0D2-7B3F-4C8E-A91D-2F6B8D4E0A77";

/// A wave of all types under policies of a tenant.
fn real_wave() -> String {
    format!(
        "user_id,type,phone,email_address,policy_id\n\
         {},WHATSAPP,+15125551230,,{STANDARD}\n\
         {},SMS,+15125551231,,{ABROAD}\n\
         {},VOICE,+15125551232,,{STANDARD}\n\
         {},EMAIL,,ada@example.com,{ABROAD}\n",
        user(1),
        user(2),
        user(3),
        user(4),
    )
}

fn with(policies: Policies) -> Rehearsal {
    Rehearsal::with(Options {
        policies,
        ..Options::default()
    })
}

#[test]
fn a_real_wave_is_rehearsed_from_the_dry_run_to_the_results() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&real_wave());
    for (arguments, results, outcome) in [
        (
            &["--sandbox", "--dry-run", "--online"][..],
            "wave.dry-run.csv",
            "ready",
        ),
        (&["--sandbox"], "wave.sandbox.results.csv", "created"),
        (&["--dry-run", "--online"], "wave.dry-run.csv", "ready"),
        (&[], "wave.results.csv", "created"),
    ] {
        rehearsal.run(arguments).exits(0);
        let rows = rehearsal.results(results);
        let outcomes = column(&rows, "outcome");
        assert_eq!(outcomes, [outcome; 4], "{arguments:?}");
    }
    assert_eq!(rehearsal.held().len(), 4);
}

#[test]
fn a_sandbox_of_known_policies_refuses_every_other_one() {
    let rehearsal = with(Policies::Known);
    rehearsal.wave(&real_wave());
    rehearsal.run(&["--dry-run", "--online"]).exits(3);
    let codes: BTreeSet<_> = rehearsal
        .results("wave.dry-run.csv")
        .into_iter()
        .map(|row| row["code"].clone())
        .collect();
    assert_eq!(codes, BTreeSet::from(["policy_not_found".to_owned()]));
    let run = rehearsal.run(&[]).exits(3);
    assert_eq!(run.column("code"), ["INVALID_DATA/INVALID_VALUE"; 4]);
    assert_eq!(rehearsal.held().len(), 0);
}

#[test]
fn what_a_listed_policy_says_holds_whatever_else_is_a_policy() {
    for policies in [Policies::Any, Policies::Known] {
        let rehearsal = with(policies);
        let wave = format!(
            "user_id,type,phone,policy_id\n\
             {},WHATSAPP,+15125551230,{SMS_ONLY_POLICY}\n\
             {},SMS,+15125551231,{SMS_ONLY_POLICY}\n",
            user(1),
            user(2),
        );
        let run = rehearsal.wave(&wave).run(&[]).exits(3);
        assert_eq!(run.outcomes(), ["rejected", "created"], "{policies:?}");
    }
}

#[test]
fn a_policy_that_is_not_listed_is_asked_for_by_its_id_once() {
    for (policies, code, said) in [
        (Policies::Any, 0, "allows WhatsApp"),
        (Policies::Known, 5, "is not in this environment"),
    ] {
        let rehearsal = with(policies);
        let doctor = ["doctor", "--policy", STANDARD];
        let output = rehearsal.bare(&doctor).output().unwrap();
        let doctor = rehearsal.ended(&output).exits(code).stderr;
        let words: Vec<_> = doctor.split_whitespace().collect();
        assert!(words.join(" ").contains(said), "{doctor}");

        let before = rehearsal.stats();
        rehearsal.wave(&real_wave());
        rehearsal.run(&["--dry-run", "--online"]);
        let [before, after] =
            [before, rehearsal.stats()].map(|stats| stats.requests_of(Kind::Policy));
        let asked = after - before;
        assert_eq!(asked, 2, "once for each of the two");
    }
}

/// The sandbox that the program serves, and the settings that it prints.
struct Serving {
    program: Child,
    settings: Vec<(String, String)>,
}

impl Serving {
    /// Serves one that keeps its ledger in a folder.
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut program = wavepair(folder)
            .args(["sandbox", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("TMPDIR", folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let printed = BufReader::new(program.stdout.take().unwrap()).lines();
        let settings = printed.take(7).map(|line| {
            let line = line.unwrap();
            let (name, value) = line.trim_start_matches("export ").split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        });
        let settings = settings.collect();
        Self { program, settings }
    }

    fn point(&self, rehearsal: &mut Rehearsal) {
        for (name, value) in &self.settings {
            rehearsal.set(name, value);
        }
    }

    /// Stops it as a service is stopped, and returns how it ends.
    fn ends(mut self) -> Option<i32> {
        kill_process(Pid::from_child(&self.program), Signal::TERM).unwrap();
        self.program.wait().unwrap().code()
    }
}

#[test]
fn a_sandbox_is_told_on_its_command_line_which_policies_there_are() {
    for (arguments, code) in [
        (&[][..], 0),
        (&["--policies", "any"], 0),
        (&["--policies", "known"], 3),
        (
            &["--variant", "no-mfa-product", "--variant", "rate-headers"],
            5,
        ),
    ] {
        let mut rehearsal = Rehearsal::new();
        let serving = Serving::start(rehearsal.folder(), arguments);
        serving.point(&mut rehearsal);
        let run = rehearsal.wave(&real_wave()).run(&[]);
        assert_eq!(serving.ends(), Some(143));
        run.exits(code);
    }
    let folder = tempfile::tempdir().unwrap();
    let refused = run(folder.path(), "sandbox --policies mine");
    assert_eq!(refused.code, Some(2));
    let said = refused.stderr;
    assert!(said.contains("expected `any` or `known`"), "{said}");
}

#[test]
fn what_a_sandbox_prints_is_all_a_wave_needs_and_its_ledger_goes_with_it() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.wave(&format!("user_id,phone\n{},+15125551234\n", user(1)));
    let mut ledgers = BTreeSet::new();
    for _ in 0..2 {
        let serving = Serving::start(rehearsal.folder(), &[]);
        serving.point(&mut rehearsal);
        let ledger = serving
            .settings
            .iter()
            .find(|(name, _)| name == "WAVEPAIR_LEDGER");
        let ledger = Path::new(&ledger.unwrap().1).to_owned();
        // A sandbox that is started again has forgotten its devices, and so has its ledger.
        let run = rehearsal.run(&[]).exits(0).has(&[("created", 1)]);
        assert!(!run.said().contains("earlier"), "{}", run.said());
        assert!(ledger.exists());
        assert_eq!(serving.ends(), Some(143));
        assert!(!ledger.parent().unwrap().exists());
        assert!(ledgers.insert(ledger));
        std::fs::remove_file(rehearsal.path("wave.results.csv")).unwrap();
    }
}
