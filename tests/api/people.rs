//! People who log in to the admin listener: passwords, sessions, second factors, what a guess costs.

use serde_json::{Value, json};

use crate::support::{Person, Request, Setup, TestApp};

const TOKEN: &str = "a token of more than sixteen letters";

fn post(target: &str, body: Value) -> Request {
    Request::json(target, body.to_string())
}

#[test]
fn should_let_the_first_person_be_made_on_loopback_and_want_a_log_in_from_then_on() {
    let mut app = TestApp::new();
    assert_eq!(app.admin_json("/api/session")["via"], "loopback");
    let less =
        post("/api/people", json!({"name": "anna", "role": "view", "password": "correct horse battery"}));
    assert_eq!(app.admin(&less).status, 400, "nobody could let others in");
    let anna = Person::first(&app, "anna");
    for path in ["/api/deposits", "/api/session", "/api/people", "/api/backup", "/nothing"] {
        assert_eq!(app.admin(&Request::get(path)).status, 401, "{path}");
    }
    let session = anna.get(&app, "/api/session").json();
    assert_eq!((&session["name"], &session["role"]), (&json!("anna"), &json!("approve")));
    assert_eq!((&session["via"], &session["second_factor"]), (&json!("session"), &json!(false)));
    assert_eq!(anna.get(&app, "/api/deposits").status, 200);
    app.restart();
    assert_eq!(anna.get(&app, "/api/deposits").status, 200, "a session survives");
}

#[test]
fn should_say_the_same_of_a_wrong_name_and_a_wrong_password() {
    let app = TestApp::new();
    Person::first(&app, "anna");
    for (name, password) in [("anna", "wrong horse battery"), ("berta", "correct horse battery"), ("", "")] {
        let refused = app.admin(&post("/api/session", json!({"name": name, "password": password})));
        refused.assert_text(401, "Unauthorized: name, password or code is wrong");
        assert_eq!(refused.header("Set-Cookie"), None);
    }
}

#[test]
fn should_make_guesses_wait_whether_the_name_exists_or_not() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    for name in ["berta", "anna"] {
        let guess =
            || app.admin(&post("/api/session", json!({"name": name, "password": "wrong horse battery"})));
        // A machine that is busy takes longer over a guess than the first ones have to wait.
        assert!((0..14).any(|_| guess().status == 429), "{name}");
        let late = guess();
        assert!(late.header("Retry-After").is_some_and(|seconds| seconds.parse::<u64>().unwrap() > 0));
    }
    let right = app.admin(&post("/api/session", json!({"name": "anna", "password": Person::PASSWORD})));
    assert_eq!(right.status, 429, "also the right one has to wait");
    assert_eq!(anna.get(&app, "/api/session").status, 200, "whoever is logged in stays so");
}

#[test]
fn should_give_a_new_session_that_no_script_and_no_other_site_can_use() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let planted = post("/api/session", json!({"name": "anna", "password": Person::PASSWORD}))
        .header("Cookie", "teller_session=planted");
    let reply = app.admin(&planted);
    let cookie = reply.header("Set-Cookie").unwrap().to_owned();
    assert!(!cookie.contains("planted"), "{cookie}");
    for word in ["Path=/", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "it is plain HTTP: {cookie}");
    let far = planted_free().header("X-Forwarded-Proto", "https");
    assert!(app.admin(&far).header("Set-Cookie").unwrap().contains("; Secure"));
    let two =
        Request::get("/api/session").header("Cookie", &format!("{}; teller_session=planted", anna.cookie));
    assert_eq!(app.admin(&two).status, 401, "one of the two was planted");
    let form = Request::form("/api/session", "name=anna");
    assert_eq!(app.admin(&form).status, 415, "what a page of another site can send is no log-in");
    let foreign = planted_free().header("Origin", "https://elsewhere.example");
    assert_eq!(app.admin(&foreign).status, 403);
}

fn planted_free() -> Request {
    post("/api/session", json!({"name": "anna", "password": Person::PASSWORD}))
}

#[test]
fn should_want_the_token_of_the_session_for_every_act() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let act = || Request::new("POST", "/api/deposit-addresses/reload").header("Cookie", &anna.cookie);
    let words = "Forbidden: send X-Csrf-Token, as GET /api/session tells it";
    app.admin(&act()).assert_text(403, words);
    app.admin(&act().header("X-Csrf-Token", "0123")).assert_text(403, words);
    let foreign = act().header("X-Csrf-Token", &anna.csrf).header("Sec-Fetch-Site", "cross-site");
    app.admin(&foreign).assert_text(403, words);
    assert_eq!(app.admin(&act().header("X-Csrf-Token", &anna.csrf)).status, 202);
    assert_ne!(anna.csrf, Person::log_in(&app, "anna", "").csrf, "each session has its own");
}

#[test]
fn should_end_a_session_that_is_not_used_and_one_that_is_too_long() {
    let app = TestApp::start(Setup::new().text("admin_panel.session_idle", "1s"));
    let anna = Person::first(&app, "anna");
    assert_eq!(anna.get(&app, "/api/session").status, 200);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(anna.get(&app, "/api/session").status, 401);
    let app = TestApp::start(Setup::new().text("admin_panel.session_max", "2s"));
    let anna = Person::first(&app, "anna");
    let began = std::time::Instant::now();
    while anna.get(&app, "/api/session").status == 200 {
        assert!(began.elapsed().as_secs() < 10, "it goes on for ever");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    assert!(began.elapsed().as_millis() > 900, "it ended at once");
}

#[test]
fn should_log_out_here_and_elsewhere() {
    let app = TestApp::new();
    let here = Person::first(&app, "anna");
    let there = Person::log_in(&app, "anna", "");
    let sessions = here.get(&app, "/api/sessions").json();
    let sessions = sessions["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    let other = sessions.iter().find(|session| session["current"] == false).unwrap();
    let id = other["id"].as_str().unwrap();
    assert_eq!(here.send(&app, Request::new("DELETE", &format!("/api/sessions/{id}"))).status, 200);
    assert_eq!(there.get(&app, "/api/session").status, 401);
    let out = here.send(&app, Request::new("DELETE", "/api/session"));
    assert!(out.status == 200 && out.header("Set-Cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(here.get(&app, "/api/session").status, 401);
}

#[test]
fn should_end_other_sessions_with_a_new_password() {
    let app = TestApp::new();
    let here = Person::first(&app, "anna");
    let there = Person::log_in(&app, "anna", "");
    let change = |old: &str, new: &str| {
        here.send(&app, post("/api/session/password", json!({"password": old, "new_password": new})))
    };
    assert_eq!(change("wrong horse battery", "another horse battery").status, 403);
    assert_eq!(change(Person::PASSWORD, "short").status, 400);
    assert_eq!(change(Person::PASSWORD, "another horse battery").status, 200);
    assert_eq!((here.get(&app, "/api/session").status, there.get(&app, "/api/session").status), (200, 401));
    let old = app.admin(&post("/api/session", json!({"name": "anna", "password": Person::PASSWORD})));
    assert_eq!(old.status, 401);
}

#[test]
fn should_take_each_code_of_a_second_factor_once() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let shown = anna.send(&app, post("/api/session/totp", json!({}))).json();
    assert!(shown["otpauth"].as_str().unwrap().starts_with("otpauth://totp/Teller:anna?"));
    assert!(shown["qr_svg"].as_str().unwrap().starts_with("<svg"));
    let secret = shown["secret"].as_str().unwrap();
    let now = crate::support::code(secret, 0);
    let confirm = |code: &str| {
        let body = json!({"secret": secret, "code": code, "password": Person::PASSWORD});
        anna.send(&app, post("/api/session/totp/confirm", body))
    };
    assert_eq!(confirm("000000x").status, 400);
    let codes = confirm(&now).json();
    assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
    let log_in = |code: &str| {
        let body = json!({"name": "anna", "password": Person::PASSWORD, "code": code});
        app.admin(&post("/api/session", body)).status
    };
    assert_eq!(log_in(""), 401, "the password alone");
    assert_eq!(log_in(&now), 401, "it was used when it was set up");
    let next = crate::support::code(secret, 30);
    assert_eq!((log_in(&next), log_in(&next)), (200, 401), "a code is good for once");
    let recovery = codes["recovery_codes"][3].as_str().unwrap();
    assert_eq!((log_in(recovery), log_in(recovery)), (200, 401), "a recovery code too");
    assert_eq!(anna.get(&app, "/api/session").json()["second_factor"], true);
}

#[test]
fn should_end_everything_of_a_person_who_is_removed() {
    let mut app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "berta", "approve");
    assert_eq!(berta.get(&app, "/api/people").json()["people"].as_array().unwrap().len(), 2);
    assert_eq!(anna.send(&app, Request::new("DELETE", "/api/people/berta")).status, 200);
    assert_eq!(berta.get(&app, "/api/session").status, 401);
    let last = anna.send(&app, Request::new("DELETE", "/api/people/anna"));
    assert_eq!(last.status, 409, "nobody could let others in: {}", last.text());
    let less = anna.send(&app, post("/api/people/anna/role", json!({"role": "view"})));
    assert_eq!(less.status, 409);
    app.restart();
    assert_eq!(berta.get(&app, "/api/session").status, 401);
    assert_eq!(anna.get(&app, "/api/session").status, 200);
}

#[test]
fn should_take_a_role_away_at_once() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "Berta", "operate");
    let reload = || berta.send(&app, Request::new("POST", "/api/deposit-addresses/reload"));
    assert_eq!(reload().status, 202);
    assert_eq!(anna.send(&app, post("/api/people/berta/role", json!({"role": "view"}))).status, 200);
    reload().assert_text(403, "Forbidden: this wants the role operate");
    let again = json!({"name": "BERTA", "role": "view", "password": "correct horse battery"});
    assert_eq!(
        anna.send(&app, post("/api/people", again)).status,
        409,
        "whatever the case, a name is one person's"
    );
    for name in ["operator", "token", "desk", "program x", "a\u{202e}b"] {
        let person = json!({"name": name, "role": "view", "password": "correct horse battery"});
        assert_eq!(anna.send(&app, post("/api/people", person)).status, 400, "{name}");
    }
}

#[test]
fn should_go_on_taking_the_configured_token() {
    let app = TestApp::start(Setup::new().text("admin_panel.token", TOKEN));
    let bearer = |request: Request| request.header("Authorization", &format!("Bearer {TOKEN}"));
    let first = json!({"name": "anna", "role": "approve", "password": Person::PASSWORD});
    assert_eq!(app.admin(&post("/api/people", first.clone())).status, 401);
    assert_eq!(app.admin(&bearer(post("/api/people", first))).status, 201);
    let session = app.admin(&bearer(Request::get("/api/session"))).json();
    assert_eq!((&session["name"], &session["via"]), (&json!("token"), &json!("config")));
    assert_eq!(app.admin(&bearer(Request::new("POST", "/api/deposit-addresses/reload"))).status, 202);
    assert_eq!(Person::log_in(&app, "anna", "").get(&app, "/api/deposits").status, 200);
}

#[test]
fn should_let_no_program_change_anything_of_people() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    Person::added(&app, &anna, "berta", "operate");
    let wanted = json!({"name": "robot", "role": "approve"});
    let token = anna.send(&app, post("/api/tokens", wanted)).json_of(201)["token"].clone();
    let by_program = |request: Request| {
        app.admin(&request.header("Authorization", &format!("Bearer {}", token.as_str().unwrap())))
    };
    let password = || json!({"password": "another horse battery"});
    for request in [
        post("/api/people", json!({"name": "carl", "role": "approve", "password": Person::PASSWORD})),
        post("/api/people/berta/role", json!({"role": "approve"})),
        post("/api/people/berta/password", password()),
        post("/api/people/anna/password", password()),
        Request::new("POST", "/api/people/anna/totp-reset"),
        Request::new("DELETE", "/api/people/berta"),
    ] {
        by_program(request)
            .assert_text(403, "Forbidden: programs change nothing of people, a person has to log in");
    }
    let people = by_program(Request::get("/api/people")).json();
    assert_eq!(people["people"].as_array().unwrap().len(), 2, "it may look: {people}");
    assert_eq!(anna.get(&app, "/api/session").status, 200);
}

#[test]
fn should_want_the_password_for_a_new_one_of_ones_own() {
    let app = TestApp::new();
    let anna = Person::first(&app, "Anna");
    let berta = Person::added(&app, &anna, "berta", "approve");
    let words = |instead: &str| {
        format!(
            "Forbidden: this is for the log-ins of others; change your own with {instead}, which wants your password"
        )
    };
    let new = json!({"password": "another horse battery"});
    for name in ["Anna", "anna", "ANNA"] {
        let reply = anna.send(&app, post(&format!("/api/people/{name}/password"), new.clone()));
        reply.assert_text(403, &words("POST /api/session/password"));
        let reply = anna.send(&app, Request::new("POST", &format!("/api/people/{name}/totp-reset")));
        reply.assert_text(403, &words("DELETE /api/session/totp"));
    }
    assert_eq!(anna.get(&app, "/api/session").status, 200, "nothing has changed");
    assert_eq!(berta.send(&app, post("/api/people/anna/password", new)).status, 200, "others may");
}

#[test]
fn should_make_guesses_at_a_code_wait_though_the_password_is_right() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let secret = anna.send(&app, post("/api/session/totp", json!({}))).json()["secret"].clone();
    let code = crate::support::code(secret.as_str().unwrap(), 0);
    let confirm = json!({"secret": secret, "code": code, "password": Person::PASSWORD});
    assert_eq!(anna.send(&app, post("/api/session/totp/confirm", confirm)).status, 200);
    let remove = |code: &str| {
        let body = json!({"password": Person::PASSWORD, "code": code});
        anna.send(&app, Request { method: "DELETE".to_owned(), ..post("/api/session/totp", body) }).status
    };
    // The right password in between, which is known to whoever guesses, pays for nothing.
    let change = || {
        let body = json!({"password": Person::PASSWORD, "new_password": Person::PASSWORD});
        anna.send(&app, post("/api/session/password", body)).status
    };
    let tries: Vec<u16> = (0..14).map(|n| if n % 2 == 0 { remove("000000") } else { change() }).collect();
    assert!(tries.contains(&429), "{tries:?}");
    assert!(!tries[..4].contains(&429), "a person mistypes: {tries:?}");
}
