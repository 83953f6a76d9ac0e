//! Damaged, odd and fine waves, one small file each in `tests/corpus`, dry-run by the real binary:
//! what becomes of each line.

mod recipe;
mod sheet;

use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::Path;

use wavepair::testing::model::InvalidCode;

use crate::support::binary::{Ran, entries, ran, root, wavepair};
use crate::support::texts;
use recipe::{Recipe, Row};

/// Every recipe, by its name.
fn recipes() -> Vec<(String, Recipe)> {
    let mut found = Vec::new();
    let corpus = root().join("tests/corpus");
    for folder in entries(&corpus) {
        for file in entries(&folder) {
            let name = file.strip_prefix(&corpus).unwrap().display().to_string();
            let text = std::fs::read_to_string(&file).unwrap();
            let recipe = std::panic::catch_unwind(|| Recipe::read(&text));
            found.push((
                name.clone(),
                recipe.unwrap_or_else(|_| panic!("see above: {name}")),
            ));
        }
    }
    found
}

/// What a dry run said of the rows, by the file that it wrote; nothing where it wrote none.
fn written(file: &Path) -> Option<Vec<Row>> {
    let rows = texts::rows(&std::fs::read(file).ok()?);
    let rows = rows.iter().map(|row| {
        let cell = |name: &str| row[name].clone();
        let outcome = cell("outcome");
        let is_sent = outcome == "ready";
        Row {
            line: cell("line").parse().unwrap(),
            code: cell("code"),
            phone: if is_sent {
                cell("phone")
            } else {
                String::new()
            },
            warnings: cell("warning")
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            outcome,
        }
    });
    Some(rows.collect())
}

fn listed(rows: &[Row]) -> String {
    let lines: Vec<_> = rows.iter().map(ToString::to_string).collect();
    lines.join("\n") + "\n"
}

/// Dry-runs a wave, and says what is not as it was to be.
fn tried(recipe: &Recipe) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(&recipe.file), &recipe.wave).unwrap();
    let mut command = wavepair(folder.path());
    command.args(["run", &recipe.file, "--dry-run", "-o", "out.csv"]);
    let Ran { code, stderr, .. } = ran(command.args(&recipe.options));
    let mut wrong = Vec::new();
    if code != Some(recipe.exit) {
        wrong.push(format!("exit {code:?}, not {}: {stderr}", recipe.exit));
    }
    let silent = recipe.says.iter().filter(|text| !stderr.contains(*text));
    wrong.extend(silent.map(|text| format!("does not say {text:?}: {stderr}")));
    let rows = written(&folder.path().join("out.csv"));
    match (&rows, recipe.exit) {
        (Some(_), 2) => wrong.push("something was written of a file that was refused".to_owned()),
        (None, exit) if exit != 2 => wrong.push("nothing was written".to_owned()),
        _ => {}
    }
    let rows = rows.unwrap_or_default();
    // The phone is compared where one is expected.
    let expected = recipe.rows.iter().map(Some).chain(std::iter::repeat(None));
    let shown = rows.iter().zip(expected);
    let shown: Vec<_> = shown
        .map(|(row, expected)| match expected {
            Some(expected) if expected.phone.is_empty() => Row {
                phone: String::new(),
                ..row.clone()
            },
            Some(_) | None => row.clone(),
        })
        .collect();
    if shown != recipe.rows {
        let (expected, got) = (listed(&recipe.rows), listed(&rows));
        wrong.push(format!("expected\n{expected}and not\n{got}"));
    }
    let told = rows
        .iter()
        .filter(|row| row.phone.len() > 6 && stderr.contains(&row.phone[1..]));
    wrong.extend(told.map(|row| format!("a whole phone is shown: {}", row.line)));
    wrong
}

/// The same, each with the name of the recipe.
fn told_of((name, recipe): &(String, Recipe)) -> Vec<String> {
    let wrong = tried(recipe).into_iter();
    let about = &recipe.about;
    wrong
        .map(|what| format!("{name} ({about}): {what}"))
        .collect()
}

#[test]
fn each_file_of_the_corpus_comes_to_what_it_says_line_by_line() {
    let recipes = recipes();
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = recipes.len().div_ceil(workers).max(1);
    let wrong: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = recipes
            .chunks(share)
            .map(|recipes| scope.spawn(|| recipes.iter().flat_map(told_of).collect::<Vec<_>>()))
            .collect();
        let told = workers.into_iter().map(|worker| worker.join().unwrap());
        told.flatten().collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rows of all recipes that have but these columns, one behind the other, so often that no block
/// of rows holds all of them.
fn in_one_wave() -> Vec<u8> {
    const HEADER: &[u8] = b"user_id,phone,policy_id\n";
    let is_plain = |recipe: &Recipe| recipe.exit != 2 && recipe.options.is_empty();
    let recipes = recipes();
    let plain = recipes.iter().filter(|(_, recipe)| is_plain(recipe));
    let rows: Vec<&[u8]> = plain
        .filter_map(|(_, recipe)| recipe.wave.strip_prefix(HEADER))
        // A quote that does not close takes the rows behind it with it.
        .filter(|rows| !rows.contains(&b'"') && rows.ends_with(b"\n"))
        .collect();
    assert!(rows.len() > 50, "{} files", rows.len());
    [HEADER, &rows.concat().repeat(20)].concat()
}

#[test]
fn on_one_core_and_on_several_the_corpus_comes_to_the_same_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("wave.csv"), in_one_wave()).unwrap();
    let [one, several] = ["1", "5"].map(|cores| {
        let mut command = wavepair(folder.path());
        command.args(["run", "wave.csv", "--dry-run", "--summary", "sum.json"]);
        let Ran { code, stderr, .. } = ran(command.env("RAYON_NUM_THREADS", cores));
        assert_eq!(code, Some(3), "{stderr}");
        ["wave.dry-run.csv", "wave.rejects.csv"]
            .map(|file| std::fs::read(folder.path().join(file)).unwrap())
    });
    assert!(one[0].len() > 500_000, "{} bytes", one[0].len());
    assert!(one == several);
}

#[test]
fn the_corpus_has_every_way_in_which_a_row_can_be_wrong() {
    let recipes = recipes();
    assert!(recipes.len() >= 150, "{} files", recipes.len());
    let rows = recipes.iter().flat_map(|(_, recipe)| &recipe.rows);
    let codes: BTreeSet<_> = rows.map(|row| row.code.as_str()).collect();
    let missing: Vec<_> = InvalidCode::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !codes.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
