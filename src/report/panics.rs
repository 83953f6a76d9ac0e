//! What is said of a panic: where it was, and never what it said.
//!
//! The text of a panic may quote whatever was being worked at, a phone or a token
//! among them. The place is enough to find the fault by.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::Path;

use super::console::Console;
use super::notice::Notice;

/// Says from now on of every panic, on whatever thread, where it was.
///
/// The text goes through the console, so that it neither waits for a terminal nor
/// breaks a line of progress.
pub(crate) fn tell(console: Console) {
    panic::set_hook(Box::new(move |info| {
        if !is_an_error(info) {
            console.say(&describe_panic(info));
        }
    }));
}

thread_local! {
    /// Whether a write that fails may panic just now.
    static MAY_BE_UNWRITTEN: Cell<bool> = const { Cell::new(false) };
}

/// Does what panics where a write fails, and makes an error of that; any other panic goes on.
///
/// For a library that has no other way of saying it. What `work` has borrowed is half done after an
/// error, and of no use.
///
/// # Errors
///
/// What the operating system said of the write.
pub(super) fn unless_unwritten<T>(work: impl FnOnce() -> T) -> io::Result<T> {
    MAY_BE_UNWRITTEN.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    MAY_BE_UNWRITTEN.set(false);
    done.or_else(|payload| match os_error(&*payload) {
        Some(error) => Err(error),
        None => panic::resume_unwind(payload),
    })
}

/// Whether a panic only says that a write failed, and comes out of [`unless_unwritten`] as an error.
pub(crate) fn is_an_error(info: &PanicHookInfo<'_>) -> bool {
    MAY_BE_UNWRITTEN.get() && os_error(info.payload()).is_some()
}

/// The error of the operating system that the text of a panic quotes: `Os { code: 28, … }`.
fn os_error(payload: &dyn Any) -> Option<io::Error> {
    let (_, behind) = payload
        .downcast_ref::<String>()?
        .split_once("Os { code: ")?;
    let (code, _) = behind.split_once(',')?;
    code.parse().ok().map(io::Error::from_raw_os_error)
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
    use std::fs;
    use std::io::Write;
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_place_names_no_folder_of_the_machine_that_built_it() {
        for (file, shown) in [
            ("src/engine/turn.rs", "src/engine/turn.rs:7"),
            (
                "/home/ada/.cargo/registry/src/registry.example-1949cf8c6b5b557f/tokio-1.54.0/src/runtime/task.rs",
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
    fn a_write_that_panics_is_an_error_and_any_other_panic_goes_on() {
        let full = || {
            fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap()
        };
        let error = unless_unwritten(|| full().write_all(b"x").expect("cannot write")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(unless_unwritten(|| 7).unwrap(), 7);
        for text in ["a fault", "Os { code: x, }"] {
            let ended = panic::catch_unwind(|| unless_unwritten(|| panic!("{text}")));
            assert!(ended.is_err(), "{text}");
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
