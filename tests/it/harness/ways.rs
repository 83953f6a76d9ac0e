//! In which ways a wave is run: what else is asked of PingOne besides devices.

/// What else is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ways {
    /// Users go by their names, which are looked up.
    pub(crate) names: bool,
    /// One report of all devices may take the place of the listings.
    pub(crate) report: bool,
    /// MFA is switched on for those who cannot use it.
    pub(crate) mfa: bool,
}

impl Ways {
    /// Reads words such as `names,mfa`; nothing where one of them is no way.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut ways = Self::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            *match word {
                "names" => &mut ways.names,
                "report" => &mut ways.report,
                "mfa" => &mut ways.mfa,
                _ => return None,
            } = true;
        }
        Some(ways)
    }
}

#[test]
fn ways_are_read_by_their_words_and_by_no_other() {
    let ways = Ways {
        names: true,
        report: false,
        mfa: true,
    };
    assert_eq!(Ways::read("mfa,names"), Some(ways));
    assert_eq!(Ways::read(""), Some(Ways::default()));
    assert_eq!(Ways::read("name"), None);
}
