//! What does not hold the rules yet. Nothing comes to these lists, and what holds a rule goes.

/// Files of more than 400 lines.
pub(super) const LONG_FILES: &[&str] = &[
    // tests
    "tests/it/contract.rs",
    "tests/it/harness/truth.rs",
    "tests/it/signals.rs",
    "tests/it/simulation/driver.rs",
    "tests/it/support/rehearsal.rs",
];

/// Functions of more than 70 lines.
pub(super) const LONG_FUNCTIONS: &[&str] = &[
    // model
    "src/model/phone/foreign.rs: each_character_is_told_with_its_true_reason",
    // retry
    "src/retry/look.rs: after_look",
    // tests
    "tests/it/harness/server.rs: converse",
    "tests/it/never_twice.rs: run",
    "tests/it/screens.rs: every_line_on_standard_error_is_an_object_with_documented_keys",
];

/// Types with more than one `impl` of their own.
pub(super) const SCATTERED_TYPES: &[&str] = &[
    // retry
    "retry::RetryPolicy",
];

/// Files that speak of each other.
pub(super) const CIRCLES: &[&str] = &[];

/// Files that call each other's methods.
pub(super) const CIRCLES_OF_METHODS: &[&str] = &[
    // retry
    "retry/look.rs",
    "retry/mod.rs",
];
