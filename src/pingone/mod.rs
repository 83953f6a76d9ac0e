//! Our side of the conversation; no other room speaks HTTP to PingOne.

pub mod wire;
