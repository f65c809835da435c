//! The reference as a page: made of the document alone, with no script and nothing from elsewhere.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitcoin::hashes::{Hash as _, sha256};
use serde_json::Value;

use super::super::code::Code;
use super::super::reply::{json_bytes, method_not_allowed};
use super::view::{self, Chapter, Form};

const STYLE: &str = include_str!("../../../web/static/reference.css");

#[derive(Template)]
#[template(path = "reference.html")]
struct Page<'a> {
    title: &'a str,
    about: String,
    version: &'a str,
    style: &'a str,
    chapters: Vec<Chapter>,
    forms: Vec<Form>,
    codes: &'a [Code],
}

/// A listener's reference, ready to be sent.
#[derive(Debug)]
pub struct Reference {
    document: Bytes,
    page: Bytes,
    policy: HeaderValue,
}

impl Reference {
    /// Returns the reference of a document.
    pub fn new(document: &Value) -> Reference {
        let page = Page {
            title: document["info"]["title"].as_str().unwrap_or_default(),
            about: view::html(&document["info"]["description"]),
            version: document["info"]["version"].as_str().unwrap_or_default(),
            style: STYLE,
            chapters: view::chapters(document),
            forms: view::forms(document),
            codes: Code::ALL,
        };
        let style = STANDARD.encode(sha256::Hash::hash(STYLE.as_bytes()).as_byte_array());
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; img-src 'self'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        );
        Reference {
            document: Bytes::from(document.to_string()),
            page: Bytes::from(page.render().expect("BUG: the template takes any texts")),
            policy: HeaderValue::try_from(policy).expect("BUG: a legal header"),
        }
    }

    /// Returns the answer to a request for the document.
    pub fn document(&self, request: &HttpRequest) -> HttpResponse {
        only_read(request).unwrap_or_else(|| json_bytes(self.document.clone()))
    }

    /// Returns the answer to a request for the page.
    pub fn page(&self, request: &HttpRequest) -> HttpResponse {
        only_read(request).unwrap_or_else(|| {
            HttpResponse::Ok()
                .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")))
                .insert_header((header::CONTENT_SECURITY_POLICY, self.policy.clone()))
                .body(self.page.clone())
        })
    }
}

fn only_read(request: &HttpRequest) -> Option<HttpResponse> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    (!is_read).then(|| method_not_allowed("GET", "Method Not Allowed"))
}
