//! The man pages: what `--help` says, one page a command.

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::setting::Usage;
use super::table::{COMMANDS, VARIABLES};
use super::{help, version};
use crate::exit::ExitCode;

/// A page of the manual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The name of its file, such as `wavepair-run.1`.
    pub file: String,
    /// Its text, in the language of `man`.
    pub text: String,
}

/// Every page: of wavepair itself, and of each command.
pub(crate) fn pages() -> Vec<Page> {
    let mut command = help::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add_pages(&command, None, &mut pages);
    pages
}

fn add_pages(command: &Command, above: Option<&str>, pages: &mut Vec<Page>) {
    let called = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let name = called.replace(' ', "-");
    pages.push(page(command, called, &name, above));
    for below in command.get_subcommands() {
        add_pages(below, Some(&name), pages);
    }
}

fn page(command: &Command, called: &str, name: &str, above: Option<&str>) -> Page {
    let man = Man::new(command.clone().mut_args(with_aliases))
        .title(name)
        .date(version::built_on())
        .source(format!("wavepair {}", version::SHORT))
        .manual("wavepair");
    let usage = COMMANDS
        .iter()
        .find(|usage| called.strip_prefix("wavepair ") == Some(usage.name));
    let mut text = Vec::new();
    // A `Vec` takes any bytes, and nothing else can fail.
    let rendered = man
        .render_title(&mut text)
        .and_then(|()| man.render_name_section(&mut text))
        .and_then(|()| man.render_synopsis_section(&mut text))
        .and_then(|()| man.render_description_section(&mut text))
        .and_then(|()| man.render_options_section(&mut text))
        .and_then(|()| {
            if command.has_subcommands() {
                man.render_subcommands_section(&mut text)
            } else {
                Ok(())
            }
        })
        .and_then(|()| sections(usage, name, above).to_writer(&mut text));
    rendered.expect("a Vec takes any bytes");
    Page {
        file: format!("{name}.1"),
        text: String::from_utf8(text).expect("it is made of text"),
    }
}

/// An option whose text names its other long names: `--help` lists them, and a page would not.
fn with_aliases(option: Arg) -> Arg {
    let Some(aliases) = option.get_visible_aliases() else {
        return option;
    };
    let aliases = aliases.join(", --");
    let help = option.get_help().map(ToString::to_string);
    let help = help.unwrap_or_default();
    option.help(format!("{help} [aliases: --{aliases}]"))
}

/// What stands below the options: in `--help` these are columns, which a page fills into paragraphs.
fn sections(usage: Option<&Usage>, name: &str, above: Option<&str>) -> Roff {
    let mut roff = Roff::new();
    let usage = usage.filter(|usage| !usage.examples.is_empty());
    if let Some(usage) = usage {
        let examples = usage.examples.iter();
        let examples = examples.map(|(typed, does)| (bold(*typed), (*does).to_owned()));
        list(&mut roff, "EXAMPLES", examples);
        let variables = VARIABLES.iter();
        let variables =
            variables.map(|variable| (bold(variable.name), variable.meaning.to_owned()));
        list(&mut roff, "ENVIRONMENT", variables);
    }
    // Where `--help` has them: the page of wavepair, and those of commands with examples.
    if usage.is_some() || above.is_none() {
        let codes = ExitCode::ALL.into_iter();
        let codes = codes.map(|code| (bold(code.code().to_string()), code.meaning().to_owned()));
        list(&mut roff, "EXIT STATUS", codes);
    }
    roff.control("SH", ["SEE ALSO"]);
    match above {
        Some(above) => roff.text([italic(above), roman("(1)")]),
        None => roff.text([
            roman("Each command has a page of its own, such as "),
            italic(format!("{name}-run")),
            roman("(1)."),
        ]),
    };
    roff
}

fn list(roff: &mut Roff, heading: &str, lines: impl Iterator<Item = (Inline, String)>) {
    roff.control("SH", [heading]);
    for (tag, text) in lines {
        roff.control("TP", []);
        roff.text([tag]).text([roman(text)]);
    }
}
