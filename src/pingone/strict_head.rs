//! Heads of answers that can be read in two ways, which are not read at all.
//!
//! A line that ends with a bare LF, a length beside chunks, two lengths: what reads them one way
//! and what reads them the other do not agree where an answer ends, and the rest of it is taken
//! for the answer to the next request. RFC 9112 lets a client accept some of them; here a wrong
//! answer costs a device. The library that reads HTTP accepts bare LFs and does not show them any
//! more, so they are looked for on the connection itself.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::{Connected, Connection};
use reqwest::Version;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::ends::Ends;

/// A line in the head of an answer ends with an LF that no CR stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of the answer's head ends with a bare LF")]
pub(super) struct BareLineFeed;

/// What makes it doubtful where an answer ends; `None` where nothing does.
pub(super) fn doubtful_framing(version: Version, headers: &HeaderMap) -> Option<&'static str> {
    let lengths = headers.get_all(CONTENT_LENGTH).iter().count();
    let listed = headers
        .get(CONTENT_LENGTH)
        .is_some_and(|length| length.as_bytes().contains(&b','));
    let mut encodings = headers.get_all(TRANSFER_ENCODING).iter();
    let encoding = encodings.next();
    if lengths > 1 || listed {
        return Some("the answer has two lengths");
    }
    let encoding = encoding?;
    if lengths > 0 {
        Some("the answer has a length and chunks")
    } else if encodings.next().is_some()
        || !encoding
            .as_bytes()
            .trim_ascii()
            .eq_ignore_ascii_case(b"chunked")
    {
        Some("the answer is encoded in a way that was not asked for")
    } else if version == Version::HTTP_10 {
        Some("the answer has chunks, which its version does not know")
    } else {
        None
    }
}

/// A connection whose answers' heads are looked at as they come.
///
/// Requests go out one after another, each when the answer before it has come whole. So the
/// first byte that comes after something was sent begins a head.
#[derive(Debug)]
pub(super) struct StrictHead<T> {
    inner: T,
    head: Head,
    ends: Option<Ends>,
}

/// How far the head of an answer has come.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Head {
    /// The next byte begins one.
    Awaited,
    /// In the middle of one.
    Read {
        /// As much of its first line as tells its status.
        first: Vec<u8>,
        /// The two bytes before.
        last: [u8; 2],
        /// Whether nothing but a CR has come since the last line end.
        line_is_empty: bool,
    },
    /// It has come whole; what follows is its body.
    Ended,
}

/// `HTTP/1.1 1`: an answer before the answer, with another head behind it.
const INTERIM: usize = "HTTP/1.1 1".len();

impl Head {
    /// Takes what has come.
    fn take(&mut self, bytes: &[u8]) -> Result<(), BareLineFeed> {
        for &byte in bytes {
            match self {
                Head::Ended => return Ok(()),
                Head::Awaited => {
                    if byte == b'\n' {
                        return Err(BareLineFeed);
                    }
                    *self = Head::Read {
                        first: vec![byte],
                        last: [0, byte],
                        line_is_empty: byte == b'\r',
                    };
                }
                Head::Read {
                    first,
                    last,
                    line_is_empty,
                } => {
                    if byte == b'\n' && last[1] != b'\r' {
                        return Err(BareLineFeed);
                    }
                    if first.len() < INTERIM {
                        first.push(byte);
                    }
                    *last = [last[1], byte];
                    match byte {
                        b'\n' if *line_is_empty => {
                            let is_interim = first.starts_with(b"HTTP/") && first.ends_with(b" 1");
                            *self = if is_interim {
                                Head::Awaited
                            } else {
                                Head::Ended
                            };
                        }
                        b'\n' => *line_is_empty = true,
                        b'\r' => {}
                        _ => *line_is_empty = false,
                    }
                }
            }
        }
        Ok(())
    }
}

impl<T> StrictHead<T> {
    /// Looks at a connection on which nothing was said yet.
    pub(super) fn new(inner: T, ends: Option<Ends>) -> Self {
        Self {
            inner,
            head: Head::Awaited,
            ends,
        }
    }

    /// A request that goes out behind a whole answer awaits another head.
    fn sent(&mut self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(1..)) = written
            && self.head == Head::Ended
        {
            self.head = Head::Awaited;
        }
    }
}

impl<T> Connection for StrictHead<T> {
    fn connected(&self) -> Connected {
        let connected = Connected::new();
        match self.ends {
            Some(ends) => connected.extra(ends),
            None => connected,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for StrictHead<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if let Poll::Ready(Ok(())) = read
            && let Err(why) = self.head.take(&buffer.filled()[before..])
        {
            // What has come is not to be read by anybody.
            buffer.set_filled(before);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, why)));
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for StrictHead<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.sent(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, bytes);
        self.sent(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn a_bare_line_feed_is_seen_in_a_head_wherever_it_is_cut() {
        for (text, sound) in [
            ("HTTP/1.1 201 Created\r\nA: b\r\n\r\n", true),
            (
                "HTTP/1.1 201 Created\r\nA: b\r\n\r\nbody\nof\n\nlines",
                true,
            ),
            ("HTTP/1.1 201 Created\nA: b\r\n\r\n", false),
            ("HTTP/1.1 201 Created\r\nA: b\n\r\n", false),
            ("HTTP/1.1 201 Created\r\nA: b\r\n\n", false),
            ("HTTP/1.1 201 Created\n\n{}", false),
            ("\nHTTP/1.1 201 Created\r\n\r\n", false),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 C\r\n\r\n\n",
                true,
            ),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 C\n\r\n", false),
            ("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 H\r\nA: b\n\r\n", false),
            ("SSH-2.0-OpenSSH_9.6\r\n", true),
        ] {
            for cut in 0..text.len() {
                let (one, other) = text.as_bytes().split_at(cut);
                let mut head = Head::Awaited;
                let taken = head.take(one).and_then(|()| head.take(other));
                assert_eq!(taken.is_ok(), sound, "{text:?} cut at {cut}");
            }
        }
    }

    #[tokio::test]
    async fn every_answer_on_a_connection_has_its_head_looked_at() {
        let (ours, mut theirs) = tokio::io::duplex(1024);
        let mut ours = StrictHead::new(ours, None);
        let mut buffer = [0; 1024];
        for round in 0..3 {
            ours.write_all(b"request").await.unwrap();
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\na\nb\n";
            theirs.write_all(answer).await.unwrap();
            let mut read = 0;
            while read < answer.len() {
                read += ours.read(&mut buffer).await.unwrap();
            }
            assert_eq!(read, answer.len(), "{round}");
        }
        ours.write_all(b"request").await.unwrap();
        theirs.write_all(b"HTTP/1.1 200 OK\n\n").await.unwrap();
        let error = ours.read(&mut buffer).await.unwrap_err();
        assert!(error.get_ref().unwrap().is::<BareLineFeed>());
    }

    #[test]
    fn an_answer_whose_end_is_doubtful_is_known_by_its_headers() {
        let (new, old) = (Version::HTTP_11, Version::HTTP_10);
        for (version, headers, doubtful) in [
            (new, &[][..], false),
            (new, &[("content-length", "5")][..], false),
            (new, &[("transfer-encoding", "chunked")][..], false),
            (new, &[("transfer-encoding", "Chunked")][..], false),
            (old, &[("content-length", "5")][..], false),
            (old, &[("transfer-encoding", "chunked")][..], true),
            (
                new,
                &[("content-length", "5"), ("content-length", "5")][..],
                true,
            ),
            (
                new,
                &[("content-length", "5"), ("content-length", "6")][..],
                true,
            ),
            (new, &[("content-length", "5, 5")][..], true),
            (
                new,
                &[("content-length", "5"), ("transfer-encoding", "chunked")][..],
                true,
            ),
            (new, &[("transfer-encoding", "identity")][..], true),
            (new, &[("transfer-encoding", "gzip, chunked")][..], true),
            (
                new,
                &[
                    ("transfer-encoding", "chunked"),
                    ("transfer-encoding", "chunked"),
                ][..],
                true,
            ),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, value.parse().unwrap());
            }
            let found = doubtful_framing(version, &map);
            assert_eq!(found.is_some(), doubtful, "{version:?} {headers:?}");
        }
    }
}
