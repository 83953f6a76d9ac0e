//! What several tests stand on.

pub(crate) mod binary;
pub(crate) mod raw;
pub(crate) mod rehearsal;
