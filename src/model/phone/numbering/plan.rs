//! The numbering plan of a calling code.

use rlibphonenumber::{PhoneMetadata, PhoneNumberDesc, PhoneNumberType};

use super::automaton::{Automaton, Matched};

/// How many digits libphonenumber takes behind a calling code.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=17;

/// What numbers behind a calling code are.
#[derive(Debug)]
pub(super) struct Plan {
    /// What is dialed before a number at home, and for which libphonenumber looks here too.
    prefix: Option<Automaton>,
    patterns: Automaton,
    regions: Vec<Region>,
}

/// The numbers of one of the regions that share a calling code.
#[derive(Debug)]
struct Region {
    leading: Option<usize>,
    general: Kind,
    /// In the order in which libphonenumber asks.
    unusual: [(Kind, PhoneNumberType); 8],
    fixed: Kind,
    mobile: Kind,
    mobile_is_fixed: bool,
}

/// The numbers of one kind.
#[derive(Clone, Copy, Debug)]
struct Kind {
    /// The place of their pattern; none where there are no such numbers.
    pattern: Option<usize>,
    /// The lengths that they may have, a bit each; any where none is set.
    lengths: u32,
}

impl Plan {
    /// `None` where the regions hold something that is not understood.
    pub(super) fn new(regions: &[PhoneMetadata]) -> Option<Self> {
        let prefix = match prefix_of(regions.first()?) {
            Some(pattern) => Some(Automaton::new(&[start_of(pattern)?.to_owned()])?),
            None => None,
        };
        let mut patterns = Vec::new();
        let regions = regions
            .iter()
            .map(|region| Region::new(region, &mut patterns));
        Some(Self {
            regions: regions.collect::<Option<_>>()?,
            prefix,
            patterns: Automaton::new(&patterns)?,
        })
    }

    /// What a number is, where libphonenumber takes it as it is written.
    pub(super) fn kind(&self, national: &[u8]) -> Option<PhoneNumberType> {
        if !LENGTHS.contains(&national.len()) || national.iter().all(|digit| *digit == b'0') {
            return None;
        }
        if let Some(prefix) = &self.prefix
            && prefix.matches_a_start(national)?
        {
            return None;
        }
        let matched = self.patterns.matched(national)?;
        let kind = |region: &Region| region.kind(&matched, national.len());
        if let [only] = self.regions.as_slice() {
            return Some(kind(only));
        }
        // The first region that claims a number decides on it, also where it knows no kind for it.
        let claimed = self.regions.iter().find_map(|region| {
            let kind = kind(region);
            let is_led = region.leading.is_some_and(|pattern| matched.has(pattern));
            (is_led || kind != PhoneNumberType::Unknown).then_some(kind)
        });
        Some(claimed.unwrap_or(PhoneNumberType::Unknown))
    }
}

impl Region {
    #[expect(
        deprecated,
        reason = "the crate empties these fields only once it has taken them over"
    )]
    fn new(region: &PhoneMetadata, patterns: &mut Vec<String>) -> Option<Self> {
        let mut add = |pattern: String| {
            patterns.push(pattern);
            patterns.len() - 1
        };
        let leading = match &region.leading_digits {
            Some(pattern) => Some(add(format!("{}[0-9]*$", start_of(pattern)?))),
            None => None,
        };
        let mut kind = |of: &Option<PhoneNumberDesc>| Kind::new(of.as_ref(), &mut add);
        Some(Self {
            leading,
            general: kind(&region.general_desc)?,
            unusual: [
                (kind(&region.premium_rate)?, PhoneNumberType::PremiumRate),
                (kind(&region.toll_free)?, PhoneNumberType::TollFree),
                (kind(&region.shared_cost)?, PhoneNumberType::SharedCost),
                (kind(&region.voip)?, PhoneNumberType::VoIP),
                (
                    kind(&region.personal_number)?,
                    PhoneNumberType::PersonalNumber,
                ),
                (kind(&region.pager)?, PhoneNumberType::Pager),
                (kind(&region.uan)?, PhoneNumberType::UAN),
                (kind(&region.voicemail)?, PhoneNumberType::VoiceMail),
            ],
            fixed: kind(&region.fixed_line)?,
            mobile: kind(&region.mobile)?,
            mobile_is_fixed: region.same_mobile_and_fixed_line_pattern(),
        })
    }

    fn kind(&self, matched: &Matched, length: usize) -> PhoneNumberType {
        let is = |kind: Kind| kind.matches(matched, length);
        if !is(self.general) {
            return PhoneNumberType::Unknown;
        }
        if let Some((_, found)) = self.unusual.iter().find(|(kind, _)| is(*kind)) {
            return *found;
        }
        match (is(self.fixed), self.mobile_is_fixed || is(self.mobile)) {
            (true, true) => PhoneNumberType::FixedLineOrMobile,
            (true, false) => PhoneNumberType::FixedLine,
            (false, true) if !self.mobile_is_fixed => PhoneNumberType::Mobile,
            (false, _) => PhoneNumberType::Unknown,
        }
    }
}

impl Kind {
    #[expect(
        deprecated,
        reason = "the crate empties these fields only once it has taken them over"
    )]
    fn new(of: Option<&PhoneNumberDesc>, add: &mut dyn FnMut(String) -> usize) -> Option<Self> {
        let pattern = of.and_then(|of| of.national_number_pattern.clone());
        let pattern = match pattern {
            // Checked, so that a pattern of another shape is not taken for what it is not.
            Some(pattern) => {
                start_of(&pattern)?;
                Some(add(pattern))
            }
            None => None,
        };
        let mut lengths = 0;
        for length in of.iter().flat_map(|of| &of.possible_length) {
            // −1 says that there are no such numbers; none has so many digits either.
            lengths |=
                1 << u32::try_from(*length).map_or(NO_LENGTH, |length| length.min(NO_LENGTH));
        }
        Some(Self { pattern, lengths })
    }

    fn matches(self, matched: &Matched, length: usize) -> bool {
        let has_length = self.lengths == 0 || self.lengths >> length & 1 == 1;
        has_length && self.pattern.is_some_and(|pattern| matched.has(pattern))
    }
}

/// A length that no number has.
const NO_LENGTH: u32 = 31;

/// What a number may begin with at home.
#[expect(
    deprecated,
    reason = "the crate empties this field only once it has taken it over"
)]
fn prefix_of(region: &PhoneMetadata) -> Option<&str> {
    region.national_prefix_for_parsing.as_deref()
}

/// A pattern of the metadata, `^(?:…)$`, for the start of a text: without its last character.
fn start_of(pattern: &str) -> Option<&str> {
    let start = pattern.strip_suffix('$')?;
    (start.starts_with("^(?:") && start.ends_with(')') && start.len() > "^(?:)".len())
        .then_some(start)
}

#[cfg(test)]
#[expect(
    deprecated,
    reason = "these are the fields of a plan that nobody has taken over"
)]
mod tests {
    use super::*;

    fn kind_of(pattern: &str, lengths: &[i32]) -> PhoneNumberDesc {
        PhoneNumberDesc {
            national_number_pattern: Some(format!("^(?:{pattern})$")),
            possible_length: lengths.to_vec(),
            ..PhoneNumberDesc::default()
        }
    }

    fn region(fixed: &str, mobile: &str) -> PhoneMetadata {
        PhoneMetadata {
            general_desc: Some(kind_of("[0-9]+", &[4, 6])),
            fixed_line: Some(kind_of(fixed, &[4])),
            mobile: Some(kind_of(mobile, &[])),
            ..PhoneMetadata::default()
        }
    }

    fn kinds(plan: &Plan, numbers: [&str; 4]) -> [Option<PhoneNumberType>; 4] {
        numbers.map(|number| plan.kind(number.as_bytes()))
    }

    #[test]
    fn a_kind_has_its_own_lengths_and_else_those_of_all_numbers() {
        let plan = Plan::new(&[region("2[0-9]+", "7[0-9]+")]).unwrap();
        let found = kinds(&plan, ["2345", "234567", "723456", "72345"]);
        let known = [
            PhoneNumberType::FixedLine,
            PhoneNumberType::Unknown,
            PhoneNumberType::Mobile,
            PhoneNumberType::Unknown,
        ];
        assert_eq!(found, known.map(Some));
    }

    #[test]
    fn the_first_region_that_claims_a_number_decides_on_it() {
        let led = PhoneMetadata {
            leading_digits: Some("^(?:29)$".to_owned()),
            ..region("20[0-9]+", "8[0-9]+")
        };
        let plan = Plan::new(&[led, region("2[0-9]+", "8[0-9]+|9[0-9]+")]).unwrap();
        let found = kinds(&plan, ["2034", "2134", "2934", "9034"]);
        let known = [
            PhoneNumberType::FixedLine,
            PhoneNumberType::FixedLine,
            // The second region has such numbers, and is not asked.
            PhoneNumberType::Unknown,
            PhoneNumberType::Mobile,
        ];
        assert_eq!(found, known.map(Some));
    }

    #[test]
    fn a_number_that_may_be_read_without_its_start_is_left_to_libphonenumber() {
        let main = PhoneMetadata {
            national_prefix_for_parsing: Some("^(?:0|1?(?:23)?)$".to_owned()),
            ..region("[0-9]+", "7")
        };
        // The prefix of the others counts nowhere.
        let other = PhoneMetadata {
            national_prefix_for_parsing: Some("^(?:9)$".to_owned()),
            ..region("[0-9]+", "7")
        };
        let plan = Plan::new(&[main, other]).unwrap();
        let found = kinds(&plan, ["0456", "1456", "2356", "9456"]);
        let known = Some(PhoneNumberType::FixedLine);
        assert_eq!(found, [None, None, None, known]);
    }

    #[test]
    fn numbers_that_libphonenumber_reads_in_a_way_of_its_own_are_left_to_it() {
        let plan = Plan::new(&[region("[0-9]+", "7")]).unwrap();
        let found = kinds(&plan, ["", "0", "000000", "012345678901234567"]);
        assert_eq!(found, [None; 4]);
    }

    #[test]
    fn a_plan_of_another_shape_answers_nothing() {
        let mut unanchored = region("2", "7");
        unanchored.leading_digits = Some("29".to_owned());
        assert!(Plan::new(&[unanchored]).is_none());
        assert!(Plan::new(&[]).is_none());
    }
}
