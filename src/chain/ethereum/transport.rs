//! web3's transport on the project's own HTTP client: its built-in ones bring an outdated TLS.

use std::future::Future;
use std::pin::Pin;

use jsonrpc_core::{Call, Id, MethodCall, Params, Version};
use serde_json::Value;
use serde_json::value::RawValue;
use web3::error::TransportError;
use web3::{RequestId, Transport};

use crate::rpc::{JsonRpc, RpcError};

/// The transport.
#[derive(Debug, Clone)]
pub(super) struct Rpc {
    rpc: JsonRpc,
}

impl Rpc {
    pub(super) fn new(rpc: JsonRpc) -> Self {
        Rpc { rpc }
    }

    /// The result of a call as the text that it is, for what is nested deeper than web3 would read; none where it is
    /// longer than any that is read.
    pub(super) async fn text_of(
        &self,
        method: &str,
        params: Vec<Value>,
    ) -> web3::Result<Option<Box<RawValue>>> {
        match self.rpc.call(method, Value::Array(params)).await {
            Ok(text) => Ok(Some(text)),
            Err(RpcError::TooLong(_)) => Ok(None),
            Err(error) => Err(web3_error(error)),
        }
    }
}

impl Transport for Rpc {
    type Out = Pin<Box<dyn Future<Output = web3::Result<Value>> + Send>>;

    fn prepare(&self, method: &str, params: Vec<Value>) -> (RequestId, Call) {
        let call = MethodCall {
            jsonrpc: Some(Version::V2),
            method: method.to_owned(),
            params: Params::Array(params),
            // The client below numbers its requests itself.
            id: Id::Num(0),
        };
        (0, Call::MethodCall(call))
    }

    fn send(&self, _: RequestId, request: Call) -> Self::Out {
        let rpc = self.rpc.clone();
        Box::pin(async move {
            let Call::MethodCall(MethodCall { method, params, .. }) = request else {
                return Err(web3::Error::Internal);
            };
            let params = match params {
                Params::Array(params) => Value::Array(params),
                Params::Map(params) => Value::Object(params),
                Params::None => Value::Array(Vec::new()),
            };
            rpc.call(&method, params).await.map_err(web3_error)
        })
    }
}

fn web3_error(error: RpcError) -> web3::Error {
    match error {
        RpcError::Call { code, message } => web3::Error::Rpc(jsonrpc_core::Error {
            code: jsonrpc_core::ErrorCode::from(code),
            message,
            data: None,
        }),
        RpcError::Nonsense(words) => web3::Error::InvalidResponse(words),
        RpcError::TooLong(_) => web3::Error::InvalidResponse(error.to_string()),
        other => web3::Error::Transport(TransportError::Message(other.to_string())),
    }
}
