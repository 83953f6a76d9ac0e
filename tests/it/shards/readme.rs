//! The shards that the README names users for.

use wavepair::testing::model::Shard;

use crate::support::readme::readme;

#[test]
fn the_shards_of_users_are_what_the_readme_says() {
    let readme = readme();
    let mut lines = readme.lines();
    let header = lines
        .find(|line| line.starts_with("| user ID | of "))
        .unwrap();
    let cells = |line: &str| {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let counts: Vec<u32> = cells(header)[1..]
        .iter()
        .map(|cell| {
            cell.trim_start_matches("of ")
                .replace(',', "")
                .parse()
                .unwrap()
        })
        .collect();
    let rows: Vec<_> = lines
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert!(rows.len() >= 4);
    for row in rows {
        let row = cells(row);
        let user = row[0].trim_matches('`').parse().unwrap();
        for (of, said) in counts.iter().zip(&row[1..]) {
            assert_eq!(
                Shard::of_user(user, *of).number().to_string(),
                *said,
                "{row:?} of {of}"
            );
        }
    }
}
