//! Plans of waves of names: whom the names led to stands in the plan, and a run asks nobody.

use super::*;

const WRITE: [&str; 3] = ["--dry-run", "--online", "--plan"];
const NAMES: [&str; 6] = ["ada", "bob", "Carol", "dan", "ada", "eve"];

/// A directory, and a folder with the plan of a wave of which bob is nobody, Carol nobody but for her
/// capitals, and dan two users; and what the dry run said of the rows.
fn planned() -> (Directory, tempfile::TempDir, Vec<Row>) {
    let directory = Directory::of(vec![
        person(1, "ada"),
        person(3, "carol"),
        person(4, "dan"),
        person(5, "dan"),
        person(6, "eve"),
    ]);
    let folder = folder_with(&wave("username", &NAMES));
    let words = [&["run", "wave.csv"][..], &WRITE, &["wave.plan"]].concat();
    let ended = ran(&mut directory.command(folder.path(), &words));
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let said = rows(folder.path(), "wave.dry-run.csv");
    assert_eq!(directory.looked_up(), 1);
    (directory, folder, said)
}

#[test]
fn a_run_by_a_plan_goes_to_those_who_were_reviewed_and_looks_nothing_up() {
    let (directory, folder, said) = planned();
    // By now ada is somebody else, and bob is there.
    directory.knows(vec![
        person(1, "adas-mother"),
        person(101, "ada"),
        person(102, "bob"),
        person(6, "eve"),
    ]);
    let (ended, rows) = run(&directory, folder.path(), &["--plan", "wave.plan"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let outcomes = column(&rows, "outcome");
    assert_eq!(
        outcomes,
        [
            "created", "rejected", "rejected", "rejected", "created", "created"
        ]
    );
    let users = column(&rows, "user_id");
    assert_eq!(users, [&*id(1), "", "", "", &id(1), &id(6)]);
    for (row, said) in rows.iter().zip(&said).skip(1).take(3) {
        assert_eq!(
            (&row["code"], &row["message"]),
            (&said["code"], &said["message"])
        );
    }
    let codes = column(&rows[1..4], "code");
    assert_eq!(
        codes,
        ["user_not_found", "user_not_found", "user_ambiguous"]
    );
    let mut creates = directory.creates();
    creates.sort();
    assert_eq!(creates, [id(1), id(1), id(6)]);
    assert_eq!(directory.looked_up(), 1, "by the dry run alone");
    writes_results_again(&directory, folder.path());
    // It can be gone on with, and is no look-up for whoever has no plan.
    let more = ["--plan", "wave.plan", "--plan-allow-progress"];
    let (ended, again) = run(&directory, folder.path(), &more);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(column(&again, "user_id"), users);
    assert_eq!((directory.looked_up(), directory.creates().len()), (1, 3));
    let (_, anew) = run(&directory, folder.path(), &[]);
    assert_eq!(column(&anew, "user_id")[..2], [id(101), id(102)]);
    assert_eq!(directory.looked_up(), 2);
}

#[test]
fn a_planned_user_who_is_gone_is_not_found_and_nobody_else_is_asked_for() {
    let (directory, folder, _) = planned();
    directory.knows(vec![person(101, "ada"), person(6, "eve")]);
    let (ended, rows) = run(&directory, folder.path(), &["--plan", "wave.plan"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert_eq!(
        (&*rows[0]["outcome"], &*rows[0]["code"]),
        ("failed", "NOT_FOUND")
    );
    assert_eq!(directory.creates(), [id(6)]);
    assert_eq!(directory.looked_up(), 1);
    writes_results_again(&directory, folder.path());
}

#[test]
fn what_is_remembered_gives_way_to_the_plan_and_stays_if_nothing_is_sent() {
    let (directory, folder, _) = planned();
    let strict = ["--plan", "wave.plan", "--strict"];
    let (ended, _) = run(&directory, folder.path(), &strict);
    // Nothing is wrong with a row in itself.
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(directory.creates().len(), 3);
    assert_eq!(directory.looked_up(), 1);
    let text = fs::read_to_string(folder.path().join("wave.csv")).unwrap() + "zoe,12\n";
    fs::write(folder.path().join("wave.csv"), text).unwrap();
    let words = [&["run", "wave.csv"][..], &WRITE, &["wave.plan"]].concat();
    ran(&mut directory.command(folder.path(), &words));
    let (ended, rows) = run(&directory, folder.path(), &strict);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert_eq!(column(&rows, "outcome")[6], "invalid");
    assert_eq!(directory.creates().len(), 3);
    writes_results_again(&directory, folder.path());
}
