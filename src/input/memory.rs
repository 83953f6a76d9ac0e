//! What the blocks of a file were when they were read first.
//!
//! A wave is read more than once, and a row that is put together from two states of
//! its file can be a valid row that nobody wrote. So what a block was when any pass
//! read it first is remembered as a digest, and every later pass must find the same.
//! A write that leaves size and time as they were is noticed that way, too.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

use super::lines::{Terminator, ends_in};

/// What is remembered of the blocks that were read so far: a few bytes of each.
#[derive(Debug, Default)]
pub(super) struct Memory {
    hasher: RandomState,
    blocks: Mutex<Vec<Print>>,
}

/// What is remembered of one block.
#[derive(Debug)]
struct Print {
    digest: u64,
    line_ends: u64,
    /// Whether it ends with a line end.
    is_ended: bool,
}

impl Memory {
    /// Whether a block is what it was; what is new is remembered. Every pass reads in order.
    pub(super) fn is_same(&self, block: usize, bytes: &[u8], by: Terminator) -> bool {
        let digest = self.hasher.hash_one(bytes);
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = blocks.get(block) {
            return known.digest == digest;
        }
        blocks.push(Print {
            digest,
            line_ends: ends_in(bytes, by),
            is_ended: bytes.last() == Some(&by.byte()),
        });
        true
    }

    /// How many physical lines there are in the blocks that were read: line ends, and what follows the last.
    pub(super) fn lines(&self) -> u64 {
        let blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let ends: u64 = blocks.iter().map(|print| print.line_ends).sum();
        let unended = blocks.last().is_some_and(|print| !print.is_ended);
        ends + u64::from(unended)
    }
}
