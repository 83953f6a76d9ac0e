//! Whom the probe is about, and what it sends for them.

use uuid::Uuid;

use super::evidence::digits;
use super::question::Question;
use crate::model::ids::{PolicyId, UserId};
use crate::model::phone::E164;
use crate::model::request::DeviceType;
use crate::pingone::wire;

/// The nickname that is asked for.
pub(crate) const NICKNAME: &str = "wavepair probe";
/// What nobody has as a phone: no country code begins with 0, and the rest is no number.
pub(crate) const WRONG_PHONE: &str = "+0 not a phone";

/// Whom the probe is about.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The test user.
    pub user: UserId,
    /// The phone of the test user.
    pub phone: E164,
    /// The policy that devices are made by.
    pub policy: PolicyId,
    /// A policy and a type that it does not allow, where there is one.
    pub not_allowed: Option<(PolicyId, DeviceType)>,
}

impl Subject {
    /// A WhatsApp device as wavepair asks for it.
    pub(crate) fn usual(&self) -> wire::CreateDevice {
        wire::CreateDevice {
            kind: DeviceType::WhatsApp.as_str().to_owned(),
            phone: Some(self.phone.to_string()),
            email: None,
            policy: Some(wire::Reference {
                id: self.policy.to_string(),
            }),
            status: None,
            nickname: None,
            notification: None,
        }
    }

    /// The same with the number in another spelling: `+1.5125551234`, as in PingOne's examples.
    pub(crate) fn respelled(&self) -> wire::CreateDevice {
        wire::CreateDevice {
            phone: Some(self.other_spelling()),
            ..self.usual()
        }
    }

    /// The other spelling of the number.
    pub(crate) fn other_spelling(&self) -> String {
        format!(
            "+{}.{}",
            self.phone.calling_code(),
            self.phone.national_digits()
        )
    }

    /// What is sent for a question, as it may be shown.
    pub(crate) fn sent(&self, question: Question) -> String {
        let create = |device: &wire::CreateDevice| format!("POST …/devices {}", self.shown(device));
        let usual = || create(&self.usual());
        match question {
            Question::Twice => format!("twice {}", usual()),
            Question::Spelling => create(&self.respelled()),
            Question::ShownPhone => {
                "nothing of its own: the device of questions 5 and 6".to_owned()
            }
            Question::NoPolicy => create(&self.without_policy()),
            Question::Nickname | Question::Notification => create(&self.adorned(true, true)),
            Question::Refusals => self.refusals(),
            Question::Listing => {
                "GET …/devices, again and again after the create of questions 5 and 6".to_owned()
            }
            Question::Report => "POST …/dataExplorations?expand=entries&limit=1 with the filter \
                                 (deviceType eq \"WHATSAPP\")"
                .to_owned(),
            Question::Headers => {
                "nothing of its own: the first good answer, and any 429 that came by itself"
                    .to_owned()
            }
            Question::OtherEnvironment => {
                "GET …/deviceAuthenticationPolicies of an environment ID that was made up"
                    .to_owned()
            }
            Question::DeleteTwice => {
                "twice DELETE …/devices/{deviceID} of the first device".to_owned()
            }
            Question::Transaction => "X-Ping-External-Transaction-ID with each request".to_owned(),
        }
    }

    fn refusals(&self) -> String {
        let mut text = format!(
            "POST …/devices {}; the same with the phone {WRONG_PHONE:?}; with a policy ID that was made up",
            self.shown(&self.usual())
        );
        if let Some(other) = self.other_type() {
            text += "; ";
            text += &self.shown(&other);
        }
        text
    }

    /// The same without a policy.
    pub(crate) fn without_policy(&self) -> wire::CreateDevice {
        wire::CreateDevice {
            policy: None,
            ..self.usual()
        }
    }

    /// The same with a phone that is none.
    pub(crate) fn wrong_phone(&self) -> wire::CreateDevice {
        wire::CreateDevice {
            phone: Some(WRONG_PHONE.to_owned()),
            ..self.usual()
        }
    }

    /// The same with a policy that nobody has made.
    pub(crate) fn unknown_policy(&self) -> wire::CreateDevice {
        wire::CreateDevice {
            policy: Some(wire::Reference {
                id: Uuid::new_v4().to_string(),
            }),
            ..self.usual()
        }
    }

    /// The same of a type that a policy does not allow, where there is one.
    pub(crate) fn other_type(&self) -> Option<wire::CreateDevice> {
        let (policy, kind) = self.not_allowed?;
        Some(wire::CreateDevice {
            kind: kind.as_str().to_owned(),
            policy: Some(wire::Reference {
                id: policy.to_string(),
            }),
            ..self.usual()
        })
    }

    /// The same in the other spelling, with a nickname and a notification.
    pub(crate) fn adorned(&self, nickname: bool, notification: bool) -> wire::CreateDevice {
        wire::CreateDevice {
            nickname: nickname.then(|| NICKNAME.to_owned()),
            notification: notification.then(|| wire::Notification {
                template: wire::Template {
                    locale: Some("en".to_owned()),
                    variant: None,
                },
            }),
            ..self.respelled()
        }
    }

    /// A create as it may be shown: no digit of the phone but the first and the last two.
    pub(crate) fn shown(&self, device: &wire::CreateDevice) -> String {
        let masked = self.phone.masked();
        let shown = wire::CreateDevice {
            phone: device.phone.as_ref().map(|phone| match phone {
                phone if *phone == self.phone.to_string() => masked,
                phone if digits(phone) == self.phone.digits() => masked.replacen('…', ".…", 1),
                _ => WRONG_PHONE.to_owned(),
            }),
            ..device.clone()
        };
        serde_json::to_string(&shown).expect("a struct of strings is always JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_create_has_no_full_phone() {
        let id = "b30ac647-e33e-464f-a6ea-0275082d4c26";
        let subject = Subject {
            user: id.parse().unwrap(),
            phone: E164::from_digits("15125551234").unwrap(),
            policy: id.parse().unwrap(),
            not_allowed: None,
        };
        assert_eq!(subject.other_spelling(), "+1.5125551234");
        for (device, phone) in [(subject.usual(), "+1…34"), (subject.respelled(), "+1.…34")] {
            let expected =
                format!(r#"{{"type":"WHATSAPP","phone":"{phone}","policy":{{"id":"{id}"}}}}"#);
            assert_eq!(subject.shown(&device), expected);
        }
    }
}
