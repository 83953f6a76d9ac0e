//! How much was played, and of what.

/// How much was played, and of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) runs: u64,
    pub(super) crashes: u64,
    pub(super) requests: u64,
    pub(super) creates: u64,
    /// How often MFA was to be switched on.
    pub(super) switches: u64,
    /// Of the creates: how many nobody knows the outcome of.
    pub(super) lost: u64,
    /// Creates that followed a lost one.
    pub(super) sent_again: u64,
    /// Creates and listings that another answer was taken for.
    pub(super) stolen: [u64; 2],
    /// How often the wall clock was set, or the machine slept.
    pub(super) stirred: u64,
}

impl Counts {
    pub(super) fn add(&mut self, more: Self) {
        let Self {
            runs,
            crashes,
            requests,
            creates,
            switches,
            lost,
            sent_again,
            stolen: [of_creates, of_looks],
            stirred,
        } = more;
        self.runs += runs;
        self.crashes += crashes;
        self.requests += requests;
        self.creates += creates;
        self.switches += switches;
        self.lost += lost;
        self.sent_again += sent_again;
        self.stolen[0] += of_creates;
        self.stolen[1] += of_looks;
        self.stirred += stirred;
    }

    /// Whether all of that came about in so many histories.
    pub(super) fn are_worth_it(&self, histories: u64) -> bool {
        let often = [self.runs, self.requests, self.creates, 2 * self.lost];
        let seldom = [
            self.crashes,
            self.switches,
            self.sent_again,
            self.stolen[0],
            self.stolen[1],
            self.stirred,
        ];
        often.iter().all(|&count| count >= histories / 2)
            && seldom.iter().all(|&count| count >= histories / 100)
    }
}
