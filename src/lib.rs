//! wavepair
pub mod cli;
pub mod clock;
pub mod commands;
pub mod engine;
pub mod error;
pub mod exit;
pub mod input;
pub mod ledger;
pub mod model;
pub mod pingone;
pub mod plan;
pub mod rate_limit;
pub mod report;
pub mod retry;
pub mod sandbox;
pub mod settings;
