//! The start page: what is offered, what an amount buys, where a payee's purchases are.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::calculator::{Asked, Sum};
use super::chrome::{Chrome, remembering};
use super::moment::utc;
use super::offer::{AssetOffer, CoinOffer};
use super::{HTML, put, reply};
use crate::api::held::HeldLinks;
use crate::api::refusal::{BadPayee, Refusal};
use crate::api::{ApiState, Shown};
use crate::engine::unused;
use crate::http::{Params, internal_error};
use crate::price::Promised;
use crate::report::page::{PageTexts, fill};
use crate::report::{BuyerPause, DepositWait, alternatives, purchase_link, span};
use crate::skycoin::AddressError;
use crate::types::{Coin, Droplets, Language};

/// What a buyer has said so far.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub(super) skyaddr: String,
    pub(super) coin: String,
    pub(super) asked: Asked,
}

/// The page.
#[derive(Template)]
#[template(path = "start.html")]
pub(super) struct StartPage<'a> {
    c: Chrome<'a>,
    offers: &'a [CoinOffer],
    headline: String,
    bind_enabled: bool,
    /// Coins that no address is given out for at the moment, with the reason.
    paused: Vec<Pause<'a>>,
    /// What went wrong.
    problem: Option<String>,
    /// Addresses that can still be used, where no other is given.
    unused: Vec<Unused>,
    skyaddr: String,
    /// The coin that was asked for, else the first that can be had.
    chosen: &'static str,
    /// What can be paid out; none where that is not told.
    stock: Option<Droplets>,
    asked: Asked,
    /// What the calculator says.
    sum: Option<String>,
    answer_price: String,
    /// What is said of every sum.
    note: String,
    usual: Vec<(&'static str, String)>,
}

struct Pause<'a> {
    code: &'a str,
    why: String,
}

struct Unused {
    code: &'static str,
    address: String,
    /// Where it may be shown to whoever asks.
    link: Option<String>,
}

/// The page as somebody asks for it.
pub(super) fn start(state: &ApiState, request: &HttpRequest, query: &Params) -> HttpResponse {
    let shown = state.shown();
    let wish = Wish {
        skyaddr: query.get("skyaddr").to_owned(),
        coin: query.get("coin_type").to_owned(),
        asked: asked(query),
    };
    let page = StartPage::new(state, request, &shown, wish);
    if !request.query_string().is_empty() {
        return remembering(reply(&page, StatusCode::OK), request);
    }
    let language = page.c.language;
    match page.render() {
        Ok(html) => {
            let mut reply = HttpResponse::Ok();
            reply.content_type(HTML);
            state.pressed_start(language).reply(request, reply, html)
        }
        Err(error) => internal_error(&error),
    }
}

/// What a form or a query asks the calculator.
pub(super) fn asked(params: &Params) -> Asked {
    Asked { send: params.get("send").to_owned(), get: params.get("get").to_owned() }
}

impl<'a> StartPage<'a> {
    pub(super) fn new(state: &'a ApiState, request: &HttpRequest, shown: &'a Shown, wish: Wish) -> Self {
        let c = Chrome::new(state, request);
        let offers = &shown.offers;
        let paused = paused(state, offers, c.language);
        let is_taken = |offer: &&CoinOffer| paused.iter().all(|pause| pause.code != offer.code());
        let asked_for = offers.iter().find(|offer| offer.code() == wish.coin);
        let first = offers.iter().find(is_taken);
        let chosen = asked_for.or(first).or(offers.first());
        let (t, language) = (c.t, c.language);
        let usual = |offer: &CoinOffer| {
            let usual = state.pace.usual(offer.code())?;
            Some((offer.code(), fill(t.usual, &[("time", &span(usual, language))])))
        };
        let mut page = StartPage {
            headline: fill(t.heading, &[("coins", &headline(offers, language))]),
            c,
            offers,
            bind_enabled: state.policy.is_on(),
            paused,
            problem: None,
            unused: Vec::new(),
            skyaddr: wish.skyaddr,
            chosen: chosen.map_or("", CoinOffer::code),
            stock: state.stock(),
            sum: None,
            asked: wish.asked,
            answer_price: answer_price(state, t, language, offers),
            note: note(state, language, offers, false),
            usual: offers.iter().filter_map(usual).collect(),
        };
        let asset = chosen.and_then(|offer| offer.assets.first());
        page.sum = asset.and_then(|asset| sum_words(&page.c, asset, &page.asked, (page.stock, &page.note)));
        page
    }

    /// The same page with what went wrong.
    pub(super) fn refusing(mut self, state: &ApiState, refusal: &Refusal, held: &HeldLinks) -> Self {
        self.problem = Some(refusal.page(self.c.language));
        if *refusal == Refusal::LimitReached {
            self.unused = still_unused(state, self.offers, &self.skyaddr, held);
        }
        self
    }

    /// Why a coin is not taken at the moment.
    fn pause_of(&self, code: &str) -> Option<&str> {
        self.paused.iter().find(|pause| pause.code == code).map(|pause| pause.why.as_str())
    }

    /// When a deposit of a coin counts, in words.
    fn wait(&self, offer: &CoinOffer) -> String {
        wait(&self.c, offer.confirmations)
    }

    fn usual(&self, code: &str) -> Option<&str> {
        self.usual.iter().find(|(of, _)| *of == code).map(|(_, words)| words.as_str())
    }

    /// Whether what a coin buys comes out of a wallet in which there is nothing.
    fn is_sold_out(&self, offer: &CoinOffer) -> bool {
        let is_direct = offer.assets.first().is_some_and(|asset| asset.is_direct);
        is_direct && self.stock.is_some_and(Droplets::is_zero)
    }

    /// What is said of each thing that can be wrong with a payee's address.
    fn payee_problems(&self) -> Vec<(&'static str, String)> {
        let malformed = |why| BadPayee::Malformed(why);
        let wrong = [
            ("character", malformed(AddressError::Character)),
            ("text", malformed(AddressError::Text)),
            ("length", malformed(AddressError::Length)),
            ("version", malformed(AddressError::Version)),
            ("checksum", malformed(AddressError::Checksum)),
            ("null", BadPayee::Null),
        ];
        let words = |why| Refusal::BadPayee(why).page(self.c.language);
        wrong.into_iter().map(|(kind, why)| (kind, words(why))).collect()
    }

    /// What the script reckons with.
    fn scales(&self) -> String {
        let scales: Vec<_> = self.offers.iter().flat_map(|offer| &offer.assets).collect();
        let scales: Vec<_> = scales.into_iter().filter_map(|asset| asset.scale.as_ref()).collect();
        serde_json::to_string(&scales).unwrap_or_default()
    }

    fn smallest(&self) -> String {
        let assets = self.offers.iter().flat_map(|offer| &offer.assets);
        let known = assets.filter(|asset| !asset.smallest.is_empty());
        known.map(|asset| format!("{} {}", asset.smallest, asset.code)).collect::<Vec<_>>().join(", ")
    }
}

/// When a deposit counts, in words.
pub(super) fn wait(c: &Chrome<'_>, confirmations: u64) -> String {
    put(c.t.counts, "when", DepositWait { confirmations }.text(c.language))
}

/// What the calculator says of an asset; none where nothing was asked, or it has no price.
pub(super) fn sum_words(
    c: &Chrome<'_>,
    asset: &AssetOffer,
    asked: &Asked,
    (stock, note): (Option<Droplets>, &str),
) -> Option<String> {
    let scale = asset.scale.as_ref()?;
    Some(match scale.sum(asked)? {
        Sum::NoNumber => c.t.no_number.to_owned(),
        Sum::TooLittle => fill(c.t.too_little, &[("least", &format!("{} {}", asset.smallest, asset.code))]),
        Sum::Known { send, get } => {
            let sky = super::offer::trimmed(&get.to_string());
            let told = format!("{} {} = {sky} SKY.", send.to_coins_trimmed(scale.decimals), asset.code);
            match stock.filter(|stock| asset.is_direct && *stock < get) {
                Some(stock) => {
                    let stock = super::offer::trimmed(&stock.to_string());
                    format!("{told} {}", fill(c.t.beyond_stock, &[("stock", &stock)]))
                }
                None => format!("{told} {note}"),
            }
        }
    })
}

/// When a deposit gets its price, and for how long one holds.
fn answer_price(state: &ApiState, t: &PageTexts, language: Language, offers: &[CoinOffer]) -> String {
    let answer = match state.promised {
        Promised::Bind => fill(t.answer_price_bind, &[("time", &span(state.promise_time, language))]),
        Promised::Seen => t.answer_price_seen.to_owned(),
        Promised::Final => t.answer_price_final.to_owned(),
    };
    with_bought(&answer, language, offers)
}

/// What is said of every sum: that its price is the one of the moment or a promised one, and when a deposit gets its
/// own.
pub(super) fn note(state: &ApiState, language: Language, offers: &[CoinOffer], is_bound: bool) -> String {
    let t = PageTexts::of(language);
    let until = offers.iter().flat_map(|offer| &offer.assets).find_map(|asset| asset.until);
    let note = match (state.promised, until) {
        (_, Some(until)) => fill(t.price_note_promised, &[("until", &utc(until))]),
        // What comes to an address whose promise is over gets the price of its own moment.
        (Promised::Bind, None) if is_bound => t.price_note.to_owned(),
        (Promised::Bind, None) => fill(t.price_note_bind, &[("time", &span(state.promise_time, language))]),
        (Promised::Seen, None) => t.price_note.to_owned(),
        (Promised::Final, None) => t.price_note_final.to_owned(),
    };
    with_bought(&note, language, offers)
}

/// Words about prices, and what is to be said of what is bought first, which has none: that alone, where there is
/// nothing else.
fn with_bought(words: &str, language: Language, offers: &[CoinOffer]) -> String {
    let assets = || offers.iter().flat_map(|offer| &offer.assets);
    let bought: Vec<&str> =
        assets().filter(|asset| !asset.is_direct).map(|asset| asset.code.as_str()).collect();
    let told = fill(PageTexts::of(language).bought_note, &[("coins", &alternatives(&bought, language))]);
    match (bought.is_empty(), assets().all(|asset| !asset.is_direct)) {
        (true, _) => words.to_owned(),
        (false, true) => told,
        (false, false) => format!("{words} {told}"),
    }
}

/// `Bitcoin or Ether`: what is worth a headline. Skycoin is, where nothing else is taken.
fn headline(offers: &[CoinOffer], language: Language) -> String {
    let others: Vec<&str> =
        offers.iter().filter(|offer| offer.coin != Coin::SKY).map(|offer| offer.name).collect();
    if others.is_empty() { "Skycoin".to_owned() } else { alternatives(&others, language) }
}

fn paused<'a>(state: &ApiState, offers: &'a [CoinOffer], language: Language) -> Vec<Pause<'a>> {
    let snapshot = state.store.snapshot();
    // Binding that is off is told once for all coins; who has an unused address is shown it again though none is
    // left.
    let pause = |offer: &'a CoinOffer| {
        let error = state.policy.offers(&snapshot, offer.coin).err()?;
        Some(Pause { code: offer.code(), why: BuyerPause::of(&error)?.text(language) })
    };
    offers.iter().filter_map(pause).collect()
}

/// Addresses of a payee that have never received anything, with the links that whoever asks holds.
fn still_unused(state: &ApiState, offers: &[CoinOffer], skyaddr: &str, held: &HeldLinks) -> Vec<Unused> {
    let (Ok(payee), snapshot) = (crate::api::bind::payee(skyaddr), state.store.snapshot()) else {
        return Vec::new();
    };
    let Ok(desk) = snapshot.desk_secret() else { return Vec::new() };
    let of = |offer: &CoinOffer| {
        let found = unused(&snapshot, &payee, offer.coin).ok()?;
        let linked = found.iter().map(|one| (one, purchase_link(&desk, one.no, &one.address)));
        let own = linked.into_iter().find(|(_, link)| held.has(link));
        let (one, link) = match own {
            Some((one, link)) => (one, Some(format!("/buy/{link}"))),
            None => (found.first()?, None),
        };
        Some(Unused { code: offer.code(), address: one.address.to_string(), link })
    };
    offers.iter().filter_map(of).collect()
}
