//! Very many names, of every kind that people have.

use super::*;

const ROWS: usize = 10_000;

/// The username of a number: no two numbers have the same, and some have twins in another case.
fn username(number: usize) -> String {
    match number % 10 {
        0 => format!("o\"neil\"{number}"),
        1 => format!(r"DOMAIN\user{number}\"),
        2 => format!("{number}% %41 %22"),
        3 => format!("\u{1f600}\u{1f469}\u{200d}\u{1f4bb}{number}"),
        4 => format!("Twin{number}"),
        5 => format!("twin{}", number - 1),
        6 => format!("a&b=c+d {number}#?/../;"),
        7 => format!("\" or enabled eq true or username eq \"{number}"),
        8 => format!("'{number}') or 1 eq 1 --"),
        _ => format!("J\u{fc}rgen.\u{6797}.{number}@example.com"),
    }
}

/// Whom the directory has of a name.
fn people_of(number: usize) -> Vec<Person> {
    let name = username(number);
    match number {
        // Nobody.
        number if number % 97 == 0 => Vec::new(),
        // Two, which no directory should have.
        number if number % 101 == 0 => vec![person(number, &name), person(number + ROWS, &name)],
        _ => vec![person(number, &name)],
    }
}

#[test]
fn ten_thousand_usernames_are_the_right_users_with_500_look_ups_at_most() {
    let directory = Directory::of((0..ROWS).flat_map(people_of).collect());
    let names: Vec<_> = (0..ROWS).map(username).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let folder = folder_with(&wave("username", &names));
    let (ended, rows) = run(&directory, folder.path(), &["--limit", "3"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    assert!(ended.stderr.contains("10,000 rows, users by username"));
    assert!(directory.looked_up() <= 500, "{}", directory.looked_up());
    assert!(directory.longest() < 4_096, "{}", directory.longest());
    assert_eq!(rows.len(), ROWS);
    for (number, row) in rows.iter().enumerate() {
        let name = username(number);
        let expected = match people_of(number).len() {
            0 => ("rejected", "user_not_found", String::new()),
            1 => ("", "", id(number)),
            _ => ("rejected", "user_ambiguous", String::new()),
        };
        let (outcome, code) = (row["outcome"].as_str(), row["code"].as_str());
        let is_right = match expected.0 {
            // Nearly all of them wait for the next run.
            "" => ["created", "pending"].contains(&outcome),
            rejected => outcome == rejected && code == expected.1,
        };
        assert!(is_right, "{name}: {row:?}");
        assert_eq!(row["user_id"], expected.2, "{name}");
        if expected.1 == "user_ambiguous" {
            assert!(row["message"].starts_with("2 users"), "{row:?}");
        }
    }
    assert_eq!(directory.creates().len(), 3);
    // What is known is not asked for again; what is not is.
    let before = directory.looked_up();
    let (ended, _) = run(&directory, folder.path(), &["--limit", "3"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    let unknown = (0..ROWS).filter(|number| people_of(*number).len() != 1);
    let expected = unknown.count().div_ceil(20);
    assert_eq!(directory.looked_up() - before, expected);
    writes_results_again(&directory, folder.path());
}

#[test]
fn two_spellings_of_an_address_are_one_user_and_a_shared_one_is_nobodys() {
    let people = vec![
        person(1, "Ada"),
        Person {
            email: "desk@example.com".to_owned(),
            ..person(2, "bob")
        },
        Person {
            email: "DESK@example.com".to_owned(),
            ..person(3, "carol")
        },
    ];
    let directory = Directory::of(people);
    let folder = folder_with(
        "email,phone\nada@example.com,+15125550001\nADA@EXAMPLE.COM,+1 512 555 0001\ndesk@example.com,+15125550002\n",
    );
    let (ended, rows) = run(&directory, folder.path(), &[]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let outcomes = column(&rows, "outcome");
    assert_eq!(outcomes, ["created", "duplicate", "rejected"]);
    assert_eq!(column(&rows, "user_id"), [&*id(1), &*id(1), ""]);
    assert_eq!(rows[2]["code"], "user_ambiguous");
    assert_eq!(directory.creates(), [id(1)]);
    writes_results_again(&directory, folder.path());
}

#[test]
fn no_name_is_in_what_is_said_or_logged() {
    let directory = Directory::of(vec![person(1, "ada.lovelace")]);
    let folder = folder_with(&wave("username", &["ada.lovelace", "bob.nobody"]));
    let (ended, rows) = run(&directory, folder.path(), &["-vv", "--log-file", "run.log"]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let log = fs::read_to_string(folder.path().join("run.log")).unwrap();
    for name in ["lovelace", "nobody"] {
        assert!(!ended.stderr.contains(name), "{}", ended.stderr);
        assert!(!log.contains(name), "{log}");
        assert!(rows.iter().all(|row| !row["message"].contains(name)));
    }
}
