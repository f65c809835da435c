//! Who may ask for what: every route of the admin listener, by role; tokens of programs; what dry runs and logs say of
//! it.

use serde_json::{Value, json};

use crate::support::{Person, Request, Setup, TestApp};

/// The routes as they stand in the code that registers them, with something for each name in them.
fn routes() -> Vec<String> {
    let code = include_str!("../../src/monitor/mod.rs");
    let patterns = code.split("web::resource(\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    // Asked before anybody is asked who they are.
    let patterns = patterns.filter(|pattern| !["/livez", "/readyz"].contains(pattern));
    let routes = patterns.map(|pattern| {
        let parts = pattern.split('/').map(|part| if part.starts_with('{') { "7" } else { part });
        parts.collect::<Vec<_>>().join("/")
    });
    routes.collect()
}

/// What each role may do there: read, and anything else. Written anew, so that the table of the service is held to it.
fn wanted(route: &str) -> (&'static str, &'static str) {
    if ["/api/people", "/api/tokens"].iter().any(|own| route.starts_with(own)) || route == "/api/backup" {
        return ("approve", "approve");
    }
    match route {
        "/api/profile" => ("operate", "operate"),
        "/api/breakers/7/7" | "/api/proposals/7/7" => ("view", "approve"),
        _ if route.starts_with("/api/session") => ("view", "view"),
        _ => ("view", "operate"),
    }
}

#[test]
fn should_hold_every_route_to_its_roles() {
    let app = TestApp::new();
    let approve = Person::first(&app, "anna");
    let operate = Person::added(&app, &approve, "berta", "operate");
    let view = Person::added(&app, &approve, "carl", "view");
    let people = [("view", &view), ("operate", &operate), ("approve", &approve)];
    let rank = |role: &str| ["view", "operate", "approve"].iter().position(|name| *name == role).unwrap();
    let routes = routes();
    assert!(routes.len() > 40, "{routes:?}");
    for route in &routes {
        let (reads, acts) = wanted(route);
        // No act here has a reason: what is let in is refused for that, and changes nothing.
        for (method, wanted) in [("GET", reads), ("HEAD", reads), ("PATCH", acts), ("PUT", acts)] {
            // What is let in is told of changes for a minute: see `changes`.
            if route == "/api/changes" && method == "GET" {
                continue;
            }
            let is_session = route == "/api/session";
            let nobody = app.admin(&Request::new(method, route));
            let refused = if is_session && !matches!(method, "GET" | "HEAD") { 405 } else { 401 };
            assert_eq!(nobody.status, refused, "{method} {route} without a log-in");
            for (role, person) in people {
                let status = person.send(&app, Request::new(method, route)).status;
                assert_eq!(status == 403, rank(role) < rank(wanted), "{method} {route} by {role}: {status}");
                assert_ne!(status, 401, "{method} {route} by {role}");
            }
        }
    }
    for (_, person) in people {
        assert_eq!(person.get(&app, "/nothing/like/this").status, 404);
    }
}

fn token(app: &TestApp, by: &Person, body: Value) -> (u16, String) {
    let made = by.send(app, Request::json("/api/tokens", body.to_string()));
    let shown: Value = serde_json::from_slice(&made.body).unwrap_or_default();
    (made.status, shown["token"].as_str().unwrap_or_default().to_owned())
}

fn bearer(app: &TestApp, request: Request, token: &str) -> u16 {
    app.admin(&request.header("Authorization", &format!("Bearer {token}"))).status
}

#[test]
fn should_let_a_program_do_what_its_token_says_and_its_maker_may() {
    let mut app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "berta", "approve");
    let (status, acts) = token(&app, &berta, json!({"name": "hooks", "role": "operate"}));
    assert!(status == 201 && acts.starts_with("tlr_") && acts.len() == 47, "{status} {acts}");
    let (_, reads) =
        token(&app, &anna, json!({"name": "prices", "role": "operate", "paths": ["/api/prices"]}));
    assert_eq!(token(&app, &anna, json!({"name": "hooks", "role": "view"})).0, 409, "the name is taken");
    assert_eq!(token(&app, &anna, json!({"name": "x", "role": "view", "days": 0})).0, 400);
    assert_eq!(token(&app, &anna, json!({"name": "x", "role": "view", "paths": ["prices"]})).0, 400);
    let get = |target: &str| Request::get(target);
    let reload = || Request::new("POST", "/api/deposit-addresses/reload");
    assert_eq!((bearer(&app, get("/api/prices"), &reads), bearer(&app, reload(), &reads)), (200, 403));
    assert_eq!(bearer(&app, get("/api/deposits"), &reads), 403);
    assert_eq!((bearer(&app, reload(), &acts), bearer(&app, get("/api/people"), &acts)), (202, 403));
    assert_eq!(bearer(&app, reload(), &format!("{acts}x")), 401);
    let only = json!({"name": "node", "role": "operate", "paths": ["POST /api/chains/*/look", "/metrics"]});
    let (_, only) = token(&app, &anna, only);
    let look = |coin: &str| Request::new("POST", &format!("/api/chains/{coin}/look"));
    assert_eq!((bearer(&app, look("nothing"), &only), bearer(&app, get("/metrics"), &only)), (404, 200));
    for refused in [reload(), get("/api/chains"), Request::new("POST", "/api/chains/btc/rescan?from=1")] {
        assert_eq!(bearer(&app, refused, &only), 403);
    }
    assert_eq!(anna.send(&app, Request::new("DELETE", "/api/tokens/node")).status, 200);
    let list = anna.get(&app, "/api/tokens");
    assert!(!list.text().contains(&acts), "it is shown once");
    assert_eq!(list.json()["tokens"][0]["made_by"], "berta");
    app.restart();
    assert_eq!(bearer(&app, reload(), &acts), 202);
    // Its maker may less, then nothing.
    let less = Request::json("/api/people/berta/role", json!({"role": "view"}).to_string());
    assert_eq!(anna.send(&app, less).status, 200);
    assert_eq!((bearer(&app, reload(), &acts), bearer(&app, get("/api/deposits"), &acts)), (403, 200));
    assert_eq!(anna.send(&app, Request::new("DELETE", "/api/people/berta")).status, 200);
    assert_eq!(bearer(&app, get("/api/deposits"), &acts), 401);
    assert_eq!(anna.send(&app, Request::new("DELETE", "/api/tokens/prices")).status, 200);
    assert_eq!(bearer(&app, get("/api/prices"), &reads), 401);
    assert_eq!(anna.get(&app, "/api/tokens").json(), json!({"tokens": []}));
}

#[test]
fn should_not_let_a_program_make_tokens() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let (_, all) = token(&app, &anna, json!({"name": "all", "role": "approve"}));
    let body = json!({"name": "more", "role": "approve"}).to_string();
    assert_eq!(bearer(&app, Request::json("/api/tokens", body), &all), 403);
}

fn acts(app: &TestApp, by: &Person, query: &str) -> Vec<Value> {
    by.get(app, &format!("/api/acts{query}")).json()["acts"].as_array().unwrap().clone()
}

#[test]
fn should_note_every_act_and_every_refusal_with_who() {
    let mut app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let carl = Person::added(&app, &anna, "carl", "view");
    let price = || Request::new("POST", "/api/prices/BTC/set?rate=100&why=a+sale&by=somebody");
    assert_eq!(carl.send(&app, price()).status, 403);
    assert_eq!(anna.send(&app, price()).status, 200);
    assert_eq!(anna.send(&app, Request::new("POST", "/api/deposits/7/pay?why=a+friend")).status, 404);
    let guess = json!({"name": "carl", "password": "my secret from elsewhere"}).to_string();
    let elsewhere = json!({"name": "my secret", "password": "my secret from elsewhere"}).to_string();
    for body in [guess, elsewhere] {
        assert_eq!(app.admin(&Request::json("/api/session", body)).status, 401);
    }
    app.restart();
    let all = acts(&app, &anna, "");
    let told = |act: &Value| {
        let text = |name: &str| act[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {} {}", text("who"), text("target"), text("outcome"), text("why"))
    };
    let told: Vec<String> = all.iter().map(told).collect();
    assert_eq!(
        told,
        [
            "- /api/session unauthorized -",
            "carl /api/session unauthorized -",
            "anna /api/deposits/7/pay refused a friend",
            "anna /api/prices/BTC/set done a sale",
            "carl /api/prices/BTC/set forbidden a sale",
            "carl /api/session done -",
            "anna /api/people done -",
            "anna /api/session done -",
            "operator /api/people done -",
        ]
    );
    assert_eq!(all[2]["words"], "there is none of that number");
    assert_eq!(
        (&all[3]["via"], &all[3]["from"], &all[3]["status"]),
        (&json!("session"), &json!("127.0.0.1"), &json!(200))
    );
    assert_eq!(acts(&app, &anna, "?limit=2").len(), 2);
    let next = anna.get(&app, "/api/acts?limit=2").json()["next"].as_u64().unwrap();
    assert_eq!(acts(&app, &anna, &format!("?limit=1&after={next}"))[0], all[2]);
    // The price was set by who was logged in, whatever was said.
    let set = anna.get(&app, "/api/prices").json();
    assert_eq!(set["prices"][0]["set"]["by"], "anna");
}

#[test]
fn should_count_what_is_refused_again_and_again() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    for n in 0..30 {
        let wrong = Request::get(&format!("/api/deposits?n={n}")).header("Cookie", "teller_session=wrong");
        assert_eq!(app.admin(&wrong).status, 401);
    }
    for n in 0..40 {
        assert_eq!(anna.send(&app, Request::new("POST", &format!("/api/deposits/{n}/pay"))).status, 400);
    }
    let all = acts(&app, &anna, "");
    assert_eq!(all.len(), 4, "{all:?}");
    assert_eq!((&all[0]["who"], &all[0]["times"]), (&json!("anna"), &json!(40)));
    assert_eq!((&all[1]["outcome"], &all[1]["times"]), (&json!("unauthorized"), &json!(30)));
}

#[test]
fn should_say_that_the_configured_token_and_loopback_act_under_the_name_they_give() {
    let token = "a token of more than sixteen letters";
    let app = TestApp::start(Setup::new().text("admin_panel.token", token));
    let set = |query: &str| {
        let request = Request::new("POST", &format!("/api/prices/BTC/set?rate=100&why=a+sale{query}"));
        assert_eq!(bearer(&app, request, token), 200);
        let list = Request::get("/api/prices").header("Authorization", &format!("Bearer {token}"));
        app.admin(&list).json()["prices"][0]["set"]["by"].clone()
    };
    assert_eq!((set(""), set("&by=anna")), (json!("token"), json!("anna")));
}

#[test]
fn should_note_who_has_taken_a_copy_of_the_database() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let carl = Person::added(&app, &anna, "carl", "view");
    let before = acts(&app, &anna, "").len();
    for method in ["GET", "HEAD", "POST"] {
        assert_eq!(anna.send(&app, Request::new(method, "/api/backup")).status, 200, "{method}");
    }
    assert_eq!(carl.get(&app, "/api/backup").status, 403);
    let all = acts(&app, &anna, "");
    let noted: Vec<_> = all[..all.len() - before]
        .iter()
        .rev()
        .map(|act| (&act["who"], &act["act"], &act["outcome"]))
        .collect();
    let of = |who: &str, method: &str, outcome: &str| {
        (json!(who), json!(format!("{method} /api/backup")), json!(outcome))
    };
    let wanted = [
        of("anna", "GET", "done"),
        of("anna", "HEAD", "done"),
        of("anna", "POST", "done"),
        of("carl", "GET", "forbidden"),
    ];
    assert_eq!(noted, wanted.each_ref().map(|(who, act, outcome)| (who, act, outcome)));
}

#[test]
fn should_not_note_as_done_what_was_answered_again() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let set =
        || Request::new("POST", "/api/prices/BTC/set?rate=490&why=a+sale").header("Idempotency-Key", "k");
    let replies: Vec<u16> = (0..5).map(|_| anna.send(&app, set()).status).collect();
    assert_eq!(replies, [200; 5]);
    let all = acts(&app, &anna, "");
    let of_price = all.iter().filter(|act| act["target"] == "/api/prices/BTC/set");
    let noted: Vec<_> = of_price.map(|act| (act["outcome"].clone(), act["times"].clone())).collect();
    assert_eq!(noted, [(json!("replayed"), json!(4)), (json!("done"), json!(1))]);
}

#[test]
fn should_not_let_guesses_under_a_name_crowd_out_the_refusals_of_others() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let carl = Person::added(&app, &anna, "carl", "view");
    for n in 0..12 {
        let body = json!({"name": if n % 2 == 0 { "anna" } else { "carl" }, "password": "a guess of mine"});
        let guess = Request::json("/api/session", body.to_string());
        assert!(matches!(app.admin_from(n + 2, &guess).status, 401 | 429), "{n}");
    }
    let all = acts(&app, &anna, "");
    let guesses = all.iter().filter(|act| act["target"] == "/api/session" && act["outcome"] != "done");
    let guesses: Vec<_> = guesses.map(|act| act["who"].clone()).collect();
    // One entry for each name and outcome, whatever addresses of one network they came from.
    assert!(guesses.len() <= 4, "{all:?}");
    assert!(guesses.contains(&json!("anna")) && guesses.contains(&json!("carl")), "{guesses:?}");
    assert_eq!(carl.send(&app, Request::new("POST", "/api/deposits/7/pay?why=x")).status, 403);
    assert_eq!(acts(&app, &anna, "")[0]["who"], "carl");
}
