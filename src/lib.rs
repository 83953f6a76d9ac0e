//! wavepair
pub mod clock;
pub mod exit;
pub mod ledger;
pub mod model;
pub mod pingone;
pub mod plan;
pub mod report;
pub mod sandbox;
