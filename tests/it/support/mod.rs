//! What several tests stand on.

pub(crate) mod raw;
pub(crate) mod rehearsal;
