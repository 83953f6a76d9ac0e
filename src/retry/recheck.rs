//! What follows a look at a device that is ours: whether it is there once, and under which ID.

use super::decision::{Decision, Verdict};
use super::history::History;
use super::look::{blind_looks, look_again};
use super::nothing::ask_again;
use super::ours::is_ours;
use super::policy::RetryPolicy;
use crate::model::entry::DeviceState;
use crate::model::outcome::{Device, Listing, LookOutcome};
use crate::model::why_nothing::WhyNothing;

/// Decides what follows a listing that is to show a device which PingOne said it made, or
/// was seen to have made. `intent_ms` is when its last intent was written.
///
/// A verdict of `created` says that the listing told all it can, `several` that there is
/// another such device besides, and `unresolved` that it told nothing: somebody has to look
/// again in a later run. Nothing is sent again, whatever it shows.
///
/// | the listing | what follows |
/// |---|---|
/// | shows the device, or the only one that can be it | `created` |
/// | shows several, or one with another ID | `several` |
/// | does not show it, 6 times | `created`: a listing may lag; `unresolved` if its ID is not known |
/// | shows one that was there before, and ours has no ID | as not showing it |
/// | told nothing, 6 times, or is not allowed | `unresolved` |
pub(crate) fn after_recheck(
    policy: &RetryPolicy,
    history: &mut History,
    outcome: &LookOutcome,
    made: &Device,
    intent_ms: i64,
    jitter: f64,
) -> Decision {
    // A device whose ID is not known is looked for again by the next run.
    let unlisted = if made.id.is_none() {
        Verdict::of(DeviceState::Unresolved)
    } else {
        Verdict::with(DeviceState::Created, made)
    };
    match outcome {
        LookOutcome::Seen(Listing::Several(_)) => Verdict::with(DeviceState::Several, made),
        LookOutcome::Seen(Listing::Present(listed)) => match (made.id, listed.id) {
            (Some(made_id), Some(listed_id)) if made_id != listed_id => {
                Verdict::with(DeviceState::Several, made)
            }
            // Somebody else's device may be all that a lagging listing shows.
            (None, Some(_)) if is_ours(listed, intent_ms, history.was_absent) => {
                Verdict::with(DeviceState::Created, listed)
            }
            (None, Some(_)) => look_again(policy, history, jitter, unlisted),
            (Some(_) | None, Some(_) | None) => Verdict::with(DeviceState::Created, made),
        },
        LookOutcome::Seen(Listing::Absent) => look_again(policy, history, jitter, unlisted),
        // Without the user there is no ID left to learn.
        LookOutcome::UserUnknown => look_again(
            policy,
            history,
            jitter,
            Verdict::with(DeviceState::Created, made),
        ),
        // The device is there, whatever came instead: a later run looks.
        LookOutcome::Nothing(WhyNothing::MixedUp) => Verdict::of(DeviceState::Unresolved),
        // No create waits for it: it takes its time as any other.
        LookOutcome::Nothing(WhyNothing::Unproven) => {
            let unresolved = Verdict::of(DeviceState::Unresolved);
            look_again(policy, history, jitter, unresolved)
        }
        LookOutcome::Nothing(why) => match ask_again(policy, history, blind_looks, *why, jitter) {
            Some(after) => Decision::Look { after },
            None => Verdict::of(DeviceState::Unresolved),
        },
    }
}
