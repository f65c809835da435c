//! Certificates that are obtained and renewed automatically.
//!
//! Obtained after the start, because the listener has to answer the authority's questions. On failure: what cannot be
//! obtained now is tried again, later each time, and what is there goes on being served. The authority can end nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::StreamExt;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_acme::acme::ACME_TLS_ALPN_NAME;
use rustls_acme::{AcmeConfig, AcmeState, EventOk, ResolvesServerCertAcme, is_tls_alpn_challenge};

use super::cache::{self, PrivateCache};
use super::files::{TlsError, certificates};
use crate::config::Acme;
use crate::live::{CertificateView, Live};
use crate::task::Shutdown;

/// Folder of the account and the certificates, inside the data directory.
const FOLDER: &str = "acme";
/// After so long without a word everything is begun anew: a request to the authority that is never answered has no end
/// of its own, and the certificate would expire meanwhile. What is waited for most of the time loses nothing by it.
const LONGEST_SILENCE: Duration = Duration::from_secs(6 * 3600);

type State = AcmeState<io::Error>;

/// What a [`State`] is made from.
struct Order {
    settings: Acme,
    cache: PathBuf,
    /// For another authority than the well-known ones.
    client: Option<Arc<ClientConfig>>,
    live: Arc<Live>,
}

impl Order {
    fn state(&self) -> State {
        let mut config = AcmeConfig::new([self.settings.host.as_str()])
            .cache(PrivateCache::new(self.cache.clone(), Arc::clone(&self.live)));
        if let Some(contact) = &self.settings.contact {
            config = config.contact_push(format!("mailto:{contact}"));
        }
        config = match &self.settings.directory {
            Some(url) => config.directory(url),
            None => config.directory_lets_encrypt(true),
        };
        if let Some(client) = &self.client {
            config = config.client_tls_config(Arc::clone(client));
        }
        config.state()
    }
}

/// What is shown to whom: buyers see the last certificate that was obtained, the authority what it asked for.
#[derive(Debug)]
struct Shown {
    serving: ArcSwap<ResolvesServerCertAcme>,
    ordering: ArcSwap<ResolvesServerCertAcme>,
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let resolver = if is_tls_alpn_challenge(&hello) { &self.ordering } else { &self.serving };
        resolver.load().resolve(hello)
    }
}

/// Keeps an automatic certificate fresh.
pub(in crate::app) struct Renewal {
    order: Order,
    state: State,
    shown: Arc<Shown>,
    longest_silence: Duration,
    /// Whether what is served could be had from the cache as well.
    is_cached: bool,
}

impl Renewal {
    fn new(order: Order, longest_silence: Duration) -> Self {
        let state = order.state();
        let (serving, ordering) = (ArcSwap::new(state.resolver()), ArcSwap::new(state.resolver()));
        let shown = Arc::new(Shown { serving, ordering });
        Renewal { order, state, shown, longest_silence, is_cached: true }
    }

    /// Obtains and renews until the service stops.
    pub(in crate::app) async fn run(mut self, shutdown: Shutdown) {
        loop {
            let event = tokio::select! {
                event = self.state.next() => event,
                () = tokio::time::sleep(self.longest_silence) => {
                    self.begin_anew();
                    continue;
                }
                () = shutdown.wait() => return,
            };
            let host = &self.order.settings.host;
            match event {
                Some(Ok(event)) => {
                    tracing::info!(%host, "automatic certificate: {}", words(&event));
                    self.note(&event);
                    self.tell(String::new());
                }
                Some(Err(error)) => {
                    tracing::warn!(%host, %error, "automatic certificate: will be tried again");
                    self.tell(error.to_string());
                }
                None => return,
            }
        }
    }

    fn note(&mut self, event: &EventOk) {
        match event {
            EventOk::DeployedNewCert | EventOk::DeployedCachedCert => {
                self.shown.serving.store(self.state.resolver());
                self.is_cached = matches!(event, EventOk::DeployedCachedCert);
            }
            EventOk::CertCacheStore => self.is_cached = true,
            EventOk::AccountCacheStore => {}
        }
    }

    fn tell(&self, trouble: String) {
        let valid = self.order.live.certificate().and_then(|view| view.valid);
        self.order.live.set_certificate(CertificateView { is_automatic: true, valid, trouble });
    }

    fn begin_anew(&mut self) {
        if self.is_cached {
            self.state = self.order.state();
            self.shown.ordering.store(self.state.resolver());
        }
    }
}

/// HTTPS with an automatic certificate; none is there yet.
pub(super) fn automatic(
    acme: &Acme,
    data_dir: &Path,
    live: Arc<Live>,
) -> Result<(ServerConfig, Renewal), TlsError> {
    let folder = data_dir.join(FOLDER);
    cache::make_folder(&folder).map_err(|source| TlsError::Cache { path: folder.clone(), source })?;
    let client = trusted(acme)?.map(Arc::new);
    let order = Order { settings: acme.clone(), cache: folder, client, live };
    let renewal = Renewal::new(order, LONGEST_SILENCE);
    renewal.tell("it is being obtained".to_owned());
    let shown: Arc<dyn ResolvesServerCert> = Arc::<Shown>::clone(&renewal.shown);
    let mut config = ServerConfig::builder().with_no_client_auth().with_cert_resolver(shown);
    config.alpn_protocols = vec![b"http/1.1".to_vec(), ACME_TLS_ALPN_NAME.to_vec()];
    Ok((config, renewal))
}

/// A client for another authority than the well-known ones, where one is configured.
pub(in crate::app) fn trusted(acme: &Acme) -> Result<Option<ClientConfig>, TlsError> {
    acme.directory_root.as_deref().map(trusting).transpose()
}

/// What happened, for the log.
fn words(event: &EventOk) -> &'static str {
    match event {
        EventOk::DeployedCachedCert => "the one that was kept is served",
        EventOk::DeployedNewCert => "a new one is served",
        EventOk::CertCacheStore => "the new one was kept for the next start",
        EventOk::AccountCacheStore => "the account was kept for the next start",
    }
}

/// A client that believes an authority's own server.
fn trusting(root: &Path) -> Result<ClientConfig, TlsError> {
    const KEY: &str = "web.acme_directory_root";
    let mut roots = RootCertStore::empty();
    for certificate in certificates(KEY, root)? {
        let wrong =
            |error: rustls::Error| TlsError::File { key: KEY, path: root.to_owned(), why: error.to_string() };
        roots.add(certificate).map_err(wrong)?;
    }
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn should_ask_again_where_the_authority_never_answers() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authority = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = Acme {
            host: "desk.example.com".to_owned(),
            contact: None,
            directory: Some(format!("https://{}/dir", authority.local_addr().unwrap())),
            directory_root: None,
        };
        let folder = tempfile::tempdir().unwrap();
        let order = Order { settings, cache: folder.path().to_owned(), client: None, live: Arc::default() };
        let shutdown = Shutdown::default();
        let renewal = tokio::spawn(Renewal::new(order, Duration::from_millis(100)).run(shutdown.clone()));
        // Each of them is kept open, and none is answered.
        let _first = authority.accept().await.unwrap();
        let _second = tokio::time::timeout(Duration::from_secs(30), authority.accept()).await.unwrap();
        shutdown.trigger();
        renewal.await.unwrap();
    }
}
