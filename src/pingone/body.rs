//! The bodies of requests: their bytes, and of a create whether they ever left.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::model::request::{Address, DeviceRequest};

use super::wire;

/// The bytes of a create request: a function of what a row asks for and of nothing else.
pub(super) fn create_device(request: &DeviceRequest) -> Bytes {
    let (phone, email) = match &request.key.address {
        Address::Phone(phone) => (Some(phone.to_string()), None),
        Address::Email(email) => (None, Some(email.as_str().to_owned())),
    };
    let body = wire::CreateDevice {
        kind: request.key.kind.as_str().to_owned(),
        phone,
        email,
        policy: Some(wire::Reference {
            id: request.policy.to_string(),
        }),
        status: request.status.map(|status| status.as_str().to_owned()),
        nickname: request.nickname.clone(),
        notification: request
            .notification
            .as_ref()
            .map(|notification| wire::Notification {
                template: wire::Template {
                    locale: notification.locale.clone(),
                    variant: notification.variant.clone(),
                },
            }),
    };
    serde_json::to_vec(&body)
        .expect("a struct of strings is always JSON")
        .into()
}

/// The bytes of a request that switches a user's MFA on.
pub(super) fn enable_mfa() -> Bytes {
    let body = wire::MfaEnabled { mfa_enabled: true };
    serde_json::to_vec(&body)
        .expect("a struct of a flag is always JSON")
        .into()
}

const WAITING: u8 = 0;
const HANDED_OVER: u8 = 1;
const WITHDRAWN: u8 = 2;

/// A request body that goes out at most once, and that knows whether it did.
///
/// It cannot be cloned, so nothing between us and the socket can send it again.
/// Its length is known from the start, so a server that has not got all of it
/// has an incomplete request.
pub(crate) struct OneShot {
    data: Option<Bytes>,
    state: Arc<AtomicU8>,
}

/// What is left to the sender of a [`OneShot`].
#[derive(Debug)]
pub(crate) struct Receipt(Arc<AtomicU8>);

impl OneShot {
    /// Wraps the bytes; there must be some, or "not handed over" would prove nothing.
    pub(crate) fn new(data: Bytes) -> (Self, Receipt) {
        debug_assert!(!data.is_empty(), "an empty body is complete at once");
        let state = Arc::new(AtomicU8::new(WAITING));
        let receipt = Receipt(Arc::clone(&state));
        let data = Some(data);
        (Self { data, state }, receipt)
    }
}

impl Receipt {
    /// Takes the body back, if it is still there, and tells whether it was handed over.
    ///
    /// `false` is final: from here on the transport cannot get it any more, even
    /// if it is about to ask on another thread.
    pub(crate) fn handed_over(&self) -> bool {
        self.0
            .compare_exchange(WAITING, WITHDRAWN, Ordering::AcqRel, Ordering::Acquire)
            .is_err_and(|state| state == HANDED_OVER)
    }
}

impl Body for OneShot {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(data) = self.data.take() else {
            return Poll::Ready(None);
        };
        let taken =
            self.state
                .compare_exchange(WAITING, HANDED_OVER, Ordering::AcqRel, Ordering::Acquire);
        Poll::Ready(Some(match taken {
            Ok(_) => Ok(Frame::data(data)),
            // An error, not an end: the transport must not take the request for complete.
            Err(_) => Err(io::Error::other("the request was withdrawn")),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.data.as_ref().map_or(0, |data| data.len() as u64))
    }
}

impl fmt::Debug for OneShot {
    /// The bytes hold a phone: only what became of them is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneShot")
            .field("waiting", &self.data.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::model::request::{DeviceStatus, DeviceType, Notification};
    use crate::model::samples;

    fn request() -> DeviceRequest {
        DeviceRequest {
            policy: "7f2b0d7a-0a45-4d0a-9a4c-6a1d1d8f3c11".parse().unwrap(),
            ..samples::request(1)
        }
    }

    fn text(request: &DeviceRequest) -> String {
        String::from_utf8(create_device(request).to_vec()).unwrap()
    }

    #[test]
    fn the_bytes_are_exactly_those_of_the_documentation() {
        assert_eq!(
            text(&request()),
            r#"{"type":"WHATSAPP","phone":"+15125551234","policy":{"id":"7f2b0d7a-0a45-4d0a-9a4c-6a1d1d8f3c11"}}"#
        );
    }

    #[test]
    fn what_a_row_adds_is_added_and_escaped() {
        let mut full = request();
        full.key.kind = DeviceType::Email;
        full.key.address = Address::Email("Ada@example.com".parse().unwrap());
        full.status = Some(DeviceStatus::ActivationRequired);
        full.nickname = Some("Ada's \"phone\"\n".to_owned());
        full.notification = Some(Notification {
            locale: Some("fr".to_owned()),
            variant: None,
        });
        assert_eq!(
            text(&full),
            concat!(
                r#"{"type":"EMAIL","email":"Ada@example.com","policy":{"id":"7f2b0d7a-0a45-4d0a-9a4c-6a1d1d8f3c11"},"#,
                r#""status":"ACTIVATION_REQUIRED","nickname":"Ada's \"phone\"\n","#,
                r#""notification":{"template":{"locale":"fr"}}}"#
            )
        );
    }

    fn poll(body: &mut OneShot) -> Option<io::Result<Bytes>> {
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame.map(|f| f.map(|f| f.into_data().unwrap())),
            Poll::Pending => panic!("it is always ready"),
        }
    }

    #[test]
    fn a_body_that_was_never_asked_for_was_not_handed_over_and_never_will_be() {
        let (mut body, receipt) = OneShot::new(Bytes::from_static(b"{}"));
        assert_eq!(body.size_hint().exact(), Some(2));
        assert!(!receipt.handed_over());
        assert!(poll(&mut body).unwrap().is_err());
        assert!(!receipt.handed_over());
    }

    #[test]
    fn a_body_is_handed_over_once() {
        let (mut body, receipt) = OneShot::new(Bytes::from_static(b"{}"));
        assert_eq!(poll(&mut body).unwrap().unwrap(), "{}");
        assert!(receipt.handed_over());
        assert!(poll(&mut body).is_none());
        assert!(body.is_end_stream());
        assert!(receipt.handed_over());
    }

    #[test]
    fn debug_output_shows_no_phone() {
        let (body, _) = OneShot::new(create_device(&request()));
        assert!(!format!("{body:?}").contains("5551234"));
    }
}
