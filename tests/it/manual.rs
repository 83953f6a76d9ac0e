//! What is told of the command line elsewhere than in `--help`: completions and man pages.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use wavepair::testing::exit::ExitCode;
use wavepair::testing::settings::{COMMANDS, Takes, Usage, VARIABLES};

use crate::readme_tables::flags;
use crate::support::binary::{entries, fed, folder_with, root, run};

/// What every command takes besides its own options.
const EVERYWHERE: [&str; 7] = [
    "--config",
    "--profile",
    "--verbose",
    "--quiet",
    "--error-format",
    "--log-format",
    "--help",
];

fn options(usage: &Usage) -> BTreeSet<String> {
    let settings = usage.groups.iter().flat_map(|group| group.settings);
    let names = settings.flat_map(|about| about.option().into_iter().chain(about.also.to_vec()));
    let long = names.filter(|name| name.starts_with("--"));
    long.chain(EVERYWHERE).map(str::to_owned).collect()
}

/// What bash offers for a line that ends where the cursor is; nothing where there is no bash.
fn completed(line: &str) -> Option<BTreeSet<String>> {
    const ASK: &str = r#"
        eval "$(cat)"
        read -ra COMP_WORDS <<<"$1"
        [[ $1 == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
        _wavepair wavepair "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let script = run(&root(), "completions bash");
    assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""));
    let is_there = Command::new("bash").arg("--version").output();
    is_there.ok().filter(|bash| bash.status.success())?;
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", ASK, "bash", line]);
    let output = fed(&mut bash, script.stdout.as_bytes());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
    let offered = String::from_utf8(output.stdout).unwrap();
    Some(offered.lines().map(str::to_owned).collect())
}

#[test]
fn bash_completes_every_command_and_every_option_of_it() {
    let Some(commands) = completed("wavepair ") else {
        return;
    };
    for usage in COMMANDS {
        let first = usage.name.split(' ').next().unwrap();
        assert!(commands.contains(first), "{first}: {commands:?}");
        let offered = completed(&format!("wavepair {} --", usage.name)).unwrap();
        assert_eq!(offered, options(usage), "{}", usage.name);
    }
}

#[test]
fn bash_completes_a_word_and_the_values_that_an_option_takes() {
    for (line, offered) in [
        ("wavepair ver", &["verify"][..]),
        ("wavepair run --conc", &["--concurrency"]),
        ("wavepair run --log-format ", &["json", "text"]),
    ] {
        let Some(found) = completed(line) else {
            return;
        };
        let found: Vec<_> = found.iter().map(String::as_str).collect();
        assert_eq!(found, offered, "{line}");
    }
}

#[test]
fn each_shell_gets_a_script_that_names_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&root(), &format!("completions {shell}"));
        assert_eq!(script.code, Some(0), "{shell}: {}", script.stderr);
        for usage in COMMANDS {
            let first = usage.name.split(' ').next().unwrap();
            assert!(script.stdout.contains(first), "{shell}: {first}");
        }
    }
    let unknown = run(&root(), "completions tcsh");
    assert_eq!(unknown.code, Some(2));
    let why = "'tcsh' for SHELL: expected `bash`";
    assert!(unknown.stderr.contains(why), "{}", unknown.stderr);
}

/// The text of a page as it is read: `\-` is a hyphen that can be copied.
fn read(page: &str) -> String {
    let marks = [r"\fB", r"\fI", r"\fR"];
    let text = page.replace(r"\-", "-").replace(r"\*(Aq", "'");
    let text = marks.iter().fold(text, |text, mark| text.replace(mark, ""));
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ")
}

/// Every page that `man --out` writes, by the name of its file.
fn pages() -> BTreeMap<String, String> {
    let folder = folder_with(&[]);
    let written = run(folder.path(), "man --out share/man1");
    assert_eq!((written.code, written.stderr.as_str()), (Some(0), ""));
    let files = entries(&folder.path().join("share/man1"));
    let page = |file: &std::path::PathBuf| {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644, "{}", file.display());
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(file).unwrap())
    };
    files.iter().map(page).collect()
}

#[test]
fn a_man_page_says_of_each_option_what_the_table_and_the_help_say() {
    let pages = pages();
    for usage in COMMANDS {
        let file = format!("wavepair-{}.1", usage.name.replace(' ', "-"));
        let page = read(&pages[&file]);
        let help = run(&root(), &format!("{} --help", usage.name)).stdout;
        let named: BTreeSet<_> = flags(&page).into_iter().collect();
        assert_eq!(named, flags(&help), "{file}");
        for about in usage.groups.iter().flat_map(|group| group.settings) {
            let said: Vec<_> = about.help.split_whitespace().collect();
            assert!(page.contains(&said.join(" ")), "{file}: {}", about.name);
            if let Some(variable) = about.variable {
                let named = format!("[env: {}]", variable.name);
                assert!(page.contains(&named), "{file}: {named}");
            }
            if let Takes::Word(_, words) = about.takes {
                let all = words.iter().all(|(word, _)| page.contains(word));
                assert!(all, "{file}: {}", about.name);
            }
        }
    }
}

#[test]
fn the_man_page_of_a_run_has_examples_every_variable_and_every_exit_code() {
    let page = read(&pages()["wavepair-run.1"]);
    for variable in VARIABLES {
        let line = format!(".TP {} {}", variable.name, variable.meaning);
        assert!(page.contains(&line), "{line}");
    }
    for code in ExitCode::ALL {
        let line = format!(".TP {} {}", code.code(), code.meaning());
        assert!(page.contains(&line), "{line}");
    }
    assert!(page.contains(".SH EXAMPLES .TP wavepair run wave.csv --dry-run checks every row"));
}

#[test]
fn there_is_a_page_for_each_command_and_all_of_them_on_standard_output() {
    let pages = pages();
    let mut names: Vec<_> = COMMANDS
        .iter()
        .map(|usage| format!("wavepair-{}.1", usage.name.replace(' ', "-")))
        .collect();
    names.push("wavepair.1".to_owned());
    for name in &names {
        assert!(pages.contains_key(name), "{name}");
    }
    let all = run(&root(), "man");
    assert_eq!((all.code, all.stderr.as_str()), (Some(0), ""));
    assert!(pages.values().all(|page| all.stdout.contains(page)));
}

#[test]
fn the_formatter_of_man_pages_has_nothing_to_say_of_any() {
    for (name, page) in pages() {
        let mut groff = Command::new("groff");
        groff
            .args(["-man", "-Kutf8", "-Tutf8", "-ww", "-z"])
            .stdout(Stdio::null());
        // Where there is none, nothing is formatted.
        if Command::new("groff").arg("--version").output().is_err() {
            return;
        }
        let output = fed(&mut groff, page.as_bytes());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), said.as_str()),
            (Some(0), ""),
            "{name}"
        );
    }
}

#[test]
fn a_folder_that_takes_no_page_is_refused_with_2() {
    let refused = run(&root(), "man --out /proc/none");
    assert_eq!(refused.code, Some(2));
    let why = "the man page cannot be written";
    assert!(refused.stderr.contains(why), "{}", refused.stderr);
    assert!(refused.stderr.contains("`--out`"), "{}", refused.stderr);
}
