//! What is said of a panic: where it was, and never what it said.
//!
//! The text of a panic may quote whatever was being worked at, a phone or a token
//! among them. The place is enough to find the fault by.

use std::panic::{self, PanicHookInfo};
use std::path::Path;

use super::console::Console;
use super::notice::Notice;

/// Says from now on of every panic, on whatever thread, where it was.
///
/// The text goes through the console, so that it neither waits for a terminal nor
/// breaks a line of progress.
pub(crate) fn tell(console: Console) {
    panic::set_hook(Box::new(move |info| console.say(&describe_panic(info))));
}

fn describe_panic(info: &PanicHookInfo<'_>) -> Notice {
    let place = match info.location() {
        Some(location) => place(location.file(), location.line()),
        None => "an unknown place".to_owned(),
    };
    Notice::error(format!(
        "this is a fault of wavepair itself, at {place}; nothing new is sent"
    ))
    .hint(Some(
        "run the same command again; the ledger keeps devices from being created twice",
    ))
}

/// A line of a source file, without the folders of the machine that it was built on.
fn place(file: &str, line: u32) -> String {
    let parts: Vec<_> = Path::new(file)
        .iter()
        .filter_map(|part| part.to_str())
        .collect();
    let source = parts.iter().rposition(|&part| part == "src");
    let from = source.map_or(parts.len().saturating_sub(1), |at| at.saturating_sub(1));
    let from = if Path::new(file).is_absolute() {
        from
    } else {
        0
    };
    format!("{}:{line}", parts[from..].join("/"))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_place_names_no_folder_of_the_machine_that_built_it() {
        for (file, shown) in [
            ("src/engine/turn.rs", "src/engine/turn.rs:7"),
            (
                "/home/ada/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/tokio-1.54.0/src/runtime/task.rs",
                "tokio-1.54.0/src/runtime/task.rs:7",
            ),
            (
                "/rustc/59807616e1fa/library/core/src/option.rs",
                "core/src/option.rs:7",
            ),
            ("/home/ada/build/out/generated.rs", "generated.rs:7"),
        ] {
            assert_eq!(place(file, 7), shown);
        }
    }

    #[test]
    fn what_a_panic_says_is_not_repeated() {
        let (sender, said_of_it) = mpsc::channel();
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            drop(sender.send(describe_panic(info)));
            before(info);
        }));
        let phone = "+447911123456";
        let ended = std::thread::Builder::new()
            .name("a panic on purpose".to_owned())
            .spawn(move || panic!("cannot read {phone}"))
            .unwrap()
            .join();
        drop(panic::take_hook());
        assert!(ended.is_err());
        let said: Vec<String> = said_of_it
            .iter()
            .map(|notice: Notice| notice.json(None))
            .collect();
        let ours = format!("at {}:", file!());
        assert!(said.iter().any(|said| said.contains(&ours)), "{said:?}");
        assert!(said.iter().all(|said| !said.contains("7911")), "{said:?}");
    }
}
