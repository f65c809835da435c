//! A listener of its own, and clients that take their replies or do not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, web};
use rustix::net::sockopt;

use super::{Door, DoorLimits, Listener, attend, serve};

/// More than all buffers between here and there take.
const LARGE: usize = 4 << 20;
/// What the system keeps on either side. By itself it keeps megabytes and asks for more only once many of them were
/// taken: on a machine with much to do that takes one who reads slowly longer than `UNREAD`.
const BUFFER: usize = 64 << 10;
const UNREAD: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(60);

/// A listener that answers everything with a large reply, for as long as the process lives.
fn listener(door: &Arc<Door>) -> SocketAddr {
    let socket = Listener::bind(([127, 0, 0, 1], 0).into()).unwrap();
    // Connections have it from here.
    sockopt::set_socket_send_buffer_size(&socket, BUFFER).unwrap();
    let address = socket.local_addr().unwrap();
    let door = Arc::clone(door);
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let large = web::Bytes::from(vec![b'x'; LARGE]);
            let listener =
                Listener { socket, door: Arc::clone(&door), tls: None, workers: Some(1), stop_timeout: 1 };
            let server = serve(listener, move || {
                let large = large.clone();
                let handler = web::to(move || {
                    let large = large.clone();
                    async move { HttpResponse::Ok().body(large) }
                });
                App::new().default_service(handler).wrap(from_fn(attend))
            });
            tokio::join!(server.unwrap(), door.sweep()).0.unwrap();
        });
    });
    address
}

fn asks(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    sockopt::set_socket_recv_buffer_size(&stream, BUFFER).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

/// Takes a reply in so many pieces, with a pause after each; answers how much there was.
fn takes(mut stream: TcpStream, pieces: usize, pause: Duration) -> usize {
    let (mut piece, mut taken) = (vec![0; LARGE / pieces], 0);
    loop {
        let read = stream.read(&mut piece).unwrap();
        if read == 0 {
            return taken;
        }
        taken += read;
        std::thread::sleep(pause);
    }
}

#[test]
fn should_end_who_does_not_take_a_reply_and_nobody_else() {
    let door = Door::new("test", DoorLimits { unread: UNREAD, ..DoorLimits::only(9) });
    let address = listener(&door);
    let began = Instant::now();
    let unread = asks(address);
    // One who is slow, and takes longer in all than a piece of it may.
    let slow = std::thread::spawn(move || takes(asks(address), 512, Duration::from_millis(5)));
    while door.report().late == 0 {
        assert!(began.elapsed() < PATIENCE, "it stays for ever");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(began.elapsed() >= UNREAD, "not before it is time: {:?}", began.elapsed());
    assert!(slow.join().unwrap() > LARGE, "the head and all of the body");
    assert!(began.elapsed() > UNREAD * 2, "slow enough to tell the two apart: {:?}", began.elapsed());
    assert_eq!(door.report().late, 1);
    assert!(takes(unread, 1, Duration::ZERO) < LARGE, "what was on its way, and no more");
}

#[test]
fn should_give_thirty_seconds_to_take_a_reply() {
    assert_eq!(DoorLimits::only(1).unread, Duration::from_secs(30));
}
