//! The stream of one connection.
//!
//! The server above it reads whatever there is and puts replies into a buffer; this holds it to little at a time, and
//! to nothing while a reply is being made or waits to be taken.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::door::Visit;
use super::visitor::{Phase, Visitor};

/// Bytes that are handed on between two looks at what came of them: few requests fit into so many.
const PER_TURN: usize = 1024;

/// Plain or encrypted.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// See the module.
#[derive(Debug)]
pub(super) struct Line {
    stream: Stream,
    visit: Visit,
    /// Bytes that may be read before the next turn.
    left: usize,
}

impl Line {
    pub(super) fn new(stream: Stream, visit: Visit) -> Line {
        Line { stream, visit, left: PER_TURN }
    }

    pub(super) fn visitor(&self) -> &std::sync::Arc<Visitor> {
        &self.visit.visitor
    }

    /// An error where the connection has been told to go; else it hears of that from now on.
    fn stays(&self, cx: &Context<'_>) -> io::Result<()> {
        let visitor = &self.visit.visitor;
        visitor.listen(cx.waker());
        if visitor.must_go() { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    fn noting<T>(&self, written: Poll<T>) -> Poll<T> {
        match written {
            Poll::Pending => self.visit.visitor.stuck(),
            Poll::Ready(_) => self.visit.visitor.went_on(),
        }
        written
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        line.stays(cx)?;
        if !line.visit.visitor.may_read() {
            return Poll::Pending;
        }
        if line.left == 0 {
            // The next turn comes at once: what was read is looked at in between.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let room = line.left.min(buf.remaining());
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(room));
        ready!(match &mut line.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, &mut part),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, &mut part),
        })?;
        let read = part.filled().len();
        buf.advance(read);
        line.left = line.left.saturating_sub(read);
        if read > 0 && line.visit.visitor.phase() == Phase::Idle {
            line.visit.visitor.enter(Phase::Head);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        line.stays(cx)?;
        let written = match &mut line.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        };
        line.noting(written)
    }

    /// Comes after everything has been written, and at the end of every turn.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        line.stays(cx)?;
        line.left = PER_TURN;
        let flushed = match &mut line.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        };
        let flushed = ready!(line.noting(flushed));
        line.visit.visitor.flushed();
        Poll::Ready(flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        line.stays(cx)?;
        match &mut line.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}
