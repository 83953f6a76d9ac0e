//! The form of what a command prints on standard output.

/// The form of what a command prints on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintForm {
    /// For people.
    Text,
    /// For scripts.
    Json,
}

impl PrintForm {
    /// For scripts, or for people.
    pub(crate) fn of(is_json: bool) -> Self {
        if is_json { Self::Json } else { Self::Text }
    }
}
