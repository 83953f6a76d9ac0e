//! What is said before a run, or before a dry run about one.

use std::borrow::Borrow;

use super::Invocation;
use super::foresee::{Foreseen, foresee};
use super::opened_wave::OpenedWave;
use crate::clock;
use crate::error::Error;
use crate::ledger::Reader;
use crate::model::ids::EnvironmentId;
use crate::model::mfa::MfaRule;
use crate::model::pace_reading::Millirate;
use crate::model::rate_group::RateGroup;
use crate::pace::Pacing;
use crate::plan::Existing;
use crate::report::console::Console;
use crate::report::sheet_notes;
use crate::report::start_line::{self, Kind, Ledger, Start};
use crate::settings::pace::{Pace, Stops};

/// Where a run happens, as far as that is known.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) kind: Kind,
    pub(super) environment: Option<EnvironmentId>,
    pub(super) host: Option<&'a str>,
    pub(super) ledger: Option<Ledger<'a>>,
    /// The rates that PingOne was found to refuse not long ago.
    pub(super) refused: &'a [(RateGroup, Millirate)],
}

/// How many requests a new device takes at least.
fn requests_per_row(pace: &Pace) -> u32 {
    let looks = match pace.existing {
        Existing::Skip => 1,
        Existing::Report | Existing::Ledger | Existing::Unchecked => 0,
    };
    let asks_about_mfa = match pace.mfa {
        MfaRule::Enable => 1,
        MfaRule::Check | MfaRule::Ignore => 0,
    };
    1 + looks + asks_about_mfa
}

/// The rate of creates that PingOne refused not long ago, where the pace begins below that.
fn refused(pacing: Pacing, known: &[(RateGroup, Millirate)]) -> Option<f64> {
    let mut known = known.iter().filter(|_| pacing != Pacing::Unpaced);
    let of_creates = known.find(|(group, _)| *group == RateGroup::Creates);
    of_creates.map(|(_, rate)| rate.per_second())
}

/// Says what is about to happen, and gives out what is foreseen of it.
///
/// `ledger` is read only where messages are to be foreseen.
///
/// # Errors
///
/// The wave or the ledger cannot be read.
pub(super) fn announce<L: Borrow<Reader>>(
    at: &Place<'_>,
    opened: &OpenedWave,
    (pace, stops): (&Pace, &Stops),
    ledger: &dyn Fn() -> Result<Option<L>, Error>,
    invocation: &Invocation,
) -> Result<Foreseen, Error> {
    let foreseen = foresee(opened, ledger)?;
    let stops_at = stops.by(clock::wall());
    let start = Start {
        kind: match at.kind {
            Kind::OnlineDryRun if foreseen.refused.is_some() => Kind::DryRun,
            kind @ (Kind::Run | Kind::DryRun | Kind::OnlineDryRun) => kind,
        },
        wave: &opened.name,
        rows: opened.rows,
        shard: (opened.shard, opened.our_rows),
        users_by: opened.wave.header().user_by().column().name(),
        environment: at.environment,
        host: at.host,
        ledger: at.ledger,
        pace: start_line::Pace {
            rate: pace.pacing.ceiling(),
            share: match pace.pacing {
                Pacing::Share(share) => Some(share),
                Pacing::UpTo(_) | Pacing::Found | Pacing::Unpaced => None,
            },
            is_found: pace.pacing == Pacing::Found,
            refused: refused(pace.pacing, at.refused),
            requests_per_row: requests_per_row(pace),
        },
        stops: stops_at.as_ref(),
        limit: stops.limit,
        messages: foreseen.messages,
    };
    let of_sheet = opened.wave.sheet().map(sheet_notes::notices);
    let notices = start.notices(Console::width()).into_iter();
    for notice in notices.chain(of_sheet.into_iter().flatten()) {
        invocation.console.say(&notice);
    }
    Ok(foreseen)
}
