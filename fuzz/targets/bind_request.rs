//! Any body is a request or is refused, and what is taken survives being written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use teller::api::BindRequest;

fuzz_target!(|body: &[u8]| {
    if let Ok(request) = BindRequest::parse(body) {
        let again = serde_json::json!({ "skyaddr": request.skyaddr, "coin_type": request.coin_type });
        assert_eq!(BindRequest::parse(again.to_string().as_bytes()).unwrap(), request);
    }
});
