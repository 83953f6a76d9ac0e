//! wavepair
pub mod clock;
pub mod input;
pub mod ledger;
pub mod model;
pub mod pingone;
pub mod plan;
pub mod rate_limit;
pub mod retry;
pub mod sandbox;
