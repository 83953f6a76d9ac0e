//! How many requests the probe may send, and for what.

/// The most requests of one probe, the token's and those that clean up included.
pub(crate) const MOST: usize = 40;

/// What the requests are for, and how many each takes: at least, and more where PingOne makes a
/// device that should have been refused (it is deleted again), or refuses a member of one.
///
/// The looks of question 8 are as many as are left over, [`LOOKS`] at most.
const PLAN: [(&str, usize, usize); 12] = [
    ("the access token", 1, 0),
    ("the user's devices and the user's switch for MFA", 2, 0),
    ("the policies", 1, 0),
    ("1: a device, and the same once more", 2, 0),
    ("2: the same in another spelling", 1, 0),
    ("12: deleting the first one twice", 2, 0),
    ("deleting the other two", 2, 0),
    ("4: without a policy", 1, 1),
    (
        "7: a wrong phone, an unknown policy, a type that is not allowed",
        3,
        3,
    ),
    ("11: another environment", 1, 0),
    (
        "5, 6: with nickname and notification; deleting that one",
        2,
        2,
    ),
    ("9: the device report", 1, 0),
];

/// How often question 8 lists the user's devices, where nothing else needs the requests.
pub(crate) const LOOKS: usize = 20;

/// The fewest looks that are left, whatever has to be deleted and asked for again.
const FEWEST_LOOKS: usize = 14;

/// Where all is as assumed, everything is asked; where nothing is, there is still enough for each question.
const _: () = assert!(planned(false) + LOOKS <= MOST && planned(true) + FEWEST_LOOKS <= MOST);

/// How many requests are planned: at least, or at most.
const fn planned(at_most: bool) -> usize {
    let (mut at, mut sum) = (0, 0);
    while at < PLAN.len() {
        let (_, least, more) = PLAN[at];
        sum += if at_most { least + more } else { least };
        at += 1;
    }
    sum
}

/// What is left of the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    spent: usize,
}

impl Budget {
    /// Nothing is spent.
    pub(crate) fn new() -> Self {
        Self { spent: 0 }
    }

    /// Notes a request.
    pub(crate) fn spend(&mut self) {
        self.spent += 1;
    }

    /// How many were sent.
    pub(crate) fn spent(self) -> usize {
        self.spent
    }

    /// Whether so many more may be sent, and each of so many devices be deleted after that.
    pub(crate) fn affords(self, requests: usize, devices: usize) -> bool {
        self.spent + requests + devices <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_that_would_leave_no_request_to_delete_with() {
        let mut budget = Budget::new();
        for _ in 0..MOST - 3 {
            budget.spend();
        }
        assert!(budget.affords(2, 1));
        assert!(!budget.affords(2, 2));
        assert_eq!(budget.spent(), 37);
    }
}
