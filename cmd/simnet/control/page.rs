//! The page of the exchange, for a person: all that it is made of is served from here, and it asks nobody else.

use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{self, Data, ServiceConfig};

use super::{Control, reply};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// Path, type and content.
const FILES: [(&str, &str, &str); 8] = [
    ("/exchange", HTML, include_str!("../../../web/simnet/exchange.html")),
    ("/exchange/exchange.css", CSS, include_str!("../../../web/simnet/exchange.css")),
    ("/exchange/exchange.js", JS, include_str!("../../../web/simnet/exchange.js")),
    ("/exchange/chart.js", JS, include_str!("../../../web/simnet/chart.js")),
    ("/exchange/icon.svg", "image/svg+xml", include_str!("../../../web/static/icon.svg")),
    ("/exchange/lightweight-charts.js", JS, include_str!("../../../web/simnet/vendor/lightweight-charts.js")),
    ("/exchange/LICENSE", TEXT, include_str!("../../../web/simnet/vendor/LICENSE")),
    ("/exchange/NOTICE", TEXT, include_str!("../../../web/simnet/vendor/NOTICE")),
];

/// Scripts, styles and answers of this server alone, and no page around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) fn routes(config: &mut ServiceConfig) {
    for (path, kind, content) in FILES {
        config.route(path, web::get().to(move |control: Data<Control>| file(control, (kind, content))));
    }
}

async fn file(control: Data<Control>, (kind, content): (&'static str, &'static str)) -> HttpResponse {
    if control.exchange.is_none() {
        return reply::not_running("exchange");
    }
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static(kind)))
        .insert_header((CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)))
        .insert_header((X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .insert_header((REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        // Another simnet on the same port may be another version.
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .body(content)
}
