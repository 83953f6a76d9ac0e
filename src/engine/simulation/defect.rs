//! Rules that are broken on purpose, beside the engine, to see that the judge notices.

/// A rule that is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defect {
    /// `--settle` is nothing.
    SettlesInNoTime,
    /// A lost answer is taken for a request that never left.
    SendsAgainAfterALoss,
    /// A listing that failed is taken for an empty one.
    TakesSilenceForAbsence,
    /// Any answer is taken for ours.
    BelievesAnyAnswer,
    /// A request may leave before its intent is on disk.
    WritesAfterwards,
    /// What a dead process had on its way settles from its intent on.
    SettlesFromTheIntent,
    /// The wall clock alone says how long ago something was.
    TrustsTheWallClock,
    /// No device is looked at once more.
    ForgetsTheRecheck,
    /// What PingOne asked for is not heard.
    HearsNoRetryAfter,
    /// A create does not wait for MFA to be switched on.
    CreatesFirst,
    /// Whatever is said to a question about MFA is taken for "it is on".
    TakesAnythingForOn,
}
