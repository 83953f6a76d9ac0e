//! What does not hold the rules yet. Nothing comes to these lists, and what holds a rule goes.

/// Files of more than 400 lines.
pub(super) const LONG_FILES: &[&str] = &[];

/// Functions of more than 70 lines.
pub(super) const LONG_FUNCTIONS: &[&str] = &[
    // tests
    "tests/it/never_twice.rs: run",
];

/// Types with more than one `impl` of their own.
pub(super) const SCATTERED_TYPES: &[&str] = &[];

/// Files that speak of each other.
pub(super) const CIRCLES: &[&str] = &[];

/// Files that call each other's methods.
pub(super) const CIRCLES_OF_METHODS: &[&str] = &[];
