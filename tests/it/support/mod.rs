//! What several tests stand on.

pub(crate) mod authority;
pub(crate) mod binary;
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
