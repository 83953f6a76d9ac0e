//! The contract with PingOne, typed from its documentation and held against both halves.
//!
//! Client and sandbox share `wire`, so a mistake in it would hide in both. Nothing here
//! uses it: requests and answers are literal. What the documentation leaves open, and the sandbox
//! decides, is marked "open".

mod documents;
mod the_client;
mod the_sandbox;
