//! The control API: what a person or a test does to the chains. On a port of its own, for this machine alone.

mod asked;
mod btc;
mod eth;
mod exchange;
mod page;
mod reply;
mod sky;
mod troubles;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use serde_json::{Map, Value, json};

use crate::bitcoin::Btc;
use crate::ethereum::Eth;
use crate::exchange::{House, Venue};
use crate::serve::Served;
use crate::skycoin::Sky;
use crate::trouble::Troubles;

use asked::{Mine, Reorg};

/// The nodes that run.
#[derive(Clone, Default)]
pub(crate) struct Control {
    pub(crate) btc: Option<Served<Btc>>,
    pub(crate) doge: Option<Served<Btc>>,
    pub(crate) eth: Option<Served<Eth>>,
    pub(crate) sky: Option<Served<Sky>>,
    pub(crate) exchange: Option<Arc<House>>,
    /// The venues of the exchange by their names.
    pub(crate) venues: Vec<(&'static str, Served<Venue>)>,
}

impl Control {
    /// The node of a chain like Bitcoin's, where it runs.
    fn bitcoin_like(&self, chain: &str) -> Option<&Served<Btc>> {
        match chain {
            "btc" => self.btc.as_ref(),
            "doge" => self.doge.as_ref(),
            _ => None,
        }
    }

    /// The troubles of a chain that runs.
    fn troubles(&self, chain: &str) -> Option<&Troubles> {
        match chain {
            "btc" | "doge" => self.bitcoin_like(chain).map(|served| served.troubles.as_ref()),
            "eth" => self.eth.as_ref().map(|served| served.troubles.as_ref()),
            "sky" => self.sky.as_ref().map(|served| served.troubles.as_ref()),
            venue => self.venue(venue).map(|served| served.troubles.as_ref()),
        }
    }

    /// A venue of the exchange, where it runs.
    fn venue(&self, name: &str) -> Option<&Served<Venue>> {
        self.venues.iter().find(|(known, _)| *known == name).map(|(_, served)| served)
    }

    fn state(&self) -> Value {
        let mut state = Map::new();
        let mut tell = |name: &str, standing: Value, troubles: &Troubles| {
            let troubles = troubles.list();
            state.insert(name.to_owned(), json!({ "chain": standing, "troubles": troubles }));
        };
        if let Some(btc) = &self.btc {
            tell("btc", json!(btc.node.standing()), &btc.troubles);
        }
        if let Some(doge) = &self.doge {
            tell("doge", json!(doge.node.standing()), &doge.troubles);
        }
        if let Some(eth) = &self.eth {
            tell("eth", json!(eth.node.standing()), &eth.troubles);
        }
        if let Some(sky) = &self.sky {
            tell("sky", json!(sky.node.standing()), &sky.troubles);
        }
        if let Some(house) = &self.exchange {
            let troubles: Map<String, Value> = self.venues.iter().map(troubles_of).collect();
            state
                .insert("exchange".to_owned(), json!({ "standing": house.standing(), "troubles": troubles }));
        }
        Value::Object(state)
    }
}

fn troubles_of((name, served): &(&'static str, Served<Venue>)) -> (String, Value) {
    ((*name).to_owned(), json!(served.troubles.list()))
}

/// Serves the API for ever.
pub(crate) async fn serve(listener: TcpListener, control: Control) -> io::Result<()> {
    let control = Data::new(control);
    HttpServer::new(move || {
        App::new()
            .app_data(control.clone())
            .app_data(
                web::JsonConfig::default().content_type_required(false).error_handler(reply::unreadable),
            )
            .app_data(web::QueryConfig::default().error_handler(reply::unreadable_query))
            .route("/", web::get().to(help))
            .route("/control/state", web::get().to(state))
            .configure(btc::routes)
            .configure(eth::routes)
            .configure(exchange::routes)
            .configure(page::routes)
            .configure(sky::routes)
            .configure(troubles::routes)
            .default_service(web::to(reply::unknown))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run()
    .await
}

async fn help() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(include_str!("help.txt"))
}

async fn state(control: Data<Control>) -> HttpResponse {
    HttpResponse::Ok().json(control.state())
}
