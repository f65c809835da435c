//! What many are sent alike, compressed once and not for each of them.

use std::io::Write as _;

use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, HttpResponseBuilder};
use arc_swap::ArcSwapOption;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A text and the same compressed.
#[derive(Debug)]
struct Pair {
    plain: Bytes,
    gzip: Bytes,
}

/// The compressed form of the text that was sent last. One that changes now and then costs a compression each time.
#[derive(Debug, Default)]
pub(super) struct Pressed(ArcSwapOption<Pair>);

impl Pressed {
    /// The reply with this text, compressed for who takes that.
    pub(super) fn reply(
        &self,
        request: &HttpRequest,
        mut reply: HttpResponseBuilder,
        plain: impl Into<Bytes>,
    ) -> HttpResponse {
        let plain = plain.into();
        reply.insert_header((header::VARY, HeaderValue::from_static("accept-encoding")));
        if !takes_gzip(request) {
            return reply.body(plain);
        }
        match self.gzip_of(plain) {
            Ok(gzip) => reply.insert_header(ContentEncoding::Gzip).body(gzip),
            Err(error) => crate::http::internal_error(&error),
        }
    }

    fn gzip_of(&self, plain: Bytes) -> std::io::Result<Bytes> {
        if let Some(pair) = self.0.load().as_ref().filter(|pair| pair.plain == plain) {
            return Ok(pair.gzip.clone());
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&plain)?;
        let gzip = Bytes::from(encoder.finish()?);
        self.0.store(Some(std::sync::Arc::new(Pair { plain, gzip: gzip.clone() })));
        Ok(gzip)
    }
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let wanted = request.get_header::<AcceptEncoding>();
    let best = wanted.and_then(|wanted| wanted.negotiate([Encoding::gzip(), Encoding::identity()].iter()));
    best == Some(Encoding::gzip())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
        plain
    }

    #[test]
    fn should_compress_a_text_once_until_it_changes() {
        let pressed = Pressed::default();
        let first = pressed.gzip_of(Bytes::from(vec![b'a'; 9_000])).unwrap();
        let again = pressed.gzip_of(Bytes::from(vec![b'a'; 9_000])).unwrap();
        assert_eq!(first.as_ptr(), again.as_ptr(), "the very same bytes in memory");
        let other = pressed.gzip_of(Bytes::from(vec![b'b'; 9_000])).unwrap();
        assert_eq!((unpacked(&first), unpacked(&other)), (vec![b'a'; 9_000], vec![b'b'; 9_000]));
    }
}
