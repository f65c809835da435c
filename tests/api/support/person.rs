//! Somebody who is logged in to the admin listener.

use serde_json::json;
use totp_rs::{Builder, Secret};

use super::app::TestApp;
use super::client::{Reply, Request};

/// Somebody with a session.
#[derive(Debug)]
pub struct Person {
    pub cookie: String,
    pub csrf: String,
}

impl Person {
    /// Everybody's.
    pub const PASSWORD: &str = "correct horse battery";

    /// The first person, made on loopback while nobody exists, who approves.
    pub fn first(app: &TestApp, name: &str) -> Person {
        let body = json!({"name": name, "role": "approve", "password": Self::PASSWORD});
        let made = app.admin(&Request::json("/api/people", body.to_string()));
        assert_eq!(made.status, 201, "{}", made.text());
        Person::log_in(app, name, "")
    }

    /// Another person, whom this one lets in.
    pub fn added(app: &TestApp, by: &Person, name: &str, role: &str) -> Person {
        let body = json!({"name": name, "role": role, "password": Self::PASSWORD});
        let made = by.send(app, Request::json("/api/people", body.to_string()));
        assert_eq!(made.status, 201, "{}", made.text());
        Person::log_in(app, name, "")
    }

    #[track_caller]
    pub fn log_in(app: &TestApp, name: &str, code: &str) -> Person {
        let body = json!({"name": name, "password": Self::PASSWORD, "code": code});
        let reply = app.admin(&Request::json("/api/session", body.to_string()));
        let cookie = reply.header("Set-Cookie").unwrap_or_else(|| panic!("{}", reply.text()));
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Person { cookie, csrf: reply.json()["csrf"].as_str().unwrap().to_owned() }
    }

    pub fn send(&self, app: &TestApp, request: Request) -> Reply {
        app.admin(&request.header("Cookie", &self.cookie).header("X-Csrf-Token", &self.csrf))
    }

    pub fn get(&self, app: &TestApp, target: &str) -> Reply {
        self.send(app, Request::get(target))
    }
}

/// The code that a phone with this key shows so many seconds from now.
pub fn code(key: &str, later: u64) -> String {
    #[allow(clippy::disallowed_methods, reason = "a phone has a clock of its own")]
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let phone = Builder::new().with_secret(Secret::try_from_base32(key).unwrap()).build().unwrap();
    phone.generate(now + later).to_string()
}
