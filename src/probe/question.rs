//! The thirteen questions: what is asked, and what wavepair was built to expect.

/// A question that PingOne's documents leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Question {
    /// 1.
    Twice,
    /// 2.
    Spelling,
    /// 3.
    ShownPhone,
    /// 4.
    NoPolicy,
    /// 5.
    Nickname,
    /// 6.
    Notification,
    /// 7.
    Refusals,
    /// 8.
    Listing,
    /// 9.
    Report,
    /// 10.
    Headers,
    /// 11.
    OtherEnvironment,
    /// 12.
    DeleteTwice,
    /// 13.
    Transaction,
}

impl Question {
    /// Every question, in the order of the numbers.
    pub(crate) const ALL: [Self; 13] = [
        Self::Twice,
        Self::Spelling,
        Self::ShownPhone,
        Self::NoPolicy,
        Self::Nickname,
        Self::Notification,
        Self::Refusals,
        Self::Listing,
        Self::Report,
        Self::Headers,
        Self::OtherEnvironment,
        Self::DeleteTwice,
        Self::Transaction,
    ];

    /// Its number, from 1.
    pub(crate) fn number(self) -> usize {
        self as usize + 1
    }

    /// What is asked.
    pub(crate) fn asked(self) -> &'static str {
        self.words().0
    }

    /// What wavepair was built to expect.
    pub(crate) fn assumed(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Twice => ("the same create twice", "both are made (201 twice)"),
            Self::Spelling => (
                "the same number in another spelling",
                "as question 1: digits alone count",
            ),
            Self::ShownPhone => (
                "how a phone comes back",
                "as it was sent, in the answer, the listing and the report",
            ),
            Self::NoPolicy => ("a create without a policy", "it is refused"),
            Self::Nickname => ("a nickname in a WhatsApp create", "it is kept"),
            Self::Notification => (
                "a notification in the create of an ACTIVE device",
                "nothing; wavepair refuses it before it is sent",
            ),
            Self::Refusals => (
                "what refusals look like",
                "400 with INVALID_DATA and the member that is wrong",
            ),
            Self::Listing => (
                "when a new device is listed",
                "at once; a lost answer's device is looked for after 2 s first",
            ),
            Self::Report => (
                "a device report of type WHATSAPP",
                "it is made, and its entries can be read",
            ),
            Self::Headers => ("what good answers say of limits", "nothing"),
            Self::OtherEnvironment => ("an environment without a role", "403"),
            Self::DeleteTwice => ("deleting a device twice", "204, then 404"),
            Self::Transaction => ("the transaction ID in the answer", "the answer repeats it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::FIRST_LOOK;

    #[test]
    fn the_questions_are_numbered_in_their_order() {
        assert!(Question::ALL.is_sorted());
        let numbers: Vec<_> = Question::ALL.map(Question::number).into();
        assert_eq!(numbers, (1..=13).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_said_of_the_first_look_is_what_a_run_does() {
        let said = format!("after {} s first", FIRST_LOOK.as_secs());
        assert!(Question::Listing.assumed().contains(&said));
    }
}
