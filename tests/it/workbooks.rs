//! Files that go back to people as workbooks.

use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use calamine::Data;
use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::rehearsal::{Rehearsal, user};
use crate::support::sheets::{cells, rows};
use crate::support::waves;

/// A wave with a good row, two that are wrong, and cells that a spreadsheet would spoil.
fn wave() -> String {
    format!(
        "user_id,phone,policy_id,badge,note\n\
         {},+15125550100,{WAVE_POLICY},00123,=1+1\n\
         {},07400 123456,{WAVE_POLICY},1e5,\"two\nlines, é\"\n\
         {},+15125550102\n",
        user(0),
        user(1),
        user(2)
    )
}

#[test]
fn a_name_that_ends_in_xlsx_makes_a_workbook_with_the_cells_of_a_csv() {
    let rehearsal = Rehearsal::new();
    let named = ["-o", "r.xlsx", "--rejects", "x.XLSX"];
    for (words, text) in [
        (&["--dry-run"][..], "wave.dry-run.csv"),
        (&[], "wave.results.csv"),
    ] {
        rehearsal.wave(&wave()).run(words).exits(3);
        rehearsal.run(&[words, &named].concat()).exits(3);
        assert_eq!(rows(&rehearsal.path("r.xlsx")), rehearsal.results(text));
        let rejects = rows(&rehearsal.path("x.XLSX"));
        assert_eq!(rejects, rehearsal.results("wave.rejects.csv"));
        assert_eq!(rejects.len(), 2);
        for name in ["r.xlsx", "x.XLSX"] {
            let mode = rehearsal
                .path(name)
                .metadata()
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}

#[test]
fn phones_and_ids_are_text_and_counts_are_numbers() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave()).run(&["-o", "r.xlsx"]).exits(3);
    let cells = cells(&rehearsal.path("r.xlsx"));
    let column = |name: &str| {
        let is_it = |cell: &Data| *cell == Data::String(name.to_owned());
        let place = cells[0].iter().position(is_it).unwrap();
        cells[1..].iter().map(move |row| row[place].clone())
    };
    assert!(column("row").eq([1, 2, 3].map(|row| Data::Float(row.into()))));
    for (name, first) in [
        ("phone", "+15125550100"),
        ("input.phone", "+15125550100"),
        ("input.badge", "00123"),
        ("input.note", "'=1+1"),
        ("user_id", &user(0)),
    ] {
        assert_eq!(column(name).next(), Some(Data::String(first.to_owned())));
    }
    assert_eq!(column("code").next(), Some(Data::Empty));
}

#[test]
fn the_results_of_a_wave_written_again_are_the_same_workbook_to_the_byte() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave()).run(&["-o", "r.xlsx"]).exits(3);
    let written = rehearsal.bytes("r.xlsx");
    std::fs::remove_file(rehearsal.path("r.xlsx")).unwrap();
    let again = rehearsal
        .bare(&["results", "wave.csv", "-o", "r.xlsx"])
        .output()
        .unwrap();
    let again = rehearsal.ended(&again).exits(0);
    assert!(rehearsal.bytes("r.xlsx") == written, "{}", again.stderr);
}

#[test]
fn edited_rejects_stay_and_the_next_workbook_lies_beside_them() {
    let rehearsal = Rehearsal::new();
    let words = ["--rejects", "x.xlsx"];
    rehearsal.wave(&wave()).run(&words).exits(3);
    // Nobody has edited it: it is replaced, and goes when nothing is rejected any more.
    rehearsal.wave(&waves::of(1)).run(&words).exits(0);
    assert!(!rehearsal.path("x.xlsx").exists());
    rehearsal.wave(&wave()).run(&words).exits(3);
    rehearsal.run(&words).exits(3);
    assert!(!rehearsal.path("x-2.xlsx").exists());

    let mut edited = rehearsal.bytes("x.xlsx");
    edited.push(0);
    std::fs::write(rehearsal.path("x.xlsx"), &edited).unwrap();
    let run = rehearsal.run(&words).exits(3);
    assert!(rehearsal.bytes("x.xlsx") == edited);
    assert_eq!(rows(&rehearsal.path("x-2.xlsx")).len(), 2);
    let (_, go_on) = run
        .stderr
        .split_once("Somebody has edited x.xlsx, so it stays as it is")
        .unwrap_or_else(|| panic!("{}", run.stderr));
    assert!(go_on.contains("x-2.xlsx"), "{go_on}");
    assert!(go_on.contains(" run x.xlsx "), "{go_on}");
    rehearsal.wave(&waves::of(1)).run(&words).exits(0);
    assert!(rehearsal.bytes("x.xlsx") == edited);
    assert!(!rehearsal.path("x-2.xlsx").exists());
}

#[test]
fn rejects_that_are_mended_in_a_workbook_are_run_from_it() {
    let rehearsal = Rehearsal::new();
    rehearsal
        .wave(&wave())
        .run(&["--rejects", "x.xlsx"])
        .exits(3);
    assert_eq!(rehearsal.creates(), 1);
    // As a spreadsheet saves it: the cells as they are, but for what somebody has typed.
    let mut mended = rust_xlsxwriter::Workbook::new();
    let sheet = mended.add_worksheet();
    for (row, cells) in (0..).zip(cells(&rehearsal.path("x.xlsx"))) {
        for (column, cell) in (0..).zip(cells) {
            let typed = match cell.to_string().as_str() {
                "07400 123456" => "+447400123456".to_owned(),
                "" if column == 2 => WAVE_POLICY.to_owned(),
                kept => kept.to_owned(),
            };
            sheet.write_string(row, column, typed).unwrap();
        }
    }
    mended.save(rehearsal.path("x.xlsx")).unwrap();

    let words = ["run", "x.xlsx", "--rate", "max", "--progress", "none"];
    let ran = rehearsal.bare(&words).output().unwrap();
    rehearsal.ended(&ran).exits(0);
    rehearsal.ended(&ran).exits(0);
    assert_eq!(rehearsal.creates(), 3);
    let written = rows(&rehearsal.path("x.results.xlsx"));
    let phones: Vec<_> = written.iter().map(|row| row["phone"].as_str()).collect();
    assert_eq!(phones, ["+447400123456", "+15125550102"]);
    // The first wave knows of both, though its own cell is as it was.
    rehearsal
        .run(&[])
        .exits(3)
        .has(&[("created", 1), ("invalid", 2)]);
}

#[test]
fn more_rows_than_a_sheet_has_are_exit_2_before_anything_is_sent() {
    let rehearsal = Rehearsal::new();
    let rows = "x,x,x\n".repeat(1_048_576);
    rehearsal.wave(&format!("user_id,phone,policy_id\n{rows}"));
    for (words, what, option) in [
        (["-o", "r.xlsx"], "results", "`-o`"),
        (["--rejects", "r.xlsx"], "rejects", "`--rejects`"),
    ] {
        let run = rehearsal.run(&words).exits(2);
        let stderr = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        let error = format!("the {what} cannot be written: `r.xlsx` would be a workbook");
        assert!(stderr.contains(&error), "{stderr}");
        assert!(stderr.contains("1,048,575 rows"), "{stderr}");
        assert!(
            stderr.contains("`.csv`") && stderr.contains(option),
            "{stderr}"
        );
        assert!(!rehearsal.path("r.xlsx").exists());
    }
    assert_eq!(rehearsal.stats().requests.len(), 0, "nothing was sent");
}

#[test]
fn a_name_that_promises_another_kind_of_file_is_refused() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&wave());
    for words in [
        ["-o", "r.xls"],
        ["-o", "r.ods"],
        ["-o", "r.csv.gz"],
        ["--rejects", "r.xlsm"],
    ] {
        for mode in [&["--dry-run"][..], &[]] {
            let run = rehearsal.run(&[&words, mode].concat()).exits(2);
            assert!(run.stderr.contains(words[1]), "{}", run.stderr);
            let hint = "hint: name a file that ends in `.csv` or `.xlsx`";
            assert!(run.stderr.contains(hint), "{}", run.stderr);
        }
    }
}

#[test]
fn a_disk_that_is_full_is_told_as_such_and_leaves_nothing() {
    let rehearsal = Rehearsal::new();
    let mut wave = "user_id,phone,policy_id\n".to_owned();
    for number in 0..2_000 {
        writeln!(wave, "{},+1512555{number:04},{WAVE_POLICY}", user(number)).unwrap();
    }
    rehearsal.wave(&wave);
    let program = env!("CARGO_BIN_EXE_wavepair");
    // Room for its rows, and too little for the file; and too little for the rows.
    for blocks in [700, 1] {
        let line = format!("ulimit -f {blocks}; {program} run wave.csv --dry-run -o r.xlsx");
        let output = Command::new("bash")
            .args(["-c", &line])
            .current_dir(rehearsal.folder())
            .output()
            .unwrap();
        let run = rehearsal.ended(&output).exits(1);
        assert!(run.stderr.contains("File too large"), "{}", run.stderr);
        assert!(!run.stderr.contains("fault of wavepair"), "{}", run.stderr);
        assert!(!run.stderr.contains("ZipWriter"), "{}", run.stderr);
        let left = std::fs::read_dir(rehearsal.folder()).unwrap();
        let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["wave.csv"]);
    }
}
