//! Clients that cost more than they should: whatever they do, the service stays small, the operator and the health
//! check are answered within a second, and buyers at once when it is over.
//!
//! Bounded, on loopback, and every connection is of one client: what one may take is what all of these may.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use teller::types::Coin;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::authority::{Authority, Secure};
use crate::desk::{Desk, address};
use crate::rng::Rng;
use crate::support::ports;
use crate::support::runner::Outcome;

/// What the service may take of the machine's memory, in KiB.
const MOST_MEMORY: u64 = 200 * 1024;
/// How long the operator and the health check may wait.
const SOON: Duration = Duration::from_secs(1);
/// Files that the service may open: what it was shut out by.
const DESCRIPTORS: u64 = 1024;
/// How often each is asked at least while an attack goes on, and at most. The best of them counts: other tests run on
/// this machine too, and a time of theirs is no time of the service's.
const ASKS: usize = 5;
const MOST_ASKS: usize = 40;

/// A desk under attack, and how it fared.
struct Siege {
    desk: Desk,
    rng: Rng,
    port: u16,
    figures: String,
}

impl Siege {
    fn new(desk: Desk, rng: Rng, port: u16) -> Siege {
        // The attackers need more files than the service.
        let limit = getrlimit(Resource::Nofile);
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
        Siege { desk, rng, port, figures: String::new() }
    }

    /// Connections, each of which has sent these bytes and reads nothing.
    async fn crowd(&self, count: usize, bytes: &[u8]) -> Vec<TcpStream> {
        let mut crowd = Vec::with_capacity(count);
        for _ in 0..count {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
            let (mut sent, until) = (0, Instant::now() + Duration::from_millis(200));
            while sent < bytes.len() && Instant::now() < until {
                // A service that takes no more, or closes, is what is hoped for.
                let write =
                    tokio::time::timeout(Duration::from_millis(50), stream.write(&bytes[sent..])).await;
                match write {
                    Ok(Ok(some)) => sent += some,
                    Ok(Err(_)) | Err(_) => break,
                }
            }
            crowd.push(stream);
        }
        crowd
    }

    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.desk.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Asserts that the desk bears it while `crowd` is there, and that it is as before when it has gone.
    async fn bear(&mut self, what: &str, crowd: Vec<TcpStream>) {
        let (mut admin, mut health, mut memory) = (Duration::MAX, Duration::MAX, 0);
        for ask in 0..MOST_ASKS {
            if ask >= ASKS && admin < SOON && health < SOON {
                break;
            }
            let api = self.desk.api.another();
            admin = admin.min(timed(async || drop(api.get_admin("/api/accounting").await.done())).await);
            health = health.min(timed(async || drop(self.desk.health().await)).await);
            memory = memory.max(self.memory());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let count = crowd.len();
        drop(crowd);
        let mut after = Duration::MAX;
        for _ in 0..MOST_ASKS {
            let payee = address(Coin::SKY, &mut self.rng);
            after = after.min(
                timed(async || drop(self.desk.api.another().bind(&payee, Coin::BTC).await.done())).await,
            );
            if after < SOON {
                break;
            }
        }
        let figure = format!(
            "{what}, {count} connections: admin {admin:.0?}, health {health:.0?}, {} MiB; a bind \
             afterwards {after:.0?}",
            memory / 1024
        );
        assert!(admin < SOON && health < SOON && after < SOON && memory < MOST_MEMORY, "{figure}");
        self.figures += &format!("{figure}\n");
    }
}

/// For whoever runs this to see how it fared.
#[allow(clippy::print_stderr, reason = "figures")]
fn say(figures: &str) {
    eprintln!("{figures}");
}

async fn timed(work: impl AsyncFnOnce()) -> Duration {
    let began = Instant::now();
    work().await;
    began.elapsed()
}

fn request(head: &str) -> Vec<u8> {
    format!("{head}\r\nHost: desk\r\n\r\n").into_bytes()
}

fn packed(size: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; size]).unwrap();
    encoder.finish().unwrap()
}

/// A request with a body of many zeros, packed, in one chunk.
fn bomb(line: &str) -> Vec<u8> {
    let body = packed(60 << 20);
    let head = format!(
        "{line} HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        body.len()
    );
    [head.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat()
}

pub(crate) async fn should_bear_what_clients_do() -> Outcome {
    let mut rng = Rng::seeded("overload");
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut rng);
    let script = format!("ulimit -n {DESCRIPTORS}; exec \"$@\"");
    desk.go_through("/bin/sh", vec!["-c".to_owned(), script, "sh".to_owned()]).await;
    let port = desk.http;
    let mut siege = Siege::new(desk, rng, port);

    let never = b"POST /api/bind HTTP/1.1\r\nHost: desk\r\nContent-Type: \
        application/json\r\nContent-Length: 16000\r\n\r\n";
    let crowd = siege.crowd(1000, never).await;
    siege.bear("bodies that never come", crowd).await;

    let crowd = siege.crowd(1000, b"GET /api/he").await;
    siege.bear("heads that never end", crowd).await;

    let crowd = siege.crowd(1000, b"").await;
    siege.bear("silence", crowd).await;

    let crowd = siege.crowd(1000, &request("GET /api/config HTTP/1.1")).await;
    siege.bear("idle ones", crowd).await;

    for (what, line) in [
        ("files that nobody reads", "GET /static/style.css HTTP/1.1"),
        ("pages that nobody reads", "GET / HTTP/1.1"),
        ("heads that nobody reads", "HEAD / HTTP/1.1"),
        ("refusals that nobody reads", "GET /api/status HTTP/1.1"),
    ] {
        let crowd = siege.crowd(40, &request(line).repeat(2000)).await;
        siege.bear(what, crowd).await;
    }
    let tiny = b"GET / HTTP/1.1\r\n\r\n".repeat(2000);
    let crowd = siege.crowd(300, &tiny).await;
    siege.bear("as many requests as fit", crowd).await;

    for line in ["GET /", "POST /", "POST /api/bind"] {
        let crowd = siege.crowd(50, &bomb(line)).await;
        siege.bear(&format!("60 MiB of zeros to {line}"), crowd).await;
    }
    say(&siege.figures);
    siege.desk.stop().await;
    Ok(())
}

pub(crate) async fn should_bear_half_a_handshake() -> Outcome {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let files = authority.issue(folder.path(), "desk", &["localhost"]);
    let mut rng = Rng::seeded("handshakes");
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut rng);
    let port = ports::free();
    desk.set("web.https_addr", format!("127.0.0.1:{port}"));
    desk.set("web.tls_cert", files.cert.display().to_string());
    desk.set("web.tls_key", files.key.display().to_string());
    desk.go().await;
    let siege = Siege::new(desk, rng, port);
    for (what, bytes) in
        [("no hello", &b""[..]), ("half a hello", &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..])]
    {
        let _crowd = siege.crowd(4000, bytes).await;
        let mut best = Duration::MAX;
        for ask in 0..MOST_ASKS {
            if ask >= ASKS && best < SOON {
                break;
            }
            let pem = authority.pem();
            let asked = tokio::task::spawn_blocking(move || {
                let began = Instant::now();
                // On a machine that is busy with other tests one of them may come too late.
                let answer = Secure::connect(port, "localhost", &pem).ok()?.get("/api/health");
                assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
                Some(began.elapsed())
            });
            best = best.min(asked.await.unwrap().unwrap_or(Duration::MAX));
        }
        let memory = siege.memory();
        assert!(best < SOON && memory < MOST_MEMORY, "{what}: {best:?}, {memory} KiB");
        say(&format!("{what}: health over TLS {best:.0?}, {} MiB", memory / 1024));
    }
    Ok(())
}

pub(crate) async fn should_tell_who_takes_too_long() -> Outcome {
    let mut rng = Rng::seeded("late");
    let desk = Desk::start(&mut rng).await;
    let at = desk.http;
    let half_a_body = b"POST /api/bind HTTP/1.1\r\nHost: desk\r\nContent-Type: \
        application/json\r\nContent-Length: 99\r\n\r\n{";
    let answered = |bytes: &'static [u8]| async move {
        let mut stream = TcpStream::connect(("127.0.0.1", at)).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = String::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_string(&mut answer)).await;
        assert!(read.is_ok(), "the connection is kept");
        answer
    };
    // Both of them wait at the same time.
    let (body, head) = tokio::join!(answered(half_a_body), answered(b"GET /api/config HTTP/1.1\r\nHo"));
    assert!(body.starts_with("HTTP/1.1 408 "), "{body}");
    assert!(body.contains("did not come within 10 seconds"), "{body}");
    assert!(head.starts_with("HTTP/1.1 408 "), "{head}");
    Ok(())
}
