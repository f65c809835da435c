//! A subscriber to bitcoind's ZeroMQ notifications: the few bytes of ZMTP 3.0 that it takes, and no library.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LONG: u8 = 0x02;
const COMMAND: u8 = 0x04;
const MORE: u8 = 0x01;

pub struct Subscriber {
    stream: TcpStream,
}

impl Subscriber {
    /// Subscribes to one topic of a publisher at `tcp://address`.
    pub async fn connect(address: &str, topic: &str) -> std::io::Result<Subscriber> {
        let mut stream = TcpStream::connect(address.trim_start_matches("tcp://")).await?;
        stream.write_all(&greeting()).await?;
        stream.read_exact(&mut [0; 64]).await?;
        let mut subscriber = Subscriber { stream };
        subscriber.write(COMMAND, b"\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB").await?;
        subscriber.frame().await?;
        subscriber.write(0, &[&[1], topic.as_bytes()].concat()).await?;
        Ok(subscriber)
    }

    /// The next notification's parts: topic, body, and a number counting up.
    pub async fn next(&mut self) -> std::io::Result<Vec<Vec<u8>>> {
        let mut parts = Vec::new();
        loop {
            let (flags, body) = self.frame().await?;
            if flags & COMMAND != 0 {
                continue;
            }
            parts.push(body);
            if flags & MORE == 0 {
                return Ok(parts);
            }
        }
    }

    async fn write(&mut self, flags: u8, body: &[u8]) -> std::io::Result<()> {
        let length = u8::try_from(body.len()).expect("BUG: what is sent here is short");
        self.stream.write_all(&[&[flags, length], body].concat()).await
    }

    async fn frame(&mut self) -> std::io::Result<(u8, Vec<u8>)> {
        let flags = self.stream.read_u8().await?;
        let length = if flags & LONG == 0 {
            u64::from(self.stream.read_u8().await?)
        } else {
            self.stream.read_u64().await?
        };
        let mut body = vec![0; usize::try_from(length).expect("BUG: a hash is short")];
        self.stream.read_exact(&mut body).await?;
        Ok((flags, body))
    }
}

/// Signature, version 3.0, the mechanism NULL, and that a client speaks.
fn greeting() -> [u8; 64] {
    let mut greeting = [0; 64];
    greeting[0] = 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    greeting[12..16].copy_from_slice(b"NULL");
    greeting
}
