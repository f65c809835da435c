//! Requests to a bucket, one at a time. Each is signed anew, is bounded in time and in what is read of its answer, and
//! is made again where its trouble may pass: none does anything else when it is done twice.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use instant_xml::FromXml;
use md5::{Digest as _, Md5};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, RANGE};
use reqwest::redirect::Policy;
use rusty_s3::actions::{
    AbortMultipartUpload, CompleteMultipartUpload, CreateMultipartUpload, DeleteObject, GetObject,
    ListObjectsV2, PutObject, UploadPart,
};
use rusty_s3::{Bucket, Credentials, Method, S3Action, UrlStyle};
use secrecy::ExposeSecret;

use super::refusal::Refusal;
use crate::config::S3;
use crate::rpc::tls;

/// For the connection alone.
const CONNECTING: Duration = Duration::from_secs(10);
/// For a whole request: a part that takes longer would need days for a copy.
const WHOLE: Duration = Duration::from_secs(300);
/// How long what was signed holds.
const SIGNED: Duration = Duration::from_secs(600);
/// The waits before a request is made again.
const AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
/// Bytes of an answer that is no part of an object.
const MOST: usize = 4 << 20;

/// An answer of success.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> Result<&str, Refusal> {
        std::str::from_utf8(&self.body).map_err(|_| Refusal::nonsense("the store answers what is no text"))
    }

    fn header(&self, name: reqwest::header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A part of an object.
pub(super) struct Part {
    pub(super) bytes: Vec<u8>,
    /// Bytes of the whole object.
    pub(super) total: u64,
}

/// One page of a list.
pub(super) struct Keys {
    pub(super) keys: Vec<String>,
    /// What the next page is asked with.
    pub(super) next: Option<String>,
}

/// A bucket, spoken to.
pub(super) struct Client {
    http: reqwest::Client,
    bucket: Bucket,
    credentials: Credentials,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("bucket", &self.bucket.name()).finish_non_exhaustive()
    }
}

/// What a request is made of, beside what is signed.
#[derive(Default)]
struct Ask {
    body: Vec<u8>,
    md5: Option<String>,
    range: Option<String>,
    most: usize,
}

impl Client {
    pub(super) fn new(settings: &S3) -> Result<Client, String> {
        let style = if settings.is_path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let (endpoint, name) = (settings.endpoint.clone(), settings.bucket.clone());
        let bucket = Bucket::new(endpoint, style, name, settings.region.clone()).map_err(|error| {
            format!("backup.s3: {error} (is backup.s3.path_style as the store wants it?)")
        })?;
        let credentials = Credentials::new(&settings.access_key, settings.secret_key.expose_secret());
        let tls = tls::client_config(settings.endpoint.as_str(), settings.cert.as_deref())
            .map_err(|error| format!("backup.s3.cert: {error}"))?;
        let http = reqwest::Client::builder()
            .timeout(WHOLE)
            .connect_timeout(CONNECTING)
            .redirect(Policy::none())
            .no_proxy()
            .tls_backend_preconfigured(tls);
        let http = http.build().map_err(|error| error.without_url().to_string())?;
        Ok(Client { http, bucket, credentials })
    }

    /// Where the bucket is.
    pub(super) fn url(&self) -> &str {
        self.bucket.base_url().as_str()
    }

    pub(super) async fn put(&self, key: &str, body: Vec<u8>) -> Result<(), Refusal> {
        let action = PutObject::new(&self.bucket, Some(&self.credentials), key);
        self.send(action, Ask { md5: Some(md5_of(&body)), body, ..Ask::default() }).await.map(drop)
    }

    /// The bytes from `from` on, `most` of them or up to the object's end.
    pub(super) async fn get(&self, key: &str, from: u64, most: u64) -> Result<Part, Refusal> {
        let action = GetObject::new(&self.bucket, Some(&self.credentials), key);
        let last = from.saturating_add(most).saturating_sub(1);
        let bytes = usize::try_from(most).unwrap_or(usize::MAX);
        let ask = Ask { range: Some(format!("bytes={from}-{last}")), most: bytes, ..Ask::default() };
        let answer = self.send(action, ask).await?;
        let read = u64::try_from(answer.body.len()).unwrap_or(u64::MAX);
        let nonsense = || Refusal::nonsense("the store answers another part than the one that was asked for");
        let total = match answer.status {
            // It does not know parts: that is the whole.
            200 if from == 0 => read,
            206 => {
                let (first, end, total) = range(answer.header(CONTENT_RANGE)).ok_or_else(nonsense)?;
                let is_it = first == from && end < total && end == last.min(total.saturating_sub(1));
                let is_whole = read == end.saturating_sub(first).saturating_add(1);
                if !(is_it && is_whole) {
                    return Err(nonsense());
                }
                total
            }
            _ => return Err(nonsense()),
        };
        Ok(Part { bytes: answer.body, total })
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), Refusal> {
        let gone =
            self.send(DeleteObject::new(&self.bucket, Some(&self.credentials), key), Ask::default()).await;
        match gone {
            Err(refusal) if !refusal.is_absence => Err(refusal),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// A page of the keys that begin so, of this folder alone.
    pub(super) async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Keys, Refusal> {
        let mut action = ListObjectsV2::new(&self.bucket, Some(&self.credentials));
        action.with_prefix(prefix);
        action.with_delimiter("/");
        if let Some(after) = after {
            action.with_continuation_token(after);
        }
        let answer = self.send(action, Ask::default()).await?;
        let page = ListObjectsV2::parse_response(answer.text()?);
        let page = page.map_err(|error| Refusal::nonsense(format!("no list of objects: {error}")))?;
        let keys = page.contents.into_iter().map(|object| object.key).collect();
        Ok(Keys { keys, next: page.next_continuation_token })
    }

    /// Begins an object that comes in parts; answers what it is called until it is whole.
    pub(super) async fn begin(&self, key: &str) -> Result<String, Refusal> {
        let action = CreateMultipartUpload::new(&self.bucket, Some(&self.credentials), key);
        let answer = self.send(action, Ask::default()).await?;
        let begun = CreateMultipartUpload::parse_response(answer.text()?);
        let begun = begun.map_err(|error| Refusal::nonsense(format!("no upload was begun: {error}")))?;
        Ok(begun.upload_id().to_owned())
    }

    /// Puts a part; answers its tag.
    pub(super) async fn part(
        &self,
        key: &str,
        upload: &str,
        number: u16,
        body: Vec<u8>,
    ) -> Result<String, Refusal> {
        let action = UploadPart::new(&self.bucket, Some(&self.credentials), key, number, upload);
        let answer = self.send(action, Ask { md5: Some(md5_of(&body)), body, ..Ask::default() }).await?;
        let tag = answer.header(ETAG).filter(|tag| !tag.is_empty());
        tag.map(str::to_owned).ok_or_else(|| Refusal::nonsense("the store names no tag of a part"))
    }

    /// Makes one object of its parts.
    pub(super) async fn finish(&self, key: &str, upload: &str, tags: &[String]) -> Result<(), Refusal> {
        let tags = tags.iter().map(String::as_str);
        let action = CompleteMultipartUpload::new(&self.bucket, Some(&self.credentials), key, upload, tags);
        let ask = Ask { body: action.clone().body().into_bytes(), ..Ask::default() };
        let answer = self.send(action, ask).await?;
        // It may have said that all is well before it knew.
        if answer.text()?.contains("CompleteMultipartUploadResult") {
            return Ok(());
        }
        Err(Refusal::told(answer.status, &answer.body))
    }

    /// Has the parts of an object taken away that is not to be.
    pub(super) async fn abort(&self, key: &str, upload: &str) -> Result<(), Refusal> {
        let action = AbortMultipartUpload::new(&self.bucket, Some(&self.credentials), key, upload);
        self.send(action, Ask::default()).await.map(drop)
    }

    /// What was begun and is not whole, by key and name: the first thousand.
    pub(super) async fn begun(&self, prefix: &str) -> Result<Vec<(String, String)>, Refusal> {
        let mut action = GetObject::new(&self.bucket, Some(&self.credentials), "");
        action.query_mut().insert("uploads", "");
        action.query_mut().insert("prefix", prefix.to_owned());
        let answer = self.send(action, Ask::default()).await?;
        let list: Uploads = instant_xml::from_str(answer.text()?)
            .map_err(|error| Refusal::nonsense(format!("no list of uploads: {error}")))?;
        Ok(list.uploads.into_iter().map(|upload| (upload.key, upload.id)).collect())
    }

    async fn send<'a, A: S3Action<'a>>(&self, mut action: A, mut ask: Ask) -> Result<Answer, Refusal> {
        if ask.most == 0 {
            ask.most = MOST;
        }
        if let Some(md5) = &ask.md5 {
            action.headers_mut().insert("content-md5", md5.clone());
        }
        let mut waits = AGAIN.iter();
        loop {
            let told = self.once(A::METHOD, action.sign(SIGNED), &ask).await;
            match (told, waits.next()) {
                (Err(refusal), Some(wait)) if refusal.is_passing => tokio::time::sleep(*wait).await,
                (told, _) => return told,
            }
        }
    }

    async fn once(&self, method: Method, url: reqwest::Url, ask: &Ask) -> Result<Answer, Refusal> {
        let method = match method {
            Method::Head => reqwest::Method::HEAD,
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let has_body = matches!(method, reqwest::Method::POST | reqwest::Method::PUT);
        let mut request = self.http.request(method, url);
        if has_body {
            // Said of an empty one too: stores want it.
            request = request.header(CONTENT_LENGTH, ask.body.len()).body(ask.body.clone());
        }
        if let Some(md5) = &ask.md5 {
            request = request.header("content-md5", md5);
        }
        if let Some(range) = &ask.range {
            request = request.header(RANGE, range);
        }
        let response = request.send().await.map_err(Refusal::unanswered)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let (mut body, mut stream) = (Vec::new(), response.bytes_stream());
        while let Some(some) = stream.next().await {
            body.extend_from_slice(&some.map_err(Refusal::unanswered)?);
            if body.len() > ask.most {
                return Err(Refusal::nonsense("the store answers more than was asked for"));
            }
        }
        let status = status.as_u16();
        if (200..300).contains(&status) {
            Ok(Answer { status, headers, body })
        } else {
            Err(Refusal::told(status, &body))
        }
    }
}

#[derive(Debug, FromXml)]
#[xml(rename = "ListMultipartUploadsResult", ns("http://s3.amazonaws.com/doc/2006-03-01/"))]
struct Uploads {
    uploads: Vec<Upload>,
}

#[derive(Debug, FromXml)]
#[xml(rename = "Upload", ns("http://s3.amazonaws.com/doc/2006-03-01/"))]
struct Upload {
    #[xml(rename = "Key")]
    key: String,
    #[xml(rename = "UploadId")]
    id: String,
}

/// What a store holds the bytes against that reach it.
fn md5_of(body: &[u8]) -> String {
    STANDARD.encode(Md5::digest(body))
}

/// `bytes FIRST-LAST/TOTAL`.
fn range(text: Option<&str>) -> Option<(u64, u64, u64)> {
    let (part, total) = text?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, total.parse().ok()?))
}
