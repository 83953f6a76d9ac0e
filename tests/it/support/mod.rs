//! What several tests stand on.

pub(crate) mod authority;
pub(crate) mod binary;
pub(crate) mod browser;
pub(crate) mod faults;
pub(crate) mod heeding;
pub(crate) mod proxy;
pub(crate) mod raw;
pub(crate) mod readme;
pub(crate) mod rehearsal;
pub(crate) mod sheets;
pub(crate) mod shell;
pub(crate) mod tampering_proxy;
pub(crate) mod tap;
pub(crate) mod terminal;
pub(crate) mod texts;
pub(crate) mod waves;

/// Says what this machine does not let a test do.
#[expect(clippy::print_stderr, reason = "whoever watches is to know")]
pub(crate) fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}
