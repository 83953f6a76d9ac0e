//! The command line as clap reads it, and all that `--help` says: options, examples, environment
//! variables, exit codes.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, Command, ValueHint, value_parser};

use super::setting::{About, Group, Takes, Unset, Usage};
use super::table::{COMMANDS, EVERYWHERE, FAMILIES, VARIABLES};
use super::version;
use crate::exit::ExitCode;
use crate::report::wrap::hanging;

/// How wide these lines are: help is read in files, too.
const WIDTH: Option<usize> = Some(80);

const ABOUT: &str =
    "Pairs the MFA devices of an onboarding wave in PingOne: CSV in, device IDs out";
const PROMISE: &str = "A device is never created twice and a row is never lost, whatever happens to the network, the process or the machine: run the same command again to go on.";
const REHEARSAL: &str = "A rehearsal needs no tenant:\n  wavepair template > wave.csv\n  wavepair run wave.csv --sandbox\n";
const MORE: &str = "`wavepair run --help` lists examples, environment variables and exit codes.";

/// The command line, with all that `--help` says.
pub(super) fn command() -> Command {
    Command::new("wavepair")
        .version(version::SHORT)
        .long_version(version::LONG.as_str())
        .about(ABOUT)
        .long_about(format!("{ABOUT}.\n\n{PROMISE}"))
        .after_help(format!("{REHEARSAL}\n{MORE}"))
        .after_long_help(format!("{REHEARSAL}\n{}", exit_codes()))
        .max_term_width(100)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args(
            EVERYWHERE
                .iter()
                .flat_map(arguments)
                .map(|argument| argument.global(true)),
        )
        .subcommands(subcommands())
}

/// Every command; one of two words stands below the first of them.
fn subcommands() -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    for usage in COMMANDS {
        let Some((above, name)) = usage.name.split_once(' ') else {
            commands.push(subcommand(usage, usage.name));
            continue;
        };
        let parent = FAMILIES.iter().find(|(family, _)| *family == above);
        let (family, help) = parent.expect("the table lists them");
        let at = commands.iter().position(|known| known.get_name() == above);
        let parent = at.map_or_else(
            || {
                Command::new(*family)
                    .about(*help)
                    .subcommand_required(true)
                    .arg_required_else_help(true)
            },
            |at| commands.remove(at),
        );
        commands.push(parent.subcommand(subcommand(usage, name)));
    }
    commands
}

fn subcommand(usage: &'static Usage, name: &'static str) -> Command {
    let command = Command::new(name)
        .about(usage.help)
        .args(usage.groups.iter().flat_map(arguments));
    if usage.examples.is_empty() {
        return command;
    }
    let examples = columns("Examples:", usage.examples);
    let all = format!("{examples}\n{}\n{}", variables(), exit_codes());
    command.after_help(examples).after_long_help(all)
}

fn arguments(group: &'static Group) -> impl Iterator<Item = Arg> {
    let settings = group.settings.iter();
    settings.map(|about| argument(about, group))
}

fn argument(about: &'static About, group: &Group) -> Arg {
    let mut argument = Arg::new(about.name)
        .long(about.option().map(|option| option.trim_start_matches('-')))
        .value_name(about.value_name())
        .help_heading(group.heading)
        .required(about.option().is_none() && !about.optional);
    for &name in about.also {
        argument = match name.strip_prefix("--") {
            Some(alias) => argument.visible_alias(alias),
            None => argument.short(name.chars().next_back()),
        };
    }
    if let Some(option) = about.needs {
        argument = argument.requires(option);
    }
    if let Some(option) = about.excludes {
        argument = argument.conflicts_with(option);
    }
    let variable = about
        .variable
        .map_or_else(String::new, |variable| format!(" [env: {}]", variable.name));
    let default = match about.unset {
        Unset::ValueApart(default) => {
            argument = argument.default_value(default);
            String::new()
        }
        Unset::Value(default) | Unset::Described(default) => format!(" [default: {default}]"),
        Unset::Nothing => String::new(),
    };
    let help = format!("{}{variable}{default}", about.help);
    if let Some(details) = about.details {
        argument = argument.long_help(format!("{help}\n\n{details}"));
    }
    let argument = argument.help(help);
    match about.takes {
        Takes::Nothing => argument.action(ArgAction::SetTrue),
        Takes::Count => argument.action(ArgAction::Count),
        Takes::Text(_) => argument,
        Takes::Texts(_) => argument.action(ArgAction::Append),
        Takes::Path(_) => argument.value_parser(value_parser!(PathBuf)),
        Takes::Paths(_) if about.option().is_none() => {
            argument.value_parser(value_parser!(PathBuf)).num_args(1..)
        }
        Takes::Paths(_) => argument
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Append),
        Takes::Program(_) => argument
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::CommandName),
        Takes::Word(_, words) => argument.value_parser(PossibleValuesParser::new(
            words
                .iter()
                .map(|(word, meaning)| PossibleValue::new(*word).help(*meaning)),
        )),
    }
}

fn columns(heading: &str, lines: &[(&str, &str)]) -> String {
    // What is wider has a line of its own: it would push what is said of all the others to the right.
    const WIDEST: usize = 60;
    let widths = lines.iter().map(|(left, _)| left.len());
    let width = widths.filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let mut text = format!("{heading}\n");
    for &(left, right) in lines {
        let left = if left.len() > width {
            text.extend(["  ", left, "\n"]);
            ""
        } else {
            left
        };
        text += &hanging(&format!("  {left:<width$}  {right}"), width + 4, WIDTH);
    }
    text
}

fn variables() -> String {
    let heading =
        "Environment variables (an option wins over its variable, and this over a settings file):";
    columns(
        heading,
        &VARIABLES.map(|variable| (variable.name, variable.meaning)),
    )
}

fn exit_codes() -> String {
    let mut text =
        "Exit codes (where several apply, the first of 1, 130 or 143, 5, 7, 4, 3, 0):\n".to_owned();
    for code in ExitCode::ALL {
        let line = format!("  {:<4} {}", code.code(), code.meaning());
        text += &hanging(&line, 7, WIDTH);
    }
    text
}
