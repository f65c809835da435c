//! Whom the link of an address is shown to again: a browser that was given it.

use crate::support::{BUYER, OTHER, Reply, Request, Setup, TestApp, payee, pools};

/// Sends the form as a browser that holds this cookie.
fn form(app: &TestApp, cookie: &str, coin: &str) -> Reply {
    let form = Request::form("/buy", &format!("skyaddr={BUYER}&coin_type={coin}"));
    app.public(&if cookie.is_empty() { form } else { form.header("Cookie", cookie) })
}

fn cookie(reply: &Reply) -> String {
    reply.header("Set-Cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[test]
fn should_show_the_link_again_only_to_whoever_was_given_it() {
    let app = TestApp::start(Setup::new().set("teller.max_bound_addrs", 2));
    let first = form(&app, "", "BTC");
    let link = first.header("Location").unwrap();
    let (kept, all) = (cookie(&first), first.header("Set-Cookie").unwrap());
    for word in ["Path=/buy", "HttpOnly", "SameSite=Strict"] {
        assert!(all.contains(word) && !all.contains("Secure"), "{all}");
    }
    let far =
        Request::form("/buy", &format!("skyaddr={OTHER}&coin_type=BTC")).header("X-Forwarded-Proto", "https");
    assert!(app.public(&far).header("Set-Cookie").unwrap().contains("; Secure"));
    // Whoever brings the link is led to it; whoever knows the payee, and whoever brings another's, is not.
    let again = form(&app, &kept, "BTC");
    assert_eq!(again.header("Location"), Some(format!("{link}?again=1").as_str()));
    let others = cookie(&app.public(&Request::form("/buy", &format!("skyaddr={}&coin_type=BTC", payee(1)))));
    let address = pools::btc(1)[0].clone();
    for held in ["", &others, "purchases=...", "purchases=AAAA"] {
        let stranger = form(&app, held, "BTC");
        let target = format!("/?skyaddr={BUYER}&address=BTC");
        assert_eq!((stranger.status, stranger.header("Location")), (303, Some(target.as_str())), "{held}");
        assert_eq!(stranger.header("Set-Cookie"), None, "{held}");
        let page = app.get(&target);
        assert!(page.text().contains(&address) && !page.text().contains("/buy/"), "{}", page.text());
    }
    // A browser keeps those of several, and opening a link gives it none.
    let eth = form(&app, &kept, "ETH");
    let both = cookie(&eth);
    for coin in ["BTC", "ETH"] {
        assert!(form(&app, &both, coin).header("Location").unwrap().ends_with("?again=1"), "{coin}");
    }
    assert_eq!(app.get(link).header("Set-Cookie"), None);
    // At the limit it is the same.
    let refused = form(&app, &kept, "SKY");
    assert_eq!((refused.status, refused.text().contains(link)), (409, true), "{}", refused.text());
    let stranger = form(&app, "", "SKY");
    assert!(stranger.text().contains(&address) && !stranger.text().contains("/buy/"), "{}", stranger.text());
}

#[test]
fn should_lead_a_buyer_to_their_own_address_and_not_to_a_strangers() {
    let app = TestApp::new();
    let own = form(&app, "", "BTC");
    let link = own.header("Location").unwrap();
    // Somebody takes another one for the same payee afterwards, and has its link.
    let strangers = app.try_bind(BUYER, "BTC").json();
    let again = form(&app, &cookie(&own), "BTC");
    assert_eq!(again.header("Location"), Some(format!("{link}?again=1").as_str()));
    assert_ne!(Some(link), strangers["page"].as_str());
}
