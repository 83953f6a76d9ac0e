//! The worked example of the README, done step by step as it is written.

use std::fs;
use std::path::Path;

use crate::support::binary::root;
use crate::support::readme::{block, under};
use crate::support::rehearsal::Rehearsal;
use crate::support::sheets;
use crate::support::shell::typed;

/// What the example shows or asks for.
#[derive(Debug)]
enum Step {
    /// What a file has, or some of its columns.
    Content { file: String, text: String },
    /// A person writes something else into a cell.
    Correction {
        file: String,
        from: String,
        to: String,
    },
    /// What a person types.
    Typed(String),
    /// Lines that the program then says.
    Said(String),
}

/// The steps of the example, from its heading to the next chapter.
fn steps() -> Vec<Step> {
    let example = under("The first wave");
    let (mut steps, mut file) = (Vec::new(), "");
    let mut lines = example.lines();
    while let Some(line) = lines.next() {
        if let Some((language, text)) = block(line, &mut lines) {
            let file = file.to_owned();
            steps.push(match language {
                "csv" => Step::Content { file, text },
                "sh" => Step::Typed(text),
                "text" => Step::Said(text),
                _ => panic!("nobody tests `{language}`"),
            });
            continue;
        }
        // Code stands between each second pair of backticks.
        let codes: Vec<_> = line.split('`').skip(1).step_by(2).collect();
        let is_file = |code: &&&str| Path::new(code).extension().is_some_and(|end| end == "csv");
        file = codes.iter().rfind(is_file).unwrap_or(&file);
        if let Some((before, after)) = line.split_once("` becomes `") {
            let mut before = before.rsplit('`');
            let from = before.next().unwrap().to_owned();
            steps.push(Step::Correction {
                file: before.nth(1).unwrap().to_owned(),
                from,
                to: after.split('`').next().unwrap().to_owned(),
            });
        }
    }
    steps
}

/// The columns of `shown` in the rows of a file, as text of the same form.
fn projected(file: &Path, shown: &str) -> String {
    let written = fs::read(file).unwrap();
    let reader = |bytes| {
        csv::ReaderBuilder::new()
            .delimiter(b';')
            .from_reader(std::io::Cursor::new(bytes))
    };
    let mut written = reader(written);
    let headers = written.headers().unwrap().clone();
    let mut wanted = reader(shown.as_bytes().to_vec());
    let wanted = wanted.headers().unwrap().clone();
    let places: Vec<_> = wanted
        .iter()
        .map(|name| headers.iter().position(|header| header == name).unwrap())
        .collect();
    let mut text = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer(Vec::new());
    text.write_record(&wanted).unwrap();
    for record in written.records() {
        let record = record.unwrap();
        text.write_record(places.iter().map(|place| &record[*place]))
            .unwrap();
    }
    String::from_utf8(text.into_inner().unwrap()).unwrap()
}

/// The same lines without what is another's each time: how long it took, and which run it was.
fn settled(said: &str) -> String {
    let lines: Vec<_> = said
        .lines()
        .map(|line| line.split_once(" rows in ").map_or(line, |(rows, _)| rows))
        .collect();
    lines.join("\n") + "\n"
}

#[test]
fn the_example_of_the_readme_leads_from_an_export_to_six_devices() {
    let rehearsal = Rehearsal::new();
    let (mut codes, mut said) = (Vec::new(), String::new());
    let (mut shown, mut corrected) = (0, 0);
    for step in steps() {
        match step {
            Step::Content { file, text } if codes.is_empty() => {
                let sample = root().join("samples").join(&file);
                assert_eq!(fs::read_to_string(sample).unwrap(), text);
                fs::write(rehearsal.path(&file), text).unwrap();
            }
            Step::Content { file, text } => {
                // Quotes are not compared: they change no cell.
                let written = projected(&rehearsal.path(&file), &text);
                assert_eq!(written.replace('"', ""), text.replace('"', ""), "{file}");
                shown += 1;
            }
            Step::Correction { file, from, to } => {
                let text = String::from_utf8(rehearsal.bytes(&file)).unwrap();
                assert_eq!(text.matches(&from).count(), 1, "{file}: {from}");
                fs::write(rehearsal.path(&file), text.replace(&from, &to)).unwrap();
                corrected += 1;
            }
            Step::Typed(line) => {
                let ended = typed(&rehearsal, &line);
                codes.push(ended.code.unwrap());
                said = settled(&ended.stderr);
            }
            Step::Said(text) => {
                let text = settled(&text);
                assert!(said.contains(&text), "{text}\nis not in\n{said}");
                shown += 1;
            }
        }
    }
    assert_eq!(codes, [3, 3, 0, 0, 0, 2]);
    assert_eq!((shown, corrected), (7, 3));
    assert_eq!(rehearsal.creates(), 6);
    assert_eq!(rehearsal.stats().most_per_key, 1);
    let workbook = sheets::rows(&rehearsal.path("hr-export.results.xlsx"));
    assert_eq!(workbook, rehearsal.results("hr-export.results.csv"));
}
