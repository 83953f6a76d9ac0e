//! Filters: what a listing is to show, after RFC 7644, section 3.4.2.2.
//!
//! `username eq "a" or (email eq "b" and enabled eq true)`: `and` binds before `or`, parentheses group,
//! and a text is one of JSON, so that a backslash escapes a quote. How PingOne reads a quote in a text is not
//! documented. Which attributes and operators there are is a matter of what is listed.

use std::iter::Peekable;
use std::vec::IntoIter;

/// So many parentheses may be open at once: a filter is not to exhaust the stack.
const DEEPEST: usize = 32;

/// A filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// All of these hold.
    All(Vec<Self>),
    /// One of these holds.
    Any(Vec<Self>),
    Is(Comparison),
}

/// An attribute, compared with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) attribute: String,
    pub(super) operator: Operator,
    pub(super) value: String,
}

/// How it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `eq`.
    Equals,
    /// `sw`.
    StartsWith,
}

impl Comparison {
    /// Compares with what the attribute is.
    pub(super) fn holds(&self, actual: &str) -> bool {
        match self.operator {
            Operator::Equals => actual == self.value,
            Operator::StartsWith => actual.starts_with(&self.value),
        }
    }
}

impl Filter {
    /// Reads a filter that compares nothing but what can be asked for; `None` if it is none.
    pub(super) fn of(text: &str, can_be_asked: &impl Fn(&Comparison) -> bool) -> Option<Self> {
        Self::read(text).filter(|filter| filter.has_only(can_be_asked))
    }

    /// Reads a filter; `None` if it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader {
            words: words(text)?.into_iter().peekable(),
            open: 0,
        };
        let filter = reader.any()?;
        reader.words.next().is_none().then_some(filter)
    }

    /// Tells whether it holds, by what tells it of a comparison.
    pub(super) fn holds(&self, is: &impl Fn(&Comparison) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(is)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(is)),
            Self::Is(comparison) => is(comparison),
        }
    }

    /// Tells whether each comparison in it is one of those.
    pub(super) fn has_only(&self, those: &impl Fn(&Comparison) -> bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().all(|part| part.has_only(those)),
            Self::Is(comparison) => those(comparison),
        }
    }

    /// Comparisons of those, one of which holds wherever the filter does; `None` where that cannot be told.
    pub(super) fn needs(&self, those: &impl Fn(&Comparison) -> bool) -> Option<Vec<&Comparison>> {
        match self {
            Self::All(parts) => parts.iter().find_map(|part| part.needs(those)),
            Self::Any(parts) => {
                let needed = parts.iter().map(|part| part.needs(those));
                needed.collect::<Option<Vec<_>>>().map(|all| all.concat())
            }
            Self::Is(comparison) => those(comparison).then(|| vec![comparison]),
        }
    }
}

/// What a filter is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Open,
    Close,
    Name(String),
    Text(String),
}

impl Word {
    /// Whether it is this word of the grammar, in any case.
    fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Name(name) if name.eq_ignore_ascii_case(keyword))
    }
}

/// Takes a filter apart; `None` if a text does not end, or is none.
fn words(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            '"' => text_length(rest)?,
            _ => rest
                .find(|c: char| c.is_whitespace() || "()\"".contains(c))
                .unwrap_or(rest.len()),
        };
        let (word, others) = rest.split_at(length);
        words.push(match first {
            '(' => Word::Open,
            ')' => Word::Close,
            '"' => Word::Text(serde_json::from_str(word).ok()?),
            _ => Word::Name(word.to_owned()),
        });
        rest = others.trim_start();
    }
    Some(words)
}

/// How long the text is that a filter begins with, its quotes included.
fn text_length(quoted: &str) -> Option<usize> {
    let mut escaped = false;
    let end = quoted.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    Some(end? + 2)
}

/// Reads the words of a filter one by one.
struct Reader {
    words: Peekable<IntoIter<Word>>,
    open: usize,
}

impl Reader {
    fn any(&mut self) -> Option<Filter> {
        let mut parts = vec![self.all()?];
        while self.words.next_if(|word| word.is("or")).is_some() {
            parts.push(self.all()?);
        }
        one_or(parts, Filter::Any)
    }

    fn all(&mut self) -> Option<Filter> {
        let mut parts = vec![self.part()?];
        while self.words.next_if(|word| word.is("and")).is_some() {
            parts.push(self.part()?);
        }
        one_or(parts, Filter::All)
    }

    fn part(&mut self) -> Option<Filter> {
        let attribute = match self.words.next()? {
            Word::Name(attribute) => attribute,
            Word::Open if self.open < DEEPEST => {
                self.open += 1;
                let inner = self.any()?;
                self.open -= 1;
                return (self.words.next()? == Word::Close).then_some(inner);
            }
            Word::Open | Word::Close | Word::Text(_) => return None,
        };
        let operator = self.words.next()?;
        let known = [("eq", Operator::Equals), ("sw", Operator::StartsWith)];
        let (_, operator) = known.into_iter().find(|(name, _)| operator.is(name))?;
        let value = match self.words.next()? {
            Word::Text(text) => text,
            Word::Name(name) if name == "true" || name == "false" => name,
            Word::Name(_) | Word::Open | Word::Close => return None,
        };
        Some(Filter::Is(Comparison {
            attribute,
            operator,
            value,
        }))
    }
}

/// A part that stands alone is what it is.
fn one_or(mut parts: Vec<Filter>, several: fn(Vec<Filter>) -> Filter) -> Option<Filter> {
    match parts.len() {
        1 => parts.pop(),
        _ => Some(several(parts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A filter in a form in which all is said: `(a & b)`, `(a | b)`.
    fn plain(filter: &Filter) -> String {
        let joined = |parts: &[Filter], sign: &str| {
            let parts: Vec<_> = parts.iter().map(plain).collect();
            format!("({})", parts.join(sign))
        };
        match filter {
            Filter::All(parts) => joined(parts, " & "),
            Filter::Any(parts) => joined(parts, " | "),
            Filter::Is(comparison) => {
                let sign = match comparison.operator {
                    Operator::Equals => '=',
                    Operator::StartsWith => '^',
                };
                format!("{}{sign}{}", comparison.attribute, comparison.value)
            }
        }
    }

    fn read(text: &str) -> Option<String> {
        Filter::read(text).as_ref().map(plain)
    }

    #[test]
    fn a_filter_is_read_as_it_is_meant() {
        for (text, expected) in [
            (r#"username eq "anna""#, "username=anna"),
            (r#"  username   EQ   "anna"  "#, "username=anna"),
            (r#"(deviceType eq "WHATSAPP")"#, "deviceType=WHATSAPP"),
            (r#"phone sw "+49""#, "phone^+49"),
            (r#"name.given eq "A or B""#, "name.given=A or B"),
            ("enabled eq true", "enabled=true"),
            (r#"a eq "1" and b eq "2""#, "(a=1 & b=2)"),
            (r#"a eq "1" Or b eq "2" OR c eq "3""#, "(a=1 | b=2 | c=3)"),
            (
                r#"a eq "1" or b eq "2" and c eq "3""#,
                "(a=1 | (b=2 & c=3))",
            ),
            (
                r#"(a eq "1" or b eq "2")and c eq "3""#,
                "((a=1 | b=2) & c=3)",
            ),
            (r#"((a eq "1"))"#, "a=1"),
            (r#"a eq"1"or b eq"2""#, "(a=1 | b=2)"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_backslash_escapes_what_stands_behind_it() {
        for (text, value) in [
            (r#"a eq "O'Hara""#, "O'Hara"),
            (r#"a eq "5\" disk""#, "5\" disk"),
            (r#"a eq "\\""#, r"\"),
            (r#"a eq "\\\"""#, "\\\""),
            (r#"a eq "DOMAIN\\anna""#, r"DOMAIN\anna"),
            (r#"a eq "é""#, "é"),
            (r#"a eq "Zo\u00eb""#, "Zoë"),
            (r#"a eq """#, ""),
            (r#"a eq "\" or b eq \"x""#, "\" or b eq \"x"),
        ] {
            assert_eq!(read(text), Some(format!("a={value}")), "{text}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = |depth| format!("{}a eq \"1\"{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(read(&deep(DEEPEST)).as_deref(), Some("a=1"));
        for text in [
            "",
            " ",
            "a",
            "a eq",
            "a eq 1",
            "a eq anna",
            "a eq 'anna'",
            r#"a "1""#,
            r#"eq "1""#,
            r#"a ne "1""#,
            r#"a eq "1" b eq "2""#,
            r#"a eq "1" and"#,
            r#"a eq "1" and or b eq "2""#,
            r#"and a eq "1""#,
            r#"not (a eq "1")"#,
            r#"(a eq "1""#,
            r#"a eq "1")"#,
            "()",
            r#"a eq "1"#,
            r#"a eq "1\""#,
            r#"a eq "\anna""#,
            "a eq \"line\nline\"",
            r#""a" eq "1""#,
            &deep(DEEPEST + 1),
            &deep(3_000),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_filter_tells_what_it_rests_on() {
        let named = |comparison: &Comparison| comparison.attribute == "name";
        for (text, needed) in [
            (r#"name eq "1""#, Some(vec!["1"])),
            (r#"name eq "1" or name eq "2""#, Some(vec!["1", "2"])),
            (r#"x eq "1" and name eq "2""#, Some(vec!["2"])),
            (r#"name eq "1" or x eq "2""#, None),
            (
                r#"(name eq "1" or name eq "2") and (x eq "3" or name eq "4")"#,
                Some(vec!["1", "2"]),
            ),
            (r#"x eq "1""#, None),
        ] {
            let filter = Filter::read(text).unwrap();
            let found = filter.needs(&named);
            let values = found.map(|all| all.into_iter().map(|one| &*one.value).collect());
            assert_eq!(values, needed, "{text}");
            let only = filter.has_only(&named);
            assert_eq!(only, !text.contains('x'), "{text}");
        }
    }

    #[test]
    fn a_filter_holds_where_its_parts_do() {
        let filter = r#"name sw "an" and (city eq "Bonn" or city eq "Ulm")"#;
        let filter = Filter::read(filter).unwrap();
        for (name, city, expected) in [
            ("anna", "Bonn", true),
            ("andy", "Ulm", true),
            ("anna", "Köln", false),
            ("Anna", "Bonn", false),
        ] {
            let holds = filter.holds(&|comparison| match &*comparison.attribute {
                "name" => comparison.holds(name),
                _ => comparison.holds(city),
            });
            assert_eq!(holds, expected, "{name} {city}");
        }
    }
}
