//! Why a plan lets no create be sent for a row, and what is said of it then. Pure.

use super::expectation::Expectation;
use super::file::RowPlan;
use crate::model::code::NOT_IN_PLAN;
use crate::model::outcome::Answer;

/// A plan lets no create be sent for a row, whatever comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Whether PingOne is asked for the device, which may be there.
    pub looks: bool,
    why: String,
}

impl Bar {
    /// What a plan bars for a row; nothing where the device is to be created.
    pub(crate) fn of(row: &RowPlan) -> Option<Self> {
        let (looks, why) = match row.expect {
            Expectation::Create => return None,
            Expectation::Existing => (
                true,
                "the plan expects PingOne to list this device, and it does not".to_owned(),
            ),
            Expectation::Settle => (
                true,
                "the plan expects an earlier request to be settled, and PingOne does not list its \
                 device"
                    .to_owned(),
            ),
            Expectation::Nothing => {
                let said = [row.outcome.as_deref(), row.code.as_deref()];
                let said: Vec<_> = said.into_iter().flatten().collect();
                let what = format!("the plan expects nothing of this row ({})", said.join(", "));
                (false, what)
            }
        };
        Some(Self { looks, why })
    }

    /// What is said of a row that ends without a device because of it.
    pub(crate) fn answer(&self) -> Answer {
        let why = &self.why;
        let to_do = "put right what is wrong with it, and make a new plan";
        Answer {
            code: Some(NOT_IN_PLAN.to_owned()),
            message: Some(format!("nothing was sent: {why}; {to_do}")),
            ..Answer::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_planned_to_be_created_is_not_barred_and_others_say_why() {
        let row = |expect, code: Option<&str>| RowPlan {
            outcome: code.map(|_| "rejected".to_owned()),
            code: code.map(str::to_owned),
            ..RowPlan::bare(1, expect)
        };
        assert_eq!(Bar::of(&row(Expectation::Create, None)), None);
        for (expect, code, looks, says) in [
            (Expectation::Existing, None, true, "to list this device"),
            (Expectation::Settle, None, true, "to be settled"),
            (
                Expectation::Nothing,
                Some("type_not_allowed"),
                false,
                "expects nothing of this row (rejected, type_not_allowed); put right",
            ),
        ] {
            let bar = Bar::of(&row(expect, code)).unwrap();
            assert_eq!(bar.looks, looks, "{expect}");
            let answer = bar.answer();
            assert_eq!(answer.code.as_deref(), Some("not_in_plan"));
            assert!(answer.message.unwrap().contains(says), "{expect}");
        }
    }
}
