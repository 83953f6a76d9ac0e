//! Links in place of a phone: `tel:`, `wa.me/` and their like.

use super::super::invalid::{InvalidCode, Problem};
use super::E164;
use super::groups::Gap;
use super::meant::meant;
use super::suggestion::told;

/// How a link begins that leads to a phone, in lower case.
const BEGINNINGS: [&str; 17] = [
    "tel:",
    "sms:",
    "smsto:",
    "mms:",
    "fax:",
    "callto:",
    "sip:",
    "sips:",
    "skype:",
    "whatsapp:",
    "viber:",
    "http:",
    "https:",
    "www.",
    "wa.me/",
    "api.whatsapp.com/",
    "web.whatsapp.com/",
];

/// Tells of a cell that is a link (RFC 3966 for `tel:`); `None` where it is none.
pub(super) fn link(cell: &str) -> Option<Problem> {
    let text = cell.to_ascii_lowercase();
    let is_link = BEGINNINGS.iter().any(|start| text.starts_with(start));
    if !is_link && !text.contains(";phone-context=") {
        return None;
    }
    Some(told(
        InvalidCode::PhoneUri,
        "a link, not a phone; write the number alone",
        number_in(&text),
    ))
}

/// The number that a link in lower case leads to.
fn number_in(link: &str) -> Option<E164> {
    let text = link.replace("%2b", "+").replace("%20", " ");
    let text = text.split_once("phone=").map_or(&*text, |(_, text)| text);
    let start = text.find(|c: char| c == '+' || c.is_ascii_digit())?;
    let belongs = |c: &char| *c == '+' || c.is_ascii_digit() || Gap::of(*c).is_some();
    let number: String = text[start..].chars().take_while(belongs).collect();
    if number.starts_with('+') {
        return meant(&number);
    }
    // WhatsApp's links have the number in international form, without the `+`.
    let is_international = text.contains("wa.me") || link.contains("whatsapp");
    is_international
        .then(|| meant(&format!("+{number}")))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::super::suggestion::meant_by;
    use super::*;

    #[test]
    fn a_link_is_told_and_the_number_that_it_leads_to_is_suggested() {
        for (cell, meant) in [
            ("tel:+447911123456", "+447911123456"),
            ("TEL:+44-7911-123456", "+447911123456"),
            ("Tel: +44 7911 123456", "+447911123456"),
            ("tel:+44-7911-123456;ext=9", "+447911123456"),
            ("whatsapp:+447911123456", "+447911123456"),
            ("whatsapp://send?phone=447911123456", "+447911123456"),
            ("wa.me/447911123456", "+447911123456"),
            ("https://wa.me/447911123456?text=hi", "+447911123456"),
            (
                "https://api.whatsapp.com/send?phone=%2B447911123456",
                "+447911123456",
            ),
            ("sip:+15125551234@example.com", "+15125551234"),
            ("tel:07911123456", ""),
            ("tel:7042;phone-context=example.com", ""),
            ("7042;phone-context=+1", ""),
            ("https://example.com/12", ""),
            ("https://example.com/", ""),
            ("whatsapp:", ""),
            ("wa.me/112", ""),
        ] {
            let problem = link(cell).expect(cell);
            assert_eq!(problem.code, InvalidCode::PhoneUri);
            assert_eq!(meant_by(&problem), meant, "{cell}");
        }
        for cell in ["+447911123456", "telephone", "mobile: +447911123456"] {
            assert_eq!(link(cell), None, "{cell}");
        }
    }
}
