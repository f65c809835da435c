//! What is around every page: the reader's language, the operator's name and colours.

use std::fmt::Write as _;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::api::ApiState;
use crate::config::{Shop, ThemeColor};
use crate::http::Params;
use crate::report::page::PageTexts;
use crate::types::Language;

/// Remembers the language that a reader chose.
const COOKIE: &str = "lang";

/// See the module.
#[derive(Debug)]
pub(super) struct Chrome<'a> {
    pub(super) t: &'static PageTexts,
    pub(super) language: Language,
    pub(super) shop: &'a Shop,
    pub(super) is_play: bool,
    /// Links to the same page in each language.
    pub(super) languages: Vec<LanguageLink>,
}

#[derive(Debug)]
pub(super) struct LanguageLink {
    pub(super) language: Language,
    pub(super) href: String,
}

impl<'a> Chrome<'a> {
    pub(super) fn new(state: &'a ApiState, request: &HttpRequest) -> Chrome<'a> {
        let language = language_of(request);
        Chrome {
            t: PageTexts::of(language),
            language,
            shop: &state.shop,
            is_play: state.is_play,
            languages: Language::ALL.map(|language| link(request, language)).into(),
        }
    }

    /// The name that stands above the page.
    pub(super) fn brand(&self) -> &str {
        self.shop.operator.as_deref().unwrap_or(self.t.title)
    }
}

/// Returns the language of the page: the one that is asked for, else the one that was chosen before, else the one that
/// the browser likes best.
pub(in crate::api) fn language_of(request: &HttpRequest) -> Language {
    let asked = Language::from_tag(Params::parse(request.query_string()).get(COOKIE));
    let chosen = || request.cookie(COOKIE).and_then(|cookie| Language::from_tag(cookie.value()));
    let liked = || {
        let header = request.headers().get(header::ACCEPT_LANGUAGE)?;
        Some(Language::accepted(header.to_str().ok()?))
    };
    asked.or_else(chosen).or_else(liked).unwrap_or_default()
}

/// The reply, which has the browser remember the language that was asked for, where one was.
pub(super) fn remembering(mut reply: HttpResponse, request: &HttpRequest) -> HttpResponse {
    if let Some(asked) = Language::from_tag(Params::parse(request.query_string()).get(COOKIE)) {
        let cookie = Cookie::build(COOKIE, asked.tag()).path("/").same_site(SameSite::Lax).http_only(true);
        // The page is there all the same where a browser takes no cookie.
        let _ = reply.add_cookie(&cookie.max_age(Duration::days(365)).finish());
    }
    reply
}

/// The same page in another language. Only what is plain goes into it again.
fn link(request: &HttpRequest, language: Language) -> LanguageLink {
    let query = request.query_string().split('&').filter(|pair| !pair.is_empty());
    let is_plain =
        |pair: &&str| pair.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=._-,%+".contains(&byte));
    let kept = query.filter(|pair| !pair.starts_with("lang=")).filter(is_plain);
    let mut href = String::from("?");
    for pair in kept {
        href += pair;
        href.push('&');
    }
    href += "lang=";
    href += language.tag();
    LanguageLink { language, href }
}

/// Returns the style sheet with the operator's colours.
pub(in crate::api) fn theme_css(theme: &[ThemeColor]) -> String {
    let block = |is_dark: bool| {
        let colors = theme.iter().filter(|color| color.is_dark == is_dark);
        colors.fold(String::new(), |mut css, color| {
            let _ = write!(css, "--{}:{};", color.variable, color.color);
            css
        })
    };
    format!(":root{{{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n", block(false), block(true))
}
