//! Who may ask: passwords, the host that was asked for, where a page comes from, and the token of a request
//! that changes something; in the daemon's order.

use crate::serve::{Answer, Ask};

use super::{Sky, refusal};

pub(super) fn pass(node: &Sky, ask: &Ask, now: u64) -> Result<(), Answer> {
    // A password that nobody asked for is refused too: it is a sign of a node set up without one by mistake.
    let given = ask.credentials().filter(|given| given != ":");
    if given != node.settings.credentials {
        let realm = "Basic realm=\"skycoin daemon\"".to_owned();
        return Err(refusal(401, "").with("Www-Authenticate", realm));
    }
    let address = node.settings.address;
    let known = [format!("127.0.0.1:{}", address.port()), format!("localhost:{}", address.port())];
    let is_local = address.ip().is_loopback();
    if let Some(host) = ask.host.as_ref().filter(|host| !host.is_empty())
        && is_local
        && !known.contains(host)
    {
        return Err(refusal(403, "Invalid Host"));
    }
    let page = ask.header("origin").filter(|origin| !origin.is_empty()).or_else(|| ask.header("referer"));
    if let Some(page) = page.filter(|page| !page.is_empty()) {
        let host = page.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
        let is_known =
            if is_local { known.iter().any(|known| known == host) } else { host == address.to_string() };
        if !is_known {
            return Err(refusal(403, "Invalid Origin or Referer"));
        }
    }
    let changes = matches!(ask.method.as_str(), "POST" | "PUT" | "DELETE");
    if changes && node.settings.is_csrf_checked && ask.path != "/api/v1/csrf" {
        let token = ask.header("x-csrf-token").unwrap_or_default();
        node.csrf.check(token, now).map_err(|words| refusal(403, &words))?;
    }
    Ok(())
}
