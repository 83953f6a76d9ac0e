//! Names whose remembered users are not there any more: forgotten, and asked for once more.

use super::*;

const STALE: [&str; 8] = ["ada", "fay", "gus", "hal", "ida", "jim", "kay", "lou"];

/// A wave of names with the last digits of their phones.
fn phones(rows: &[(&str, usize)]) -> String {
    let lines = rows
        .iter()
        .map(|(name, phone)| format!("{name},+1512555{phone:04}"));
    let head = std::iter::once("username,phone".to_owned());
    head.chain(lines).collect::<Vec<_>>().join("\n") + "\n"
}

/// A folder whose ledger remembers these names, each with a device, and the directory that told of them.
fn remembering(names: &[&str]) -> (Directory, tempfile::TempDir) {
    let people = |first: usize| names.iter().zip(first..).map(|(name, id)| person(id, name));
    let directory = Directory::of(people(1).collect());
    let folder = folder_with(&wave("username", names));
    let (ended, _) = run(&directory, folder.path(), &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(directory.looked_up(), 1);
    (directory, folder)
}

fn write_wave(folder: &Path, text: &str) {
    fs::write(folder.join("wave.csv"), text).unwrap();
}

/// The rows of a wave for people of whom all were imported anew, but for dan; bob was not, and carol twice.
fn imported_anew(directory: &Directory) -> String {
    let people = STALE.iter().zip(101..);
    let mut people: Vec<_> = people.map(|(name, id)| person(id, name)).collect();
    people.extend([
        person(201, "carol"),
        person(202, "carol"),
        person(11, "dan"),
    ]);
    directory.knows(people);
    let mut rows = vec![("ada", 0), ("ada", 100), ("bob", 200), ("carol", 300)];
    rows.extend([("dan", 400), ("ada", 100), ("bob", 201)]);
    let others = STALE[1..].iter().zip(500..);
    rows.extend(others.map(|(name, phone)| (*name, phone)));
    phones(&rows)
}

#[test]
fn names_whose_users_are_gone_are_asked_anew_and_rows_go_to_who_has_them() {
    const ENDS: [(&str, usize, &str); 7] = [
        ("created", 101, ""),
        ("created", 101, ""),
        ("rejected", 0, "user_not_found"),
        ("rejected", 0, "user_ambiguous"),
        ("created", 11, ""),
        ("duplicate", 101, ""),
        ("rejected", 0, "user_not_found"),
    ];
    for more in [
        &[][..],
        &["--existing", "ledger"],
        &["--existing", "ledger", "--mfa", "enable"],
    ] {
        let known = [&STALE[..], &["bob", "carol", "dan"]].concat();
        let (directory, folder) = remembering(&known);
        write_wave(folder.path(), &imported_anew(&directory));
        let (ended, rows) = run(&directory, folder.path(), more);
        assert_eq!(ended.code, Some(3), "{more:?}: {}", ended.stderr);
        for (row, (outcome, user, code)) in rows.iter().zip(ENDS) {
            let user = if user == 0 { String::new() } else { id(user) };
            assert_eq!((&*row["outcome"], &row["user_id"]), (outcome, &user));
            assert!(row["code"] == code || outcome != "rejected", "{row:?}");
        }
        assert_eq!(column(&rows[7..], "outcome"), ["created"; 7], "{more:?}");
        let users: Vec<_> = (102..=108).map(id).collect();
        assert_eq!(column(&rows[7..], "user_id"), users);
        // One request for all of them, and one device for each row that is created.
        assert_eq!(directory.looked_up(), 2, "{more:?}");
        assert_eq!(directory.creates().len(), 11 + 10, "{more:?}");
        let said = "IDs were remembered for 10 names: that was looked up again, and 13 rows go on";
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        writes_results_again(&directory, folder.path());
        // It is remembered, but for whom nobody is.
        let (again, _) = run(&directory, folder.path(), more);
        assert_eq!(again.code, Some(3), "{}", again.stderr);
        let (looked_up, creates) = (directory.looked_up(), directory.creates().len());
        assert_eq!((looked_up, creates), (3, 21), "{more:?}");
    }
}

#[test]
fn a_name_is_asked_for_once_more_and_not_for_ever() {
    let (directory, folder) = remembering(&["ada", "bob", "dan"]);
    // For ada the same user is named, for bob another one, and neither is there.
    directory.knows(vec![person(1, "ada"), person(102, "bob"), person(3, "dan")]);
    directory.hides(&id(1));
    directory.hides(&id(102));
    write_wave(
        folder.path(),
        &phones(&[("ada", 100), ("bob", 200), ("dan", 300)]),
    );
    for (asked, outcomes) in [
        (2, ["failed", "failed", "created"]),
        (3, ["rejected", "rejected", "created"]),
    ] {
        let more = ["--existing", "ledger", "--attempts", "1"];
        let (ended, rows) = run(&directory, folder.path(), &more);
        assert_eq!(column(&rows, "outcome"), outcomes, "{}", ended.stderr);
        assert_eq!(column(&rows, "code")[..2], ["NOT_FOUND"; 2]);
        assert_eq!(directory.looked_up(), asked);
        writes_results_again(&directory, folder.path());
    }
}

#[test]
fn a_run_that_stops_first_leaves_the_names_to_the_next_one() {
    let (directory, folder) = remembering(&["ada", "dan"]);
    directory.knows(vec![person(101, "ada"), person(2, "dan")]);
    let rows = [("ada", 100), ("dan", 400), ("dan", 401), ("ada", 101)];
    write_wave(folder.path(), &phones(&rows));
    let (ended, rows) = run(&directory, folder.path(), &["--limit", "1"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    assert_eq!(
        column(&rows, "outcome")[..3],
        ["failed", "created", "pending"]
    );
    assert_eq!(directory.looked_up(), 1);
    writes_results_again(&directory, folder.path());
    let (ended, rows) = run(&directory, folder.path(), &["--limit", "2"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    // One of the limit was left for those who were asked for anew.
    assert_eq!(
        column(&rows, "outcome"),
        ["created", "created", "created", "pending"]
    );
    assert_eq!(directory.looked_up(), 2);
    writes_results_again(&directory, folder.path());
    let (ended, rows) = run(&directory, folder.path(), &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(column(&rows, "user_id")[3], id(101));
    assert_eq!(directory.looked_up(), 2);
}

#[test]
fn an_online_dry_run_asks_for_every_name_anew_and_leaves_the_ledger() {
    let (directory, folder) = remembering(&["ada", "dan"]);
    directory.knows(vec![person(101, "ada"), person(2, "dan")]);
    let ledger = folder
        .path()
        .join(format!("state/wavepair/{}.db", directory::ENVIRONMENT));
    let before = fs::read(&ledger).unwrap();
    for asked in [2, 3] {
        let words = ["run", "wave.csv", "--dry-run", "--online"];
        let ended = ran(&mut directory.command(folder.path(), &words));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let rows = rows(folder.path(), "wave.dry-run.csv");
        assert_eq!(column(&rows, "outcome"), ["ready", "created"]);
        assert_eq!(column(&rows, "user_id"), [id(101), id(2)]);
        assert_eq!(directory.looked_up(), asked);
    }
    assert_eq!(fs::read(&ledger).unwrap(), before);
    let (_, rows) = run(&directory, folder.path(), &[]);
    assert_eq!(column(&rows, "user_id"), [id(1), id(2)], "it is remembered");
}

#[test]
fn who_has_a_device_gets_no_message_and_every_dry_run_says_so_first() {
    let directory = Directory::of(vec![person(1, "ada"), person(2, "dan")]);
    let folder = folder_with(&wave("username", &["ada", "dan"]));
    let dry = |more: &[&str]| {
        let first = [
            "run",
            "wave.csv",
            "--dry-run",
            "--status",
            "ACTIVATION_REQUIRED",
        ];
        let words = [&first, more].concat();
        ran(&mut directory.command(folder.path(), &words)).stderr
    };
    for more in [&[][..], &["--online"]] {
        let said = dry(more);
        assert!(said.contains("2 messages"), "{more:?}: {said}");
    }
    let (ended, _) = run(
        &directory,
        folder.path(),
        &["--status", "ACTIVATION_REQUIRED", "--yes"],
    );
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for more in [&[][..], &["--online"]] {
        let said = dry(more);
        assert!(!said.contains("2 messages"), "{more:?}: {said}");
    }
}
