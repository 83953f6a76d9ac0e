//! What the README lists is all that there is, and nothing else.

use std::collections::BTreeSet;

use wavepair::testing::exit::ExitCode;
use wavepair::testing::model::{
    Column, InvalidCode, Outcome, StopCode, UndoVerdict, Verdict, WarningCode, code,
};
use wavepair::testing::report::{COLUMNS, UNDO_COLUMNS, VERDICT_COLUMNS};
use wavepair::testing::settings::{About, COMMANDS, GIVEN, Unset, VARIABLES, options};

use crate::support::binary::{root, run};
use crate::support::readme::{heading, readme};

/// Flags of other programs, cargo's, pingcli's and Slurm's, that the README mentions.
const OF_OTHERS: [&str; 3] = ["--path", "--value", "--array"];

/// The tables under a heading, each as its lines without header, each line as its cells.
fn tables(title: &str) -> Vec<Vec<Vec<String>>> {
    let readme = readme();
    let mut lines = readme.lines();
    let is_meant = |line| heading(line).is_some_and(|(_, found)| found == title);
    assert!(lines.any(is_meant), "no page has `{title}`");
    let mut tables = Vec::new();
    let mut table = Vec::new();
    for line in lines.take_while(|line| !line.starts_with('#')).chain([""]) {
        if let Some(line) = line.strip_prefix("| ") {
            let line = line.trim_end().strip_suffix('|').unwrap();
            let line = line.replace(r"\|", "\0");
            let cells = line.split('|').map(|cell| cell.trim().replace('\0', r"\|"));
            table.push(cells.collect());
        } else if !table.is_empty() {
            // The header, and the line below it.
            tables.push(table.split_off(2));
            table.clear();
        }
    }
    tables
}

fn in_backticks(words: &str) -> String {
    format!("`{words}`")
}

/// Every long flag that a text names.
pub(crate) fn flags(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| {
            word.strip_prefix("--")
                .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
        })
        .map(str::to_owned)
        .collect()
}

/// What `--help` prints, of wavepair itself and of each command.
fn helps() -> Vec<String> {
    let commands = COMMANDS.iter().map(|usage| usage.name);
    std::iter::once("")
        .chain(commands)
        .map(|command| {
            let help = run(&root(), &format!("{command} --help"));
            assert_eq!(
                (help.code, help.stderr.as_str()),
                (Some(0), ""),
                "{command}"
            );
            help.stdout
        })
        .collect()
}

/// A line of a table of codes.
fn line(word: &str, meaning: &str, advice: &str) -> Vec<String> {
    vec![in_backticks(word), meaning.to_owned(), advice.to_owned()]
}

#[test]
fn the_readme_lists_every_code_of_a_row_with_what_to_do() {
    let invalid = InvalidCode::ALL
        .iter()
        .map(|code| line(code.as_str(), code.meaning(), code.advice()));
    let others = code::ALL
        .iter()
        .map(|code| line(code.word, code.meaning, code.advice));
    assert_eq!(
        tables("Codes of rows"),
        [invalid.collect::<Vec<_>>(), others.collect()]
    );
}

#[test]
fn the_readme_lists_every_code_of_a_warning_with_what_to_do() {
    let codes = WarningCode::ALL
        .iter()
        .map(|code| line(code.as_str(), code.meaning(), code.advice()));
    assert_eq!(tables("Warnings of rows"), [codes.collect::<Vec<_>>()]);
}

#[test]
fn the_readme_lists_every_reason_to_stop_with_what_to_do() {
    let codes = StopCode::ALL
        .iter()
        .map(|code| line(code.as_str(), code.meaning(), code.advice()));
    assert_eq!(tables("Why a run stopped"), [codes.collect::<Vec<_>>()]);
}

#[test]
fn the_readme_lists_every_verdict_with_what_to_do_and_their_columns() {
    let verdicts = Verdict::ALL
        .iter()
        .map(|verdict| line(verdict.as_str(), verdict.meaning(), verdict.advice()));
    let tables = tables("Is the promise true? Verify");
    assert_eq!(tables, [verdicts.collect::<Vec<_>>()]);
    let columns = VERDICT_COLUMNS.join(",");
    assert!(readme().lines().any(|line| line == columns), "{columns}");
}

#[test]
fn the_readme_lists_every_verdict_of_undo_with_advice_and_the_columns() {
    let verdicts = UndoVerdict::ALL
        .iter()
        .map(|verdict| line(verdict.as_str(), verdict.meaning(), verdict.advice()));
    let tables = tables("The wrong devices: undo");
    assert_eq!(tables[1], verdicts.collect::<Vec<_>>());
    let columns = UNDO_COLUMNS.join(",");
    assert!(readme().lines().any(|line| line == columns), "{columns}");
}

#[test]
fn the_readme_lists_every_exit_code_with_its_meaning_and_what_to_do() {
    let codes = ExitCode::ALL.map(|code| {
        vec![
            code.code().to_string(),
            code.meaning().to_owned(),
            code.advice().to_owned(),
        ]
    });
    assert_eq!(tables("Exit codes"), [codes]);
}

#[test]
fn the_readme_lists_every_outcome_and_every_column() {
    let outcomes: Vec<_> = tables("Outcomes")[0]
        .iter()
        .map(|line| line[0].clone())
        .collect();
    assert_eq!(
        outcomes,
        Outcome::ALL.map(|outcome| in_backticks(outcome.as_str()))
    );

    let input: BTreeSet<_> = tables("The input")[0]
        .iter()
        .flat_map(|line| line[0].split(", ").map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let known = Column::ALL.map(|column| in_backticks(column.name()));
    assert_eq!(input, known.into_iter().collect());

    let results = COLUMNS.join(",");
    assert!(readme().lines().any(|line| line == results), "{results}");
}

#[test]
fn the_readme_and_the_help_texts_know_the_same_flags() {
    let mut described = flags(&readme());
    described.retain(|flag| !OF_OTHERS.contains(&flag.as_str()));
    let offered = flags(&helps().join("\n"));
    let missing: Vec<_> = offered.difference(&described).collect();
    let invented: Vec<_> = described.difference(&offered).collect();
    assert_eq!(missing, Vec::<&String>::new(), "not in the README");
    assert_eq!(invented, Vec::<&String>::new(), "in no help text");
}

/// The lines of the README's tables about settings: where options, variable and default stand.
fn described() -> Vec<[String; 3]> {
    let [settings] = &tables("Settings")[..] else {
        panic!("one table of settings")
    };
    let files = &tables("The results")[0];
    let sandbox = &tables("The sandbox")[0];
    let cells =
        |line: &[String], at: [usize; 3]| at.map(|at| line.get(at).cloned().unwrap_or_default());
    let settings = settings.iter().map(|line| cells(line, [1, 2, 3]));
    let files = files.iter().map(|line| cells(line, [1, 1, 0]));
    let sandbox = sandbox.iter().map(|line| cells(line, [0, 9, 1]));
    settings.chain(files).chain(sandbox).collect()
}

#[test]
fn the_tables_of_the_readme_are_those_of_the_settings() {
    // In the text, and not in a table.
    let elsewhere = [
        "--dry-run",
        "--online",
        "--faults",
        "--results-phone",
        "--raw-cells",
    ];
    let described = described();
    let in_line = |option: &str| {
        described
            .iter()
            .find(|[named, ..]| flags(named).contains(option))
    };
    let known: Vec<(&str, &About)> = options()
        .filter_map(|about| Some((about.option()?, about)))
        .filter(|(option, _)| !elsewhere.contains(option))
        .collect();
    for (option, about) in known {
        let [_, variable, default] = in_line(option).unwrap_or_else(|| panic!("{option}"));
        if let Some(known) = about.variable {
            assert!(variable.contains(&in_backticks(known.name)), "{option}");
        }
        if let Unset::Value(value) | Unset::ValueApart(value) = about.unset {
            let words = default.split(|c: char| !(c.is_alphanumeric() || "./:".contains(c)));
            assert!(
                words.into_iter().any(|word| word == value),
                "{option}: {default}"
            );
        }
    }
}

#[test]
fn the_readme_knows_every_variable_that_is_read_or_given_and_invents_none() {
    let readme = readme();
    let names = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        let ours =
            words.filter(|word| word.starts_with("PINGONE_") || word.starts_with("WAVEPAIR_"));
        ours.map(str::to_owned).collect()
    };
    let all: Vec<_> = VARIABLES.iter().map(|variable| variable.name).collect();
    for name in all.iter().flat_map(|name| name.split(", ")) {
        assert!(readme.contains(name), "{name}");
    }
    let mut known = names(&all.join(" "));
    known.extend(GIVEN.map(str::to_owned));
    assert_eq!(names(&readme), known);
    let of_options: Vec<_> = options().filter_map(|about| about.variable).collect();
    for variable in of_options {
        assert!(all.contains(&variable.name), "{}", variable.name);
    }
}
