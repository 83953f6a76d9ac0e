//! The real binary at a terminal: what it shows there, and what a person types.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use pty_process::Size;
use pty_process::blocking::{Command as Spawn, Pty, open};

use super::heeding::heeding_signals;

/// A terminal with a program on it.
pub(crate) struct Terminal {
    pty: Pty,
    child: Child,
    shown: String,
}

/// What was on the terminal when its program had ended.
pub(crate) struct Shown {
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
}

impl Terminal {
    /// Starts a command on a terminal with so many columns.
    ///
    /// Standard input is the terminal too, unless another is given.
    pub(crate) fn start(command: &Command, columns: u16, stdin: Option<Stdio>) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(50, columns)).unwrap();
        let before = heeding_signals().iter().map(OsStr::new);
        let mut words = before
            .chain([command.get_program()])
            .chain(command.get_args());
        let mut spawn = Spawn::new(words.next().unwrap())
            .args(words)
            .env_clear()
            .env("TERM", "xterm");
        if let Some(folder) = command.get_current_dir() {
            spawn = spawn.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                spawn = spawn.env(name, value);
            }
        }
        if let Some(stdin) = stdin {
            spawn = spawn.stdin(stdin);
        }
        let child = spawn.spawn(pts).unwrap();
        Self {
            pty,
            child,
            shown: String::new(),
        }
    }

    /// Reads until this is shown; fails where the program ends before.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> &mut Self {
        while !self.shown.contains(text) {
            assert!(self.read(), "{text:?} is not shown: {}", self.shown);
        }
        self
    }

    /// Types something.
    pub(crate) fn types(&mut self, text: &str) -> &mut Self {
        self.pty.write_all(text.as_bytes()).unwrap();
        self
    }

    /// Reads to the end.
    pub(crate) fn ends(mut self) -> Shown {
        while self.read() {}
        Shown {
            code: self.child.wait().unwrap().code(),
            text: self.shown.replace("\r\n", "\n"),
        }
    }

    /// Reads what is there; an error is how a terminal tells that nobody has it open any more.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let read = self.pty.read(&mut bytes).unwrap_or(0);
        self.shown += &String::from_utf8_lossy(&bytes[..read]);
        read > 0
    }
}

impl Shown {
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.text);
        self
    }

    /// How often a text was shown.
    pub(crate) fn times(&self, text: &str) -> usize {
        self.text.matches(text).count()
    }
}
