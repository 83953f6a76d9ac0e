//! What the evidence means: for each question, whether it is as wavepair assumes, and what follows.

mod creates;
mod reads;
mod refusals;
mod shown_phone;
#[cfg(test)]
mod tests;

use super::evidence::{Came, Evidence};
use super::question::Question;

/// How an answer stands to what wavepair assumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// As assumed.
    Confirmed,
    /// Otherwise.
    Otherwise,
    /// Nothing was assumed.
    Noted,
    /// Not answered, because it could not be asked in this tenant or for this user.
    Unasked,
    /// Not answered, because something went wrong: it may be, another time.
    Failed,
}

impl Standing {
    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "as assumed",
            Self::Otherwise => "otherwise",
            Self::Noted => "noted",
            Self::Unasked => "not asked",
            Self::Failed => "no answer",
        }
    }

    /// The stable word for it, for scripts.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Otherwise => "otherwise",
            Self::Noted => "noted",
            Self::Unasked => "not_asked",
            Self::Failed => "no_answer",
        }
    }
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The question.
    pub question: Question,
    /// How it stands to what wavepair assumes.
    pub standing: Standing,
    /// The answer in stable words, for scripts; empty where there is none.
    pub answer: String,
    /// What came, in words.
    pub came: String,
    /// What follows for whoever uses wavepair.
    pub follows: String,
}

/// What was found, before it is put beside its question.
struct Finding {
    standing: Standing,
    answer: String,
    came: String,
    follows: String,
}

impl Finding {
    fn new(
        standing: Standing,
        answer: impl Into<String>,
        came: impl Into<String>,
        follows: impl Into<String>,
    ) -> Self {
        Self {
            standing,
            answer: answer.into(),
            came: came.into(),
            follows: follows.into(),
        }
    }

    /// Nothing was found: the question was not asked, or there was no answer to it.
    fn none(came: &Came) -> Self {
        match came {
            Came::NotYet => Self::new(Standing::Failed, "", "the probe ended before it", AGAIN),
            Came::NotAsked(why) => Self::new(Standing::Unasked, "", why, ""),
            Came::Silence(why) => {
                Self::new(Standing::Failed, "", format!("no answer: {why}"), AGAIN)
            }
            Came::Answer(seen) if seen.is_device_limit() => Self::new(
                Standing::Unasked,
                "",
                format!("{}: the user may have no more devices", seen.label()),
                "raise `maxAllowedDevices` in the MFA settings to 3 or more, and probe again",
            ),
            Came::Answer(seen) => Self::new(Standing::Failed, "", seen.label(), AGAIN),
        }
    }

    /// Nothing was found, because there is no device of questions 5 and 6: by the last create for one.
    fn of_no_device(evidence: &Evidence) -> Self {
        let last = evidence.adorned.last();
        Self::none(last.map_or(&Came::NotYet, |tried| &tried.came))
    }
}

/// What is to be done about a question that was not answered.
const AGAIN: &str = "probe again";

/// Judges one question.
pub(crate) fn judge(question: Question, evidence: &Evidence) -> Verdict {
    let found = match question {
        Question::Twice => creates::twice(evidence),
        Question::Spelling => creates::spelling(evidence),
        Question::ShownPhone => shown_phone::judge(evidence),
        Question::NoPolicy => creates::no_policy(evidence),
        Question::Nickname => creates::nickname(evidence),
        Question::Notification => creates::notification(evidence),
        Question::Refusals => refusals::judge(evidence),
        Question::Listing => reads::listing(evidence),
        Question::Report => reads::report(evidence),
        Question::Headers => reads::headers(evidence),
        Question::OtherEnvironment => reads::other_environment(evidence),
        Question::DeleteTwice => reads::delete_twice(evidence),
        Question::Transaction => reads::transaction(evidence),
    };
    let Finding {
        standing,
        answer,
        came,
        follows,
    } = found;
    Verdict {
        question,
        standing,
        answer,
        came,
        follows,
    }
}

/// Judges all of them.
pub(crate) fn all(evidence: &Evidence) -> Vec<Verdict> {
    let questions = Question::ALL.into_iter();
    questions
        .map(|question| judge(question, evidence))
        .collect()
}
