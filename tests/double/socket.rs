//! The bytes of the gateway: WebSocket frames, compressed if the client asked for that.

use crate::double::gateway::{Act, close};
use crate::double::hub::Hub;
use crate::double::wire::Scissors;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::Value;
use std::io::Write as _;
use std::sync::Arc;
use tokio::sync::mpsc::unbounded_channel;

/// Longer ones are refused.
const PAYLOAD_MAX: usize = 4096;

/// Serves one connection to its end.
pub(super) async fn serve(hub: Arc<Hub>, scissors: Scissors, mut socket: WebSocket) {
    let (out, mut acts) = unbounded_channel();
    let number = hub.change(|state| state.gateway.connect(out.clone()));
    let mut goodbye = false;
    loop {
        tokio::select! {
            Some(act) = acts.recv() => {
                if !perform(&mut socket, &scissors, act).await {
                    break;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => match payload(&text) {
                    Some(payload) => hub.change(|state| state.receive(number, &payload)),
                    None => drop(out.send(Act::Close(close::DECODE_ERROR))),
                },
                Some(Ok(Message::Close(frame))) => {
                    // Only these two give the session up.
                    goodbye = frame.is_some_and(|it| matches!(it.code, 1000 | 1001));
                    break;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break,
            },
        }
    }
    hub.change(|state| state.gateway.disconnect(number, goodbye));
}

fn payload(text: &str) -> Option<Value> {
    let text = (text.len() <= PAYLOAD_MAX).then_some(text)?;
    serde_json::from_str(text).ok()
}

/// Does something to the connection, and tells whether it goes on.
async fn perform(socket: &mut WebSocket, scissors: &Scissors, act: Act) -> bool {
    match act {
        Act::Send {
            payload,
            is_compressed,
        } => {
            let text = payload.to_string();
            let message = if is_compressed {
                Message::Binary(compressed(&text).into())
            } else {
                Message::Text(text.into())
            };
            socket.send(message).await.is_ok()
        }
        Act::Close(code) => {
            let frame = CloseFrame {
                code,
                reason: "".into(),
            };
            drop(socket.send(Message::Close(Some(frame))).await);
            // The client closes its side, or is gone.
            while let Some(Ok(_)) = socket.recv().await {}
            false
        }
        Act::Reset => {
            scissors.cut();
            drop(socket.send(Message::Ping(Vec::new().into())).await);
            false
        }
    }
}

fn compressed(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(text.as_bytes());
    written
        .and_then(|()| encoder.finish())
        .expect("memory can be written to")
}
