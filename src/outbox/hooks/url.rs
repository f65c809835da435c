//! Which URLs a client can give with a bind. Whoever has a client's token is no operator of the desk.

use reqwest::Url;

use crate::outbox::private::is_private_url;
use crate::report::WebhookTrouble;

/// Longer ones are none that anybody needs; each is kept for good.
const LONGEST: usize = 1_024;

/// Returns a URL as it is kept.
///
/// # Errors
///
/// Why nobody can be told there. A name is looked at each time that it is resolved.
pub fn hook_url(text: &str, allow_private: bool) -> Result<Url, WebhookTrouble> {
    if text.len() > LONGEST {
        return Err(WebhookTrouble::TooLong(LONGEST));
    }
    let url = Url::parse(text).map_err(|_| WebhookTrouble::NoUrl)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(WebhookTrouble::NoUrl);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(WebhookTrouble::HasUser);
    }
    if !allow_private && url.scheme() != "https" {
        return Err(WebhookTrouble::Plain);
    }
    if !allow_private && is_private_url(&url) {
        return Err(WebhookTrouble::Private);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_take_what_can_be_told_and_say_what_cannot() {
        let of = |text: &str| hook_url(text, false).map(|url| url.to_string());
        assert_eq!(of("https://shop.example.com/a?b=c").as_deref(), Ok("https://shop.example.com/a?b=c"));
        assert_eq!(of("https://shop.example.com:8443").as_deref(), Ok("https://shop.example.com:8443/"));
        let long = format!("https://example.com/{}", "x".repeat(LONGEST));
        for (wrong, why) in [
            ("", WebhookTrouble::NoUrl),
            ("shop.example.com", WebhookTrouble::NoUrl),
            ("ftp://shop.example.com/", WebhookTrouble::NoUrl),
            ("https://", WebhookTrouble::NoUrl),
            ("http://shop.example.com/", WebhookTrouble::Plain),
            ("https://anna:pass@shop.example.com/", WebhookTrouble::HasUser),
            ("https://127.0.0.1/", WebhookTrouble::Private),
            ("https://2130706433/", WebhookTrouble::Private),
            ("https://0x7f.1/", WebhookTrouble::Private),
            ("https://[::ffff:10.0.0.1]/", WebhookTrouble::Private),
            (&long, WebhookTrouble::TooLong(LONGEST)),
        ] {
            assert_eq!(of(wrong), Err(why), "{wrong}");
        }
        assert!(hook_url("http://127.0.0.1:8080/", true).is_ok());
        assert_eq!(hook_url("http://anna@127.0.0.1/", true), Err(WebhookTrouble::HasUser));
    }
}
