//! What a wave as a whole has to be like.

use super::Error;
use super::expected_rows::ExpectedRows;
use super::sources::Sources;
use super::table;

/// What a wave as a whole has to be like before anything is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// How many rows it has; nothing where any number is right, but none.
    pub expected: Option<ExpectedRows>,
    /// Whether a single invalid row keeps all of them back.
    pub strict: bool,
}

impl Checks {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// A value that the setting cannot have.
    pub(super) fn resolve(sources: &Sources<'_>) -> Result<Self, Error> {
        Ok(Self {
            expected: sources.find(&table::EXPECT_ROWS)?,
            strict: sources.is_on(&table::STRICT),
        })
    }
}
