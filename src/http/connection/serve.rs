//! A listener's server: connections through their door, TLS where there is some, then HTTP/1.1.

use std::fmt::Debug;
use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Request, Response};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, Service};
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::door::{Door, Visit};
use super::line::{Line, Stream};
use super::visitor::Phase;

/// How long a client may take to send the head of its first request, before it is told that this is too long.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the end of a connection may take.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The door ends idle ones sooner.
const KEEP_ALIVE: Duration = Duration::from_secs(90);
/// Bytes of a reply that are made ahead of what is taken.
const WRITE_AHEAD: usize = 16 * 1024;
/// Connections that wait in the kernel to be accepted.
const BACKLOG: i32 = 4096;
/// Connections that may be on their way out or in, beside those that the door knows.
const SLACK: usize = 64;

/// Where and how a listener serves.
#[derive(Debug)]
pub struct Listener {
    /// Where connections come in.
    pub socket: TcpListener,
    /// What each of them passes.
    pub door: Arc<Door>,
    /// The certificate and its rules; none for plain HTTP.
    pub tls: Option<Arc<ServerConfig>>,
    /// As many as there are processors where it is none.
    pub workers: Option<usize>,
    /// Seconds that requests in progress get when the service stops.
    pub stop_timeout: u64,
}

impl Listener {
    /// Takes a port. Connections queue from now on.
    ///
    /// # Errors
    /// What the system says.
    pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
        let socket = TcpListener::bind(address)?;
        rustix::net::listen(&socket, BACKLOG)?;
        Ok(socket)
    }
}

/// The server of a listener; it runs once it is awaited.
///
/// # Errors
/// What the system says of the socket.
pub fn serve<F, I, S, B>(listener: Listener, app: F) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let Listener { socket, door, tls, workers, stop_timeout } = listener;
    let workers =
        workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, NonZeroUsize::get));
    let most = door.max().saturating_add(SLACK).div_ceil(workers);
    let builder = Server::build().workers(workers).disable_signals().shutdown_timeout(stop_timeout);
    let builder = builder.max_concurrent_connections(most);
    let stops = builder.graceful_shutdown_signal();
    let factory = move || {
        let (door, tls, stops) = (Arc::clone(&door), tls.clone().map(TlsAcceptor::from), stops.clone());
        let app = app().into_factory().map_err(|error| error.into().error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stops = stops.clone();
                async move { stops.notified().await }
            })
            .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
            .client_request_timeout(HEAD_TIMEOUT)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .h1_write_buffer_size(WRITE_AHEAD)
            .on_connect_ext(|line: &Line, data| {
                data.insert(Arc::clone(line.visitor()));
            })
            .h1(map_config(app, |()| AppConfig::default()));
        fn_service(move |stream| greet(stream, Arc::clone(&door), tls.clone())).and_then(http)
    };
    Ok(builder.listen("listener", socket, factory)?.run())
}

/// Lets a connection in, and agrees upon TLS.
async fn greet(
    stream: TcpStream,
    door: Arc<Door>,
    tls: Option<TlsAcceptor>,
) -> Result<(Line, Option<SocketAddr>), DispatchError> {
    let peer = stream.peer_addr()?;
    let visit = door.admit(peer.ip(), tls.is_some());
    let visit = visit.ok_or_else(|| DispatchError::Io(io::ErrorKind::ConnectionRefused.into()))?;
    stream.set_nodelay(true)?;
    let stream = match tls {
        None => Stream::Plain(stream),
        Some(tls) => {
            let stream = tokio::select! {
                agreed = tls.accept(stream) => agreed?,
                () = sent_away(&visit) => return Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            };
            visit.visitor.enter(Phase::Head);
            Stream::Tls(Box::new(stream))
        }
    };
    Ok((Line::new(stream, visit), Some(peer)))
}

async fn sent_away(visit: &Visit) {
    poll_fn(|cx| {
        visit.visitor.listen(cx.waker());
        if visit.visitor.must_go() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
