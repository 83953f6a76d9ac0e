//! Whom the directory knows, and by which names.

use super::*;

/// The names of those whom a filter finds.
fn found(users: &Directory, filter: &str) -> Vec<String> {
    let filter = Filter::read(filter).unwrap();
    let page = Page {
        from: 0,
        limit: 1000,
    };
    let found = users.find(Some(&filter), page);
    assert_eq!(found.people.len(), found.count);
    let people = found.people.into_iter();
    people.map(|person| person.username).collect()
}

#[test]
fn generated_users_are_those_of_the_seed_and_nobody_else() {
    let users = Directory::generate(20, 7);
    assert_eq!(users.ids(), Directory::generate(20, 7).ids());
    assert_ne!(users.ids(), Directory::generate(20, 8).ids());
    let person = |number: usize| users.person(users.ids()[number - 1]).unwrap();
    assert_eq!(person(3).username, "user-3");
    assert_eq!(person(3).external_id, "external-3");
    assert_eq!(person(10).email, person(9).email);
    assert_ne!(person(10).username, person(9).username);
    let numbers = |is: fn(&Person) -> bool| -> Vec<usize> {
        (1..=20).filter(|number| is(&person(*number))).collect()
    };
    assert_eq!(numbers(|person| !person.mfa_enabled), [7, 17]);
    assert_eq!(numbers(|person| !person.enabled), [8, 18]);
    let nobody = Uuid::from_u128(7);
    assert!(!users.has(nobody));
    assert_eq!(users.person(nobody), None);
}

#[test]
fn generated_users_are_found_by_each_of_their_names() {
    let users = Directory::generate(20, 7);
    for (filter, expected) in [
        (r#"username eq "user-3""#, &["user-3"][..]),
        (r#"username eq "USER-3""#, &["user-3"]),
        (r#"externalId eq "EXTERNAL-3""#, &[]),
        (r#"username eq "user-20""#, &["user-20"]),
        (r#"username eq "user-21""#, &[]),
        (r#"username eq "user-0""#, &[]),
        (r#"username eq "user-03""#, &[]),
        (r#"username eq "anna""#, &[]),
        (r#"externalId eq "external-4""#, &["user-4"]),
        (r#"email eq "user-5@example.com""#, &["user-5"]),
        (r#"email eq "user-9@example.com""#, &["user-9", "user-10"]),
        (r#"email eq "user-10@example.com""#, &[]),
        (
            r#"username eq "user-2" or username eq "user-1" or username eq "user-2""#,
            &["user-2", "user-1"],
        ),
        (r#"username eq "user-8" and enabled eq true"#, &[]),
        ("enabled eq false", &["user-8", "user-18"]),
        (r#"username sw "user-2""#, &["user-2", "user-20"]),
        (
            r#"username eq "user-1" or enabled eq false"#,
            &["user-1", "user-8", "user-18"],
        ),
        (r#"mobilePhone eq "+15125551234""#, &[]),
    ] {
        assert_eq!(found(&users, filter), expected, "{filter}");
    }
    let everybody = format!("population.id eq \"{POPULATION}\"");
    assert_eq!(found(&users, &everybody).len(), 20);
}

#[test]
fn everybody_is_a_user_with_names_made_of_the_id() {
    let users = Directory::of_everybody();
    let id = Uuid::from_u128(7);
    assert!(users.has(id));
    let person = users.person(id).unwrap();
    assert_eq!(person.username, format!("user-{id}"));
    for filter in [
        format!("username eq \"{}\"", person.username),
        format!("email eq \"{}\"", person.email),
        format!("externalId eq \"{}\"", person.external_id),
    ] {
        assert_eq!(found(&users, &filter), [&*person.username]);
    }
    assert!(users.ids().is_empty());
    assert!(users.named().ids.is_empty());
}

#[test]
fn every_name_is_one_user_in_every_sandbox() {
    let id = |filter: &str| {
        let users = Directory::of_everybody();
        let page = Page { from: 0, limit: 1 };
        let found = users.find(Filter::read(filter).as_ref(), page);
        let person = found.people.into_iter().next().unwrap();
        // Whoever was found can be read.
        assert_eq!(users.person(person.id), Some(person.clone()));
        person.id
    };
    let anna = id(r#"username eq "anna@example.org""#);
    assert_eq!(anna, id(r#"username eq "Anna@example.org""#));
    assert_eq!(anna, id(r#"email eq "anna@example.org""#));
    assert_eq!(anna.get_version_num(), 4);
    let others = [
        r#"username eq "anna""#,
        r#"externalId eq "anna""#,
        r#"externalId eq "Anna""#,
        r#"username eq "anna@example.org ""#,
    ];
    let ids: HashSet<_> = others.into_iter().map(id).chain([anna]).collect();
    assert_eq!(ids.len(), others.len() + 1);
}

#[test]
fn who_cannot_be_called_so_is_nobody() {
    let users = Directory::of_everybody();
    let long = "a".repeat(LONGEST_NAME + 1);
    for filter in [
        r#"username eq """#,
        r#"email eq "anna""#,
        &format!("username eq \"{long}\""),
        r#"username eq "anna" and username eq "otto""#,
        r#"username eq "anna" and enabled eq false"#,
    ] {
        assert!(found(&users, filter).is_empty(), "{filter}");
    }
    assert_eq!(found(&users, r#"username sw "an""#), ["anna"]);
}

#[test]
fn pages_hold_everybody_once() {
    let users = Directory::generate(7, 0);
    let (mut seen, mut from) = (Vec::new(), Some(0));
    while let Some(at) = from {
        let page = Page { from: at, limit: 3 };
        let found = users.find(None, page);
        assert_eq!(found.count, 7);
        seen.extend(found.people.into_iter().map(|person| person.id));
        from = found.next;
    }
    assert_eq!(seen, users.ids());
    let behind = users.find(None, Page { from: 8, limit: 3 });
    assert!(behind.people.is_empty() && behind.next.is_none());
}

#[test]
fn mfa_is_what_it_was_last_switched_to() {
    let users = Directory::of_everybody();
    let (one, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let mfa = |id| users.person(id).map(|person| person.mfa_enabled);
    for enabled in [false, true, false] {
        users.switch_mfa(one, enabled);
        assert_eq!((mfa(one), mfa(other)), (Some(enabled), Some(true)));
    }
}
