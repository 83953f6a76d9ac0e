//! An end that is not 0, told to a program as one object.

use serde_json::Value;

use crate::support::rehearsal::{Ended, Rehearsal};

const JSON: [&str; 2] = ["--error-format", "json"];

/// The objects of JSON among the lines of standard error that have a code.
fn objects(ended: &Ended) -> Vec<Value> {
    let lines = ended.stderr.lines();
    let objects = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    objects
        .filter(|object| object.get("remedy").is_some())
        .collect()
}

/// A wave of three rows, one of which PingOne refuses.
fn rehearsal() -> Rehearsal {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nfirst = 1\nstatus = 400\n");
    rehearsal.rows(3);
    rehearsal
}

#[test]
fn every_end_that_is_not_0_is_one_object_in_the_last_line() {
    let rehearsal = rehearsal();
    for (words, exit, code) in [
        (&["run", "wave.csv", "--nonsense"][..], 2, "settings"),
        (&["nonsense"], 2, "settings"),
        (&["run", "wave.csv", "--rate", "x"], 2, "settings"),
        (&["run", "missing.csv"], 2, "not_a_wave"),
        (&["run", "wave.csv", "-o", "missing/r.csv"], 2, "output"),
        (&["results", "wave.csv"], 2, "settings"),
        (&["run", "wave.csv", "--limit", "1"], 7, "limit_reached"),
        (&["run", "wave.csv"], 0, ""),
    ] {
        let words = [words, &JSON].concat();
        let ended = rehearsal.ended(&rehearsal.bare(&words).output().unwrap());
        assert_eq!(ended.code, Some(exit), "{words:?}: {}", ended.stderr);
        let objects = objects(&ended);
        if exit == 0 {
            assert!(objects.is_empty(), "{}", ended.stderr);
            continue;
        }
        let [object] = &objects[..] else {
            panic!("{words:?}: {}", ended.stderr)
        };
        let last = ended.stderr.lines().last().unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(last).ok().as_ref(),
            Some(object)
        );
        assert_eq!(
            (&object["code"], &object["exit_code"]),
            (&code.into(), &exit.into())
        );
        assert!(!object["message"].as_str().unwrap().is_empty());
        // What is told as an object is not told as text too.
        assert!(!ended.stderr.contains("error: "), "{}", ended.stderr);
    }
}

#[test]
fn rows_that_a_person_has_to_look_at_are_an_end_that_is_told() {
    let ended = rehearsal().run(&JSON).exits(3);
    let [object] = &objects(&ended)[..] else {
        panic!("{}", ended.stderr)
    };
    assert_eq!(object["code"], "needs_person");
    assert_eq!(
        object["remedy"],
        "mail the rejects file, with care: it holds full phones"
    );
}

#[test]
fn in_a_json_log_the_one_line_of_the_error_has_the_same_keys() {
    let rehearsal = rehearsal();
    let both = [&JSON[..], &["--log-format", "json"]].concat();
    for (options, exit, code) in [
        (&["--rate", "x"][..], 2, "settings"),
        (&["--limit", "1"], 7, "limit_reached"),
    ] {
        let words = [&["run", "wave.csv"], &both[..], options].concat();
        let ended = rehearsal.ended(&rehearsal.bare(&words).output().unwrap());
        let [object] = &objects(&ended)[..] else {
            panic!("{}", ended.stderr)
        };
        assert_eq!(object["event"], "error");
        assert_eq!(
            (&object["code"], &object["exit_code"]),
            (&code.into(), &exit.into())
        );
        for line in ended.stderr.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
        }
    }
}
