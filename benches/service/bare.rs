//! The yardstick: actix-web that reads the request and answers fixed bytes, and does nothing else.

use std::net::SocketAddr;

use actix_web::dev::ServerHandle;
use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, HttpServer, web};

/// A running bare server.
pub(crate) struct Bare {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Bare {
    /// Answers every request with these bytes, after having read its body as the service does.
    pub(crate) fn start(reply: String) -> Bare {
        let reply = Bytes::from(reply);
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let server = HttpServer::new(move || {
                    let reply = reply.clone();
                    App::new().default_service(web::to(move |_body: Bytes| {
                        let reply = reply.clone();
                        async move { HttpResponse::Ok().content_type("application/json").body(reply) }
                    }))
                })
                .disable_signals()
                .bind("127.0.0.1:0")
                .unwrap();
                let address = server.addrs()[0];
                let server = server.run();
                tell.send((address, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, handle) = told.recv().unwrap();
        Bare { address, handle, thread: Some(thread) }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(self.handle.stop(false));
        self.thread.take().unwrap().join().unwrap();
    }
}
