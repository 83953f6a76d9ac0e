//! Which requests PingOne limits together.

/// A rate group: requests that share one limit, and none with those of another.
///
/// Source: "Rate limiting" of the PingOne Platform API reference: an endpoint belongs to one group,
/// by path, method and content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateGroup {
    /// Devices are created and deleted.
    Creates,
    /// A user's devices are listed.
    Lists,
    /// Users are read and changed.
    Directory,
    /// Policies, settings and what the license allows are read.
    Settings,
    /// The report of all devices is made and read.
    Reports,
    /// Access tokens are fetched.
    Token,
}

impl RateGroup {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Creates,
        Self::Lists,
        Self::Directory,
        Self::Settings,
        Self::Reports,
        Self::Token,
    ];

    /// Its name in the summary and the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creates => "creates",
            Self::Lists => "lists",
            Self::Directory => "directory",
            Self::Settings => "settings",
            Self::Reports => "reports",
            Self::Token => "token",
        }
    }

    /// Its requests, in a sentence.
    pub(crate) fn requests(self) -> &'static str {
        match self {
            Self::Creates => "creates",
            Self::Lists => "listings",
            Self::Directory => "requests about users",
            Self::Settings => "reads of settings",
            Self::Reports => "device reports",
            Self::Token => "access tokens",
        }
    }
}

/// One of something for each rate group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ByGroup<T>([T; RateGroup::ALL.len()]);

impl<T> ByGroup<T> {
    /// That of a group.
    pub(crate) fn get(&self, group: RateGroup) -> &T {
        &self.0[group as usize]
    }

    /// That of a group, to be changed.
    pub(crate) fn get_mut(&mut self, group: RateGroup) -> &mut T {
        &mut self.0[group as usize]
    }

    /// Each group with its own.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (RateGroup, &T)> {
        RateGroup::ALL.into_iter().zip(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_has_its_own() {
        let mut words = ByGroup::default();
        for group in RateGroup::ALL {
            *words.get_mut(group) = group.as_str();
        }
        for (group, word) in words.iter() {
            assert_eq!((*word, words.get(group)), (group.as_str(), word));
        }
    }
}
