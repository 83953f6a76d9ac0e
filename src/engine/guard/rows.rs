//! How the rows of a run end, and when too many of them end badly.

use crate::engine::options::MaxErrors;
use crate::engine::reasons::requests_unanswered;
use crate::model::outcome::Outcome;
use crate::model::stop::StopReason;

/// How many rows there are before a share of them counts: the first bad row would be all of them.
const PERCENT_MIN_ROWS: u64 = 20;
/// How many rows without news are nobody's fault, whatever their share: each costs a person's time.
const UNSETTLED_MAX: u64 = 20;

/// What became of the rows so far.
#[derive(Debug)]
pub(super) struct Rows {
    max_errors: Option<MaxErrors>,
    done: u64,
    bad: u64,
    unsettled: u64,
}

impl Rows {
    pub(super) fn new(max_errors: Option<MaxErrors>) -> Self {
        Self {
            max_errors,
            done: 0,
            bad: 0,
            unsettled: 0,
        }
    }

    /// Counts a finished row; tells whether there are too many bad ones.
    pub(super) fn ended(&mut self, outcome: Outcome) -> Option<StopReason> {
        self.done += 1;
        self.bad += u64::from(outcome.is_bad());
        let too_many = match self.max_errors? {
            MaxErrors::Rows(most) => self.bad >= most,
            MaxErrors::Percent(most) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "counts of rows are far below 2^52"
                )]
                let percent = 100.0 * self.bad as f64 / self.done as f64;
                self.done >= PERCENT_MIN_ROWS && percent >= most
            }
        };
        too_many.then_some(StopReason::TooManyErrors { bad: self.bad })
    }

    /// Counts a row whose device did not show in two looks and may not be asked for again yet; tells
    /// whether they are too many for so many creates.
    pub(super) fn left_unsettled(&mut self, creates: u32) -> Option<StopReason> {
        self.unsettled += 1;
        let many = self.unsettled > UNSETTLED_MAX
            && self.unsettled.saturating_mul(100) > u64::from(creates);
        many.then(|| requests_unanswered(self.unsettled))
    }
}
