//! A store that lies, cuts off and refuses: what it did not do is never taken for done, and what was signed stays
//! secret.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::backup::manifest::tests::manifest;

const NAME: &str = "teller-c0ffee-20261121T000653Z.db";

/// A store that gives these answers one after the other, each on a connection of its own, and notes what it was asked.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Script {
    async fn start(self) -> ObjectStore {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = settings(format!("http://{}", listener.local_addr().unwrap()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                self.answer(stream).await;
            }
        });
        let store = ObjectStore::new(&settings).unwrap();
        assert!(!format!("{store:?}").contains("hidden-word"));
        ObjectStore { part: 4, ..store }
    }

    /// The same behind TLS; answers where it is.
    async fn start_behind(self, tls: ServerConfig) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = acceptor.accept(stream).await {
                    self.answer(stream).await;
                }
            }
        });
        format!("https://localhost:{port}")
    }

    async fn answer(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let asked = read(&mut stream).await;
        self.asked.lock().unwrap().push(asked);
        let answer = self.answers.lock().unwrap().pop_front();
        let _ = stream.write_all(answer.unwrap_or_else(|| refusal(500, "Oh")).as_bytes()).await;
        let _ = stream.shutdown().await;
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn settings(endpoint: String) -> S3 {
    S3 {
        endpoint: endpoint.parse().unwrap(),
        bucket: "copies".to_owned(),
        region: "here".to_owned(),
        prefix: "a/".to_owned(),
        access_key: "AKIA".to_owned(),
        secret_key: SecretString::from("hidden-word"),
        is_path_style: true,
        cert: None,
    }
}

/// What is asked, as far as it has come.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let (mut asked, mut some) = (String::new(), [0; 4096]);
    while let Ok(Ok(count)) = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut some)).await {
        asked.push_str(&String::from_utf8_lossy(&some[..count]));
        if count == 0 {
            break;
        }
    }
    asked
}

async fn store(answers: impl IntoIterator<Item = String>) -> (ObjectStore, Script) {
    let script = Script::default();
    script.answers.lock().unwrap().extend(answers);
    (script.clone().start().await, script)
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} So\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
}

fn refusal(status: u16, code: &str) -> String {
    answer(status, "", &format!("<Error><Code>{code}</Code><Message>Oh.</Message></Error>"))
}

fn part(from: u64, bytes: &str, total: u64) -> String {
    let last = from + u64::try_from(bytes.len()).unwrap() - 1;
    answer(206, &format!("content-range: bytes {from}-{last}/{total}\r\n"), bytes)
}

fn page(keys: &[&str], next: Option<&str>) -> String {
    let keys: String = keys.iter().map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
    let next =
        next.map_or(String::new(), |next| format!("<NextContinuationToken>{next}</NextContinuationToken>"));
    let is_truncated = !next.is_empty();
    let list = format!(
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>{is_truncated}</IsTruncated>\
         {next}{keys}</ListBucketResult>"
    );
    answer(200, "", &list)
}

fn prepared(bytes: &[u8]) -> Prepared {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let mut summing = Summing::new();
    summing.add(bytes);
    let Digest { size, sha256 } = summing.digest();
    Prepared { file, manifest: Manifest { size, sha256, ..manifest(NAME) } }
}

#[tokio::test]
async fn should_read_a_copy_in_parts_and_refuse_other_ones() {
    let (whole, script) = store([part(0, "abcd", 6), part(4, "ef", 6)]).await;
    let file = Arc::new(tempfile::tempfile().unwrap());
    let read = whole.fetch(NAME, Some(Arc::clone(&file))).await.unwrap();
    let mut bytes = [0; 6];
    file.read_exact_at(&mut bytes, 0).unwrap();
    assert_eq!((read.size, &bytes), (6, b"abcdef"));
    assert!(script.asked()[1].to_ascii_lowercase().contains("range: bytes=4-7"), "{:?}", script.asked());
    let cut = "HTTP/1.1 206 So\r\ncontent-range: bytes 0-3/6\r\ncontent-length: 4\r\n\r\nab".to_owned();
    for answers in [
        vec![part(0, "abcd", 6), part(0, "ab", 6)],
        vec![part(0, "abcd", 6), part(4, "e", 6)],
        vec![part(0, "abcd", 6), part(4, "efgh", 8)],
        vec![part(0, "abcd", 6), answer(200, "", "ef")],
        vec![answer(206, "", "abcd")],
        vec![answer(200, "", "abcde")],
        vec![answer(200, "", "")],
        vec![cut.clone(), cut.clone(), cut],
    ] {
        let (liar, _) = store(answers.clone()).await;
        let error = liar.fetch(NAME, None).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("a/{NAME}: ")), "{answers:?}: {error}");
    }
}

#[tokio::test]
async fn should_list_everything_or_answer_nothing() {
    let (first, second) = (format!("a/{NAME}.json"), "a/teller-c0ffee-x.db".to_owned());
    let elsewhere = "b/teller-c0ffee-y.db";
    let (whole, _) = store([page(&[&first, elsewhere], Some("next")), page(&[&second], None)]).await;
    let names = whole.names("teller-c0ffee-").await.unwrap();
    assert_eq!(names, [format!("{NAME}.json"), "teller-c0ffee-x.db".to_owned()]);
    let endless = page(&[&first], None).replace("<IsTruncated>false", "<IsTruncated>true");
    let again = page(&[&first], Some("next"));
    for answers in [
        vec![page(&[&first], Some("next")), refusal(403, "AccessDenied")],
        vec![endless],
        vec![again.clone(), again.clone()],
        vec![answer(200, "", "<ListBucketResult")],
        vec![answer(200, "", "<html>log in</html>")],
    ] {
        let (liar, _) = store(answers.clone()).await;
        assert!(liar.names("teller-").await.is_err(), "{answers:?}");
    }
}

#[tokio::test]
async fn should_put_the_manifest_only_beside_what_was_read_back() {
    let done = || answer(200, "etag: \"t\"\r\n", "");
    let (good, script) = store([done(), part(0, "abc", 3), done()]).await;
    assert_eq!(good.keep(prepared(b"abc")).await.unwrap().name, NAME);
    let asked = script.asked();
    assert!(asked[0].starts_with("PUT /copies/a/teller-") && asked[2].contains(".db.json?"), "{asked:?}");
    assert!(
        asked[0]
            .to_ascii_lowercase()
            .contains("content-md5: kAFQmDzST7DWlj99KOF/cg==".to_ascii_lowercase().as_str())
    );
    let (liar, script) = store([done(), part(0, "abd", 3), answer(204, "", "")]).await;
    let error = liar.keep(prepared(b"abc")).await.unwrap_err().to_string();
    assert!(error.contains("not what was written"), "{error}");
    let asked = script.asked();
    assert!(asked.len() == 3 && asked[2].starts_with("DELETE /copies/a/teller-"), "{asked:?}");
}

#[tokio::test]
async fn should_put_large_ones_in_parts_and_leave_none_where_it_fails() {
    let begun = answer(
        200,
        "",
        "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><UploadId>u1</UploadId>\
         </InitiateMultipartUploadResult>",
    );
    let tag = |tag: &str| answer(200, &format!("etag: \"{tag}\"\r\n"), "");
    let whole =
        answer(200, "", "<CompleteMultipartUploadResult><ETag>t</ETag></CompleteMultipartUploadResult>");
    let manifest = tag("m");
    let answers = [begun.clone(), tag("1"), tag("2"), whole, part(0, "abcd", 6), part(4, "ef", 6), manifest];
    let (good, script) = store(answers).await;
    good.keep(prepared(b"abcdef")).await.unwrap();
    let asked = script.asked();
    assert!(asked[1].ends_with("abcd") && asked[2].ends_with("ef"), "{asked:?}");
    assert!(asked[3].contains("1</PartNumber>") && asked[3].contains("2</PartNumber>"), "{asked:?}");
    // All is well, said before it was known; no tag; and a refusal in the middle.
    let late = answer(200, "", "<Error><Code>InternalError</Code><Message>Oh.</Message></Error>");
    for (answers, words) in [
        (vec![begun.clone(), tag("1"), tag("2"), late], "InternalError"),
        (vec![begun.clone(), answer(200, "", "")], "no tag"),
        (vec![begun.clone(), tag("1"), refusal(400, "BadDigest")], "BadDigest"),
    ] {
        let (liar, script) = store(answers.into_iter().chain([answer(204, "", "")])).await;
        let error = liar.keep(prepared(b"abcdef")).await.unwrap_err().to_string();
        let asked = script.asked();
        let last = asked.last().unwrap();
        assert!(
            error.contains(words) && last.starts_with("DELETE ") && last.contains("uploadId=u1"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn should_tell_what_leads_to_the_cause_and_no_secret() {
    let (refusing, script) = store([refusal(403, "SignatureDoesNotMatch")]).await;
    let error = refusing.look().await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(error.to_string().contains("backup.s3.secret_key"), "{error}");
    assert!(script.asked()[0].contains("X-Amz-Signature"), "{:?}", script.asked());
    assert!(!told.contains("hidden-word") && !told.contains("X-Amz"), "{told}");
    // What may pass is tried again, and what goes on is told.
    let (busy, script) = store([refusal(503, "SlowDown"), page(&[], None)]).await;
    assert_eq!(busy.names("teller-").await.unwrap(), Vec::<String>::new());
    assert_eq!(script.asked().len(), 2);
}

/// A certificate of its own, with what serves by it.
fn certified() -> (tempfile::NamedTempFile, ServerConfig) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(made.cert.pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.key_pair.serialize_der().into());
    let tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (file, tls)
}

#[tokio::test]
async fn should_know_a_store_by_its_own_certificate_and_tell_others_nothing() {
    let ((own, tls), (other, _)) = (certified(), certified());
    let script = Script::default();
    script.answers.lock().unwrap().extend([page(&["a/teller-c0ffee-x.db"], None)]);
    let endpoint = script.clone().start_behind(tls).await;
    let store = |cert: Option<&tempfile::NamedTempFile>| {
        let cert = cert.map(|file| file.path().to_owned());
        ObjectStore::new(&S3 { cert, ..settings(endpoint.clone()) }).unwrap()
    };
    for stranger in [store(None), store(Some(&other))] {
        let error = stranger.names("teller-").await.unwrap_err().to_string();
        assert!(error.contains("certificate"), "{error}");
    }
    assert_eq!(script.asked(), [""; 0], "nothing was asked of a stranger");
    assert_eq!(store(Some(&own)).names("teller-").await.unwrap(), ["teller-c0ffee-x.db"]);
    assert!(script.asked()[0].starts_with("GET /copies/?"), "{:?}", script.asked());
}
