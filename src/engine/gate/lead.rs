//! How far lists run ahead of creates. Pure.

/// What is seen to next, in this order, until something can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Turn {
    /// A listing.
    Look,
    /// A new row of the wave, where no listing is ready.
    Row,
    /// A create.
    Create,
    /// A question about a user's MFA.
    Mfa,
}

/// How many rows are ready for their device, or on the way to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ahead {
    /// They have nothing before them but their create, or a question about MFA.
    pub(super) ready: usize,
    /// Their users' devices are being listed.
    pub(super) looking: usize,
    /// How many requests may be in flight.
    pub(super) width: usize,
    /// How many creates may be.
    pub(super) create_width: usize,
    /// Whether the first creates go alone, since nobody knows yet how they go.
    pub(super) one_by_one: bool,
    /// How many more devices are to be created, where there is a limit.
    pub(super) left: Option<u64>,
}

impl Ahead {
    /// Lists run ahead by the width at least, so that creates go on while lists are held; and by twice
    /// the width at most, so that what they told does not get old.
    pub(super) fn turns(self) -> &'static [Turn] {
        use Turn::{Create, Look, Mfa, Row};
        if self.left == Some(0) && self.ready > 0 {
            // What is in doubt is still looked for before the limit ends the run.
            return &[Look, Create, Mfa];
        }
        let left = self.left.and_then(|left| usize::try_from(left).ok());
        let wanted = left.map_or(usize::MAX, |left| left.max(1));
        let least = self.create_width;
        let most = if self.one_by_one { 1 } else { 2 * least };
        if self.ready < least.min(wanted) {
            &[Look, Row, Create, Mfa]
        } else if self.ready < most.min(wanted) && self.ready + self.looking < 2 * self.width {
            &[Create, Mfa, Look, Row]
        } else {
            &[Create, Mfa]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALONE: Ahead = Ahead {
        ready: 0,
        looking: 0,
        width: 8,
        create_width: 8,
        one_by_one: false,
        left: None,
    };

    #[test]
    fn lists_run_ahead_by_the_width_at_least_and_by_twice_the_width_at_most() {
        use Turn::{Create, Look, Mfa, Row};
        let first: &[Turn] = &[Look, Row, Create, Mfa];
        let then: &[Turn] = &[Create, Mfa, Look, Row];
        let no: &[Turn] = &[Create, Mfa];
        for (ready, looking, create_width, left, expected) in [
            (0, 0, 8, None, first),
            (7, 8, 8, None, first),
            (8, 0, 8, None, then),
            (15, 0, 8, None, then),
            (16, 0, 8, None, no),
            // What is being listed counts too.
            (8, 7, 8, None, then),
            (8, 8, 8, None, no),
            // No more are listed than are to be created.
            (2, 0, 8, Some(3), first),
            (3, 0, 8, Some(3), no),
            (0, 0, 8, Some(0), first),
            (1, 0, 8, Some(0), &[Look, Create, Mfa]),
        ] {
            let ahead = Ahead {
                ready,
                looking,
                create_width,
                left,
                ..ALONE
            };
            assert_eq!(ahead.turns(), expected, "{ahead:?}");
        }
    }

    #[test]
    fn while_creates_go_one_by_one_lists_alone_may_be_as_wide_as_they_can() {
        let ahead = Ahead {
            create_width: 1,
            one_by_one: true,
            ..ALONE
        };
        let wide = Ahead {
            looking: 8,
            ..ahead
        };
        assert_eq!(wide.turns()[0], Turn::Look, "of devices that are there");
        let ready = Ahead { ready: 1, ..ahead };
        assert_eq!(ready.turns(), [Turn::Create, Turn::Mfa]);
    }
}
